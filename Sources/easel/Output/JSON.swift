/// A JSON value whose object keys keep their order, for results that scripts read line by line.
enum JSON: Hashable, Sendable {
  case text(String)
  case integer(Int64)
  case unsigned(UInt64)
  /// Seconds and the like, written with at most three decimals.
  case number(Double)
  case flag(Bool)
  case null
  case list([JSON])
  case object([Field])

  struct Field: Hashable, Sendable {
    var key: String
    var value: JSON
    init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// One line, no spaces beside those of the texts.
  var line: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .integer(let n): "\(n)"
    case .unsigned(let n): "\(n)"
    case .number(let x): Self.decimal(x)
    case .flag(let yes): yes ? "true" : "false"
    case .null: "null"
    case .list(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
    case .object(let fields):
      "{" + fields.map { Self.quoted($0.key) + ": " + $0.value.line }.joined(separator: ", ") + "}"
    }
  }

  /// Control, bidirectional and other invisible characters are escaped, so that a line that reaches
  /// a terminal after all cannot command it.
  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse:
          for unit in Character(scalar).utf16 {
            let hex = String(unit, radix: 16)
            out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
          }
        default: out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }

  private static func decimal(_ x: Double) -> String {
    guard x.isFinite, abs(x) < 1e15 else { return "null" }
    let thousandths = Int64((abs(x) * 1000).rounded())
    let sign = x < 0 && thousandths > 0 ? "-" : ""
    var rest = "\(1000 + thousandths % 1000)".dropFirst()
    while rest.last == "0" { rest.removeLast() }
    return "\(sign)\(thousandths / 1000)" + (rest.isEmpty ? "" : ".\(rest)")
  }
}

extension JSON.Field {
  init(_ key: String, _ value: String) { self.init(key, .text(value)) }
  init(_ key: String, _ value: String?) { self.init(key, value.map { .text($0) } ?? .null) }
  init(_ key: String, _ value: Int) { self.init(key, .integer(Int64(value))) }
  init(_ key: String, _ value: Int64) { self.init(key, .integer(value)) }
  init(_ key: String, _ value: UInt64) { self.init(key, .unsigned(value)) }
  init(_ key: String, _ value: Double) { self.init(key, .number(value)) }
  init(_ key: String, _ value: Bool) { self.init(key, .flag(value)) }
}
