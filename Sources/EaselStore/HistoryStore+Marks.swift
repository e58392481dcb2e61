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

/// A tag as it is stored, or `Failure(.badInput)`.
func tagName(_ text: String) throws -> String {
  let tag = text.lowercased().split { $0.isWhitespace }.joined(separator: "-")
  let isSound =
    tag.contains { $0.isLetter || $0.isNumber } && tag.count <= 64 && !tag.contains("\"")
    && tag.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  guard isSound else {
    throw Failure(
      .badInput, "'\(text)' cannot be a tag",
      hint: "up to 64 letters, digits and signs other than quotes")
  }
  return tag
}
