import EaselKit
import FoundationEssentials
import GRDB

/// Search by likeness: the vectors of all pictures are compared.
extension HistoryStore {
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
    var order = LikenessRanking(
      cosines: cosines, images: block.images, candidates: candidates?.positions)
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
