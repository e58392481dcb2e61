import EaselKit
import GRDB

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Milliseconds since 1970, UTC.
public let systemClock: @Sendable () -> Int64 = {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

extension HistoryStore {
  /// Opens a library, making what is missing of it. For writing, the leftovers of a crash are
  /// cleared away first; when the last writer did not close the library, every file is looked at.
  public static func open(
    _ folders: LibraryFolders, access: Access, codec: PictureCodec,
    embedder: Embedder? = nil, fileSystem: FileSystem = .real,
    now: @escaping @Sendable () -> Int64 = systemClock
  ) async -> HistoryStore {
    func reading(_ problem: Failure?) -> HistoryStore {
      let (connection, found) = connectForReading(folders, fileSystem)
      return HistoryStore(
        folders: folders, codec: codec, embedder: embedder, fileSystem: fileSystem, now: now,
        connection: connection, problem: problem ?? found)
    }
    guard case .writing(let seconds) = access else { return reading(nil) }

    let lock: LibraryLock
    do {
      for folder in folders.all { try fileSystem.makeFolders(folder) }
      lock = try await takeLock(folders, waitSeconds: seconds)
    } catch {
      return reading(Failure(error, doing: "open the history for writing"))
    }

    func damaged(_ problem: Failure, connection: (any DatabaseReader)?) -> HistoryStore {
      // The lock is kept: pictures painted meanwhile can still be put among the files.
      HistoryStore(
        folders: folders, codec: codec, embedder: embedder, fileSystem: fileSystem, now: now,
        connection: connection, lock: lock, problem: problem)
    }
    let (connection, problem) = connectForReading(folders, fileSystem)
    if let problem { return damaged(problem, connection: connection) }
    try? connection?.close()
    let pool: DatabasePool
    do {
      pool = try openForWriting(folders.database)
    } catch {
      return damaged(Failure(database: error, doing: "open the history"), connection: nil)
    }
    let store = HistoryStore(
      folders: folders, codec: codec, embedder: embedder, fileSystem: fileSystem, now: now,
      connection: pool, writer: pool, lock: lock)
    await store.settleIn(afterCrash: lock.wasLeftOpen)
    return store
  }

  /// A connection that cannot write, and what is wrong with the database.
  private static func connectForReading(
    _ folders: LibraryFolders, _ fileSystem: FileSystem
  ) -> ((any DatabaseReader)?, Failure?) {
    var marked: Failure?
    if let bytes = try? fileSystem.read(folders.damagedMark, 4096) {
      let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first
      marked = .damagedLibrary(words.map(String.init) ?? "found earlier")
    }
    switch openForReading(folders.database, fileSystem: fileSystem) {
    case .missing: return (nil, marked)
    case .sound(let connection): return (connection, marked)
    case .damaged(let words): return (nil, marked ?? .damagedLibrary(words))
    case .newer(let connection): return (connection, marked ?? .newerLibrary())
    case .failed(let failure): return (nil, marked ?? failure)
    }
  }

  /// Waits for the lock in small steps: flock itself knows no time limit.
  static func takeLock(
    _ folders: LibraryFolders, waitSeconds: Double
  ) async throws -> LibraryLock {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(waitSeconds)
    while true {
      switch try LibraryLock.take(folders.lock) {
      case .taken(let lock): return lock
      case .busy(let holder):
        if clock.now >= end { throw Failure.busyLibrary(holder) }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  /// First work of a writer.
  private func settleIn(afterCrash: Bool) async {
    do {
      try resumeNumbers()
      try clearTemporary()
      try interruptRunning()
      _ = try takeInInbox()
    } catch {
      // The history works without; the sweep at the next start tries again.
      needsSweep = true
    }
    let isBare = lastID == mark.reserved || lastID == 0
    let hasFiles = ((try? fileSystem.list(folders.objects))?.isEmpty == false)
    if afterCrash || (isBare && hasFiles) { openingSweep = await sweep() }
  }

  /// Learns the highest number given, and skips those that a lost or older database gave.
  private func resumeNumbers() throws {
    let writer = try writable()
    lastID =
      try writer.read { db in
        try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'image'")
      } ?? 0
    guard mark.reserved >= lastID + IdMark.stride else { return }
    let reserved = mark.reserved
    try change("number the pictures") { db in
      try setHighestNumber(reserved, db)
    }
    lastID = reserved
  }
}

extension HistoryStore {
  /// SQLite's `synchronous` of the writing connection; 2 is FULL. Anything less loses pictures that
  /// were said to be stored when the power goes, so a test holds it.
  package func synchronousLevel() throws -> Int {
    try writable().writeWithoutTransaction { db in
      try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
    }
  }
}

/// Makes the next picture get the number after `number`.
func setHighestNumber(_ number: Int64, _ db: Database) throws {
  try db.execute(
    sql: "UPDATE sqlite_sequence SET seq = ? WHERE name = 'image'", arguments: [number])
  if db.changesCount == 0 {
    try db.execute(
      sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('image', ?)", arguments: [number])
  }
}
