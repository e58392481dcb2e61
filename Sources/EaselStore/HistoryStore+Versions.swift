public import EaselKit
import GRDB

extension HistoryStore {
  /// Paintings of one line at most; of a longer one, the newest.
  static let mostVersions = 500

  /// Every painting that `generation` comes from or that comes from it, over however many steps, and what
  /// else comes from those; the oldest first. Empty where the library has no such painting.
  public nonisolated func versions(of generation: String) async throws -> [PictureVersion] {
    try await ask("read the history") { db in
      // A library that an older Easel wrote and nobody opened for writing since knows of no lines.
      guard try db.columns(in: "image").contains(where: { $0.name == "parent" }) else {
        return try self.version(db, generation).map { [$0] } ?? []
      }
      let first = try self.first(db, of: generation)
      let names = try String.fetchAll(
        db,
        sql: """
          WITH RECURSIVE line (generation) AS (
            SELECT ?
            UNION
            SELECT image.generation FROM image JOIN line ON image.parent = line.generation
          )
          SELECT line.generation FROM line JOIN image ON image.generation = line.generation
          GROUP BY line.generation ORDER BY min(image.id) DESC LIMIT ?
          """, arguments: [first, Self.mostVersions])
      return try names.reversed().compactMap { try self.version(db, $0) }
    } ?? []
  }

  /// Where a line began. A recipe may name what was never here, or what names it in turn: files can
  /// say anything.
  private nonisolated func first(_ db: Database, of generation: String) throws -> String {
    var here = generation
    var seen: Set<String> = [here]
    let statement = try db.cachedStatement(
      sql: """
        SELECT parent FROM image WHERE generation = ? AND parent IS NOT NULL
          AND EXISTS (SELECT 1 FROM image AS before WHERE before.generation = image.parent)
        LIMIT 1
        """)
    while let before = try String.fetchOne(statement, arguments: [here]),
      seen.insert(before).inserted
    {
      here = before
    }
    return here
  }

  private nonisolated func version(_ db: Database, _ generation: String) throws -> PictureVersion? {
    let items = try Row.fetchAll(
      db,
      sql: "SELECT \(try Rows.columns(db)) FROM image WHERE generation = ? ORDER BY idx, id",
      arguments: [generation]
    ).map(Rows.item)
    // Words stay readable even where all pictures are in the trash.
    guard let first = items.first else { return nil }
    return PictureVersion(
      generation: generation, parent: first.recipe.request.parent, request: first.recipe.request,
      pictures: items.filter { !$0.isTrashed })
  }
}
