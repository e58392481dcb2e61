public import EaselKit
import GRDB

/// A part of a list of pictures: what a screen that scrolls needs to know.
public struct ListWindow: Hashable, Sendable {
  public var items: [HistoryItem] = []
  /// Place of the first of them in the list.
  public var start = 0
  /// Place of the picture that was asked for; nil where the list does not have it.
  public var place: Int?
  /// Length of the list.
  public var total = 0
  /// Pictures that `like:` passed over because nobody looked at them yet.
  public var notIndexed = 0
  /// Where batches are folded: how many pictures a listed one stands for, if several.
  public var siblings: [ImageID: Int] = [:]
  public init() {}
}

/// Lists as windows: any part of a list costs the same, whatever its order.
extension HistoryStore {
  /// `query.limit` pictures around a place or a picture. Throws `Failure(.badInput)` for a query that
  /// makes no sense.
  public nonisolated func window(_ query: HistoryQuery) async throws -> ListWindow {
    let filter = try HistoryFilter(parsing: query.text)
    let likes = try await likes(of: filter)
    let window = try await ask("read the history") { db in
      let list = try self.list(db, query, filter, likes)
      var window = ListWindow()
      window.total = list.numbers.count
      window.notIndexed = list.notIndexed
      window.place = query.around.flatMap {
        list.numbers.firstIndex(of: list.standIns[$0.number] ?? $0.number)
      }
      let limit = min(max(1, query.limit), 10_000)
      let middle = window.place ?? query.place
      window.start = max(0, min(middle - limit / 2, window.total - limit))
      let part = list.numbers[window.start..<min(window.total, window.start + limit)]
      let found = try self.rows(db, Array(part), isTrashed: filter.isTrashed)
      window.items = part.compactMap { found[$0] }
      for number in part {
        if let count = list.siblings[number] { window.siblings[ImageID(number)] = count }
      }
      return window
    }
    return window ?? ListWindow()
  }

  /// What people say about the pictures between two of a list and about both of them, in its order.
  /// Empty when the list has not both.
  public nonisolated func range(
    _ query: HistoryQuery, from: ImageID, to: ImageID
  ) async throws -> [LabelledPicture] {
    let filter = try HistoryFilter(parsing: query.text)
    let likes = try await likes(of: filter)
    return try await ask("read the history") { db in
      let numbers = try self.list(db, query, filter, likes).numbers
      guard let a = numbers.firstIndex(of: from.number), let b = numbers.firstIndex(of: to.number)
      else { return [] }
      let rejected = try Rows.knowsRejected(db) ? "rejected" : "0"
      let statement = try db.cachedStatement(
        sql: "SELECT favourite, rating, \(rejected), tags FROM image WHERE id = ?")
      return try numbers[min(a, b)...max(a, b)].compactMap { number in
        try Row.fetchOne(statement, arguments: [number]).map { row in
          let tags: String = row[3]
          return LabelledPicture(
            id: ImageID(number),
            labels: Labels(
              isFavourite: row[0], rating: row[1], isRejected: row[2],
              tags: tags.split(separator: " ").map(String.init)))
        }
      }
    } ?? []
  }

  private struct Likes {
    var digest: String
    var words: [[Float]]
  }

  /// Looked up before the database is asked: words may take a model.
  private nonisolated func likes(of filter: HistoryFilter) async throws -> Likes? {
    guard !filter.likes.isEmpty else { return nil }
    let digest = try asked().digest()
    return Likes(digest: digest, words: try await vectors(of: filter.likes))
  }

  private nonisolated func list(
    _ db: Database, _ query: HistoryQuery, _ filter: HistoryFilter, _ likes: Likes?
  ) throws -> PictureList {
    // The one writer knows what it changes; whoever only reads asks the database.
    let version =
      isWriting ? 0 : try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0
    let key = ListShelf.Key(
      text: query.text, sort: query.sort, foldsBatches: query.foldsBatches, version: version)
    return try lists.list(key) {
      var list = PictureList(numbers: try numbers(db, filter))
      if let likes {
        try order(db, &list, filter, likes, byLikeness: query.sort == .likeness)
      }
      switch query.sort {
      case .newest, .likeness: break
      case .oldest: list.numbers.reverse()
      case .best: list.numbers = try bestFirst(db, list.numbers)
      case .prompt: list.numbers = try byPrompt(db, list.numbers)
      }
      if query.foldsBatches { try fold(db, &list) }
      return list
    }
  }

  /// The numbers that a filter finds, the highest first. Words and everything else are asked for
  /// apart: together, the database would visit the row of each picture that has the words.
  private nonisolated func numbers(_ db: Database, _ filter: HistoryFilter) throws -> [Int64] {
    var rest = filter
    rest.words = []
    let words = try FilterSQL(filter, db)
    guard let match = words.match, !filter.words.contains(where: { isWithoutBlanks($0.text) })
    else {
      return try Int64.all(
        db, "SELECT \(words.id) \(words.text) ORDER BY \(words.id) DESC", words.arguments)
    }
    let found = try Int64.all(
      db, "SELECT rowid FROM image_text WHERE image_text MATCH ? ORDER BY rowid DESC", [match])
    let others = try FilterSQL(rest, db)
    if others.findsAll {
      let trash = Set(try Int64.all(db, "SELECT id FROM image WHERE trashed_ms IS NOT NULL", []))
      return trash.isEmpty ? found : found.filter { !trash.contains($0) }
    }
    let allowed = try Int64.all(
      db, "SELECT image.id \(others.text) ORDER BY image.id DESC", others.arguments)
    return inBoth(found, allowed)
  }

  /// Leaves those that were looked at; in the order of likeness, or in the order they have.
  private nonisolated func order(
    _ db: Database, _ list: inout PictureList, _ filter: HistoryFilter, _ likes: Likes,
    byLikeness: Bool
  ) throws {
    let found = list.numbers.count
    guard try db.tableExists("embedding") else {
      list = PictureList(notIndexed: found)
      return
    }
    let block = try upToDate(db, likes.digest)
    let target = try direction(db, filter, likes.words, block)
    list.numbers = list.numbers.filter { block.positions[$0] != nil }
    list.notIndexed = found - list.numbers.count
    guard byLikeness else { return }
    let cosines = DirectionBytes.rounded(target).map { block.cosines(to: $0) } ?? []
    guard !cosines.isEmpty else {
      list.numbers = []
      return
    }
    // One number for each: likeness above, place below, so that the newer of equals comes first.
    var keys = list.numbers.enumerated().map { place, number -> UInt64 in
      let cosine = block.positions[number].map { cosines[$0] } ?? -1
      let falling = UInt32(clamping: Int64((Double(1 - cosine) * 1e9).rounded()))
      return UInt64(falling) << 32 | UInt64(place)
    }
    keys.sort()
    let numbers = list.numbers
    list.numbers = keys.map { numbers[Int($0 & 0xFFFF_FFFF)] }
  }

  private nonisolated func bestFirst(_ db: Database, _ numbers: [Int64]) throws -> [Int64] {
    var ratings: [Int64: Int] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT id, rating FROM image WHERE rating > 0")
    while let row = try rows.next() { ratings[row[0]] = row[1] }
    guard !ratings.isEmpty else { return numbers }
    var groups: [[Int64]] = Array(repeating: [], count: 6)
    for number in numbers { groups[5 - (ratings[number] ?? 0)].append(number) }
    return groups.flatMap(\.self)
  }

  private nonisolated func byPrompt(_ db: Database, _ numbers: [Int64]) throws -> [Int64] {
    let wanted = Set(numbers)
    return try Int64.all(
      db, "SELECT id FROM image ORDER BY prompt COLLATE NOCASE, id", []
    ).filter(wanted.contains)
  }

  /// Keeps the first picture of each batch; the pictures of a table are one.
  private nonisolated func fold(_ db: Database, _ list: inout PictureList) throws {
    var batches: [Int64: Int] = [:]
    var batch = 0
    func collect(_ column: String) throws {
      let groups = try String.fetchCursor(
        db,
        sql: """
          SELECT group_concat(id) FROM image WHERE \(column) IS NOT NULL
          GROUP BY \(column) HAVING count(*) > 1
          """)
      while let numbers = try groups.next() {
        batch += 1
        for number in numbers.utf8.split(separator: UInt8(ascii: ",")) {
          if let number = Int64(Substring(number)) { batches[number] = batch }
        }
      }
    }
    try collect("generation")
    // Each picture of a table is a painting of its own; what they have in common counts for more. A library
    // that an older Easel wrote and nobody opened for writing since knows of no tables.
    if try db.columns(in: "image").contains(where: { $0.name == "series" }) {
      try collect("series")
    }
    var first: [Int: Int64] = [:]
    list.numbers = list.numbers.filter { number in
      guard let batch = batches[number] else { return true }
      if let shown = first[batch] {
        list.siblings[shown, default: 1] += 1
        list.standIns[number] = shown
        return false
      }
      first[batch] = number
      return true
    }
  }
}

extension Int64 {
  fileprivate static func all(
    _ db: Database, _ sql: String, _ arguments: StatementArguments
  ) throws -> [Int64] {
    try fetchAll(db, sql: sql, arguments: arguments)
  }
}

/// What two falling lists have in common.
private func inBoth(_ a: [Int64], _ b: [Int64]) -> [Int64] {
  var result: [Int64] = []
  var i = 0, j = 0
  while i < a.count, j < b.count {
    if a[i] == b[j] {
      result.append(a[i])
      i += 1
      j += 1
    } else if a[i] > b[j] {
      i += 1
    } else {
      j += 1
    }
  }
  return result
}
