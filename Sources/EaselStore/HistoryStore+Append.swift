public import EaselKit
import GRDB

extension HistoryStore {
  /// Stores a finished picture. When this returns, the picture survives a power cut.
  ///
  /// A picture that cannot be entered is kept all the same where possible, and the `Failure` says
  /// where: in the inbox while another process writes, among the files while the database is
  /// damaged. Storing the very same picture twice gives the same item, out of the trash again.
  public func append(_ picture: Picture, recipe: Recipe) throws -> HistoryItem {
    let bytes = try codec.encode(picture, recipe)
    if let problem { throw keepAside(bytes, problem) }
    let entry = Entry(
      digest: Digest(of: bytes), bytes: bytes.count, size: picture.size, recipe: recipe)
    return try enter(bytes, entry).item
  }

  /// File, then row. The only way a picture gets into the history.
  func enter(_ bytes: [UInt8], _ entry: Entry) throws -> (item: HistoryItem, isNew: Bool) {
    _ = try writable()
    // Until the row is there, the file is one that nobody knows.
    let hadToSweep = needsSweep
    needsSweep = true
    do {
      try objects.publish(bytes, entry.digest)
      try mark.cover(lastID + 1)
    } catch {
      throw Failure(error, doing: "store the picture")
    }
    let answer = try change("store the picture") { db in
      let (id, isNew) = try Rows.insert(entry, db)
      if !isNew {
        try db.execute(
          sql: """
            UPDATE image SET trashed_ms = NULL, trash_batch = NULL, missing = 0
            WHERE id = ? AND (trashed_ms IS NOT NULL OR missing = 1)
            """, arguments: [id])
      }
      if entry.recipe.index == entry.recipe.request.count - 1 {
        try db.execute(
          sql: "DELETE FROM unfinished WHERE generation = ?",
          arguments: [entry.recipe.generation])
      }
      guard let item = try Rows.item(db, id) else {
        throw Failure(.internalError, "the picture was stored and cannot be found")
      }
      return (item, isNew)
    }
    lastID = max(lastID, answer.0.id.number)
    needsSweep = hadToSweep
    return answer
  }

  /// Keeps a picture that the database cannot take now.
  private func keepAside(_ bytes: [UInt8], _ problem: Failure) -> Failure {
    do {
      switch problem.code {
      case .libraryBusy:
        let path = "\(folders.inbox)/\(randomName()).png"
        try fileSystem.replace(bytes, at: path)
        return Failure(
          .libraryBusy,
          "the picture is kept and joins the history when the other Easel takes it in",
          hint: "it waits as \(path)", cause: problem.what)
      case .libraryDamaged where lock != nil:
        let digest = Digest(of: bytes)
        try objects.publish(bytes, digest)
        return Failure(
          .libraryDamaged, "the picture is kept as a file; the damaged history cannot show it",
          hint: "'easel doctor --repair' brings it in; it is \(folders.object(digest))",
          cause: problem.cause)
      default: return problem
      }
    } catch {
      return Failure(error, doing: "keep the picture")
    }
  }

  /// Takes in pictures that other processes left because they could not get the lock. Call it now
  /// and then, and when coming back to the history.
  public func takeInInbox() throws -> [HistoryItem] {
    var items: [HistoryItem] = []
    let names = (try? fileSystem.list(folders.inbox)) ?? []
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = "\(folders.inbox)/\(name)"
      guard let bytes = try? fileSystem.read(path, largestFile),
        let decoded = try? codec.decode(bytes), decoded.isOwn, let recipe = decoded.recipe
      else {
        _ = try? setAside(path)
        continue
      }
      let entry = Entry(
        digest: Digest(of: bytes), bytes: bytes.count, size: decoded.picture.size, recipe: recipe)
      let (item, _) = try enter(bytes, entry)
      try? fileSystem.remove(path)
      items.append(item)
    }
    return items
  }

  // MARK: Batches

  /// Notes that a batch is being painted, so that a crash leaves a trace of it. Stored pictures end
  /// it with the last of the batch; `finish` ends it earlier.
  public func begin(_ generation: String, _ request: GenerationRequest, job: JobID? = nil) throws {
    let json = try Rows.json(request)
    let now = now()
    try change("begin a painting") { db in
      try db.execute(
        sql: """
          INSERT INTO unfinished (generation, request, created_ms, state)
          VALUES (?, ?, ?, 'running')
          ON CONFLICT (generation) DO UPDATE SET state = 'running'
          """, arguments: [generation, json, now])
      if let job {
        try db.execute(
          sql: """
            INSERT INTO counter (name, value) VALUES ('job', ?)
            ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)
            """, arguments: [job.number])
      }
    }
  }

  /// The batch is over, painted or stopped or failed.
  public func finish(_ generation: String) throws {
    try change("end a painting") { db in
      try db.execute(
        sql: "DELETE FROM unfinished WHERE generation = ?", arguments: [generation])
    }
  }

  /// The highest job number ever noted by `begin`.
  public nonisolated func jobsStarted() async throws -> Int {
    try await ask("read the history") { db in
      try Int.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'job'")
    }.flatMap(\.self) ?? 0
  }

  func interruptRunning() throws {
    try change("look after unfinished paintings") { db in
      try db.execute(sql: "UPDATE unfinished SET state = 'interrupted'")
    }
  }
}

/// Picture files above this many bytes are not read.
let largestFile = 256 << 20
