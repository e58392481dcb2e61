package import EaselKit
import FoundationEssentials
import GRDB

extension HistoryStore {
  /// The next window reads its list anew.
  package nonisolated func forgetLists() { lists.forget() }

  /// Puts a thumbnail of row `i` of `fill` into the cache.
  package nonisolated func cacheThumbnail(_ picture: Picture, ofFilled i: Int, side: Int) throws {
    let path = folders.thumbnail(Digest(of: Array("\(i)".utf8)), side: side)
    try cache(try codec.encode(picture, nil), at: path)
  }

  /// Rows and vectors without files, so that searching a large library can be measured without
  /// making one. Row i gets `recipe(i)` and `vector(i)` in the space `digest`.
  package func fill(
    count: Int, digest: String, recipe: (Int) -> Recipe, vector: (Int) -> [Float]
  ) throws {
    try change("fill the history") { db in
      try db.execute(
        sql: "INSERT INTO embedder (digest) VALUES (?) ON CONFLICT DO NOTHING",
        arguments: [digest])
      let space = try Int64.fetchOne(
        db, sql: "SELECT id FROM embedder WHERE digest = ?", arguments: [digest])
      for i in 0..<count {
        let recipe = recipe(i)
        let entry = Entry(
          digest: Digest(of: Array("\(i)".utf8)), bytes: 1, size: PixelSize(width: 1, height: 1),
          recipe: recipe)
        let (id, _) = try Rows.insert(entry, db)
        guard let bytes = DirectionBytes.rounded(vector(i)) else { continue }
        try db.execute(
          sql: "INSERT INTO embedding (image, embedder, vector) VALUES (?, ?, ?)",
          arguments: [id, space, bytes.withUnsafeBytes { Data($0) }])
      }
    }
  }
}
