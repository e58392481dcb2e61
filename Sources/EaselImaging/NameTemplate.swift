public import EaselKit

/// Names for exported files: `{date}-{prompt}-{seed}`.
///
/// Whatever the fields hold, a name is one path component: no slash, no control character, no
/// leading dot or dash, at most 200 bytes.
public struct NameTemplate: Hashable, Sendable, CustomStringConvertible {
  public enum Field: String, Hashable, Sendable, CaseIterable {
    /// Number in the history, without `#`.
    case id
    /// Seed of this very picture.
    case seed
    /// First words of the prompt, as a slug.
    case prompt
    /// Day of creation in UTC, 2026-11-24.
    case date
    case model
    /// Number within one export, from 1.
    case n
  }
  enum Part: Hashable {
    case text(String)
    case field(Field)
  }
  let parts: [Part]
  public let description: String

  public static let standard = NameTemplate(
    parts: [.field(.id), .text("-"), .field(.prompt)], description: "{id}-{prompt}")

  private init(parts: [Part], description: String) {
    self.parts = parts
    self.description = description
  }

  /// Reads a template. `{{` and `}}` are braces.
  ///
  /// Throws `Failure(.badInput)` for an unknown field (with the nearest one), a brace without its
  /// partner, a slash, or a control character.
  public init(_ text: String) throws {
    var parts: [Part] = []
    var literal = ""
    var rest = Array(text)[...]
    while let letter = rest.popFirst() {
      switch letter {
      case "{" where rest.first == "{", "}" where rest.first == "}":
        rest.removeFirst()
        literal.append(letter)
      case "{":
        guard let close = rest.firstIndex(of: "}") else {
          throw Failure(.badInput, "the name '\(text)' has a { without }")
        }
        let name = String(rest[..<close])
        guard let field = Field(rawValue: name) else {
          throw Failure.unknown("name field", name, known: Field.allCases.map(\.rawValue))
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        literal = ""
        parts.append(.field(field))
        rest = rest[(close + 1)...]
      case "}":
        throw Failure(.badInput, "the name '\(text)' has a } without {")
      case "/", "\\":
        throw Failure(
          .badInput, "a name may not hold '\(letter)'", hint: "choose the folder with --to")
      default:
        guard letter.unicodeScalars.allSatisfy({ isPrintable($0) }) else {
          throw Failure(.badInput, "a name may not hold control characters")
        }
        literal.append(letter)
      }
    }
    if !literal.isEmpty { parts.append(.text(literal)) }
    self.init(parts: parts, description: text)
  }

  /// The name without extension; `picture` when nothing else remains.
  public func fileName(id: ImageID?, recipe: Recipe?, n: Int) -> String {
    let name = parts.map { part in
      switch part {
      case .text(let text): text
      case .field(.id): id.map { "\($0.number)" } ?? "new"
      case .field(.seed): recipe.map { $0.saysHow ? "\($0.seed)" : "" } ?? ""
      case .field(.prompt): slug(recipe?.request.prompt ?? "", longest: 48)
      case .field(.date):
        recipe.map { $0.saysWhen ? LocalTime(milliseconds: $0.created).day : "" } ?? ""
      case .field(.model): slug(recipe?.request.model ?? "", longest: 32)
      case .field(.n): "\(n)"
      }
    }.joined()
    let edges: Set<Character> = [".", "-", " ", "_"]
    var trimmed = name.drop(while: edges.contains)
    while let last = trimmed.last, edges.contains(last) || trimmed.utf8.count > 200 {
      trimmed.removeLast()
    }
    return trimmed.isEmpty ? "picture" : String(trimmed)
  }
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
    .paragraphSeparator:
    false
  default: true
  }
}

/// Letters and digits of any script in lower case, everything else as single dashes, cut at a word
/// where possible. `longest` is in characters.
public func slug(_ text: String, longest: Int) -> String {
  var out = ""
  var length = 0
  for word in text.lowercased().split(whereSeparator: { !($0.isLetter || $0.isNumber) }) {
    let room = longest - length - (out.isEmpty ? 0 : 1)
    if word.count > room {
      if out.isEmpty { out = String(word.prefix(longest)) }
      break
    }
    out += out.isEmpty ? String(word) : "-" + word
    length = out.count
  }
  return out
}
