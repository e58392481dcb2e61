import EaselKit
import FoundationEssentials
import GRDB

/// Search by likeness: every picture has a vector, and all of them are compared.
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

  // MARK: Asking

  /// A page in the order of likeness. All candidates are compared; what is alike to the same degree
  /// comes newest first, so that a page follows the one before it without a gap.
  nonisolated func likePage(
    _ filter: HistoryFilter, _ query: HistoryQuery
  ) async throws -> StoredPage {
    let digest = try asked().digest()
    // Words are looked up before the database is asked: that may take a model.
    let wanted = try await vectors(of: filter.likes)
    let limit = min(max(1, query.limit), 10_000)
    let page = try await ask("read the history") { db in
      try self.likePage(db, filter, digest, wanted, before: query.before?.number, limit)
    }
    return page ?? StoredPage(items: [], isLast: true, total: 0)
  }

  private nonisolated func likePage(
    _ db: Database, _ filter: HistoryFilter, _ digest: String, _ words: [[Float]],
    before: Int64?, _ limit: Int
  ) throws -> StoredPage {
    // A library that an older Easel wrote and nobody opened for writing since.
    guard try db.tableExists("embedding") else {
      return StoredPage(
        items: [], isLast: true, total: 0, notIndexed: try FilterSQL(filter, db).count(db) ?? 0)
    }
    let block = try upToDate(db, digest)
    let target = try direction(db, filter, words, block)
    let sql = try FilterSQL(filter, db)
    let cosines = DirectionBytes.rounded(target).map { block.cosines(to: $0) } ?? []
    let candidates = try self.candidates(db, filter, sql, block)
    var order = Ranking(cosines: cosines, images: block.images, candidates: candidates?.positions)
    if let before { order.drop(upTo: before, at: block.positions[before]) }

    var items: [HistoryItem] = []
    var likeness: [Double] = []
    var isLast = true
    // Those of the trash, or deleted since they were read, drop out here.
    while true {
      let next = order.take(limit + 1 - items.count)
      if next.isEmpty { break }
      let found = try rows(db, next.map { block.images[$0] }, isTrashed: filter.isTrashed)
      for position in next {
        guard let item = found[block.images[position]] else { continue }
        if items.count == limit {
          isLast = false
          break
        }
        items.append(item)
        likeness.append(Double(cosines[position]))
      }
      if !isLast { break }
    }
    var page = StoredPage(items: items, isLast: isLast, total: nil, likeness: likeness)
    if before == nil {
      let found = try candidates?.found ?? sql.count(db) ?? 0
      let indexed = try candidates?.positions.count ?? countIndexed(db, block)
      page.total = indexed
      page.notIndexed = max(0, found - indexed)
    }
    return page
  }

  /// What all likes of a filter point to together; `words` are the vectors of those that are words.
  nonisolated func direction(
    _ db: Database, _ filter: HistoryFilter, _ words: [[Float]], _ block: VectorBlock
  ) throws -> [Float] {
    var target = [Float](repeating: 0, count: block.dimension)
    func add(_ vector: [Float]) {
      let length = vector.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
      guard vector.count == target.count, length > 0 else { return }
      for i in target.indices { target[i] += vector[i] / length }
    }
    for vector in words { add(vector) }
    for case .picture(let id) in filter.likes {
      guard let vector = block.vector(of: id) else {
        guard try Rows.item(db, id) != nil else { throw Failure.noPicture(ImageID(id)) }
        throw Failure(
          .notFound, "picture \(ImageID(id)) was not looked at yet",
          hint: "it will be while the studio is open, or with the next 'easel import'")
      }
      add(vector)
    }
    return target
  }

  /// The vectors of the words that pictures are to be like.
  nonisolated func vectors(of likes: [HistoryFilter.Likeness]) async throws -> [[Float]] {
    var directions: [[Float]] = []
    for case .words(let text) in likes { directions.append(try await asked().words(text)) }
    return directions
  }

  /// Who answers `like:`.
  nonisolated func asked() throws -> Embedder {
    guard let embedder else {
      throw Failure(
        .unsupported, "like: needs a model that can look at pictures",
        hint: "the model 'scenes' can; 'easel models list' shows what is installed")
    }
    return embedder
  }

  /// The block with all rows of the database.
  nonisolated func upToDate(_ db: Database, _ digest: String) throws -> VectorBlock {
    let number = try Int64.fetchOne(
      db, sql: "SELECT id FROM embedder WHERE digest = ?", arguments: [digest])
    guard let number else { return VectorBlock(embedder: -1) }
    return try vectors.block(of: number) { block in
      let newest = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM embedding") ?? 0
      guard newest > block.lastSequence else { return }
      let rows = try Row.fetchCursor(
        db,
        sql: "SELECT image, vector FROM embedding WHERE seq > ? AND embedder = ? ORDER BY seq",
        arguments: [block.lastSequence, number])
      if block.images.isEmpty {
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM embedding") ?? 0
        block.reserve(count, dimension: 192)
      }
      while let row = try rows.next() {
        try row.withUnsafeData(atIndex: 1) { data in
          data?.withUnsafeBytes { block.add(row[0], $0) }
        }
      }
      block.lastSequence = newest
    }
  }

  /// Positions that the other filters leave, and how many pictures they leave in all; nil where they
  /// leave all that are not in the trash.
  private nonisolated func candidates(
    _ db: Database, _ filter: HistoryFilter, _ sql: FilterSQL, _ block: VectorBlock
  ) throws -> (positions: [Int], found: Int)? {
    guard !sql.findsAll else { return nil }
    var positions: [Int] = [], found = 0
    let ids = try Int64.fetchCursor(
      db, sql: "SELECT \(sql.id) \(sql.text)", arguments: sql.arguments)
    while let id = try ids.next() {
      found += 1
      if let position = block.positions[id] { positions.append(position) }
    }
    return (positions, found)
  }

  /// Vectors of pictures outside the trash. The trash is looked at first: the other way round, each of
  /// a hundred thousand rows would be visited.
  private nonisolated func countIndexed(_ db: Database, _ block: VectorBlock) throws -> Int {
    try Int.fetchOne(
      db,
      sql: """
        SELECT (SELECT count(*) FROM embedding WHERE embedder = ?1)
          - (SELECT count(*) FROM image CROSS JOIN embedding ON embedding.image = image.id
             WHERE image.trashed_ms IS NOT NULL AND embedding.embedder = ?1)
        """, arguments: [block.embedder]) ?? 0
  }

  nonisolated func rows(
    _ db: Database, _ ids: [Int64], isTrashed: Bool
  ) throws -> [Int64: HistoryItem] {
    var found: [Int64: HistoryItem] = [:]
    // Numbers, not text: nothing to escape.
    let list = ids.map(String.init).joined(separator: ",")
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT \(try Rows.columns(db)) FROM image WHERE id IN (\(list))
          AND trashed_ms IS \(isTrashed ? "NOT " : "")NULL
        """)
    while let row = try rows.next() {
      let item = try Rows.item(row, recipes: recipes)
      found[item.id.number] = item
    }
    return found
  }
}

/// Positions from the most alike downward, sorted only as far as somebody asks.
private struct Ranking {
  private let cosines: [Float]
  private let images: [Int64]
  private var rest: [Int]
  private var sorted: ArraySlice<Int> = []

  init(cosines: [Float], images: [Int64], candidates: [Int]?) {
    self.cosines = cosines
    self.images = images
    rest = cosines.isEmpty ? [] : candidates ?? Array(cosines.indices)
  }

  private func comes(_ a: Int, before b: Int) -> Bool {
    cosines[a] != cosines[b] ? cosines[a] > cosines[b] : images[a] > images[b]
  }

  /// Leaves out everything up to and with this picture.
  mutating func drop(upTo image: Int64, at position: Int?) {
    guard let position, !cosines.isEmpty else {
      // It was deleted meanwhile; where it stood nobody can say.
      rest = []
      return
    }
    rest = rest.filter { comes(position, before: $0) }
  }

  mutating func take(_ count: Int) -> [Int] {
    if sorted.isEmpty, !rest.isEmpty { sortSome(max(count, 512)) }
    let next = sorted.prefix(count)
    sorted = sorted.dropFirst(count)
    return Array(next)
  }

  /// Moves the best `count` or more of `rest` to `sorted`: those above a mark that a sample suggests.
  private mutating func sortSome(_ count: Int) {
    guard rest.count > count * 8 else {
      sorted = rest.sorted(by: comes)[...]
      rest = []
      return
    }
    let step = max(1, rest.count / 4096)
    let sample = stride(from: 0, to: rest.count, by: step).map { cosines[rest[$0]] }.sorted(by: >)
    let mark = sample[min(sample.count - 1, count * 2 / step + 8)]
    let best = rest.filter { cosines[$0] >= mark }
    rest = rest.filter { cosines[$0] < mark }
    sorted = best.sorted(by: comes)[...]
  }
}
