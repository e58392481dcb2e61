import EaselKit
import FoundationEssentials
import GRDB

/// Reads what can still be read of a damaged database, row by row: a page that is gone takes only
/// its own rows along.
struct Salvage {
  let folders: LibraryFolders
  let fileSystem: FileSystem

  /// Rows by number. The file itself is not touched: SQLite gets second names of it and its log in
  /// the folder of temporary files, and a connection that cannot write.
  func read(_ database: String) -> (entries: [Entry], searches: [SavedSearch]) {
    let copy = "\(folders.temporary)/\(randomName()).db"
    let parts = ["", "-wal"].filter { (try? fileSystem.info(database + $0)) ?? nil != nil }
    defer {
      for part in ["", "-wal", "-shm"] { try? fileSystem.removeIfThere(copy + part) }
    }
    do {
      for part in parts { try fileSystem.link(database + part, copy + part) }
      var configuration = Configuration()
      configuration.readonly = true
      configuration.prepareDatabase { db in
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
      }
      let queue = try DatabaseQueue(path: copy, configuration: configuration)
      defer { try? queue.close() }
      // Each row outside a transaction: one that fails must not end those after it.
      return queue.unsafeRead { db in (entries(db), (try? savedSearches(db)) ?? []) }
    } catch {
      return ([], [])
    }
  }

  private func entries(_ db: Database) -> [Entry] {
    let mark = IdMark(path: folders.idMark, fileSystem: fileSystem).reserved
    // The mark covers every number given; without it, the best guess that still answers.
    let counted = try? Int64.fetchOne(
      db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'image'")
    let newest = try? Int64.fetchOne(db, sql: "SELECT max(id) FROM image")
    let limit = min(
      max(mark, counted.flatMap(\.self) ?? 0, newest.flatMap(\.self) ?? 0), 10_000_000)
    // Where even the schema cannot be read, the older columns are asked for.
    let columns = (try? Rows.columns(db)) ?? Rows.oldColumns
    guard limit > 0,
      let statement = try? db.makeStatement(
        sql: "SELECT \(columns) FROM image NOT INDEXED WHERE id = ?")
    else { return [] }
    var entries: [Entry] = []
    for id in 1...limit {
      guard let row = try? Row.fetchOne(statement, arguments: [id]), let entry = entry(row) else {
        continue
      }
      entries.append(entry)
    }
    return entries
  }

  /// A row is believed only if everything in it makes sense; otherwise the picture speaks for itself.
  private func entry(_ row: Row) -> Entry? {
    guard let data = Data.fromDatabaseValue(row["sha256"]), let digest = Digest(bytes: Array(data)),
      let json = String.fromDatabaseValue(row["recipe"]),
      let recipe = try? JSONDecoder().decode(Recipe.self, from: Data(json.utf8)),
      let id = Int64.fromDatabaseValue(row["id"]), let bytes = Int.fromDatabaseValue(row["bytes"]),
      let width = Int.fromDatabaseValue(row["width"]), width > 0,
      let height = Int.fromDatabaseValue(row["height"]), height > 0
    else { return nil }
    let rating = Int.fromDatabaseValue(row["rating"]) ?? 0
    let tags = (String.fromDatabaseValue(row["tags"]) ?? "").split(separator: " ")
      .compactMap { try? tagName(String($0)) }
    let marks = Marks(
      isFavourite: Bool.fromDatabaseValue(row["favourite"]) ?? false,
      rating: (0...5).contains(rating) ? rating : 0,
      isRejected: Bool.fromDatabaseValue(row["rejected"]) ?? false,
      tags: Set(tags).sorted().joined(separator: " "),
      trashed: Int64.fromDatabaseValue(row["trashed_ms"]))
    return Entry(
      digest: digest, bytes: bytes, size: PixelSize(width: width, height: height), recipe: recipe,
      marks: marks, id: id)
  }
}
