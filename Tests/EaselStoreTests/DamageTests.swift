import EaselKit
import EaselStore
import GRDB
import Glibc
import Testing

@Suite struct DamageTests {
  enum Kind: String, CaseIterable, Sendable { case text, truncated, zeroedPages, header }

  private func damage(_ kind: Kind, _ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    switch kind {
    case .text: return Array("this is a shopping list, not a database\n".utf8)
    case .truncated: return Array(bytes.prefix(bytes.count * 2 / 3 / 4096 * 4096))
    case .zeroedPages:
      for i in (bytes.count / 2)..<(bytes.count / 2 + 8192) { bytes[i] = 0 }
      return bytes
    case .header:
      for i in 0..<100 { bytes[i] ^= 0x5A }
      return bytes
    }
  }

  /// A library of 300 pictures; the first is a favourite, the last lies in the trash.
  private func library() async throws -> (TestLibrary, [HistoryItem]) {
    let library = TestLibrary()
    let items = try await library.using { store async throws in
      var ids: [ImageID] = []
      for seed in 1...60 {
        let prompt = "picture \(seed) " + String(repeating: "of a long road ", count: 30)
        ids.append(try await store.appendSample(UInt64(seed), prompt: prompt).id)
      }
      try await store.setFavourite([ids[0]], true)
      try await store.changeTags(ids, add: ["kept"])
      _ = try await store.trash([ids[59]])
      return try await store.items(ids)
    }
    return (library, items)
  }

  /// GRDB notes migrations in a table that it makes before the first of them, in a step of its own.
  @Test func aDatabaseWhoseMakingWasCutShortIsANewOne() async throws {
    let library = TestLibrary()
    try await library.using { _ in }
    let path = library.folders.library + "/library.db"
    for end in ["", "-wal", "-shm"] { unlink(path + end) }
    let queue = try DatabaseQueue(path: path)
    try await queue.write { db in
      try db.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
    }
    try queue.close()
    try await library.using { store async throws in
      #expect(store.problem == nil)
      let item = try await store.appendSample(1)
      #expect(try await store.page(HistoryQuery()).items == [item])
    }
  }

  @Test(arguments: Kind.allCases)
  func aDamagedDatabaseIsLeftAloneUntilItIsRepaired(kind: Kind) async throws {
    let (library, items) = try await library()
    let path = library.folders.library + "/library.db"
    let broken = damage(kind, try library.bytes("library.db"))
    unlink(path)
    try library.write(broken, to: path)

    let store = await library.open()
    let problem = try #require(store.problem)
    #expect(problem.code == .libraryDamaged)
    #expect(problem.hint?.contains("easel doctor --repair") == true)
    // Reading never traps; writing is refused, and a painted picture is kept among the files.
    _ = try? await store.page(HistoryQuery())
    await #expect(throws: Failure.self) { try await store.trash([items[0].id]) }
    await #expect(throws: Failure.self) { try await store.appendSample(777) }
    #expect(await store.check().contains { $0.kind == .databaseDamaged })
    await store.close()
    #expect(try library.bytes("library.db") == broken)
    #expect(try await library.using { $0.problem }?.code == .libraryDamaged)
    #expect(try library.bytes("library.db") == broken)

    let report = try await HistoryStore.repair(library.folders, codec: testCodec)
    let aside = try #require(report.setAside)
    #expect(try FileSystem.real.read(aside, 1 << 30) == broken)
    #expect(report.salvaged + report.sweep.adopted.count == 61)
    if kind == .zeroedPages { #expect(report.salvaged > 40) }
    try await library.using { store async throws in
      #expect(store.problem == nil)
      #expect(await problems(store) == [])
      let live = try await store.page(HistoryQuery()).items
      let trashed = try await store.page(HistoryQuery(text: "is:trashed")).items
      #expect(live.count == 60)
      #expect(trashed.map(\.recipe) == [items[59].recipe])
      #expect(Set(live.map(\.recipe.seed)) == Set((1...59).map(UInt64.init) + [777]))
      // A row that was read back is the row it was; one that was not has a number of its own.
      for item in live + trashed {
        if let old = items.first(where: { $0.id == item.id }) {
          try #require(item == old)
        } else {
          try #require(item.id > items[59].id)
        }
        try #require(try await store.picture(item.id) == samplePicture(item.recipe.seed))
      }
      #expect(try await store.appendSample(900).id > ImageID(1000))
    }
  }

  @Test func aSoundDatabaseIsNotRebuilt() async throws {
    let library = TestLibrary()
    let item = try await library.using { try await $0.appendSample(1) }
    let report = try await HistoryStore.repair(library.folders, codec: testCodec)
    #expect(report.wasSound && report.setAside == nil)
    #expect(try await library.using { try await $0.page(HistoryQuery()).items } == [item])
  }

  /// A repair that dies anywhere can be run again.
  @Test func aRepairMayDieAnywhere() async throws {
    let broken = Array("nothing of use".utf8)
    var isOver = false
    for step in 1...1000 where !isOver {
      let library = TestLibrary(inMemory: true)
      try await library.using { store async throws in
        for seed in 1...3 { try await store.appendSample(UInt64(seed)) }
      }
      for end in ["-wal", "-shm"] { unlink(library.folders.library + "/library.db" + end) }
      try library.write(broken, to: library.folders.library + "/library.db")
      let faults = Faults()
      faults.begin(.crash(at: step))
      let first = try? await HistoryStore.repair(
        library.folders, codec: testCodec, fileSystem: faults.fileSystem)
      let calls = faults.calls
      _ = try await HistoryStore.repair(library.folders, codec: testCodec)
      try await library.using { store async throws in
        try #require(store.problem == nil, "step \(step)")
        let seeds = try await store.page(HistoryQuery()).items.map(\.recipe.seed)
        try #require(Set(seeds) == [1, 2, 3] && seeds.count == 3, "step \(step)")
        try #require(await problems(store) == [], "step \(step)")
      }
      let aside = try library.files("quarantine").filter { $0.hasSuffix("library.db") }
      try #require(try aside.map(library.bytes) == [broken], "step \(step)")
      isOver = first != nil && calls < step
      if isOver { #expect(step > 20) }
    }
    #expect(isOver)
  }

  @Test func strangersAmongTheFilesAreSetAsideAndNeverOpened() async throws {
    let library = TestLibrary()
    let item = try await library.using { try await $0.appendSample(1) }
    let objects = library.folders.library + "/objects"
    try library.write(Array("hello".utf8), to: objects + "/notes.txt")
    let shard = "\(objects)/\(item.sha256.prefix(2))"
    #expect(mkfifo(shard + "/pipe.png", 0o600) == 0)
    #expect(symlink("/etc/passwd", "\(shard)/\(item.sha256.dropLast(2))00.png") == 0)
    try library.write(Array("OWN1 lies".utf8), to: "\(shard)/\(item.sha256.dropLast(2))01.png")
    try await library.using { store async throws in
      let report = await store.sweep()
      #expect(report.problem == nil)
      #expect(report.quarantined.count == 4)
      #expect(report.adopted == [])
      #expect(try FileSystem.real.list(library.folders.library + "/quarantine").count == 4)
      #expect(try await store.page(HistoryQuery()).items == [item])
      #expect(await problems(store) == [])
    }
  }

  @Test func aMissingFileIsMarkedAndFoundAgain() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      let item = try await store.appendSample(1)
      let other = try await store.appendSample(2)
      let path = try #require(store.file(of: item))
      let bytes = try await store.png(item.id)
      unlink(path)
      #expect(await store.sweep().missing == [item.id])
      #expect(try await store.item(item.id).isMissing)
      #expect(try await store.page(HistoryQuery(text: "is:missing")).items.map(\.id) == [item.id])
      let failure = await #expect(throws: Failure.self) { try await store.picture(item.id) }
      #expect(failure?.code == .notFound)
      #expect(await problems(store).map(\.kind) == [.fileMissing])
      #expect(try await store.picture(other.id) == samplePicture(2))
      try library.write(bytes, to: path)
      #expect(await store.sweep().found == [item.id])
      #expect(try await store.item(item.id) == item)
    }
  }

  @Test func aFlippedBitInAPictureIsNoticed() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      let item = try await store.appendSample(1)
      let path = try #require(store.file(of: item))
      var bytes = try await store.png(item.id)
      bytes[bytes.count - 1] ^= 1
      unlink(path)
      try library.write(bytes, to: path)
      let failure = await #expect(throws: Failure.self) { try await store.picture(item.id) }
      #expect(failure?.code == .libraryDamaged)
      // One bad picture is not a bad library.
      #expect(store.problem == nil)
      let findings = await problems(store)
      #expect(findings.map(\.kind) == [.fileDamaged])
      #expect(findings.first?.image == item.id)
      // Storing the picture again heals its file.
      #expect(try await store.appendSample(1) == item)
      #expect(await problems(store) == [])
    }
  }
}
