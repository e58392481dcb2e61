import EaselKit
import GRDB

/// What opening the database came to.
enum Opening {
  case missing
  case sound(any DatabaseReader)
  /// The words of SQLite, or ours.
  case damaged(String)
  case newer(any DatabaseReader)
  case failed(Failure)
}

/// Settings of every connection. `synchronous = FULL` is repeated after opening for writing, because
/// GRDB turns it down when it switches to the write-ahead log.
private func configuration(readonly: Bool) -> Configuration {
  var configuration = Configuration()
  configuration.readonly = readonly
  configuration.busyMode = .timeout(5)
  configuration.maximumReaderCount = 2
  configuration.prepareDatabase { db in
    try db.execute(
      sql: """
        PRAGMA trusted_schema = OFF;
        PRAGMA cell_size_check = ON;
        PRAGMA mmap_size = 0;
        PRAGMA synchronous = FULL;
        """)
  }
  return configuration
}

/// Opens the database so that nothing can be written through this connection, and looks whether it
/// is ours and sound.
///
/// A thorough check of a small database takes milliseconds; a large one gets the quick look of
/// its schema and its newest rows, and `easel doctor` does the rest.
func openForReading(_ path: String, fileSystem: FileSystem) -> Opening {
  do {
    // Only asks for the size: opening the file with plain calls would drop SQLite's locks.
    guard let info = try fileSystem.info(path) else { return .missing }
    guard info.kind == .file || info.kind == .link else {
      return .damaged("library.db is not a file")
    }
    if info.bytes == 0 { return .missing }
    let queue = try connect(path, fileSystem)
    return try queue.read { db in
      let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      // The list of migrations is made in a step of its own, before the first of them.
      let tables =
        try Int.fetchOne(
          db,
          sql: """
            SELECT count(*) FROM sqlite_master
            WHERE tbl_name <> 'grdb_migrations' AND name NOT LIKE 'sqlite_%'
            """) ?? 0
      // Death while it was being made.
      if application == 0 && tables == 0 { return .missing }
      guard application == applicationID else { return .damaged("library.db is not Easel's") }
      if try migrations.hasBeenSuperseded(db) { return .newer(queue) }
      guard try migrations.hasCompletedMigrations(db) || !migrations.appliedMigrations(db).isEmpty
      else { return .missing }
      if info.bytes <= 16 << 20 {
        let words = try String.fetchAll(db, sql: "PRAGMA quick_check(3)")
        if words != ["ok"] { return .damaged(words.joined(separator: "; ")) }
      } else {
        _ = try Row.fetchAll(db, sql: "SELECT * FROM image ORDER BY id DESC LIMIT 200")
      }
      return .sound(queue)
    }
  } catch let error as DatabaseError where error.isDamage {
    return .damaged(error.message ?? "\(error)")
  } catch {
    return .failed(Failure(database: error, doing: "open the history"))
  }
}

/// Where nothing can be written, SQLite cannot make the index of its log, and refuses. With no log
/// to read, the file alone is the whole database, and nobody can change it meanwhile.
private func connect(_ path: String, _ fileSystem: FileSystem) throws -> DatabaseQueue {
  let configuration = configuration(readonly: true)
  do {
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    _ = try queue.read { db in try Int.fetchOne(db, sql: "PRAGMA schema_version") }
    return queue
  } catch let error as DatabaseError
    where error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
  {
    guard try fileSystem.info(path + "-wal").map({ $0.bytes == 0 }) ?? true else { throw error }
    // In a URI only these three need another form.
    var name = ""
    for character in path {
      switch character {
      case "%": name += "%25"
      case "?": name += "%3f"
      case "#": name += "%23"
      default: name.append(character)
      }
    }
    return try DatabaseQueue(path: "file:\(name)?immutable=1", configuration: configuration)
  }
}

/// Opens the database for the one writer, making or completing it. Only after `openForReading`
/// found nothing wrong, and only with the lock in hand.
func openForWriting(_ path: String) throws -> DatabasePool {
  let pool = try DatabasePool(path: path, configuration: configuration(readonly: false))
  try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
  try migrations.migrate(pool)
  return pool
}

extension DatabaseError {
  /// The file's content is wrong, as opposed to the disk or the permissions.
  var isDamage: Bool { resultCode == .SQLITE_CORRUPT || resultCode == .SQLITE_NOTADB }
}

extension Failure {
  /// Wraps an error of SQLite, or any other, for people.
  init(database error: any Error, doing: String) {
    guard let database = error as? DatabaseError else {
      self.init(error, doing: doing)
      return
    }
    let cause = database.message ?? "\(database.resultCode)"
    switch database.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damagedLibrary(cause)
    case .SQLITE_FULL:
      self = Failure(
        .diskFull, "the disk is full, easel could not \(doing)",
        hint: "make room and try again, nothing stored before is harmed", cause: cause)
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      self = Failure(
        .readOnly, "easel could not \(doing): the library cannot be written",
        hint: "check the owner and the permissions of the library folder", cause: cause)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self = Failure(
        .libraryBusy, "easel could not \(doing): another program has the database",
        hint: "close it and try again", cause: cause)
    default: self = Failure(.internalError, "easel could not \(doing)", cause: cause)
    }
  }

  static func damagedLibrary(_ cause: String) -> Failure {
    Failure(
      .libraryDamaged, "the database of the history is damaged; nothing in it was changed",
      hint: "'easel doctor --repair' sets it aside and builds it anew from the pictures",
      cause: cause)
  }

  static func newerLibrary() -> Failure {
    Failure(
      .unsupported, "a newer Easel wrote this history; it can be looked at but not changed",
      hint: "update this Easel")
  }

  static func busyLibrary(_ holder: LibraryLock.Holder) -> Failure {
    let who = holder.process.map { " (process \($0))" } ?? ""
    return Failure(
      .libraryBusy, "another Easel\(who) is writing to the history; here it can only be read",
      hint: "close the other one, or work there")
  }
}
