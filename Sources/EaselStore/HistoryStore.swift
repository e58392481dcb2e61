public import EaselKit
import GRDB
import Synchronization

/// The history: every picture that was made, its recipe, and what people added to it.
///
/// Two rules carry the module. A picture is on the disk, file first and row after, before anyone is
/// told that it is stored; and every file can recreate its own row, so that the database is an index
/// that can be lost. One process writes to a library at a time (flock); any number may read.
///
/// Pictures come in and out as PNG bytes; what a PNG is, the caller's `PictureCodec` knows. Export
/// and the screens are others' business.
///
/// Opening never fails: a library that is busy, damaged, newer or write-protected opens for reading,
/// as far as it can be read, and `problem` says why it cannot be written.
public actor HistoryStore {
  public enum Access: Hashable, Sendable {
    case reading
    /// Waits so long for another process that is writing.
    case writing(waitSeconds: Double)
  }

  public nonisolated let folders: LibraryFolders
  nonisolated let fileSystem: FileSystem
  nonisolated let codec: PictureCodec
  /// Who knows what pictures and words mean; nil where nobody does.
  nonisolated let embedder: Embedder?
  nonisolated let vectors = VectorShelf()
  nonisolated let lists = ListShelf()
  nonisolated let recipes = RecipeShelf()
  /// Milliseconds since 1970.
  nonisolated let now: @Sendable () -> Int64
  /// For queries; nil while there is no database that can be read.
  nonisolated let connection: (any DatabaseReader)?
  /// Whether this process is the one that writes; all changes are made through this store then.
  nonisolated let isWriting: Bool
  private nonisolated let condition: Mutex<Failure?>
  private nonisolated let executor = QueueExecutor("easel.store")

  var writer: DatabasePool?
  var lock: LibraryLock?
  var objects: Objects
  var mark: IdMark
  /// The highest number given so far.
  var lastID: Int64 = 0
  /// Something was left half done that a sweep can finish.
  var needsSweep = false
  /// What the sweep at opening did, where there was one.
  var openingSweep: SweepReport?
  private var watchers: [Int: AsyncStream<HistoryChange>.Continuation] = [:]
  private var watchersMade = 0
  private var changesMade = 0

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Why the history cannot be written; nil while it can, and for one opened for reading.
  public nonisolated var problem: Failure? { condition.withLock { $0 } }

  init(
    folders: LibraryFolders, codec: PictureCodec, embedder: Embedder?, fileSystem: FileSystem,
    now: @escaping @Sendable () -> Int64, connection: (any DatabaseReader)?,
    writer: DatabasePool? = nil, lock: LibraryLock? = nil, problem: Failure? = nil
  ) {
    self.folders = folders
    self.codec = codec
    self.embedder = embedder
    self.fileSystem = fileSystem
    self.now = now
    self.connection = connection
    self.writer = writer
    isWriting = writer != nil
    self.lock = lock
    condition = Mutex(problem)
    objects = Objects(folders: folders, fileSystem: fileSystem)
    mark = IdMark(path: folders.idMark, fileSystem: fileSystem)
  }

  /// Runs one durable transaction. `doing` completes "easel could not …".
  ///
  /// `isSilent`: nothing changes that a listener shows.
  func change<Answer>(
    _ doing: String, isSilent: Bool = false, _ body: (Database) throws -> Answer
  ) throws -> Answer {
    let writer = try writable()
    let answer: Answer
    do {
      answer = try writer.write { db in
        let answer = try body(db)
        try fileSystem.reached(.beforeCommit)
        return answer
      }
      try fileSystem.reached(.afterCommit)
    } catch {
      throw settle(error, doing: doing)
    }
    lists.forget()
    if !isSilent { announce() }
    return answer
  }

  /// The writing connection, or why there is none.
  func writable() throws -> DatabasePool {
    if let problem { throw problem }
    guard let writer else {
      throw Failure(
        .readOnly, "the history was opened for reading only",
        hint: "close and open it again to change it")
    }
    return writer
  }

  /// Asks the database. Nil when there is none yet, or none that can be read.
  nonisolated func ask<Answer: Sendable>(
    _ doing: String, _ body: @escaping @Sendable (Database) throws -> Answer
  ) async throws -> Answer? {
    guard let connection else { return nil }
    do {
      return try await connection.read(body)
    } catch {
      throw settle(error, doing: doing)
    }
  }

  /// Turns an error into words, and stops all writing when it shows that the database is damaged.
  nonisolated func settle(_ error: any Error, doing: String) -> Failure {
    let failure = Failure(database: error, doing: doing)
    if failure.code == .libraryDamaged { markDamaged(failure) }
    return failure
  }

  private nonisolated func markDamaged(_ failure: Failure) {
    condition.withLock { if $0 == nil { $0 = failure } }
    // The mark keeps the next start from writing; without it that start would find out by itself.
    let words = Array("\(failure.cause ?? failure.what)\n".utf8)
    try? fileSystem.replace(words, at: folders.damagedMark)
  }

  // MARK: Changes

  /// Tells of every change made through this store. A slow listener gets only the newest.
  public func changes() -> AsyncStream<HistoryChange> {
    watchersMade += 1
    let number = watchersMade
    let (stream, continuation) = AsyncStream.makeStream(
      of: HistoryChange.self, bufferingPolicy: .bufferingNewest(1))
    watchers[number] = continuation
    continuation.onTermination = { [weak self] _ in
      Task { await self?.forget(watcher: number) }
    }
    return stream
  }

  private func forget(watcher number: Int) { watchers[number] = nil }

  private func announce() {
    changesMade += 1
    for watcher in watchers.values { watcher.yield(HistoryChange(number: changesMade)) }
  }

  // MARK: Closing

  /// Takes in what others left, folds the log into the database and gives the lock back.
  public func close() async {
    if writer != nil, problem == nil { _ = try? takeInInbox() }
    for watcher in watchers.values { watcher.finish() }
    watchers = [:]
    closeDatabase()
    if problem == nil, !needsSweep { lock?.sayGoodbye() }
    lock = nil
  }

  private func closeDatabase() {
    if let writer {
      try? writer.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
    }
    try? connection?.close()
    writer = nil
  }
}

/// Something in the history is different. Ask again for what you show.
public struct HistoryChange: Hashable, Sendable {
  /// Counts the changes made through one store.
  public var number: Int
}
