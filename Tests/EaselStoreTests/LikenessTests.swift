import EaselKit
import EaselStore
import Synchronization
import Testing

@Suite struct LikenessTests {
  /// Looks at the first pixel: red, green and blue less their mean are the direction. Words name a
  /// colour.
  private func embedder(_ digest: String = "e1", looked: (@Sendable (Int) -> Void)? = nil)
    -> Embedder
  {
    Embedder(
      digest: { digest },
      pictures: { pictures in
        looked?(pictures.count)
        return pictures.map { picture in (0..<3).map { Float(picture.pixels[$0]) + 1 } }
      },
      words: { word in
        ["red": [9, 1, 1], "green": [1, 9, 1], "blue": [1, 1, 9]][word] ?? [1, 1, 1]
      })
  }

  private func open(_ library: TestLibrary, _ embedder: Embedder?) async -> HistoryStore {
    await HistoryStore.open(
      library.folders, access: .writing(waitSeconds: 0), codec: testCodec, embedder: embedder,
      now: { 1_800_000_000_000 })
  }

  /// Reds that turn to blue: picture i of 1...11 has red 250 − 20 i and blue 20 i.
  private func fill(_ store: HistoryStore, count: Int = 11) async throws {
    for i in 1...count {
      let picture = Picture(
        width: 4, height: 4, red: UInt8(250 - 20 * i), green: 10, blue: UInt8(20 * i))
      let prompt = i % 2 == 0 ? "an even fox" : "an odd boat"
      _ = try await store.append(picture, recipe: sampleRecipe(UInt64(i), prompt: prompt))
    }
  }

  private func numbers(_ store: HistoryStore, _ text: String, limit: Int = 50) async throws
    -> [Int64]
  {
    try await store.page(HistoryQuery(text: text, limit: limit)).items.map(\.id.number)
  }

  @Test func theMostAlikeComeFirstAndOtherFiltersNarrow() async throws {
    let library = TestLibrary()
    let store = await open(library, embedder())
    try await fill(store)
    #expect(try await store.indexPictures().indexed == 11)
    #expect(try await numbers(store, "like:red") == Array(1...11))
    #expect(try await numbers(store, "like:blue") == Array((1...11).reversed()))
    #expect(try await numbers(store, "like:#1") == Array(1...11))
    #expect(try await numbers(store, "like:#6", limit: 3).sorted() == [5, 6, 7])
    #expect(try await numbers(store, "like:#6", limit: 1) == [6])
    #expect(try await numbers(store, "like:blue fox") == [10, 8, 6, 4, 2])
    #expect(try await numbers(store, "like:blue -fox #3 #7 #8") == [7, 3])
    // Both at once: what lies between them.
    #expect(try await numbers(store, "like:#1 like:#11", limit: 1) == [6])
    let page = try await store.page(HistoryQuery(text: "like:#1 fox"))
    #expect(page.total == 5 && page.notIndexed == 0)
    #expect(page.likeness == page.likeness.sorted(by: >))
    #expect(try await store.page(HistoryQuery(text: "like:#1")).likeness[0] > 0.9999)
    #expect(try await store.page(HistoryQuery(text: "fox")).likeness.isEmpty)
    await store.close()
  }

  @Test func pagesFollowWithoutGapOrRepeatAndTheTrashStaysOut() async throws {
    let library = TestLibrary(inMemory: true)
    let store = await open(library, embedder())
    // Several of each colour: ties are broken by number.
    for round in 0..<3 {
      for i in 1...11 {
        let picture = Picture(
          width: 4, height: 4, red: UInt8(250 - 20 * i), green: 10, blue: UInt8(20 * i))
        _ = try await store.append(
          picture, recipe: sampleRecipe(UInt64(round * 11 + i), prompt: "x"))
      }
    }
    try await store.indexPictures()
    _ = try await store.trash([ImageID(2), ImageID(13)])
    let whole = try await numbers(store, "like:red")
    #expect(whole.count == 31 && !whole.contains(2) && !whole.contains(13))
    #expect(Array(whole.prefix(3)) == [23, 12, 1])
    var paged: [Int64] = []
    var query = HistoryQuery(text: "like:red", limit: 4)
    while true {
      let page = try await store.page(query)
      #expect(page.total == (query.before == nil ? 31 : nil))
      paged += page.items.map(\.id.number)
      guard !page.isLast, let last = page.items.last else { break }
      query.before = last.id
    }
    #expect(paged == whole)
    #expect(try await numbers(store, "like:red is:trashed") == [13, 2])
    await store.close()
  }

  @Test func whatNobodyLookedAtIsCountedAndTakenInLater() async throws {
    let library = TestLibrary()
    var store = await open(library, nil)
    try await fill(store, count: 5)
    // Without anybody who can look, like: says so.
    var failure = await #expect(throws: Failure.self) { try await numbers(store, "like:red") }
    #expect(failure?.code == .unsupported)
    await store.close()

    let looked = Mutex(0)
    store = await open(library, embedder { count in looked.withLock { $0 += count } })
    #expect(try await store.indexPictures(limit: 2).indexed == 2)
    let page = try await store.page(HistoryQuery(text: "like:red"))
    // The newest first.
    #expect(page.items.map(\.id.number) == [4, 5])
    #expect(page.total == 2 && page.notIndexed == 3)
    failure = await #expect(throws: Failure.self) { try await numbers(store, "like:#1") }
    #expect(failure?.what.contains("#1") == true && failure?.code == .notFound)
    failure = await #expect(throws: Failure.self) { try await numbers(store, "like:#77") }
    #expect(failure?.what.contains("no picture") == true)
    #expect(try await store.indexPictures().indexed == 3)
    #expect(try await store.indexPictures().indexed == 0)
    #expect(looked.withLock { $0 } == 5)
    #expect(try await numbers(store, "like:red") == [1, 2, 3, 4, 5])
    // A picture that comes later is found by the same store, and by the next one.
    try await fill(store, count: 6)
    try await store.indexPictures()
    #expect(try await numbers(store, "like:blue", limit: 1) == [6])
    await store.close()
    store = await open(library, embedder())
    #expect(try await numbers(store, "like:blue", limit: 1) == [6])
    await store.close()
  }

  @Test func vectorsOfAnotherModelAreNotMixedIn() async throws {
    let library = TestLibrary()
    var store = await open(library, embedder("e1"))
    try await fill(store, count: 4)
    try await store.indexPictures()
    await store.close()
    store = await open(library, embedder("e2"))
    let page = try await store.page(HistoryQuery(text: "like:red"))
    #expect(page.items.isEmpty && page.notIndexed == 4)
    try await store.indexPictures(limit: 1)
    #expect(try await numbers(store, "like:red") == [4])
    await store.close()
    store = await open(library, embedder("e1"))
    #expect(try await numbers(store, "like:red") == [1, 2, 3, 4])
    await store.close()
  }

  @Test func aDamagedFileIsPassedOverAndBadNumbersAreRefused() async throws {
    let library = TestLibrary()
    var store = await open(library, embedder())
    try await fill(store, count: 3)
    let item = try await store.item(ImageID(2))
    let path = try #require(store.file(of: item))
    try library.write([1, 2, 3], to: path)
    let report = try await store.indexPictures()
    #expect(report.indexed == 2 && report.unreadable == 1)
    #expect(try await numbers(store, "like:red") == [1, 3])
    await store.close()

    var broken = embedder("e3")
    broken.pictures = { $0.map { _ in [.nan, 1, 1] } }
    store = await open(library, broken)
    await #expect(throws: Failure.self) { try await store.indexPictures() }
    await store.close()
  }

  @Test func aPictureDeletedForGoodIsNotFoundByTheVectorsInMemory() async throws {
    let library = TestLibrary()
    let store = await open(library, embedder())
    try await fill(store, count: 3)
    try await store.indexPictures()
    #expect(try await numbers(store, "like:red") == [1, 2, 3])
    _ = try await store.trash([ImageID(1)])
    _ = try await store.emptyTrash()
    let page = try await store.page(HistoryQuery(text: "like:red"))
    #expect(page.items.map(\.id.number) == [2, 3] && page.total == 2 && page.notIndexed == 0)
    await store.close()
  }

  @Test func likenessIsReadFromTheFilterLine() throws {
    let filter = try HistoryFilter(parsing: ##"like:#12 like:"foggy harbour" like:sea like:"#3""##)
    #expect(
      filter.likes == [.picture(12), .words("foggy harbour"), .words("sea"), .words("#3")])
    for line in ["like:#x", "like:#0", "like:", "-like:sea"] {
      let failure = #expect(throws: Failure.self) { try HistoryFilter(parsing: line) }
      #expect(failure?.code == .badInput, "\(line)")
    }
  }
}
