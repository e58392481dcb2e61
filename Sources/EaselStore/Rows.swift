import EaselKit
import FoundationEssentials
import GRDB

/// What people add to a picture.
struct Marks: Hashable, Sendable {
  var isFavourite = false
  var rating = 0
  var isRejected = false
  /// Sorted, separated by single blanks.
  var tags = ""
  var trashed: Int64?
}

/// A picture file and what is known about it, on the way into the database.
struct Entry: Sendable {
  var digest: Digest
  var bytes: Int
  var size: PixelSize
  var recipe: Recipe
  var marks = Marks()
  /// The number it had before, when a database is rebuilt.
  var id: Int64?
}

enum Rows {
  /// The columns of an item. A library that an older Easel wrote and nobody opened for writing since
  /// has no rejected pictures.
  static func columns(_ db: Database) throws -> String {
    commonColumns + (try knowsRejected(db) ? "image.rejected" : "0 AS rejected")
  }

  /// Those that every library has.
  static let oldColumns = commonColumns + "0 AS rejected"
  private static let commonColumns = """
    image.id, image.sha256, image.bytes, image.width, image.height, image.recipe, image.favourite, \
    image.rating, image.tags, image.missing, image.trashed_ms, \

    """

  static func knowsRejected(_ db: Database) throws -> Bool {
    try db.columns(in: "image").contains { $0.name == "rejected" }
  }

  static func item(_ row: Row) throws -> HistoryItem { try item(row, recipes: nil) }

  /// `recipes` has those that were parsed before, for whoever asks for much.
  static func item(_ row: Row, recipes: RecipeShelf?) throws -> HistoryItem {
    let id: Int64 = row["id"], json: String = row["recipe"], digest: Data = row["sha256"]
    let recipe =
      try recipes?.recipe(of: id, json) { try parse($0, of: id) } ?? parse(json, of: id)
    let tags: String = row["tags"]
    return HistoryItem(
      id: ImageID(id), recipe: recipe, width: row["width"], height: row["height"],
      sha256: hex(digest), bytes: row["bytes"], isFavourite: row["favourite"],
      rating: row["rating"], isTrashed: row["trashed_ms"] != nil, isMissing: row["missing"],
      tags: tags.split(separator: " ").map(String.init), isRejected: row["rejected"])
  }

  private static func parse(_ json: String, of id: Int64) throws -> Recipe {
    do {
      return try JSONDecoder().decode(Recipe.self, from: Data(json.utf8))
    } catch {
      throw Failure.damagedLibrary("the recipe of picture \(id) is unreadable")
    }
  }

  static func item(_ db: Database, _ id: Int64) throws -> HistoryItem? {
    try Row.fetchOne(db, sql: "SELECT \(try columns(db)) FROM image WHERE id = ?", arguments: [id])
      .map(item)
  }

  /// Inserts a row, or finds the one that this very picture has already.
  static func insert(_ entry: Entry, _ db: Database) throws -> (id: Int64, isNew: Bool) {
    let recipe = entry.recipe
    let known = try Int64.fetchOne(
      db, sql: "SELECT id FROM image WHERE generation = ? AND idx = ? AND sha256 = ?",
      arguments: [recipe.generation, recipe.index, Data(entry.digest.bytes)])
    if let known { return (known, false) }
    try db.execute(
      sql: """
        INSERT INTO image (id, sha256, bytes, width, height, generation, idx, recipe, prompt, avoid,
          engine, model, seed, created_ms, tags, favourite, rating, rejected, trashed_ms, parent, series)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        entry.id, Data(entry.digest.bytes), entry.bytes, entry.size.width, entry.size.height,
        recipe.generation, recipe.index, try json(recipe), recipe.request.prompt,
        recipe.request.avoid, recipe.request.engine, recipe.request.model,
        Int64(bitPattern: recipe.seed), recipe.created, entry.marks.tags, entry.marks.isFavourite,
        entry.marks.rating, entry.marks.isRejected, entry.marks.trashed, recipe.request.parent,
        recipe.request.series,
      ])
    let id = db.lastInsertedRowID
    try addToSearch(id, db)
    try linkTags(entry.marks.tags, of: id, db)
    return (id, true)
  }

  static func setTags(_ tags: String, of id: Int64, _ db: Database) throws {
    try removeFromSearch(id, db)
    try db.execute(sql: "UPDATE image SET tags = ? WHERE id = ?", arguments: [tags, id])
    try addToSearch(id, db)
    try db.execute(sql: "DELETE FROM image_tag WHERE image = ?", arguments: [id])
    try linkTags(tags, of: id, db)
  }

  static func delete(_ id: Int64, _ db: Database) throws {
    try removeFromSearch(id, db)
    try db.execute(sql: "DELETE FROM image WHERE id = ?", arguments: [id])
  }

  private static func addToSearch(_ id: Int64, _ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO image_text (rowid, prompt, avoid, tags)
        SELECT id, prompt, avoid, tags FROM image WHERE id = ?
        """, arguments: [id])
  }

  /// Before the row changes: the index must be told the words it has.
  private static func removeFromSearch(_ id: Int64, _ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO image_text (image_text, rowid, prompt, avoid, tags)
        SELECT 'delete', id, prompt, avoid, tags FROM image WHERE id = ?
        """, arguments: [id])
  }

  private static func linkTags(_ tags: String, of id: Int64, _ db: Database) throws {
    for tag in tags.split(separator: " ") {
      try db.execute(
        sql: "INSERT INTO image_tag (tag, image) VALUES (?, ?)", arguments: [String(tag), id])
    }
  }

  static func log(
    _ kind: String, _ subject: String, _ detail: String, at now: Int64, _ db: Database
  ) throws {
    try db.execute(
      sql: "INSERT INTO event (at_ms, kind, subject, detail) VALUES (?, ?, ?, ?)",
      arguments: [now, kind, subject, detail])
  }

  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw Failure(.badInput, "the recipe cannot be written as JSON", cause: "\(error)")
    }
  }
}
