import EaselKit

/// Rows of a table with a mark between the columns: commas, tabs, semicolons or bars. Fields in quotes
/// may hold marks, line ends and doubled quotes.
/// Source: RFC 4180.
package struct TableReader {
  package enum Row: Hashable {
    case fields([String])
    /// A row that cannot be read, and why.
    case bad(String)
  }
  private var reader: ByteReader
  private let mark: UInt8
  /// Number of the line that comes next, from 1.
  private var line = 1
  /// Number of the line in which the row began that came last.
  package private(set) var rowLine = 1
  private static let longestRow = 1 << 20
  private static let quote = UInt8(ascii: "\""), newline = UInt8(ascii: "\n")

  package init(_ file: ReadableFile, mark: UInt8, at offset: Int = 0) {
    reader = ByteReader(file, at: offset)
    self.mark = mark
  }

  /// nil at the end. Empty lines are passed over.
  package mutating func next() throws -> Row? {
    while try reader.peek() != nil {
      let start = line, place = reader.position
      rowLine = start
      if let row = try row() {
        if row == [""] { continue }
        return .fields(row)
      }
      // A quote without its partner would swallow everything that follows: this line is given up, the
      // next one may be sound.
      reader.seek(to: place)
      line = start + 1
      _ = try reader.line(limit: 0)
      return .bad("a quote in line \(start) has no partner")
    }
    return nil
  }

  /// nil for a row that has no end.
  private mutating func row() throws -> [String]? {
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false, wasQuoted = false, length = 0
    func text() -> String { decodedText(field) }
    while let byte = try reader.next() {
      length += 1
      guard length <= Self.longestRow else { return nil }
      if byte == Self.newline { line += 1 }
      if isQuoted {
        if byte != Self.quote {
          field.append(byte)
        } else if try reader.peek() == Self.quote {
          field.append(byte)
          _ = try reader.next()
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case mark:
        fields.append(text())
        field = []
        wasQuoted = false
      case Self.newline:
        if field.last == 13 { field.removeLast() }
        return fields + [text()]
      case Self.quote where field.isEmpty && !wasQuoted:
        (isQuoted, wasQuoted) = (true, true)
      default: field.append(byte)
      }
    }
    return isQuoted ? nil : fields + [text()]
  }
}
