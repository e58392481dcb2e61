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
    var i = 0
    while i < marks.count {
      switch marks[i] {
      case "\\" where i + 1 < marks.count && "()[]\\".contains(marks[i + 1]):
        isEscaped[i + 1] = true
        i += 1
      case "(": round.append(i)
      case "[": square.append(i)
      case ")":
        guard let open = round.popLast() else { break }
        // What opened inside and did not close has no partner.
        square.removeAll { $0 > open }
        let (end, weight) = ending(open + 1, i)
        pairs.append(Pair(open: open, close: i, factor: weight ?? WeightedText.step, textEnd: end))
      case "]":
        guard let open = square.popLast() else { break }
        round.removeAll { $0 > open }
        guard !marks[open..<i].contains("|"), !marks[open..<i].contains(":") else { break }
        pairs.append(Pair(open: open, close: i, factor: 1 / WeightedText.step, textEnd: i))
      default: break
      }
      i += 1
    }
  }

  /// Where the text of a round bracket ends, and the number after its last colon.
  private func ending(_ start: Int, _ end: Int) -> (Int, Double?) {
    guard let colon = marks[start..<end].lastIndex(of: ":") else { return (end, nil) }
    let digits = String(marks[(colon + 1)..<end]).split(separator: " ").joined()
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.".contains($0)) }),
      let weight = Double(digits), weight.isFinite
    else { return (end, nil) }
    return (colon, weight)
  }

  mutating func parts() -> [WeightedText.Part] {
    var opens: [Int: Pair] = [:], closes: [Int: Pair] = [:]
    for pair in pairs { (opens[pair.open], closes[pair.close]) = (pair, pair) }
    var found: [WeightedText.Part] = []
    var factors: [Double] = [1]
    var i = 0
    while i < marks.count {
      if let pair = opens[i] {
        factors.append(pair.factor)
      } else if closes[i] != nil {
        factors.removeLast()
      } else if marks[i] == "\\", i + 1 < marks.count, isEscaped[i + 1] {
        // The backslash itself is no text.
      } else if let pair = pairEnding(at: i, closes) {
        i = pair.close
        factors.removeLast()
      } else {
        let weight = factors.reduce(1, *)
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

  /// The pair whose weight begins at `i`.
  private func pairEnding(at i: Int, _ closes: [Int: Pair]) -> Pair? {
    guard marks[i] == ":" else { return nil }
    return pairs.first { $0.textEnd == i && $0.close != i }
  }
}
