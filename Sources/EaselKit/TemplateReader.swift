/// Reads the notation of `PromptTemplate`.
///
/// Pairs are found first, so that a brace without a partner is known to be text before what follows it is read.
struct TemplateReader {
  private typealias Node = PromptTemplate.Node
  private let text: [Character]
  private var partner: [Int: Int] = [:]
  private(set) var marks: [PromptTemplate.Mark] = []
  private(set) var slips: [PromptTemplate.Slip] = []

  init(_ source: String) {
    text = Array(source)
    findPairs()
  }

  private func isEscape(_ i: Int) -> Bool {
    text[i] == "\\" && i + 1 < text.count && "{}|_()[]\\A".contains(text[i + 1])
  }

  private mutating func findPairs() {
    var open: [(at: Int, hasBar: Bool)] = []
    var i = 0
    while i < text.count {
      if isEscape(i) {
        i += 2
        continue
      }
      switch text[i] {
      case "{", "[": open.append((i, false))
      case "|": if !open.isEmpty { open[open.count - 1].hasBar = true }
      case "}":
        // A square bracket that opened inside has no partner.
        guard let last = open.lastIndex(where: { text[$0.at] == "{" }) else {
          slips.append(.init(at: i, words: "a '}' has no '{' before it; \\} is a plain one"))
          break
        }
        if open.count <= PromptTemplate.deepest { pair(open[last].at, i) }
        open.removeSubrange(last...)
      case "]":
        guard let last = open.last, text[last.at] == "[" else { break }
        open.removeLast()
        // Without a bar it is a weight.
        if last.hasBar, open.count < PromptTemplate.deepest { pair(last.at, i) }
      default: break
      }
      i += 1
    }
    for lost in open where text[lost.at] == "{" {
      slips.append(.init(at: lost.at, words: "a '{' is never closed; \\{ is a plain one"))
    }
    slips.sort { $0.at < $1.at }
  }

  private mutating func pair(_ open: Int, _ close: Int) {
    partner[open] = close
    marks.append(.init(range: open..<open + 1, kind: .choice))
    marks.append(.init(range: close..<close + 1, kind: .choice))
  }

  // MARK: Blends

  mutating func branches() -> [PromptTemplate.Branch] {
    let cuts = blendWords()
    var branches: [PromptTemplate.Branch] = []
    var start = 0
    for end in cuts.map(\.lowerBound) + [text.count] {
      var range = start..<end
      var share = 1.0
      // A share only means something where something else has one too.
      if !cuts.isEmpty, let found = trailingShare(range) {
        share = found.share
        marks.append(.init(range: found.at..<range.upperBound, kind: .blend))
        range = range.lowerBound..<found.at
      }
      branches.append(.init(nodes: nodes(range), share: share))
      start = cuts.first { $0.lowerBound == end }?.upperBound ?? end
    }
    return branches
  }

  /// Where AND stands as a word of its own, outside brackets, with words on both sides. A prompt that is
  /// capitals throughout blends nothing.
  private mutating func blendWords() -> [Range<Int>] {
    guard text.contains(where: \.isLowercase) else { return [] }
    var found: [Range<Int>] = []
    var depth = 0
    var i = 0
    while i < text.count {
      if isEscape(i) {
        i += 2
        continue
      }
      switch text[i] {
      case "{", "[", "(": depth += 1
      case "}", "]", ")": depth = max(0, depth - 1)
      case "A" where depth == 0 && i + 3 <= text.count && String(text[i..<i + 3]) == "AND":
        let opens = i > 0 && text[i - 1].isWhitespace
        let closes = i + 3 < text.count && text[i + 3].isWhitespace
        if opens, closes, text[(found.last?.upperBound ?? 0)..<i].contains(where: \.isLetter),
          text[(i + 3)...].contains(where: \.isLetter)
        {
          found.append(i..<i + 3)
          marks.append(.init(range: i..<i + 3, kind: .blend))
        }
      default: break
      }
      i += 1
    }
    return found
  }

  /// `:0.3` at the end of a blended prompt.
  private func trailingShare(_ range: Range<Int>) -> (share: Double, at: Int)? {
    var end = range.upperBound
    while end > range.lowerBound, text[end - 1].isWhitespace { end -= 1 }
    var at = end
    while at > range.lowerBound, text[at - 1].isASCII, text[at - 1].isNumber || text[at - 1] == "."
    {
      at -= 1
    }
    guard at < end, at > range.lowerBound, text[at - 1] == ":", end - at <= 12,
      let share = Double(String(text[at..<end])), share.isFinite
    else { return nil }
    return (share, at - 1)
  }

  // MARK: Choices

  private mutating func nodes(_ range: Range<Int>) -> [PromptTemplate.Node] {
    var nodes: [Node] = []
    var words = ""
    func flushed() -> [Node] { words.isEmpty ? nodes : nodes + [.text(words)] }
    var i = range.lowerBound
    while i < range.upperBound {
      if isEscape(i) {
        // Escaped brackets are the business of weights, which take their backslash away.
        if !"{}|_A".contains(text[i + 1]) { words.append("\\") }
        words.append(text[i + 1])
        i += 2
      } else if let close = partner[i], close < range.upperBound {
        nodes = flushed()
        words = ""
        nodes.append(.choice(options(i, close), inTurn: text[i] == "["))
        i = close + 1
      } else if let name = wildcard(at: i, in: range) {
        nodes = flushed()
        words = ""
        nodes.append(.wildcard(name.lowercased()))
        let end = i + name.count + 4
        marks.append(.init(range: i..<end, kind: .wildcard(name.lowercased())))
        i = end
      } else {
        words.append(text[i])
        i += 1
      }
    }
    return flushed()
  }

  /// Between the bars of a choice.
  private mutating func options(_ open: Int, _ close: Int) -> [[PromptTemplate.Node]] {
    var options: [[Node]] = []
    var start = open + 1
    var i = start
    while i < close {
      if isEscape(i) {
        i += 2
      } else if let inner = partner[i] {
        i = inner + 1
      } else {
        if text[i] == "|" {
          marks.append(.init(range: i..<i + 1, kind: .choice))
          options.append(nodes(start..<i))
          start = i + 1
        }
        i += 1
      }
    }
    return options + [nodes(start..<close)]
  }

  /// The name in `__name__`: letters, digits, `-`, `/` and single `_`.
  private func wildcard(at i: Int, in range: Range<Int>) -> String? {
    guard i + 4 < range.upperBound, text[i] == "_", text[i + 1] == "_", text[i + 2] != "_" else {
      return nil
    }
    var end = i + 2
    while end + 1 < range.upperBound, end - i < 64 {
      if text[end] == "_", text[end + 1] == "_" {
        return end > i + 2 ? String(text[(i + 2)..<end]) : nil
      }
      guard text[end].isLetter || text[end].isNumber || "-/_".contains(text[end]) else {
        return nil
      }
      end += 1
    }
    return nil
  }
}
