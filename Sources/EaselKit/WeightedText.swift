/// A prompt whose words carry weights, in the notation that people bring along from other tools:
/// `(fox)` counts 1.1 times, `((fox))` 1.21 times, `(red fox:1.4)` 1.4 times, `[fog]` 1/1.1 times, and a
/// backslash before a bracket or a backslash makes it a plain mark. Weights of nested brackets multiply.
///
/// What is not such a notation stays text as it is written: brackets without a partner, and square
/// brackets that hold `|` or `:`, which mean other things elsewhere. A bracket with a colon and no number
/// after it counts 1.1 times, colon and all.
public struct WeightedText: Hashable, Sendable {
  public struct Part: Hashable, Sendable {
    public var text: String
    public var weight: Double
    public init(_ text: String, _ weight: Double = 1) {
      self.text = text
      self.weight = weight
    }
  }
  /// In order; joined they are the words without the notation. Neighbours differ in weight.
  public let parts: [Part]

  /// What a pair of round brackets multiplies by.
  public static let step = 1.1
  /// Weights that mean something: beyond, a picture falls apart.
  public static let range = 0.0...5.0

  /// The words alone.
  public var plain: String { parts.map(\.text).joined() }
  /// False when every word counts once.
  public var isWeighted: Bool { parts.contains { $0.weight != 1 } }

  public init(parts: [Part]) { self.parts = parts }

  /// All of `literal` counts once; brackets are words.
  public init(literal: String) { parts = [Part(literal)] }

  public init(_ prompt: String) {
    var reader = Reader(prompt)
    parts = reader.parts()
  }

  /// Throws `Failure(.badInput)` for a weight outside `range`.
  public func check() throws {
    for part in parts where !Self.range.contains(part.weight) {
      let words = part.text.split(separator: " ").joined(separator: " ")
      throw Failure(
        .badInput, "the weight of '\(words)' is \(short(part.weight)), which is not possible",
        hint: part.weight < 0
          ? "what a picture should not show is said apart, with --avoid"
          : "use 0 to \(short(Self.range.upperBound)); nested brackets multiply")
    }
  }

  private func short(_ x: Double) -> String {
    guard abs(x) < 1e9 else { return x < 0 ? "far below 0" : "enormous" }
    let hundredths = Int((x * 100).rounded())
    if hundredths % 100 == 0 { return "\(hundredths / 100)" }
    let rest = abs(hundredths % 100)
    return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

/// Finds pairs first, so that a bracket without a partner is known before its text is read.
private struct Reader {
  private struct Pair {
    let open: Int, close: Int
    let factor: Double
    /// Where the text inside ends: before the colon of a weight.
    let textEnd: Int
  }
  private let marks: [Character]
  private var isEscaped: [Bool]
  private var pairs: [Pair] = []

  init(_ text: String) {
    marks = Array(text)
    isEscaped = Array(repeating: false, count: marks.count)
    findPairs()
  }

  private mutating func findPairs() {
    var round: [Int] = [], square: [Int] = []
    // The last ones so far: one that lies behind an opening bracket is inside it.
    var colon = -1, bar = -1
    var i = 0
    while i < marks.count {
      switch marks[i] {
      case "\\" where i + 1 < marks.count && "()[]\\".contains(marks[i + 1]):
        isEscaped[i + 1] = true
        i += 1
      case ":": colon = i
      case "|": bar = i
      case "(": round.append(i)
      case "[": square.append(i)
      case ")":
        guard let open = round.popLast() else { break }
        // What opened inside and did not close has no partner.
        while let inner = square.last, inner > open { square.removeLast() }
        let weight = colon > open ? number(after: colon, until: i) : nil
        let end = weight == nil ? i : colon
        pairs.append(Pair(open: open, close: i, factor: weight ?? WeightedText.step, textEnd: end))
      case "]":
        guard let open = square.popLast() else { break }
        while let inner = round.last, inner > open { round.removeLast() }
        guard colon < open, bar < open else { break }
        pairs.append(Pair(open: open, close: i, factor: 1 / WeightedText.step, textEnd: i))
      default: break
      }
      i += 1
    }
  }

  /// The weight that a round bracket ends with; nil for other words.
  private func number(after colon: Int, until end: Int) -> Double? {
    // Longer ones are no numbers that anybody meant.
    guard end - colon <= 32 else { return nil }
    let digits = String(marks[(colon + 1)..<end]).split(separator: " ").joined()
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.".contains($0)) }),
      let weight = Double(digits), weight.isFinite
    else { return nil }
    return weight
  }

  mutating func parts() -> [WeightedText.Part] {
    var opens: [Int: Pair] = [:], closes: [Int: Pair] = [:]
    for pair in pairs { (opens[pair.open], closes[pair.close]) = (pair, pair) }
    var found: [WeightedText.Part] = []
    // What the weights of all brackets around the place multiply to.
    var weights: [Double] = [1]
    let ends = Dictionary(
      pairs.filter { $0.textEnd != $0.close }.map { ($0.textEnd, $0) },
      uniquingKeysWith: { first, _ in first })
    var i = 0
    while i < marks.count {
      if let pair = opens[i] {
        weights.append(pair.factor * (weights.last ?? 1))
      } else if closes[i] != nil {
        weights.removeLast()
      } else if marks[i] == "\\", i + 1 < marks.count, isEscaped[i + 1] {
        // The backslash itself is no text.
      } else if let pair = ends[i] {
        i = pair.close
        weights.removeLast()
      } else {
        let weight = weights.last ?? 1
        if found.last?.weight == weight {
          found[found.count - 1].text.append(marks[i])
        } else {
          found.append(.init(String(marks[i]), weight))
        }
      }
      i += 1
    }
    return found.isEmpty ? [.init("")] : found
  }
}
