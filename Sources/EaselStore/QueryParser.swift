import EaselKit

// The language of the filter line:
//
//   line   = term*, separated by blanks
//   term   = ["-"] (word | phrase | field ":" value) | "#" number
//   phrase = '"' anything '"'          a quote left open ends with the line, it is being typed
//   field  = tag engine model seed rating is before after like
//   rating: takes a number, which is the least, or one with >=, >, <=, < or = before it
//   like:  takes #number, a word or a phrase

extension HistoryFilter {
  /// Fields, as people type them.
  public static let fields = [
    "tag", "engine", "model", "seed", "rating", "is", "before", "after", "like",
  ]
  /// What `is:` understands.
  public static let states = ["favourite", "rated", "rejected", "missing", "trashed"]

  /// Reads a filter line. Throws `Failure(.badInput)` that names the bad part, and the nearest right
  /// one where one is near.
  public init(parsing line: String) throws {
    self.init()
    for term in terms(line) { try add(term) }
  }

  private mutating func add(_ term: Term) throws {
    guard let field = term.field else {
      if !term.isQuoted, !term.isNegated, term.text.hasPrefix("#") {
        let digits = term.text.dropFirst()
        guard let number = Int64(digits), number > 0 else {
          throw Failure(
            .badInput, "'\(term.text)' is not the number of a picture", hint: "write #12")
        }
        return numbers.append(number)
      }
      guard hasLetters(term.text) else { return }
      let words = Words(term.text, isPhrase: term.isQuoted)
      return term.isNegated ? without.append(words) : self.words.append(words)
    }
    guard Self.fields.contains(field) else {
      var failure = Failure.unknown("filter", field, known: Self.fields)
      failure.hint = [failure.hint, "put \"\(field):\(term.text)\" in quotes to find these words"]
        .compactMap(\.self).joined(separator: "; ")
      throw failure
    }
    guard !term.text.isEmpty else {
      throw Failure(.badInput, "\(field): wants a value", hint: Self.example(field))
    }
    if term.isNegated, field != "tag", field != "is" {
      throw Failure(
        .badInput, "-\(field): is not possible", hint: "-tag:, -is: and -word leave pictures out")
    }
    switch field {
    case "tag":
      let tag = term.text.lowercased()
      if term.isNegated { withoutTags.append(tag) } else { tags.append(tag) }
    case "engine": engines.append(term.text)
    case "model": models.append(term.text)
    case "seed":
      guard let seed = UInt64(term.text) else {
        throw Failure(
          .badInput, "'\(term.text)' is not a seed", hint: "a whole number from 0 to \(UInt64.max)")
      }
      seeds.append(seed)
    case "rating":
      let wanted = try ratings(term.text)
      minimumRating = max(minimumRating, wanted.lowerBound)
      maximumRating = min(maximumRating, wanted.upperBound)
    case "is": try addState(term.text.lowercased(), wanted: !term.isNegated)
    case "like": likes.append(try likeness(term))
    case "before": before = try day(term.text)
    default: after = try day(term.text)
    }
  }

  private func likeness(_ term: Term) throws -> Likeness {
    if term.isQuoted { return .words(term.text) }
    // A bare number can hardly be meant as a word.
    if let number = Int64(term.text), number > 0 { return .picture(number) }
    guard term.text.hasPrefix("#") else { return .words(term.text) }
    guard let number = Int64(term.text.dropFirst()), number > 0 else {
      throw Failure(
        .badInput, "'\(term.text)' is not the number of a picture", hint: Self.example("like"))
    }
    return .picture(number)
  }

  private mutating func addState(_ name: String, wanted: Bool) throws {
    switch name {
    case "favourite", "favorite": isFavourite = wanted
    case "missing": isMissing = wanted
    case "rejected": isRejected = wanted
    case "trashed" where wanted: isTrashed = true
    case "trashed": isTrashed = false
    case "rated" where wanted: minimumRating = max(1, minimumRating)
    case "rated": maximumRating = 0
    default: throw Failure.unknown("state", name, known: Self.states)
    }
  }

  private static func example(_ field: String) -> String {
    switch field {
    case "tag": "tag:snow"
    case "engine": "engine:built-in"
    case "model": "model:scenes"
    case "seed": "seed:4711"
    case "like": "like:#12 or like:\"foggy harbour\""
    case "rating": "rating:3 finds 3 and better, rating:=3 no other; >, < and <= are understood too"
    case "is": "one of: " + states.map { "is:" + $0 }.joined(separator: ", ")
    default: "\(field):2026, \(field):2026-11 or \(field):2026-11-02"
    }
  }
}

/// `3` and `>=3` are three and better; `=0` is what nobody rated.
private func ratings(_ text: String) throws -> ClosedRange<Int> {
  let signs = text.prefix { "<>=".contains($0) }
  guard let number = Int(text.dropFirst(signs.count)), (0...5).contains(number) else {
    throw Failure(
      .badInput, "'\(text)' is not a rating", hint: "0 to 5; rating:3 finds 3 and better")
  }
  let range: (from: Int, to: Int)? =
    switch signs {
    case "", ">=": (number, 5)
    case ">": (number + 1, 5)
    case "<=": (0, number)
    case "<": (0, number - 1)
    case "=", "==": (number, number)
    default: nil
    }
  guard let range, range.from <= range.to else {
    throw Failure(
      .badInput, "no picture can have the rating '\(text)'",
      hint: "rating:3 finds 3 and better, rating:<3 worse ones")
  }
  return range.from...range.to
}

private struct Term {
  var field: String?
  var text: String
  var isQuoted: Bool
  var isNegated: Bool
}

private func terms(_ line: String) -> [Term] {
  var terms: [Term] = []
  var rest = line[...]
  while true {
    rest = rest.drop { $0.isWhitespace }
    if rest.isEmpty { return terms }
    // A lone dash is a word like any other, and has no letters.
    let isNegated = rest.hasPrefix("-") && rest.dropFirst().first.map { !$0.isWhitespace } ?? false
    if isNegated { rest = rest.dropFirst() }
    var field: String?
    let name = rest.prefix { $0.isASCII && $0.isLetter }
    if !name.isEmpty, rest[name.endIndex...].first == ":" {
      field = name.lowercased()
      rest = rest[name.endIndex...].dropFirst()
    }
    let isQuoted = rest.first == "\""
    let text: Substring
    if isQuoted {
      rest = rest.dropFirst()
      text = rest.prefix { $0 != "\"" }
      rest = rest[text.endIndex...].dropFirst()
    } else {
      text = rest.prefix { !$0.isWhitespace }
      rest = rest[text.endIndex...]
    }
    terms.append(
      Term(field: field, text: String(text), isQuoted: isQuoted, isNegated: isNegated))
  }
}

/// Whether the full-text index can see anything in it: letters, digits and symbols such as emoji
/// (see the tokenizer in Migrations.swift).
private func hasLetters(_ text: String) -> Bool {
  text.unicodeScalars.contains {
    switch $0.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber, .otherSymbol, .privateUse:
      true
    default: false
    }
  }
}

private func day(_ text: String) throws -> HistoryFilter.Day {
  let parts = text.split(separator: "-", omittingEmptySubsequences: false)
  let numbers = parts.compactMap { part in
    part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil
  }
  let failure = Failure(
    .badInput, "'\(text)' is not a date", hint: "write 2026, 2026-11 or 2026-11-02")
  guard (1...3).contains(parts.count), numbers.count == parts.count, parts[0].count == 4 else {
    throw failure
  }
  let day = HistoryFilter.Day(
    year: numbers[0], month: numbers.count > 1 ? numbers[1] : 1,
    day: numbers.count > 2 ? numbers[2] : 1)
  guard (1970...9999).contains(day.year), (1...12).contains(day.month),
    (1...daysIn(month: day.month, year: day.year)).contains(day.day)
  else { throw failure }
  return day
}

private func daysIn(month: Int, year: Int) -> Int {
  let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  return switch month {
  case 2: isLeap ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}
