public import EaselKit
import FoundationEssentials
import GRDB

extension HistoryStore {
  /// Keeps `bytes`, the explanation of a picture, until the picture is gone for good.
  public func keep(_ bytes: [UInt8], of id: ImageID) throws {
    try change("keep the explanation of a picture") { db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO explanation (image, bytes) VALUES (?, ?)",
        arguments: [id.number, Data(bytes)])
    }
  }

  /// What was kept of a picture; nil where nothing was, which is no loss: what was painted can be painted
  /// again.
  public nonisolated func explanation(of id: ImageID) async throws -> [UInt8]? {
    try await ask("read the explanation of a picture") { db -> [UInt8]? in
      // A library that an older version wrote last has no such table.
      guard try db.tableExists("explanation") else { return nil }
      return try Data.fetchOne(
        db, sql: "SELECT bytes FROM explanation WHERE image = ?", arguments: [id.number]
      ).map(Array.init)
    }.flatMap(\.self)
  }
}
