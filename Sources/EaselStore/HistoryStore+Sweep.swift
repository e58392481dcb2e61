public import EaselKit
import FoundationEssentials
import GRDB

/// What a sweep found and did.
public struct SweepReport: Hashable, Sendable {
  /// Files without a row that carry their own recipe: they have rows now.
  public var adopted: [ImageID] = []
  /// Files that could not be explained, where they lie now. Nothing is ever deleted.
  public var quarantined: [String] = []
  /// Pictures whose file is gone or has another size; new ones only.
  public var missing: [ImageID] = []
  /// Pictures whose file is back.
  public var found: [ImageID] = []
  /// Why the sweep could not be finished.
  public var problem: Failure?
  public init() {}
}

/// A file that no row knows, and that can explain itself.
private struct Orphan {
  var entry: Entry
  var path: String
}

extension HistoryStore {
  /// Makes rows and files agree: adopts files without a row, marks rows without a file, puts files
  /// into the folder their row wants, sets aside what is neither. Reading goes on meanwhile.
  public func sweep() async -> SweepReport {
    var report = SweepReport()
    do {
      _ = try writable()
      try clearTemporary()
      var orphans: [Orphan] = []
      for inTrash in [false, true] {
        let folder = inTrash ? folders.trash : folders.objects
        for name in try fileSystem.list(folder).sorted() {
          let path = "\(folder)/\(name)"
          guard name.utf8.count == 2, let byte = UInt8(name, radix: 16),
            try fileSystem.info(path)?.kind == .folder
          else {
            report.quarantined.append(try setAside(path))
            continue
          }
          try sweepShard(byte, path, inTrash: inTrash, &orphans, &report)
          // Others get their turn between two shards.
          await Task.yield()
        }
      }
      try await adopt(orphans, &report)
      try await markMissing(&report)
      needsSweep = false
    } catch {
      needsSweep = true
      report.problem = settle(error, doing: "tidy the library")
    }
    return report
  }

  private func sweepShard(
    _ byte: UInt8, _ path: String, inTrash: Bool, _ orphans: inout [Orphan],
    _ report: inout SweepReport
  ) throws {
    let rows = try writable().read { db in try Rows.shard(byte, db) }
    var moves: [Digest] = []
    for name in try fileSystem.list(path).sorted() {
      let file = "\(path)/\(name)"
      guard name.hasSuffix(".png"), let digest = Digest(hex: name.dropLast(4)),
        digest.bytes[0] == byte, try fileSystem.info(file)?.kind == .file
      else {
        report.quarantined.append(try setAside(file))
        continue
      }
      if let isTrashed = rows[digest] {
        if isTrashed != inTrash { moves.append(digest) }
      } else if let orphan = try orphan(at: file, digest, inTrash: inTrash) {
        orphans.append(orphan)
      } else {
        report.quarantined.append(try setAside(file))
      }
    }
    try objects.move(moves, toTrash: !inTrash)
  }

  /// Reads what an unknown file says about itself; nil when its bytes are not what its name says, or
  /// when it says nothing.
  private func orphan(at path: String, _ digest: Digest, inTrash: Bool) throws -> Orphan? {
    guard let bytes = try? fileSystem.read(path, largestFile), Digest(of: bytes) == digest,
      let decoded = try? codec.decode(bytes), decoded.isOwn, let recipe = decoded.recipe
    else { return nil }
    // A crash while the trash was emptied must not bring its pictures back among the others.
    let wasPurged = try writable().read { db in
      try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM event WHERE subject = ? AND kind = 'purged')",
        arguments: [digest.description])
    }
    let marks = Marks(trashed: inTrash || wasPurged == true ? now() : nil)
    return Orphan(
      entry: Entry(
        digest: digest, bytes: bytes.count, size: decoded.picture.size, recipe: recipe,
        marks: marks), path: path)
  }

  /// Gives orphans their rows, oldest picture first, many in one transaction: a library whose
  /// database is lost has all its files here.
  private func adopt(_ orphans: [Orphan], _ report: inout SweepReport) async throws {
    let sorted = orphans.sorted {
      let a = $0.entry.recipe, b = $1.entry.recipe
      return (a.created, a.generation, a.index, $0.path) < (
        b.created, b.generation, b.index, $1.path
      )
    }
    var rest = sorted[...]
    while !rest.isEmpty {
      let some = rest.prefix(500)
      rest = rest.dropFirst(500)
      try mark.cover(lastID + Int64(some.count))
      let now = now()
      let adopted = try change("take in found pictures") { db in
        try some.compactMap { orphan in
          let (id, isNew) = try Rows.insert(orphan.entry, db)
          guard isNew else { return nil as Int64? }
          try Rows.log("adopted", orphan.entry.digest.description, "\(id)", at: now, db)
          return id
        }
      }
      lastID = max(lastID, adopted.max() ?? 0)
      report.adopted += adopted.map(ImageID.init)
      await Task.yield()
    }
  }

  /// Looks for the file of every row, newest first.
  private func markMissing(_ report: inout SweepReport) async throws {
    let rows = try presence()
    var changed: [(id: Int64, isMissing: Bool)] = []
    for (i, row) in rows.enumerated() {
      if i % 1000 == 999 { await Task.yield() }
      guard let digest = row.digest else { continue }
      let bytes = objects.locate(digest).flatMap { try? fileSystem.info($0)?.bytes }
      let isMissing = bytes != row.bytes
      if isMissing != row.isMissing { changed.append((row.id, isMissing)) }
    }
    guard !changed.isEmpty else { return }
    try change("mark missing pictures") { db in
      for row in changed {
        try db.execute(
          sql: "UPDATE image SET missing = ? WHERE id = ?", arguments: [row.isMissing, row.id])
      }
    }
    report.missing = changed.filter(\.isMissing).map { ImageID($0.id) }
    report.found = changed.filter { !$0.isMissing }.map { ImageID($0.id) }
  }

  private func presence() throws -> [(id: Int64, digest: Digest?, bytes: Int, isMissing: Bool)] {
    try writable().read { db in
      try Row.fetchAll(db, sql: "SELECT id, sha256, bytes, missing FROM image ORDER BY id DESC")
        .map { ($0["id"], Digest(bytes: Array($0["sha256"] as Data)), $0["bytes"], $0["missing"]) }
    }
  }

  /// Whoever has the lock owns everything in the folder of unfinished files.
  func clearTemporary() throws {
    for name in try fileSystem.list(folders.temporary) {
      let path = "\(folders.temporary)/\(name)"
      if try fileSystem.info(path)?.kind == .folder { continue }
      try fileSystem.removeIfThere(path)
    }
  }

  /// Moves something into quarantine under a name that is free, and returns its new path. What it
  /// is does not matter: it is renamed, never opened.
  @discardableResult
  func setAside(_ path: String) throws -> String {
    let target = "\(folders.quarantine)/\(randomName().prefix(8))-\(fileName(path))"
    try fileSystem.rename(path, target)
    try fileSystem.syncFolder(folders.quarantine)
    return target
  }
}

extension Rows {
  /// Digests of one shard, true for a file that belongs in the trash because all its rows are there.
  fileprivate static func shard(_ byte: UInt8, _ db: Database) throws -> [Digest: Bool] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT sha256, min(trashed_ms IS NOT NULL) AS trashed FROM image
        WHERE sha256 >= ? AND (? OR sha256 < ?) GROUP BY sha256
        """, arguments: [Data([byte]), byte == 255, Data([byte &+ 1])])
    var places: [Digest: Bool] = [:]
    for row in rows {
      guard let digest = Digest(bytes: Array(row["sha256"] as Data)) else { continue }
      places[digest] = row["trashed"]
    }
    return places
  }
}
