public import EaselKit
import GRDB

/// Filters that people keep under a name.
extension HistoryStore {
  /// By name.
  public nonisolated func searches() async throws -> [SavedSearch] {
    try await ask("read the saved searches") { db in
      // A library that an older Easel wrote and nobody opened for writing since.
      guard try db.tableExists("saved_search") else { return [] }
      return try savedSearches(db)
    } ?? []
  }

  /// Keeps a search; one of the same name is replaced. Throws `Failure(.badInput)` for a name of
  /// nothing, one above 64 characters, and a filter that makes no sense.
  public func saveSearch(_ search: SavedSearch) throws {
    let name = search.name
    guard name.contains(where: { !$0.isWhitespace }), name.count <= 64 else {
      throw Failure(
        .badInput, "'\(name)' cannot be the name of a search", hint: "up to 64 characters")
    }
    _ = try HistoryFilter(parsing: search.text)
    try change("keep the search", isSilent: true) { db in try insert(search, db) }
  }

  /// A name that is not there is no error.
  public func deleteSearch(_ name: String) throws {
    try change("delete the search", isSilent: true) { db in
      try db.execute(sql: "DELETE FROM saved_search WHERE name = ?", arguments: [name])
    }
  }
}

func savedSearches(_ db: Database) throws -> [SavedSearch] {
  try Row.fetchAll(
    db, sql: "SELECT name, text, sort FROM saved_search ORDER BY name COLLATE NOCASE, name"
  ).map {
    SavedSearch(
      name: $0["name"], text: $0["text"], sort: HistorySort(rawValue: $0["sort"]) ?? .newest)
  }
}

func insert(_ search: SavedSearch, _ db: Database) throws {
  try db.execute(
    sql: """
      INSERT INTO saved_search (name, text, sort) VALUES (?1, ?2, ?3)
      ON CONFLICT (name) DO UPDATE SET text = ?2, sort = ?3
      """, arguments: [search.name, search.text, search.sort.rawValue])
}
