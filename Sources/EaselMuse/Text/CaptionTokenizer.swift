import EaselKit
import Foundation

/// CLIP's byte-level byte-pair encoder: captions to token ids.
///
/// Reads both published forms: `vocab.json` with `merges.txt`, or one `tokenizer.json`.
public struct CaptionTokenizer: Sendable {
  public static let startMark = "<|startoftext|>", endMark = "<|endoftext|>"

  public let vocabulary: [String: Int32]
  /// Merged pairs in order of rank.
  public let merges: [[String]]
  /// Tokens of one caption, with both marks.
  public var maximumLength: Int
  public let start: Int32, end: Int32, pad: Int32
  private let ranks: [String: Int]
  /// Texts that stand for one token wherever they occur, longest first.
  private let specials: [(text: [Unicode.Scalar], id: Int32)]

  /// - Parameters:
  ///   - padToken: fills up short captions; the end mark where it is nil.
  ///   - special: texts beside the marks and the padding that are one token each.
  public init(
    vocabulary: [String: Int32], merges: [[String]], maximumLength: Int, padToken: String? = nil,
    special: Set<String> = []
  ) throws {
    guard let start = vocabulary[Self.startMark], let end = vocabulary[Self.endMark] else {
      throw Failure(
        .modelDamaged, "the tokenizer's vocabulary lacks the marks of start and end",
        hint: "install the model again")
    }
    guard Limits.positions.contains(maximumLength) else {
      throw Failure(
        .modelDamaged, "the tokenizer's longest caption is \(maximumLength) tokens",
        hint: "3 to 4096 are possible: correct model_max_length, or install the model again")
    }
    if let wrong = vocabulary.first(where: { $0.value < 0 }) {
      throw Failure(
        .modelDamaged, "the tokenizer's vocabulary gives '\(wrong.key)' the number \(wrong.value)",
        hint: "install the model again")
    }
    if let padToken, vocabulary[padToken] == nil {
      throw Failure(
        .modelDamaged, "the tokenizer pads with '\(padToken)', which its vocabulary lacks",
        hint: "correct pad_token, or install the model again")
    }
    self.vocabulary = vocabulary
    self.merges = merges
    self.maximumLength = maximumLength
    self.start = start
    self.end = end
    pad = padToken.flatMap { vocabulary[$0] } ?? end
    ranks = Dictionary(
      merges.enumerated().map { ("\($0.element[0]) \($0.element[1])", $0.offset) },
      uniquingKeysWith: { first, _ in first })
    specials = special.union([Self.startMark, Self.endMark]).union(padToken.map { [$0] } ?? [])
      .compactMap { text in
        text.isEmpty ? nil : vocabulary[text].map { (Array(text.unicodeScalars), $0) }
      }
      .sorted { $0.text.count > $1.text.count }
  }

  /// Ids of the words alone, without the marks around them, at any length.
  public func encode(_ text: String) -> [Int32] { words(of: text).flatMap(\.ids) }

  /// The words of a text with their ids. Where the text itself holds a mark, as written, that is one
  /// word of one token, as in the published tokenizer.
  func words(of text: String) -> [(text: String, ids: [Int32])] {
    var words: [(text: String, ids: [Int32])] = []
    var plain = String.UnicodeScalarView()
    func flush() {
      for word in CaptionWords.words(String(plain)) {
        words.append((word, pieces(of: word).map { vocabulary[$0] ?? end }))
      }
      plain.removeAll(keepingCapacity: true)
    }
    let scalars = Array(text.unicodeScalars)
    var i = 0
    while i < scalars.count {
      if let special = specials.first(where: { scalars[i...].starts(with: $0.text) }) {
        flush()
        words.append((String(String.UnicodeScalarView(special.text)), [special.id]))
        i += special.text.count
      } else {
        plain.append(scalars[i])
        i += 1
      }
    }
    flush()
    return words
  }

  /// `maximumLength` ids: start, words (cut off at the end), end, padding.
  public func padded(_ text: String) -> [Int32] {
    var ids = [start] + encode(text).prefix(maximumLength - 2) + [end]
    while ids.count < maximumLength { ids.append(pad) }
    return ids
  }

  /// How many tokens `text` takes, and how many there is room for. What says weights is not counted.
  public func usage(of text: String) -> (used: Int, room: Int) {
    let words = WeightedText(text).parts.reduce(0) { $0 + encode($1.text).count }
    return (words, maximumLength - 2)
  }

  /// The word's symbols after all merges, lowest rank first.
  private func pieces(of word: String) -> [String] {
    var symbols = word.utf8.map { ByteSymbols.symbols[Int($0)] }
    guard !symbols.isEmpty else { return [] }
    symbols[symbols.count - 1] += "</w>"
    while symbols.count > 1 {
      var best = Int.max, at = 0
      for i in 0..<symbols.count - 1 {
        if let rank = ranks["\(symbols[i]) \(symbols[i + 1])"], rank < best {
          best = rank
          at = i
        }
      }
      guard best < Int.max else { break }
      // All places of the pair at once, from the left.
      let left = symbols[at], right = symbols[at + 1]
      var merged: [String] = []
      var i = 0
      while i < symbols.count {
        if i + 1 < symbols.count, symbols[i] == left, symbols[i + 1] == right {
          merged.append(left + right)
          i += 2
        } else {
          merged.append(symbols[i])
          i += 1
        }
      }
      symbols = merged
    }
    return symbols
  }
}
