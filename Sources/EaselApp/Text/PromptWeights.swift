internal import EaselKit

/// Weights of words by key: `fox` becomes `(fox:1.1)`, `(fox:1.1)` becomes `(fox:1.2)` or `fox` again.
extension TextEditor {
  /// Changes the weight of the brackets around the cursor, else of the word it stands on. False where there is
  /// neither.
  mutating func reweigh(by step: Double) -> Bool {
    if let pair = WeightBrackets.pairs(in: characters).last(where: {
      $0.open < cursor && cursor <= $0.close
    }) {
      let weight = ((pair.weight + step) * 100).rounded() / 100
      guard WeightedText.range.contains(weight) else { return false }
      let inside = String(characters[(pair.open + 1)..<pair.textEnd])
      let offset = min(cursor, pair.textEnd) - pair.open - 1
      let isPlain = weight == 1
      replace(
        pair.open..<(pair.close + 1),
        with: isPlain ? inside : "(\(inside):\(shortDecimal(weight)))",
        as: .other)
      move(to: pair.open + offset + (isPlain ? 0 : 1))
      return true
    }
    guard let word = wordAtCursor else { return false }
    let offset = cursor - word.lowerBound
    replace(
      word, with: "(\(String(characters[word])):\(shortDecimal(1 + step)))", as: .other)
    move(to: word.lowerBound + offset + 1)
    return true
  }

  /// The word that the cursor stands in or behind.
  var wordAtCursor: Range<Int>? {
    func isWord(_ i: Int) -> Bool {
      characters.indices.contains(i)
        && (characters[i].isLetter || characters[i].isNumber || "-'’".contains(characters[i]))
    }
    var start = cursor, end = cursor
    while isWord(start - 1) { start -= 1 }
    while isWord(end) { end += 1 }
    return start < end ? start..<end : nil
  }
}

/// Where the round brackets of weights are in a text, for colours and keys; `WeightedText` says what they mean.
enum WeightBrackets {
  struct Pair: Hashable {
    var open: Int
    var close: Int
    /// Where the words inside end: before the colon of a weight.
    var textEnd: Int
    var weight: Double
  }

  /// In the order of their opening brackets, so that the last one around a place is the innermost.
  static func pairs(in text: [Character]) -> [Pair] {
    var pairs: [Pair] = []
    var open: [Int] = []
    var i = 0
    while i < text.count {
      switch text[i] {
      case "\\" where i + 1 < text.count && "()[]\\".contains(text[i + 1]): i += 1
      case "(": open.append(i)
      case ")":
        guard let start = open.popLast() else { break }
        var pair = Pair(open: start, close: i, textEnd: i, weight: WeightedText.step)
        if let colon = text[start..<i].lastIndex(of: ":"), i - colon <= 32,
          let weight = Double(String(text[(colon + 1)..<i]).trimmed), weight.isFinite
        {
          pair.textEnd = colon
          pair.weight = weight
        }
        pairs.append(pair)
      default: break
      }
      i += 1
    }
    return pairs.sorted { $0.open < $1.open }
  }
}
