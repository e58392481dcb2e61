import EaselKit
import EaselStore
import Glibc
import Testing

@Suite struct PublicationTests {
  @Test func aStoredPictureComesBackAsItWas() async throws {
    let library = TestLibrary()
    let recipe = sampleRecipe(0xFFFF_FFFF_FFFF_FFF0, prompt: "l'été, a \"fox\" 🦊\nsecond line")
    let item = try await library.using { store async throws in
      try await store.append(samplePicture(3), recipe: recipe)
    }
    try await library.using(.reading) { store async throws in
      #expect(store.problem == nil)
      let found = try await store.item(item.id)
      #expect(found == item)
      #expect(found.recipe == recipe)
      #expect(try await store.picture(item.id) == samplePicture(3))
      #expect(try await store.png(item.id) == testFile(samplePicture(3), recipe))
      let path = try #require(store.file(of: item))
      #expect(path.hasSuffix("/objects/\(item.sha256.prefix(2))/\(item.sha256).png"))
      #expect(try FileSystem.real.info(path)?.mode == 0o400)
      await #expect(throws: Failure.self) { try await store.appendSample(1) }
    }
  }

  @Test func everyCommitReachesTheDisk() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      #expect(try await store.synchronousLevel() == 2)
    }
  }

  @Test func theSamePictureTwiceIsOneItem() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      let first = try await store.appendSample(1)
      #expect(try await store.appendSample(1) == first)
      // Painted again while in the trash, it comes out of it.
      _ = try await store.trash([first.id])
      #expect(try await store.appendSample(1) == first)
      #expect(try await store.page(HistoryQuery()).items == [first])
      #expect(await problems(store) == [])
    }
  }

  @Test func shortWritesLoseNothing() async throws {
    let library = TestLibrary()
    let faults = Faults()
    let store = await library.open(.writing(waitSeconds: 0), faults.fileSystem)
    faults.begin(.shortWrites(7))
    let item = try await store.appendSample(4)
    #expect(try await store.picture(item.id) == samplePicture(4))
    await store.close()
  }

  /// No simulation of crashes sees a missing fsync, as the file system lives on; so the order itself
  /// is held: bytes on the disk, name, name on the disk, and the row last.
  @Test func aFileIsOnTheDiskBeforeItsNameAndItsNameBeforeItsRow() async throws {
    let library = TestLibrary()
    let faults = Faults()
    let store = await library.open(.writing(waitSeconds: 0), faults.fileSystem)
    try await store.appendSample(1)
    faults.begin(.none)
    let item = try await store.appendSample(2)
    await store.close()
    let shard = item.sha256.prefix(2)
    // The name of the temporary file is random, and looking changes nothing.
    let log = faults.log.filter { !$0.hasPrefix("stat") }
      .map { $0.hasPrefix("open tmp/") && $0.hasSuffix(".part") ? "open tmp" : $0 }
    let publication = [
      "mkdir objects/\(shard)", "open tmp", "write", "fsync", "chmod", "close",
      "rename \(shard)/\(item.sha256).png", "open objects/\(shard)", "fsync", "close",
      "open library/objects", "fsync", "close", "beforeCommit", "afterCommit",
    ]
    #expect(Array(log.prefix(publication.count)) == publication)
  }

  /// Dies before every single call of storing a second picture, then starts again.
  @Test func aCrashAtAnyStepLosesNothingAndShowsNothingHalf() async throws {
    let calls = try await callsOf { try await $0.appendSample(2) }
    #expect(calls > 10)
    for step in 1...(calls + 1) {
      let library = TestLibrary(inMemory: true)
      let first = try await library.using { try await $0.appendSample(1) }
      let faults = Faults()
      let dying = await library.open(.writing(waitSeconds: 0), faults.fileSystem)
      faults.begin(.crash(at: step))
      let told = try? await dying.appendSample(2)
      await dying.close()
      try #require((told != nil) == (step > calls), "step \(step)")

      try await library.using { store async throws in
        try #require(store.problem == nil, "step \(step)")
        let items = try await store.page(HistoryQuery()).items
        try #require(items.last == first && items.count <= 2, "step \(step)")
        if let told { try #require(items.first == told) }
        for item in items {
          try #require(try await store.picture(item.id) == samplePicture(item.recipe.seed))
        }
        try #require(try library.files("tmp") == [], "step \(step)")
        try #require(await problems(store) == [], "step \(step)")
        // Painting it again gives one picture, with a number that nobody had.
        let again = try await store.appendSample(2)
        try #require(again.id > first.id)
        try #require(try await store.page(HistoryQuery()).items == [again, first])
      }
    }
  }

  @Test func aCrashAtAnyStepOfTheFirstStartIsFinishedByTheNext() async throws {
    let counting = TestLibrary()
    let faults = Faults()
    faults.begin(.none)
    await counting.open(.writing(waitSeconds: 0), faults.fileSystem).close()
    for step in 1...faults.calls {
      let library = TestLibrary(inMemory: true)
      let dying = Faults()
      dying.begin(.crash(at: step))
      await library.open(.writing(waitSeconds: 0), dying.fileSystem).close()
      try await library.using { store async throws in
        try #require(store.problem == nil, "step \(step)")
        let item = try await store.appendSample(1)
        try #require(try await store.picture(item.id) == samplePicture(1))
      }
    }
  }

  /// Every call of storing a picture fails once, or fails from then on.
  @Test(
    arguments: [(ENOSPC, Failure.Code.diskFull), (EIO, .internalError), (EACCES, .readOnly)],
    [false, true])
  func aFailingCallIsToldAndHarmsNothing(
    error: (number: Int32, code: Failure.Code), forEver: Bool
  ) async throws {
    let calls = try await callsOf { try await $0.appendSample(2) }
    for step in 1...calls {
      let library = TestLibrary(inMemory: true)
      let faults = Faults()
      let store = await library.open(.writing(waitSeconds: 0), faults.fileSystem)
      let first = try await store.appendSample(1)
      faults.begin(.fail(at: step, errno: error.number, forEver: forEver))
      do {
        let item = try await store.appendSample(2)
        try #require(try await store.item(item.id) == item)
      } catch let failure as Failure {
        try #require(failure.code == error.code, "step \(step): \(failure)")
      }
      faults.begin(.none)
      // The same session goes on once the trouble is over.
      let item = try await store.appendSample(2)
      try #require(try await store.page(HistoryQuery()).items == [item, first], "step \(step)")
      await store.close()
      try await library.using { store async throws in
        _ = await store.sweep()
        try #require(try await store.page(HistoryQuery()).items == [item, first], "step \(step)")
        try #require(await problems(store) == [], "step \(step)")
      }
    }
  }

  @Test func numbersAreNeverUsedTwice() async throws {
    let library = TestLibrary()
    let id = try await library.using { store async throws in
      let item = try await store.appendSample(1)
      _ = try await store.trash([item.id])
      #expect(try await store.emptyTrash() == Emptied(pictures: 1, bytes: item.bytes))
      return item.id
    }
    let next = try await library.using { try await $0.appendSample(2).id }
    #expect(next > id)
    // Even when the database is lost and only pictures are left.
    for end in ["", "-wal", "-shm"] { unlink(library.folders.library + "/library.db" + end) }
    let items = try await library.using { store async throws in
      try await store.appendSample(3)
      return try await store.page(HistoryQuery()).items
    }
    #expect(items.map(\.recipe.seed) == [3, 2])
    #expect(items.allSatisfy { $0.id > next })
  }

  @Test func unfinishedBatchesAreRememberedOverACrash() async throws {
    let library = TestLibrary()
    let recipe = sampleRecipe(8, count: 3)
    try await library.using { store async throws in
      try await store.begin(recipe.generation, recipe.request, job: JobID(41))
      _ = try await store.append(samplePicture(8), recipe: recipe)
      #expect(try await store.interrupted() == [])
    }
    try await library.using { store async throws in
      #expect(try await store.jobsStarted() == 41)
      let batch = InterruptedBatch(
        generation: recipe.generation, request: recipe.request, stored: 1)
      #expect(try await store.interrupted() == [batch])
      // The last picture ends it.
      var last = recipe
      last.index = 2
      last.seed += 2
      _ = try await store.append(samplePicture(10), recipe: last)
      #expect(try await store.interrupted() == [])
    }
  }

  @Test func changesAreAnnounced() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      var changes = await store.changes().makeAsyncIterator()
      let item = try await store.appendSample(1)
      let first = try #require(await changes.next())
      try await store.setFavourite([item.id], true)
      try await store.setRating([item.id], 3)
      // Two changes, one piece of news: only the newest waits.
      let second = try #require(await changes.next())
      #expect(second.number > first.number)
    }
  }
}

/// Number of file system calls and moments of an action on a library that has one picture.
func callsOf(_ body: (HistoryStore) async throws -> some Any) async throws -> Int {
  let library = TestLibrary(inMemory: true)
  let faults = Faults()
  let store = await library.open(.writing(waitSeconds: 0), faults.fileSystem)
  try await store.appendSample(1)
  await store.close()
  let again = await library.open(.writing(waitSeconds: 0), faults.fileSystem)
  faults.begin(.none)
  _ = try await body(again)
  let calls = faults.calls
  await again.close()
  return calls
}

/// What the doctor complains about; notes left out.
func problems(_ store: HistoryStore) async -> [Finding] {
  await store.check().filter { $0.weight != .note }
}
