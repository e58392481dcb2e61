import EaselKit
import EaselStore
import Testing

@Suite struct QueryTests {
  @Test func aFilterLineIsRead() throws {
    let filter = try HistoryFilter(
      parsing:
        #" fox "in the snow" -cat tag:Winter -tag:old engine:built seed:7 seed:18446744073709551615 "#
        + "is:favourite rating:3 before:2026-11 after:2024-02-29 #12 model:scenes -- é")
    var expected = HistoryFilter()
    expected.words = [.init("fox"), .init("in the snow", isPhrase: true), .init("é")]
    expected.without = [.init("cat")]
    expected.tags = ["winter"]
    expected.withoutTags = ["old"]
    expected.engines = ["built"]
    expected.models = ["scenes"]
    expected.seeds = [7, .max]
    expected.numbers = [12]
    expected.isFavourite = true
    expected.minimumRating = 3
    expected.before = .init(year: 2026, month: 11)
    expected.after = .init(year: 2024, month: 2, day: 29)
    #expect(filter == expected)
  }

  @Test(arguments: [
    ("tga:x", "filter", "'tag'"), ("sede:7", "sede", "'seed'"),
    ("is:favorit", "favorit", "favourite"),
    ("is:trash", "trash", "'trashed'"), ("seed:-1", "'-1'", "18446744073709551615"),
    ("seed:7.5", "'7.5'", "whole"), ("rating:6", "'6'", "0 to 5"),
    ("before:2026-13", "2026-13", "2026-11"),
    ("after:2023-02-29", "2023-02-29", "2026"), ("after:yesterday", "yesterday", "2026"),
    ("#x", "'#x'", "#12"), ("tag:", "tag:", "tag:snow"), ("is:", "is:", "is:favourite"),
    ("-seed:7", "-seed:", "-word"), ("before:20261", "20261", "2026"),
    ("after:2026-1-1-1", "2026", "2026"),
  ])
  func aBadFilterNamesItselfAndTheNearest(line: String, what: String, hint: String) throws {
    let failure = try #require(throws: Failure.self) { try HistoryFilter(parsing: line) }
    #expect(failure.code == .badInput)
    #expect(failure.what.contains(what), "\(failure)")
    #expect(failure.hint?.contains(hint) == true, "\(failure)")
  }

  /// What each line finds among the pictures of `samples`.
  @Test(
    arguments: [
      ("", [8, 7, 6, 5, 4, 3, 2, 1]),
      ("fox", [6, 3, 1]), ("FOX", [6, 3, 1]), ("fo", [6, 3, 1]), ("fox snow", [3, 1]), ("ox", []),
      ("\"red fox\"", [3, 1]), ("\"fox red\"", []), ("fox -snow", [6]), ("fox -oil", [6, 1]),
      ("-fox", [8, 7, 5, 4, 2]),
      ("ete", [2]), ("été", [2]), ("🦊", [6]), ("雪山", [5]), ("日本", []),
      ("-山", [8, 7, 6, 4, 3, 2, 1]),
      ("blurry", [4]), ("\"quo\"te\" AND", []), ("100%", [7]), ("%", [8, 7, 6, 5, 4, 3, 2, 1]),
      ("winter", [1, 3]), ("tag:winter", [3, 1]), ("tag:wint", []),
      ("tag:winter -tag:snow-day", [1]),
      ("-tag:winter is:favourite", [2]), ("engine:comfy", [8]), ("engine:COMFYUI", [8]),
      ("engine:built-in fox", [6, 3, 1]),
      ("model:sc", [7, 6, 5, 4, 3, 2, 1]), ("model:flux_1", [8]), ("model:fluxx1", []),
      ("model:f engine:b", []),
      ("seed:4", [4]), ("seed:4 seed:5", [5, 4]), ("seed:18446744073709551615", []),
      ("is:favourite", [3, 2]), ("-is:favourite fox", [6, 1]), ("rating:2", [7, 6]),
      ("rating:5", [7]), ("is:rated", [7, 6]),
      ("is:missing", []), ("before:2023", [1]), ("after:2023 before:2023-02", [2]),
      ("after:2023-03", [8, 7, 6, 5, 4, 3]),
      ("#3 #5", [5, 3]), ("#3 fox", [3]), ("#99", []),
    ] as [(String, [UInt64])])
  func aFilterFinds(line: String, seeds: [UInt64]) async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      try await fill(store)
      let page = try await store.page(HistoryQuery(text: line))
      #expect(page.items.map(\.recipe.seed) == seeds.sorted(by: >))
      #expect(page.total == seeds.count)
      #expect(page.isLast)
    }
  }

  private func fill(_ store: HistoryStore) async throws {
    let prompts = [
      "a red fox in the snow", "l'été au lac", "red fox, oil", "a boat", "雪山和湖", "🦊 fox",
      "100% \"quoted\" words", "a tower",
    ]
    let days: [Int64] = [1_650_000_000, 1_674_000_000]  // April 2022, January 2023
    for (i, prompt) in prompts.enumerated() {
      let recipe = sampleRecipe(
        UInt64(i + 1), prompt: prompt, avoid: i == 3 ? "blurry" : "",
        engine: i == 7 ? "comfyui" : "built-in", model: i == 7 ? "flux_1" : "scenes",
        created: (i < 2 ? days[i] : 1_790_000_000) * 1000)
      let item = try await store.append(samplePicture(UInt64(i)), recipe: recipe)
      #expect(item.id.number == Int64(i + 1))
    }
    try await store.setFavourite([ImageID(2), ImageID(3)], true)
    try await store.setRating([ImageID(6)], 2)
    try await store.setRating([ImageID(7)], 5)
    try await store.changeTags([ImageID(1), ImageID(3)], add: ["Winter"])
    try await store.changeTags([ImageID(3)], add: [" Snow  day "])
  }

  @Test func marksAreKeptAndWrongOnesRefused() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      let item = try await store.appendSample(1)
      try await store.changeTags([item.id], add: ["b", "A"])
      #expect(try await store.item(item.id).tags == ["a", "b"])
      try await store.changeTags([item.id], add: ["c"], remove: ["A"])
      #expect(try await store.item(item.id).tags == ["b", "c"])
      #expect(try await store.page(HistoryQuery(text: "a -b")).items.isEmpty)
      #expect(try await store.tags().map(\.tag) == ["b", "c"])
      await #expect(throws: Failure.self) { try await store.changeTags([item.id], add: ["--"]) }
      await #expect(throws: Failure.self) { try await store.setRating([item.id], 6) }
      // All or none.
      let failure = await #expect(throws: Failure.self) {
        try await store.setFavourite([item.id, ImageID(77)], true)
      }
      #expect(failure?.code == .notFound)
      #expect(try await store.item(item.id).isFavourite == false)
    }
  }

  @Test func recallGivesEachPromptOnceNewestFirst() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      for (seed, prompt) in [(1, "a"), (2, "b"), (3, "a"), (4, "c"), (5, "")] {
        try await store.appendSample(UInt64(seed), prompt: prompt)
      }
      #expect(try await store.recall() == ["c", "a", "b"])
      #expect(try await store.recall(limit: 2) == ["c", "a"])
    }
  }

  /// What was typed, and not what it came to that time: a prompt with choices is one prompt.
  @Test func recallGivesPromptsWithTheirChoices() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      for (seed, prompt) in [(1, "a red fox"), (2, "a blue fox")] {
        var recipe = sampleRecipe(UInt64(seed), prompt: prompt)
        recipe.request.template = "a {red|blue} fox"
        try await store.append(samplePicture(UInt64(seed)), recipe: recipe)
      }
      try await store.appendSample(3, prompt: "a hare")
      #expect(try await store.recall() == ["a hare", "a {red|blue} fox"])
    }
  }

  /// Ten thousand files whose database is lost: rebuilt in the order they were made, and paged
  /// through without a gap or a repeat while new ones arrive.
  @Test func tenThousandPicturesArePagedWithoutGapOrRepeat() async throws {
    let library = TestLibrary(inMemory: true)
    await library.open().close()
    let count = 10_000
    for i in 0..<count {
      let seed = UInt64(i)
      let recipe = sampleRecipe(
        seed, prompt: i % 10 == 0 ? "a fox \(i)" : "a boat \(i)",
        created: 1_700_000_000_000 + Int64(i))
      let bytes = try testFile(samplePicture(seed, width: 2, height: 2), recipe)
      let digest = sha256Hex(bytes)
      let folder = library.folders.library + "/objects/" + digest.prefix(2)
      if i < 256 * 8 { try? FileSystem.real.makeFolder(folder, 0o700) }
      try library.write(bytes, to: "\(folder)/\(digest).png")
    }
    for end in ["", "-wal", "-shm"] {
      try? FileSystem.real.remove(library.folders.library + "/library.db" + end)
    }
    try await library.using { store async throws in
      #expect(store.problem == nil)
      for (text, step) in [("", 1), ("fox", 10), ("-boat", 10)] {
        var seeds: [UInt64] = []
        var query = HistoryQuery(text: text, limit: 777)
        while true {
          let page = try await store.page(query)
          if query.before == nil { #expect(page.total == count / step) }
          seeds += page.items.map(\.recipe.seed)
          guard !page.isLast, let last = page.items.last else { break }
          query.before = last.id
          // News does not shift the pages.
          if text.isEmpty, seeds.count == 777 { try await store.appendSample(1 << 40, prompt: "x") }
        }
        #expect(seeds == stride(from: 0, to: UInt64(count), by: step).reversed())
        if text.isEmpty { _ = try await store.trash([try newest(store)]) }
      }
    }
  }

  private func newest(_ store: HistoryStore) async throws -> ImageID {
    try #require(try await store.page(HistoryQuery(limit: 1)).items.first).id
  }
}
