import EaselKit
import EaselStore
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@Suite struct ImportTests {
  @Test func importsOwnForeignAndNothingTwice() async throws {
    let library = TestLibrary(), other = TestLibrary()
    let own = try testFile(samplePicture(1), sampleRecipe(1))
    let foreign = try testFile(samplePicture(2), sampleRecipe(2, prompt: "theirs"), magic: "FOR1")
    let bare = try testFile(samplePicture(3), nil, magic: "FOR1")
    mkdir(other.root + "/in", 0o700)
    try other.write(own, to: other.root + "/in/a.png")
    try other.write(foreign, to: other.root + "/in/b.jpg")
    try other.write(bare, to: other.root + "/in/grey_cat-2.png")
    try other.write(Array("broken".utf8), to: other.root + "/in/d.png")
    try other.write(Array("readme".utf8), to: other.root + "/in/readme.txt")
    #expect(symlink(other.root, other.root + "/in/loop") == 0)
    #expect(mkfifo(other.root + "/pipe.png", 0o600) == 0)
    let paths = [other.root + "/in", other.root + "/gone.png", other.root + "/pipe.png"]
    try await library.using { store async throws in
      let report = try await store.importFiles(paths)
      #expect(
        report.imported.map(\.item.recipe.request.prompt) == ["a red fox", "theirs", "grey cat 2"])
      #expect(report.imported.allSatisfy { $0.isNew })
      #expect(
        report.skipped.map { String($0.path.dropFirst(other.root.count)) } == [
          "/in/d.png", "/gone.png", "/pipe.png",
        ])
      let items = report.imported.map(\.item)
      #expect(try await store.png(items[0].id) == own)
      #expect(try await store.picture(items[1].id) == samplePicture(2))
      #expect(items[2].recipe.request.engine == "imported")
      // Each stored file can recreate its row.
      for item in items {
        #expect(try testCodec.decode(await store.png(item.id)).recipe == item.recipe)
      }
      let again = try await store.importFiles(paths)
      #expect(again.imported.map(\.item) == items)
      #expect(again.imported.allSatisfy { !$0.isNew })
    }
  }

  /// Files that say no time get the time of the import, which is another one with every import.
  @Test func aFileWithoutATimeIsOnePictureHoweverOftenItIsImported() async throws {
    let library = TestLibrary(), clock = Mutex<Int64>(1_700_000_000_000)
    let codec = PictureCodec(
      encode: testCodec.encode,
      decode: { bytes in
        var decoded = try testCodec.decode(bytes)
        if !decoded.isOwn {
          decoded.recipe?.created = clock.withLock { now in
            now += 1000
            return now
          }
        }
        return decoded
      }, thumbnail: testCodec.thumbnail)
    let path = library.root + "/theirs.png"
    try library.write(try testFile(samplePicture(2), sampleRecipe(2), magic: "FOR1"), to: path)
    let store = await HistoryStore.open(
      library.folders, access: .writing(waitSeconds: 0), codec: codec)
    let first = try #require(try await store.importFiles([path]).imported.first)
    let second = try #require(try await store.importFiles([path]).imported.first)
    #expect(first.isNew && !second.isNew && first.item == second.item)
    // From the trash it comes back as it was.
    _ = try await store.trash([first.item.id])
    #expect(try await store.importFiles([path]).imported.first?.item == first.item)
    await store.close()
  }

  /// What does not say when it was made is as old as its file; what says so stays as it says.
  @Test func aFileWithoutATimeHasThatOfItsFile() async throws {
    let library = TestLibrary()
    let path = library.root + "/cat.png", dated = library.root + "/dated.png"
    var untimed = sampleRecipe(2)
    untimed.created = 0
    let theirs = library.root + "/theirs.png"
    try library.write(try testFile(samplePicture(1), nil, magic: "FOR1"), to: path)
    try library.write(try testFile(samplePicture(2), untimed, magic: "FOR1"), to: theirs)
    try library.write(try testFile(samplePicture(3), sampleRecipe(3), magic: "FOR1"), to: dated)
    let modified: Int64 = 1_583_020_800_000
    @Sendable func touch(_ path: String, _ seconds: Int) {
      var times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
      #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
    }
    for file in [path, theirs, dated] { touch(file, Int(modified / 1000)) }
    try await library.using { store async throws in
      let report = try await store.importFiles([path, theirs, dated])
      let items = report.imported.map(\.item)
      #expect(items.map(\.recipe.created) == [modified, modified, sampleRecipe(3).created])
      #expect(!items[0].recipe.saysHow && items[1].recipe.saysHow)
      let before = try await store.page(HistoryQuery(text: "before:2020-03-02", limit: 9))
      #expect(Set(before.items.map(\.id)) == Set(items[..<2].map(\.id)))
      #expect(
        try await store.page(HistoryQuery(text: "after:2020-03-01 before:2020-03-02", limit: 9))
          .items.count == 2)
      // The same file with another time, as a copy has, is the same picture.
      touch(path, 1_600_000_000)
      let again = try await store.importFiles([path])
      #expect(again.imported.map(\.item) == [items[0]] && again.imported.allSatisfy { !$0.isNew })
    }
  }

  @Test func thumbnailsComeFromTheCacheAndGrowBack() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      let item = try await store.appendSample(1)
      let small = try await store.thumbnail(item.id, side: 4)
      #expect(small == testCodec.thumbnail(samplePicture(1), 4))
      let cached = "\(library.root)/cache/thumbs/\(item.sha256.prefix(2))/\(item.sha256)-4.png"
      #expect(try testCodec.decode(FileSystem.real.read(cached, 1 << 20)).picture == small)
      // A damaged or deleted cache is no loss.
      try library.write(Array("rubbish".utf8), to: cached)
      #expect(try await store.thumbnail(item.id, side: 4) == small)
      try FileManager.default.removeItem(atPath: library.root + "/cache")
      #expect(try await store.thumbnail(item.id, side: 4) == small)
      try FileManager.default.removeItem(atPath: library.root + "/cache")
      try library.write([], to: library.root + "/cache")
      #expect(try await store.thumbnail(item.id, side: 4) == small)
    }
  }

  @Test func aDraftIsOldOrNewAfterACrash() throws {
    let library = TestLibrary()
    let old = Array("old".utf8), new = Array("a longer new draft".utf8)
    var step = 0, calls = 0
    repeat {
      step += 1
      try DraftBox(folders: library.folders).save(old)
      let faults = Faults()
      faults.begin(.crash(at: step))
      let box = DraftBox(folders: library.folders, fileSystem: faults.fileSystem)
      let isSaved = (try? box.save(new)) != nil
      calls = faults.calls
      let found = try DraftBox(folders: library.folders).load()
      try #require(found == new || !isSaved && found == old, "step \(step)")
    } while calls >= step
    #expect(step > 5)
    let box = DraftBox(folders: library.folders)
    #expect(try FileSystem.real.read(box.setAside(), 100) == new)
    #expect(try box.load() == nil)
    try box.save(old)
    try box.clear()
    try box.clear()
    #expect(try box.load() == nil)
  }

  @Test func aSnapshotOfTheDatabaseIsMadeOnceADay() async throws {
    let library = TestLibrary()
    let day: Int64 = 86_400_000
    for i in 0..<12 {
      let store = await library.open(now: 1_800_000_000_000 + Int64(i) * day)
      try await store.appendSample(UInt64(i))
      #expect(try await store.snapshotToday() != nil)
      #expect(try await store.snapshotToday() == nil)
      await store.close()
    }
    let snapshots = try library.files("snapshots")
    #expect(snapshots.count == 10)
    // The newest one is a whole history.
    let copy = TestLibrary()
    await copy.open().close()
    try copy.write(
      library.bytes(try #require(snapshots.last)), to: copy.folders.library + "/library.db")
    let items = try await copy.using(.reading) { try await $0.page(HistoryQuery()).items }
    #expect(items.count == 12)
  }
}
