import EaselKit
import GRDB

/// What a repair did.
public struct RepairReport: Hashable, Sendable {
  /// Where the damaged database lies now; nil when there was nothing to set aside.
  public var setAside: String?
  /// Rows read out of the damaged database, with their numbers, ratings and tags.
  public var salvaged = 0
  /// What the sweep afterwards did: `adopted` are rows built from the pictures alone.
  public var sweep = SweepReport()
  /// The database was sound and stayed where it was.
  public var wasSound = false
}

extension HistoryStore {
  /// Brings a damaged or lost history back. Never runs by itself.
  ///
  /// The damaged database is moved to quarantine as it is. What can be read of it is read, the rest
  /// comes from the pictures, which carry their recipes. Numbers are never given to another picture.
  /// The new database gets its name only when it is whole, so that a repair that was cut off can be
  /// run again. Throws `Failure(.libraryBusy)` while another process writes.
  public static func repair(
    _ folders: LibraryFolders, codec: PictureCodec, fileSystem: FileSystem = .real,
    now: @escaping @Sendable () -> Int64 = systemClock
  ) async throws -> RepairReport {
    var report = RepairReport()
    do {
      for folder in folders.all { try fileSystem.makeFolders(folder) }
      // Released at the end of this block; `open` below takes it again.
      let lock = try await takeLock(folders, waitSeconds: 2)
      try withExtendedLifetime(lock) {
        try rebuild(folders, fileSystem, now: now, &report)
      }
    } catch {
      throw Failure(database: error, doing: "repair the history")
    }
    let store = await open(
      folders, access: .writing(waitSeconds: 2), codec: codec, fileSystem: fileSystem, now: now)
    if let problem = store.problem {
      await store.close()
      throw problem
    }
    if let done = await store.openingSweep {
      report.sweep = done
    } else {
      report.sweep = await store.sweep()
    }
    await store.close()
    if let problem = report.sweep.problem { throw problem }
    return report
  }

  private static func rebuild(
    _ folders: LibraryFolders, _ fileSystem: FileSystem, now: () -> Int64,
    _ report: inout RepairReport
  ) throws {
    let isMarked = try fileSystem.info(folders.damagedMark) != nil
    switch openForReading(folders.database, fileSystem: fileSystem) {
    case .newer(let connection):
      try? connection.close()
      throw Failure.newerLibrary()
    case .failed(let failure): throw failure
    case .sound(let connection):
      defer { try? connection.close() }
      if try connection.read(isSoundThroughout) {
        // The mark may be of a fault that is gone, such as a bad cable.
        if isMarked {
          try fileSystem.removeIfThere(folders.damagedMark)
          try fileSystem.syncFolder(folders.library)
        }
        report.wasSound = true
        return
      }
    case .missing where !isMarked: return
    case .missing, .damaged: break
    }

    if !isMarked {
      try fileSystem.replace(Array("repair was begun\n".utf8), at: folders.damagedMark)
    }
    let aside = try setDatabaseAside(folders, fileSystem, now: now())
    report.setAside = aside
    // After a repair that was cut off, the database lies where that one put it.
    let source = try aside ?? newestDatabaseAside(folders, fileSystem)
    let (entries, searches) =
      source.map { Salvage(folders: folders, fileSystem: fileSystem).read($0) } ?? ([], [])
    report.salvaged = entries.count

    let temporary = "\(folders.temporary)/\(randomName()).db"
    var mark = IdMark(path: folders.idMark, fileSystem: fileSystem)
    let highest = max(mark.reserved, entries.compactMap(\.id).max() ?? 0)
    try mark.cover(highest)
    let queue = try DatabaseQueue(path: temporary)
    try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
    try migrations.migrate(queue)
    try queue.write { db in
      for entry in entries { _ = try Rows.insert(entry, db) }
      for search in searches { try insert(search, db) }
      try setHighestNumber(highest, db)
      try Rows.log("rebuilt", source ?? "", "\(entries.count) rows", at: now(), db)
    }
    try queue.close()
    try fileSystem.rename(temporary, folders.database)
    try fileSystem.syncFolder(folders.library)
    try fileSystem.removeIfThere(folders.damagedMark)
    try fileSystem.syncFolder(folders.library)
  }

  private static func isSoundThroughout(_ db: Database) throws -> Bool {
    do {
      guard try String.fetchAll(db, sql: "PRAGMA integrity_check(1)") == ["ok"] else {
        return false
      }
      // Also reads what the check does not: that recipes and search answer.
      _ = try Row.fetchAll(db, sql: "SELECT \(try Rows.columns(db)) FROM image LIMIT 1000").map(
        Rows.item)
      return true
    } catch let error as DatabaseError where error.isDamage {
      return false
    } catch let failure as Failure where failure.code == .libraryDamaged {
      return false
    }
  }

  /// Moves the database and what belongs to it. The log goes first: SQLite would throw away a log
  /// that it finds beside a new database.
  private static func setDatabaseAside(
    _ folders: LibraryFolders, _ fileSystem: FileSystem, now: Int64
  ) throws -> String? {
    let parts = ["-wal", "-journal", "-shm", ""].filter {
      (try? fileSystem.info(folders.database + $0)) ?? nil != nil
    }
    guard !parts.isEmpty else { return nil }
    let folder = "\(folders.quarantine)/\(stamp(now))-\(randomName().prefix(8))-database"
    try fileSystem.makeFolders(folder)
    for part in parts {
      try fileSystem.rename(folders.database + part, "\(folder)/library.db\(part)")
    }
    try fileSystem.syncFolder(folder)
    try fileSystem.syncFolder(folders.library)
    return "\(folder)/library.db"
  }

  private static func newestDatabaseAside(
    _ folders: LibraryFolders, _ fileSystem: FileSystem
  ) throws -> String? {
    try fileSystem.list(folders.quarantine).filter { $0.hasSuffix("-database") }.sorted().last
      .map { "\(folders.quarantine)/\($0)/library.db" }
  }
}
