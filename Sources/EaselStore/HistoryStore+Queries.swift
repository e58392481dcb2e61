public import EaselKit
import FoundationEssentials
import GRDB

/// One page of the history.
public struct StoredPage: Hashable, Sendable {
  /// Newest first.
  public var items: [HistoryItem]
  /// No older picture answers the query.
  public var isLast: Bool
  /// How many pictures answer in all; only on the first page.
  public var total: Int?
  /// For `like:`, how alike each item is: the cosine, −1...1. Empty otherwise.
  public var likeness: [Double] = []
  /// Pictures that `like:` passed over because nobody looked at them yet; only on the first page.
  public var notIndexed = 0
}

/// A batch that a crash interrupted.
public struct InterruptedBatch: Hashable, Sendable {
  public var generation: String
  public var request: GenerationRequest
  /// Pictures of it that were stored.
  public var stored: Int
  /// What is left to paint of it; nil when nothing is.
  public var rest: GenerationRequest? {
    guard stored < request.count else { return nil }
    var rest = request
    rest.seed &+= UInt64(stored)
    rest.count -= stored
    return rest
  }
  public init(generation: String, request: GenerationRequest, stored: Int) {
    self.generation = generation
    self.request = request
    self.stored = stored
  }
}

extension HistoryStore {
  /// Lists pictures, newest first, or with `like:` the most alike first. Ask for the next page with `before` = the last id of this one;
  /// a page costs the same wherever it is. Throws `Failure(.badInput)` for a query that makes no
  /// sense.
  public nonisolated func page(_ query: HistoryQuery) async throws -> StoredPage {
    let filter = try HistoryFilter(parsing: query.text)
    if !filter.likes.isEmpty { return try await likePage(filter, query) }
    let limit = min(max(1, query.limit), 10_000)
    let before = query.before?.number
    let page = try await ask("read the history") { db in
      let sql = try FilterSQL(filter, db, before: before)
      var items = try Row.fetchAll(
        db,
        sql:
          "SELECT \(try Rows.columns(db)) \(sql.text) ORDER BY \(sql.id) DESC LIMIT \(limit + 1)",
        arguments: sql.arguments
      ).map(Rows.item)
      let isLast = items.count <= limit
      if !isLast { items.removeLast() }
      let total: Int? =
        if before != nil {
          nil
        } else if isLast {
          items.count
        } else {
          try sql.count(db)
        }
      return StoredPage(items: items, isLast: isLast, total: total)
    }
    return page ?? StoredPage(items: [], isLast: true, total: before == nil ? 0 : nil)
  }

  /// One picture. Throws `Failure(.notFound)`.
  public nonisolated func item(_ id: ImageID) async throws -> HistoryItem {
    let item = try await ask("read the history") { db in try Rows.item(db, id.number) }
    guard let item = item.flatMap(\.self) else { throw Failure.noPicture(id) }
    return item
  }

  /// Several pictures in the order asked for. Throws `Failure(.notFound)` for the first that is not
  /// there.
  public nonisolated func items(_ ids: [ImageID]) async throws -> [HistoryItem] {
    var items: [HistoryItem] = []
    for id in ids { items.append(try await item(id)) }
    return items
  }

  /// Prompts of the history as they were typed, with their choices, newest first, each once. Looks at the newest
  /// 20,000 pictures.
  public nonisolated func recall(limit: Int = 500) async throws -> [String] {
    try await ask("read the history") { db in
      var seen: Set<String> = []
      var prompts: [String] = []
      let rows = try String.fetchCursor(
        db,
        sql: """
          SELECT coalesce(
              iif(json_valid(recipe), json_extract(recipe, '$.request.template'), NULL), prompt)
          FROM image WHERE prompt <> '' ORDER BY id DESC LIMIT 20000
          """)
      while prompts.count < limit, let prompt = try rows.next() {
        if seen.insert(prompt).inserted { prompts.append(prompt) }
      }
      return prompts
    } ?? []
  }

  /// All tags with the number of pictures that have them, most used first.
  public nonisolated func tags() async throws -> [(tag: String, count: Int)] {
    try await ask("read the history") { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT tag, count(*) AS count FROM image_tag JOIN image ON image.id = image_tag.image
          WHERE trashed_ms IS NULL GROUP BY tag ORDER BY count DESC, tag
          """
      ).map { (tag: $0["tag"], count: $0["count"]) }
    } ?? []
  }

  /// Batches that a crash cut short, oldest first. `finish` takes one off the list.
  public nonisolated func interrupted() async throws -> [InterruptedBatch] {
    try await ask("read the history") { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT generation, request,
            (SELECT count(*) FROM image WHERE image.generation = unfinished.generation) AS stored
          FROM unfinished WHERE state = 'interrupted' ORDER BY created_ms, generation
          """
      ).compactMap { row in
        let json: String = row["request"]
        guard
          let request = try? JSONDecoder().decode(GenerationRequest.self, from: Data(json.utf8))
        else { return nil }
        return InterruptedBatch(
          generation: row["generation"], request: request, stored: row["stored"])
      }
    } ?? []
  }
}

extension Failure {
  static func noPicture(_ id: ImageID) -> Failure {
    Failure(.notFound, "no picture has the number \(id)", hint: "'easel history' lists them")
  }
}
