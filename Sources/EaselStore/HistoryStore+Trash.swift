public import EaselKit
import FoundationEssentials
import GRDB

/// What emptying the trash removed.
public struct Emptied: Hashable, Sendable {
  public var pictures: Int
  public var bytes: Int
  public init(pictures: Int, bytes: Int) {
    self.pictures = pictures
    self.bytes = bytes
  }
}

extension HistoryStore {
  /// Moves pictures to the trash and returns those that were not in it yet. One durable step; the
  /// files follow their rows afterwards.
  public func trash(_ ids: [ImageID]) throws -> [ImageID] {
    let now = now()
    let moved = try change("move pictures to the trash") { db in
      let batch =
        (try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'trash'") ?? 0) + 1
      var moved: [Int64] = []
      for id in ids {
        guard try Rows.exists(id.number, db) else { throw Failure.noPicture(id) }
        try db.execute(
          sql: """
            UPDATE image SET trashed_ms = ?, trash_batch = ? WHERE id = ? AND trashed_ms IS NULL
            """, arguments: [now, batch, id.number])
        if db.changesCount > 0 { moved.append(id.number) }
      }
      if !moved.isEmpty {
        try db.execute(
          sql: """
            INSERT INTO counter (name, value) VALUES ('trash', ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """, arguments: [batch])
      }
      return moved
    }
    followRows(moved)
    return moved.map(ImageID.init)
  }

  /// Takes pictures out of the trash and returns those that were in it.
  public func restore(_ ids: [ImageID]) throws -> [ImageID] {
    let moved = try change("take pictures out of the trash") { db in
      var moved: [Int64] = []
      for id in ids {
        guard try Rows.exists(id.number, db) else { throw Failure.noPicture(id) }
        try db.execute(
          sql: """
            UPDATE image SET trashed_ms = NULL, trash_batch = NULL
            WHERE id = ? AND trashed_ms IS NOT NULL
            """, arguments: [id.number])
        if db.changesCount > 0 { moved.append(id.number) }
      }
      return moved
    }
    followRows(moved)
    return moved.map(ImageID.init)
  }

  /// Takes back what went into the trash last, in this session or an earlier one. Can be repeated
  /// until the trash is empty; returns nothing then.
  public func undoTrash() throws -> [ImageID] {
    let newest = try writable().read { db in
      try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM image WHERE trashed_ms IS NOT NULL AND trash_batch =
            (SELECT max(trash_batch) FROM image WHERE trashed_ms IS NOT NULL) ORDER BY id
          """)
    }
    return newest.isEmpty ? [] : try restore(newest.map(ImageID.init))
  }

  /// Removes pictures of the trash for good: all, or those that have been there so long. Rows go
  /// first; a file goes when no row names it any more.
  public func emptyTrash(olderThanDays days: Int = 0) throws -> Emptied {
    let now = now()
    let limit = now - Int64(days) * 86_400_000
    let (emptied, orphans) = try change("empty the trash") { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT id, sha256, bytes FROM image WHERE trashed_ms <= ?", arguments: [limit])
      var emptied = Emptied(pictures: rows.count, bytes: 0)
      for row in rows {
        try Rows.delete(row["id"], db)
      }
      var orphans: Set<Digest> = []
      for row in rows {
        let bytes: Data = row["sha256"]
        guard let digest = Digest(bytes: Array(bytes)), !orphans.contains(digest) else { continue }
        let isUsed = try Bool.fetchOne(
          db, sql: "SELECT EXISTS (SELECT 1 FROM image WHERE sha256 = ?)", arguments: [bytes])
        if isUsed == true { continue }
        orphans.insert(digest)
        emptied.bytes += row["bytes"] as Int
        try Rows.log("purged", digest.description, "", at: now, db)
      }
      return (emptied, orphans)
    }
    for digest in orphans {
      do { try objects.remove(digest) } catch { needsSweep = true }
      try? removeThumbnails(digest)
    }
    return emptied
  }

  /// Puts the files of these pictures where their rows say. A failure is harmless: readers look in
  /// both places and the next sweep tries again.
  private func followRows(_ ids: [Int64]) {
    guard !ids.isEmpty else { return }
    do {
      let places = try writable().read { db in try Rows.places(of: ids, db) }
      try objects.move(places.filter(\.isTrashed).map(\.digest), toTrash: true)
      try objects.move(places.filter { !$0.isTrashed }.map(\.digest), toTrash: false)
    } catch {
      needsSweep = true
    }
  }
}

extension Rows {
  /// The files of these pictures, and whether all rows that share one are in the trash.
  static func places(
    of ids: [Int64], _ db: Database
  ) throws -> [(digest: Digest, isTrashed: Bool)] {
    try ids.compactMap { id in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT sha256, NOT EXISTS (SELECT 1 FROM image AS other
            WHERE other.sha256 = image.sha256 AND other.trashed_ms IS NULL) AS trashed
          FROM image WHERE id = ?
          """, arguments: [id])
      guard let row, let digest = Digest(bytes: Array(row["sha256"] as Data)) else { return nil }
      return (digest, row["trashed"])
    }
  }
}
