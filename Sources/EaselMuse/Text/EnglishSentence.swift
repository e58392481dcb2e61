import EaselKit

/// Translated words, put into the order and the forms that captions have.
struct EnglishSentence {
  struct Item {
    var english: String
    /// nil for what was not translated.
    var kind: PromptLexicon.Kind?
    var weight: Double
    /// A mark and no word.
    var isMark: Bool
    /// A blank stands before it.
    var isApart: Bool
    /// The model was never taught it.
    var isUnknown = false
  }
  private var items: [Item] = []

  mutating func add(_ item: Item) { items.append(item) }

  /// "A cat blue" becomes "a blue cat".
  mutating func moveDescriptions() {
    var i = 0
    while i < items.count {
      guard items[i].kind == .thing else {
        i += 1
        continue
      }
      var end = i + 1
      while end < items.count, items[end].kind == .describes { end += 1 }
      var start = i
      while start > 0, items[start - 1].kind == .describes { start -= 1 }
      // Sizes before colours, as captions have it.
      let words = Array(items[start..<i]) + Array(items[(i + 1)..<end])
      items.replaceSubrange(start..<end, with: Self.sizesFirst(words) + [items[i]])
      i = end
    }
  }

  private static func sizesFirst(_ words: [Item]) -> [Item] {
    let isColour = { (item: Item) in SceneColour(rawValue: item.english) != nil }
    return words.filter { !isColour($0) } + words.filter(isColour)
  }

  /// Articles, numbers and things made to fit each other.
  private mutating func agree() {
    let numbers: Set = ["two", "three", "four", "2", "3", "4"]
    for i in items.indices where items[i].kind == .thing {
      var start = i
      while start > 0, items[start - 1].kind == .describes { start -= 1 }
      let before = start > 0 ? items[start - 1].english : ""
      guard let noun = Noun.named(items[i].english) else {
        // "On blue background" is missing its article.
        if items[i].english == "background", before == "on" { items[start - 1].english = "on a" }
        continue
      }
      let measure = noun.measures.first
      if numbers.contains(before) {
        items[i].english = noun.plural
        if let measure { items[start - 1].english += " \(measure.plural) of" }
      } else if before == "a", let measure {
        items[start - 1].english = "\(article(measure.singular)) \(measure.singular) of"
      }
    }
    for i in items.indices.dropLast()
    where ["a", "an"].contains(items[i].english)
      && (items[i].kind == .other || items[i + 1].kind != nil)
    {
      items[i].english = article(items[i + 1].english)
    }
  }

  // MARK: Leaving out

  /// Words that join two things, with which nothing begins.
  private static let joining: Set = ["of", "with", "and"]
  /// Words that only lead to others.
  private static let leading = joining.union([
    "a", "an", "the", "in", "on", "at", "by", "to", "under", "over", "above", "below", "beside",
    "among", "against",
  ])

  /// Takes out what the model was never taught, and what then leads nowhere: of "a castle on a steep cliff at night,
  /// epic" is left "a castle at night". What stays was said for something that the model can paint.
  mutating func leaveOutUnknown() {
    guard items.contains(where: \.isUnknown) else { return }
    func leads(_ item: Item) -> Bool { Self.leading.contains(item.english.lowercased()) }
    // "In the snow" may have come as one.
    func begins(_ item: Item) -> Bool {
      item.isMark || Self.leading.contains(String(item.english.lowercased().prefix { $0 != " " }))
    }
    var left: [Item] = []
    var i = 0
    while i < items.count {
      guard items[i].isUnknown else {
        left.append(items[i])
        i += 1
        continue
      }
      while i < items.count, items[i].isUnknown { i += 1 }
      // "A wooden chair" is still a chair; where nothing follows that was described, nothing led there.
      if i == items.count || begins(items[i]) {
        while let last = left.last, !last.isMark, leads(last) { left.removeLast() }
        // "A photograph of a cat" is a cat.
        let isFirst = left.last.map(\.isMark) ?? true
        while isFirst, i < items.count, Self.joining.contains(items[i].english.lowercased()) {
          i += 1
        }
      }
    }
    let dividers: Set = [",", ";", ".", ":"]
    items = []
    for item in left {
      let isDivider = item.isMark && dividers.contains(item.english)
      if isDivider, items.last.map({ dividers.contains($0.english) }) ?? true { continue }
      items.append(item)
    }
    while let last = items.last, last.isMark, [",", ";", ":"].contains(last.english) {
      items.removeLast()
    }
  }

  /// - Parameter isTranslated: false leaves everything as it was.
  func text(isTranslated: Bool) -> WeightedText {
    var sentence = self
    if isTranslated { sentence.agree() }
    var parts: [WeightedText.Part] = []
    for (i, item) in sentence.items.enumerated() {
      let text = (i > 0 && item.isApart ? " " : "") + item.english
      if let last = parts.last, last.weight == item.weight {
        parts[parts.count - 1].text += text
      } else {
        parts.append(.init(text, item.weight))
      }
    }
    return WeightedText(parts: parts.isEmpty ? [.init("")] : parts)
  }
}

/// The article that fits before these words.
func article(_ text: String) -> String {
  guard let first = text.first else { return "a" }
  return "aeio".contains(first) || text.hasPrefix("umbrella") ? "an" : "a"
}
