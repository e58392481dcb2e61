import EaselKit
import GRDB

/// A filter as SQL over `image`.
struct FilterSQL {
  /// After FROM: the full-text index comes first when there are words, as it is the narrowest.
  private(set) var source = "image"
  /// The column that orders and pages.
  private(set) var id = "image.id"
  private(set) var conditions: [String] = []
  private(set) var arguments = StatementArguments()
  /// What the full-text index is asked; nil where no word is.
  private(set) var match: String?

  init(_ filter: HistoryFilter, _ db: Database, before: Int64? = nil) throws {
    var match: [String] = []
    for words in filter.words {
      if isWithoutBlanks(words.text) {
        add(substring(words.text))
      } else {
        match.append(Self.phrase(words))
      }
    }
    if !match.isEmpty {
      source = "image_text CROSS JOIN image ON image.id = image_text.rowid"
      id = "image_text.rowid"
      let all = match.joined(separator: " AND ")
      self.match = all
      add(("image_text MATCH ?", [all]))
    }
    for words in filter.without {
      if isWithoutBlanks(words.text) {
        let found = substring(words.text)
        add(("NOT \(found.0)", found.1))
      } else {
        add(
          (
            "image.id NOT IN (SELECT rowid FROM image_text WHERE image_text MATCH ?)",
            [Self.phrase(words)]
          ))
      }
    }
    if let before { add(("\(id) < ?", [before])) }
    conditions.append("image.trashed_ms IS \(filter.isTrashed ? "NOT " : "")NULL")
    let tagged = "EXISTS (SELECT 1 FROM image_tag WHERE tag = ? AND image = image.id)"
    for tag in filter.tags { add((tagged, [tag])) }
    for tag in filter.withoutTags { add(("NOT \(tagged)", [tag])) }
    addOne(of: filter.engines.map { ("image.engine LIKE ? ESCAPE '\\'", [escaped($0) + "%"]) })
    addOne(of: filter.models.map { ("image.model LIKE ? ESCAPE '\\'", [escaped($0) + "%"]) })
    addOne(of: filter.seeds.map { ("image.seed = ?", [Int64(bitPattern: $0)]) })
    addOne(of: filter.numbers.map { ("image.id = ?", [$0]) })
    if let favourite = filter.isFavourite {
      conditions.append("image.favourite = \(favourite ? 1 : 0)")
    }
    if let missing = filter.isMissing { conditions.append("image.missing = \(missing ? 1 : 0)") }
    if filter.minimumRating > 0 { conditions.append("image.rating >= \(filter.minimumRating)") }
    if filter.maximumRating < 5 { conditions.append("image.rating <= \(filter.maximumRating)") }
    if let rejected = filter.isRejected {
      if try Rows.knowsRejected(db) {
        conditions.append("image.rejected = \(rejected ? 1 : 0)")
      } else if rejected {
        conditions.append("0")
      }
    }
    if let day = filter.before {
      add(
        ("image.created_ms <> 0 AND image.created_ms < ?", [day.start]))
    }
    if let day = filter.after { add(("image.created_ms >= ?", [day.start])) }
  }

  var text: String { "FROM \(source) WHERE \(conditions.joined(separator: " AND "))" }

  /// Whether only the trash is left out.
  var findsAll: Bool { conditions == ["image.trashed_ms IS NULL"] }

  /// How many rows the filter finds. All of them are counted without touching each.
  func count(_ db: Database) throws -> Int? {
    guard findsAll else {
      return try Int.fetchOne(db, sql: "SELECT count(*) \(text)", arguments: arguments)
    }
    return try Int.fetchOne(
      db,
      sql: """
        SELECT (SELECT count(*) FROM image)
          - (SELECT count(*) FROM image WHERE trashed_ms IS NOT NULL)
        """)
  }

  private mutating func add(_ condition: (String, StatementArguments)) {
    conditions.append(condition.0)
    arguments += condition.1
  }

  private mutating func addOne(of choices: [(String, StatementArguments)]) {
    guard !choices.isEmpty else { return }
    conditions.append("(\(choices.map(\.0).joined(separator: " OR ")))")
    for choice in choices { arguments += choice.1 }
  }

  /// An FTS5 string; everything inside is text, whatever it looks like. A word stands for all words
  /// that begin with it.
  private static func phrase(_ words: HistoryFilter.Words) -> String {
    var text = ""
    for character in words.text.unicodeScalars where character != "\0" {
      text.unicodeScalars.append(character)
      if character == "\"" { text.append("\"") }
    }
    return "\"\(text)\"" + (words.isPhrase ? "" : " *")
  }

  /// For scripts that the index cannot cut into words. Three narrow indexes are looked through; the rows
  /// themselves are twenty times as long.
  private func substring(_ text: String) -> (String, StatementArguments) {
    let pattern = "%" + escaped(text) + "%"
    return (
      """
      image.id IN (SELECT id FROM image WHERE prompt LIKE ? ESCAPE '\\'
        UNION ALL SELECT id FROM image WHERE avoid <> '' AND avoid LIKE ? ESCAPE '\\'
        UNION ALL SELECT image FROM image_tag WHERE tag LIKE ? ESCAPE '\\')
      """, [pattern, pattern, pattern]
    )
  }
}

/// Whether the text is of a script that writes words without blanks between them: Han, kana, Thai,
/// Lao, Khmer, Burmese (blocks of the Unicode Standard).
func isWithoutBlanks(_ text: String) -> Bool {
  text.unicodeScalars.contains {
    switch $0.value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x4DBF,
      0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF:
      true
    default: false
    }
  }
}

private func escaped(_ text: String) -> String {
  var escaped = ""
  for character in text {
    if character == "%" || character == "_" || character == "\\" { escaped.append("\\") }
    escaped.append(character)
  }
  return escaped
}

extension HistoryFilter.Day {
  /// Its first moment where the user is, in milliseconds since 1970.
  var start: Int64 { LocalTime.start(year: year, month: month, day: day) }
}
