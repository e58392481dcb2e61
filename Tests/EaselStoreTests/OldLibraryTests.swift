import EaselKit
import EaselStore
import GRDB
import Testing

/// Libraries of before there were rejected pictures and saved searches.
@Suite struct OldLibraryTests {
  /// A library of three pictures with the schema that the version before wrote.
  private func oldLibrary() async throws -> TestLibrary {
    let library = TestLibrary()
    try await library.using { store async throws in
      for (seed, prompt) in [(1, "a fox"), (2, "a boat"), (3, "two foxes")] as [(UInt64, String)] {
        try await store.appendSample(seed, prompt: prompt)
      }
      try await store.setRating([ImageID(1)], 4)
      try await store.changeTags([ImageID(2)], add: ["sea"])
    }
    let queue = try DatabaseQueue(path: library.folders.library + "/library.db")
    try await queue.write { db in
      try db.execute(
        sql: """
          DROP INDEX image_here;
          DROP INDEX image_rating;
          DROP INDEX image_prompt;
          DROP INDEX image_avoid;
          DROP TABLE saved_search;
          ALTER TABLE image DROP COLUMN rejected;
          DELETE FROM grdb_migrations WHERE identifier LIKE '3:%';
          """)
      #expect(try db.columns(in: "image").contains { $0.name == "rejected" } == false)
    }
    try queue.close()
    return library
  }

  @Test func anOldLibraryIsReadAsItIs() async throws {
    let library = try await oldLibrary()
    let store = await library.open(.reading)
    #expect(store.problem == nil)
    for (text, found) in [
      ("", [3, 2, 1]), ("fox", [3, 1]), ("is:rejected", []), ("-is:rejected", [3, 2, 1]),
      ("rating:>=4", [1]), ("tag:sea", [2]),
    ] as [(String, [Int64])] {
      #expect(try await store.page(HistoryQuery(text: text)).items.map(\.id.number) == found)
      for sort in HistorySort.allCases {
        let window = try await store.window(HistoryQuery(text: text, sort: sort))
        #expect(Set(window.items.map(\.id.number)) == Set(found))
      }
    }
    #expect(try await store.item(ImageID(1)).isRejected == false)
    #expect(try await store.searches().isEmpty)
    await store.close()
  }

  @Test func openingAnOldLibraryForWritingCompletesItAndLosesNothing() async throws {
    let library = try await oldLibrary()
    let before = await library.open(.reading)
    let items = try await before.page(HistoryQuery()).items
    await before.close()
    try await library.using { store async throws in
      #expect(store.problem == nil)
      #expect(try await store.page(HistoryQuery()).items == items)
      try await store.setRejected([ImageID(2)], true)
      #expect(
        try await store.window(HistoryQuery(text: "is:rejected")).items.map(\.id.number) == [2])
      try await store.saveSearch(SavedSearch(name: "foxes", text: "fox"))
      #expect(try await store.searches().count == 1)
      try await store.appendSample(9)
    }
  }

  @Test func aRepairKeepsRejectedPicturesAndSavedSearches() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      for seed in 1...60 {
        let words = String(repeating: "of a long road ", count: 30)
        try await store.appendSample(UInt64(seed), prompt: "picture \(seed) \(words)")
      }
      try await store.setRejected([ImageID(5)], true)
      try await store.saveSearch(SavedSearch(name: "roads", text: "road", sort: .best))
    }
    // Damaged where a thorough look finds it and single rows can still be read: in an index.
    let path = library.folders.library + "/library.db"
    let queue = try DatabaseQueue(path: path)
    let page = try await queue.read { db in
      try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_master WHERE name = 'image_seed'")
    }
    try queue.close()
    var bytes = try library.bytes("library.db")
    let start = (try #require(page) - 1) * 4096
    for i in start..<(start + 4096) { bytes[i] = 0 }
    try library.write(bytes, to: path)
    let report = try await HistoryStore.repair(
      library.folders, codec: testCodec, now: { 1_800_000_000_000 })
    #expect(report.salvaged == 60)
    try await library.using { store async throws in
      #expect(try await store.item(ImageID(5)).isRejected)
      #expect(try await store.item(ImageID(6)).isRejected == false)
      #expect(
        try await store.searches() == [SavedSearch(name: "roads", text: "road", sort: .best)])
    }
  }
}
