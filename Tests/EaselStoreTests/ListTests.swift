import EaselKit
import EaselStore
import Testing

/// Lists as windows: every order, every filter, any place.
@Suite struct ListTests {
  private let prompts = [
    "a red fox", "Blue boat", "a fox in snow", "a tower", "boat and fox", "雪山",
  ]

  /// Twelve pictures in four batches of three, rated and rejected here and there.
  private func fill(_ store: HistoryStore) async throws {
    for batch in 0..<4 {
      for index in 0..<3 {
        let seed = UInt64(batch * 3 + index + 1)
        let prompt = prompts[Int(seed - 1) % prompts.count]
        var recipe = sampleRecipe(seed, prompt: prompt, index: index, count: 3)
        recipe.generation = String(repeating: "\(batch)", count: 32)
        try await store.append(samplePicture(seed), recipe: recipe)
      }
    }
    try await store.setRating([ImageID(3), ImageID(9)], 5)
    try await store.setRating([ImageID(5)], 2)
    try await store.setRejected([ImageID(4), ImageID(9)], true)
    try await store.changeTags([ImageID(1), ImageID(9)], add: ["winter"])
  }

  private func numbers(_ store: HistoryStore, _ query: HistoryQuery) async throws -> [Int64] {
    try await store.window(query).items.map(\.id.number)
  }

  @Test func everyOrderListsTheSamePictures() async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      try await fill(store)
      let all = (1...12).map(Int64.init)
      let newest = HistoryQuery(limit: 50)
      #expect(try await numbers(store, newest) == all.reversed())
      var query = newest
      query.sort = .oldest
      #expect(try await numbers(store, query) == all)
      query.sort = .best
      #expect(try await numbers(store, query) == [9, 3, 5, 12, 11, 10, 8, 7, 6, 4, 2, 1])
      query.sort = .prompt
      // Capitals or not; of equal prompts the older first.
      #expect(try await numbers(store, query) == [3, 9, 1, 7, 4, 10, 2, 8, 5, 11, 6, 12])
      query.text = "boat"
      #expect(try await numbers(store, query) == [2, 8, 5, 11])
      // A new rating moves it at once: no list is older than the last change.
      query = HistoryQuery(sort: .best)
      try await store.setRating([ImageID(12)], 5)
      #expect(try await numbers(store, query).prefix(4) == [12, 9, 3, 5])
    }
  }

  /// Windows find what pages find, for every kind of filter.
  @Test(arguments: [
    "", "fox", "fo", "fox boat", "fox -snow", "雪", "雪 is:rated", "fox 雪", "rating:2", "rating:>2",
    "rating:<=2", "rating:=0 fox", "rating:>=2 rating:<5", "-is:rated", "is:rejected",
    "-is:rejected fox", "is:rejected tag:winter", "fox tag:winter", "seed:3", "seed:3 fox", "#5 #7",
    "model:sc fox", "model:none", "is:trashed", "is:trashed fox", "before:2022", "\"red fox\"",
  ])
  func aWindowFindsWhatAPageFinds(text: String) async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      try await fill(store)
      _ = try await store.trash([ImageID(7), ImageID(2)])
      let page = try await store.page(HistoryQuery(text: text))
      let window = try await store.window(HistoryQuery(text: text))
      #expect(window.items == page.items)
      #expect(window.total == page.total)
    }
  }

  @Test(
    arguments: [
      ("rating:>=2", [9, 5, 3]), ("rating:>2", [9, 3]), ("rating:<5 is:rated", [5]),
      ("rating:=5", [9, 3]), ("is:rejected", [9, 4]), ("-is:rejected rating:5", [3]),
      ("rating:=0 tag:winter", [1]),
    ] as [(String, [Int64])])
  func ratingsAndRejectedPicturesAreFound(text: String, found: [Int64]) async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      try await fill(store)
      #expect(try await numbers(store, HistoryQuery(text: text)) == found)
    }
  }

  @Test(arguments: ["rating:6", "rating:>5", "rating:<0", "rating:<>3", "rating:>=", "rating:-1"])
  func aRatingThatCannotBeIsRefused(text: String) throws {
    let failure = try #require(throws: Failure.self) { try HistoryFilter(parsing: text) }
    #expect(failure.code == .badInput && failure.what.contains("rating"))
  }

  @Test func aWindowStandsAroundAPictureOrAPlaceAndNeverOutsideTheList() async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      try await fill(store)
      var window = try await store.window(HistoryQuery(limit: 4, around: ImageID(6)))
      #expect(window.start == 4 && window.place == 6 && window.total == 12)
      #expect(window.items.map(\.id.number) == [8, 7, 6, 5])
      window = try await store.window(HistoryQuery(limit: 4, place: 11))
      #expect(window.items.map(\.id.number) == [4, 3, 2, 1] && window.place == nil)
      window = try await store.window(HistoryQuery(limit: 4, place: 1_000_000))
      #expect(window.items.map(\.id.number) == [4, 3, 2, 1])
      // A picture that is not in the list leaves the place.
      window = try await store.window(
        HistoryQuery(text: "boat", limit: 2, place: 3, around: ImageID(1)))
      #expect(window.items.map(\.id.number) == [5, 2] && window.place == nil && window.total == 4)
      window = try await store.window(HistoryQuery(text: "wolf"))
      #expect(window == ListWindow())
    }
  }

  @Test func picturesOfATableAreFoldedAsOneThoughEachIsAPaintingOfItsOwn() async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      func add(_ seed: UInt64, _ generation: Character, of series: Character? = nil) async throws {
        var recipe = sampleRecipe(seed, prompt: "fox", index: 0, count: 1)
        recipe.generation = String(repeating: generation, count: 32)
        recipe.request.series = series.map { String(repeating: $0, count: 32) }
        try await store.append(samplePicture(seed), recipe: recipe)
      }
      try await add(1, "a", of: "a")
      try await add(2, "b", of: "a")
      try await add(3, "c")
      try await add(4, "d", of: "a")
      try await add(5, "e", of: "e")
      let window = try await store.window(HistoryQuery(foldsBatches: true))
      #expect(window.items.map(\.id.number) == [5, 4, 3])
      #expect(window.siblings == [ImageID(4): 3])
    }
  }

  @Test func foldedBatchesShowTheirFirstAndCountWhatTheFilterFinds() async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      try await fill(store)
      var window = try await store.window(HistoryQuery(foldsBatches: true))
      #expect(window.items.map(\.id.number) == [12, 9, 6, 3])
      #expect(Set(window.siblings.values) == [3] && window.total == 4)
      window = try await store.window(
        HistoryQuery(text: "fox", sort: .oldest, foldsBatches: true))
      // Foxes are 1 3 5 7 9 11.
      #expect(window.items.map(\.id.number) == [1, 5, 7, 11])
      #expect(window.siblings == [ImageID(1): 2, ImageID(7): 2])
      // A picture that is folded away is where the one that stands for it is.
      window = try await store.window(HistoryQuery(foldsBatches: true, around: ImageID(4)))
      #expect(window.place == 2)
      // With the first of a batch in the trash, the next one stands for it.
      _ = try await store.trash([ImageID(12)])
      window = try await store.window(HistoryQuery(foldsBatches: true))
      #expect(window.items.first?.id == ImageID(11))
      #expect(window.siblings[ImageID(11)] == 2)
    }
  }

  @Test func aRangeHasEverythingBetweenInTheOrderOfItsList() async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      try await fill(store)
      let query = HistoryQuery(sort: .best)
      let range = try await store.range(query, from: ImageID(12), to: ImageID(9))
      #expect(range.map(\.id.number) == [9, 3, 5, 12])
      #expect(range[0].labels == Labels(rating: 5, isRejected: true, tags: ["winter"]))
      #expect(try await store.range(query, from: ImageID(99), to: ImageID(9)).isEmpty)
    }
  }

  @Test func whoeverOnlyReadsSeesWhatTheWriterChanged() async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      try await fill(store)
      let reader = await library.open(.reading)
      #expect(try await numbers(reader, HistoryQuery(sort: .best)).first == 9)
      try await store.setRating([ImageID(9)], 0)
      _ = try await store.trash([ImageID(12)])
      #expect(try await numbers(reader, HistoryQuery(sort: .best)).first == 3)
      #expect(try await reader.window(HistoryQuery()).total == 11)
      await reader.close()
    }
  }

  @Test func searchesAreKeptReplacedAndDeleted() async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      #expect(try await store.searches().isEmpty)
      let best = SavedSearch(name: "best", text: "rating:>=4", sort: .best)
      try await store.saveSearch(best)
      try await store.saveSearch(SavedSearch(name: "Alike", text: "like:#2", sort: .likeness))
      #expect(try await store.searches().map(\.name) == ["Alike", "best"])
      try await store.saveSearch(SavedSearch(name: "best", text: "rating:5"))
      #expect(try await store.searches().last == SavedSearch(name: "best", text: "rating:5"))
      for bad in [
        SavedSearch(name: " ", text: "fox"), SavedSearch(name: "x", text: "tga:x"),
        SavedSearch(name: String(repeating: "x", count: 65), text: "fox"),
      ] {
        let failure = await #expect(throws: Failure.self) { try await store.saveSearch(bad) }
        #expect(failure?.code == .badInput)
      }
      try await store.deleteSearch("Alike")
      try await store.deleteSearch("nobody")
      #expect(try await store.searches().map(\.name) == ["best"])
    }
  }
}
