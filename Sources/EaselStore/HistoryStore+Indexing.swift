import EaselKit
import FoundationEssentials
import GRDB

/// Every picture has a vector of what it shows, kept beside it.
extension HistoryStore {
  /// How many pictures were looked at, and how many could not be.
  public struct IndexReport: Hashable, Sendable {
    public var indexed = 0
    public var unreadable = 0
  }

  /// Looks at pictures that have no vector yet, the newest first, and keeps what they show. Without
  /// an embedder, nothing happens. `limit` bounds how many are looked at; cancelling stops between
  /// two handfuls. `resting`: so many times as long as each handful took, it rests after it, for whoever has better
  /// things to do meanwhile.
  @discardableResult
  public func indexPictures(
    limit: Int = .max, resting: Double = 0, progress: @Sendable (IndexReport) -> Void = { _ in }
  ) async throws -> IndexReport {
    guard let embedder else { return IndexReport() }
    let digest = try embedder.digest()
    var report = IndexReport()
    var before = Int64.max
    let clock = ContinuousClock()
    while report.indexed + report.unreadable < limit {
      try Task.checkCancellation()
      let start = clock.now
      let wanted = min(16, limit - report.indexed - report.unreadable)
      let ids = try await unindexed(digest, before: before, limit: wanted)
      guard let last = ids.last else { break }
      before = last
      let indexed = try await index(ids, embedder, digest)
      report.indexed += indexed
      report.unreadable += ids.count - indexed
      if indexed > 0 { progress(report) }
      if resting > 0 { try await clock.sleep(for: (clock.now - start) * resting) }
    }
    return report
  }

  /// How many of these pictures could be looked at.
  private func index(_ ids: [Int64], _ embedder: Embedder, _ digest: String) async throws -> Int {
    var seen: [(image: Int64, picture: Picture)] = []
    for id in ids {
      // A damaged file is doctor's business; here it is only passed over.
      guard let picture = try? await picture(ImageID(id)) else { continue }
      seen.append((id, picture))
    }
    guard !seen.isEmpty else { return 0 }
    let vectors = try await embedder.pictures(seen.map(\.picture))
    guard vectors.count == seen.count else {
      throw Failure(.internalError, "\(vectors.count) vectors for \(seen.count) pictures")
    }
    try keep(zip(seen, vectors).map { ($0.image, $1) }, digest)
    return seen.count
  }

  private nonisolated func unindexed(
    _ digest: String, before: Int64, limit: Int
  ) async throws -> [Int64] {
    try await ask("look for pictures without a vector") { db in
      try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM image WHERE id < ? AND missing = 0 AND NOT EXISTS (
            SELECT 1 FROM embedding JOIN embedder ON embedder.id = embedding.embedder
            WHERE embedding.image = image.id AND embedder.digest = ?)
          ORDER BY id DESC LIMIT ?
          """, arguments: [before, digest, limit])
    } ?? []
  }

  private func keep(_ vectors: [(image: Int64, vector: [Float])], _ digest: String) throws {
    try change("keep what pictures show", isSilent: true) { db in
      try db.execute(
        sql: "INSERT INTO embedder (digest) VALUES (?) ON CONFLICT DO NOTHING",
        arguments: [digest])
      for (image, vector) in vectors {
        guard let bytes = DirectionBytes.rounded(vector) else {
          throw Failure(
            .modelDamaged, "the image encoder answered with numbers that are none",
            hint: "install the model again")
        }
        // The picture may have been deleted meanwhile.
        try db.execute(
          sql: """
            INSERT INTO embedding (image, embedder, vector)
            SELECT image.id, embedder.id, ? FROM image, embedder
            WHERE image.id = ? AND embedder.digest = ?
            ON CONFLICT (embedder, image) DO NOTHING
            """, arguments: [bytes.withUnsafeBytes { Data($0) }, image, digest])
      }
    }
  }
}
