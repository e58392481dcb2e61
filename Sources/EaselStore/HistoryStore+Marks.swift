public import EaselKit
import GRDB

extension HistoryStore {
  public func setFavourite(_ ids: [ImageID], _ isFavourite: Bool) throws {
    try update(ids, "mark the pictures") { id, db in
      try db.execute(
        sql: "UPDATE image SET favourite = ? WHERE id = ?", arguments: [isFavourite, id])
    }
  }

  /// `rating` is 0...5; 0 takes the rating away.
  public func setRating(_ ids: [ImageID], _ rating: Int) throws {
    guard (0...5).contains(rating) else {
      throw Failure(.badInput, "\(rating) is not a rating", hint: "0 to 5")
    }
    try update(ids, "rate the pictures") { id, db in
      try db.execute(sql: "UPDATE image SET rating = ? WHERE id = ?", arguments: [rating, id])
    }
  }

  /// Sorts pictures out, or takes them back in; they stay where they are.
  public func setRejected(_ ids: [ImageID], _ isRejected: Bool) throws {
    try update(ids, "reject the pictures") { id, db in
      try db.execute(
        sql: "UPDATE image SET rejected = ? WHERE id = ?", arguments: [isRejected, id])
    }
  }

  /// Adds and removes tags. Tags are lower case; blanks inside become dashes.
  public func changeTags(_ ids: [ImageID], add: [String] = [], remove: [String] = []) throws {
    let add = try add.map(tagName), remove = try remove.map(tagName)
    try update(ids, "tag the pictures") { id, db in
      let old = try String.fetchOne(db, sql: "SELECT tags FROM image WHERE id = ?", arguments: [id])
      var tags = Set((old ?? "").split(separator: " ").map(String.init))
      tags.formUnion(add)
      tags.subtract(remove)
      let text = tags.sorted().joined(separator: " ")
      guard text != old else { return }
      try Rows.setTags(text, of: id, db)
    }
  }

  /// Changes all of these pictures or, when one is not there, none.
  private func update(
    _ ids: [ImageID], _ doing: String, _ body: (Int64, Database) throws -> Void
  ) throws {
    guard !ids.isEmpty else { return }
    try change(doing) { db in
      for id in ids {
        guard try Rows.exists(id.number, db) else { throw Failure.noPicture(id) }
        try body(id.number, db)
      }
    }
  }
}

extension Rows {
  static func exists(_ id: Int64, _ db: Database) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM image WHERE id = ?)", arguments: [id]) ?? false
  }
}
