public import EaselKit
internal import FoundationEssentials
internal import Synchronization

/// A prompt as a model reads it.
public struct PromptReading: Hashable, Sendable {
  public var text: WeightedText
  /// Some of it was said in other words, or in another language, than the model was taught.
  public var isTranslated: Bool
  /// Words that the model was never taught, as they are written. They are left out: a model makes of them
  /// whatever their letters remind it of, and loses the rest over it.
  public var unknown: [String]
  /// The text, where it is not what was typed.
  public var otherText: String? { isTranslated || !unknown.isEmpty ? text.plain : nil }
  /// What the model knows instead: a word much like the first unknown one, or some of its words.
  public var hint: String?
}

/// Puts prompts into the words that a model was taught.
///
/// A model that was taught the words of scenes knows no others, so its folder says which those are
/// (`words.txt`) and what other languages call the same (`lexicon.tsv`), where other words of English count as one of
/// them. A prompt whose words are all known stays as it is. Else the language that explains most of it is taken, and if
/// that is more than English explains, the whole prompt is read in it; if not, only what English has other words for,
/// and things and colours that it has none for.
package struct PromptReader: Sendable {
  private let known: Set<String>
  /// Those that a mistyped word may have meant.
  private let longer: [String]
  private let file: LexiconFile
  private var lexicon: PromptLexicon { file.lexicon }

  /// nil for models that do not say which words they know.
  init?(_ folder: ModelFolder) throws {
    guard let words = try folder.data("words.txt") else { return nil }
    let lexicon = try folder.data("lexicon.tsv") ?? .init()
    self.init(
      words: String(decoding: words, as: UTF8.self),
      lexicon: String(decoding: lexicon, as: UTF8.self))
  }

  /// - Parameters:
  ///   - words: one word a line.
  ///   - lexicon: as `PromptLexicon` reads it.
  package init(words: String, lexicon: String) {
    known = Set(words.split(whereSeparator: \.isWhitespace).map { PromptWords.key(String($0)) })
    longer = known.filter { $0.count > 2 }.sorted()
    file = LexiconFile(lexicon)
  }

  package func read(_ text: WeightedText) -> PromptReading {
    var reading = translated(text)
    reading.hint = reading.unknown.first.map(hint)
    return reading
  }

  private func hint(_ word: String) -> String {
    if let nearest = nearest(to: word, among: longer, within: max(1, word.count / 4)) {
      return "did you mean '\(nearest)'?"
    }
    let things = lexicon.things.filter(known.contains)
    let shown = things.isEmpty ? longer : things
    let some = shown.prefix(8).joined(separator: ", ")
    return shown.count > 8 ? "it knows \(some) and \(shown.count - 8) more" : "it knows \(some)"
  }

  private func translated(_ text: WeightedText) -> PromptReading {
    let tokens = PromptWords(text).tokens
    let words = tokens.indices.filter { tokens[$0].isWord }
    guard !words.allSatisfy({ isKnown(tokens, $0) }) else {
      return PromptReading(text: text, isTranslated: false, unknown: [])
    }
    let english = synonyms(tokens)
    let understood = words.count { i in
      isKnown(tokens, i)
        || english.contains { !$0.entries.isEmpty && $0.tokens.indices.contains(i) }
    }
    if let (language, segments) = best(tokens, english: understood) {
      return assemble(segments, language)
    }
    // Of what is left, what one other language tells.
    let mixed = english.map { segment in
      let first = segment.tokens.startIndex
      guard segment.entries.isEmpty, tokens[first].isWord, !isKnown(tokens, first) else {
        return segment
      }
      return Segment(tokens: segment.tokens, entries: foreign(tokens[first].key))
    }
    return assemble(mixed, nil)
  }

  /// Whether the word was taught, or each part of a word with a hyphen; what an apostrophe cut off
  /// belongs to the word before it.
  private func isKnown(_ tokens: [PromptWords.Token], _ i: Int) -> Bool {
    let key = tokens[i].key
    if known.contains(key) || key.allSatisfy(\.isNumber) { return true }
    if i > 0, tokens[i - 1].text.hasSuffix("'"), !tokens[i].isApart, key.count <= 2 {
      return isKnown(tokens, i - 1)
    }
    return key.split { !$0.isLetter && !$0.isNumber }.allSatisfy { known.contains(String($0)) }
  }

  // MARK: Which language

  /// Words in a row, and what they mean.
  struct Segment {
    var tokens: ArraySlice<PromptWords.Token>
    /// Empty where the language does not know.
    var entries: [PromptLexicon.Entry]
  }

  /// Cuts the prompt into the longest entries, from the start.
  private func segments(
    _ tokens: [PromptWords.Token], _ language: PromptLexicon.Language
  ) -> [Segment] {
    let keys = tokens.map(\.key)
    var found: [Segment] = []
    var i = 0
    while i < tokens.count {
      var end = i + 1
      while end < tokens.count, end - i < language.longest, tokens[end].isWord,
        tokens[end].weight == tokens[i].weight
      {
        end += 1
      }
      var entries: [PromptLexicon.Entry] = []
      if tokens[i].isWord {
        while end > i {
          entries = language.entries(keys[i..<end])
          if !entries.isEmpty { break }
          end -= 1
        }
      }
      end = max(end, i + 1)
      if entries.isEmpty { end = i + 1 }
      found.append(Segment(tokens: tokens[i..<end], entries: entries))
      i = end
    }
    return found
  }

  /// The language that explains more of the prompt than English does; nil when none does, or when
  /// languages disagree about a single word.
  private func best(
    _ tokens: [PromptWords.Token], english: Int
  ) -> (PromptLexicon.Language, [Segment])? {
    var best: (score: Int, strong: Int, language: PromptLexicon.Language, segments: [Segment])?
    var rivals: Set<String> = []
    let apart = PromptWords.Token.lettersApart(tokens)
    for (rank, language) in lexicon.languages.enumerated() where language.code != "en" {
      let segments = segments(language.isUnspaced ? apart : tokens, language)
      var score = 0, strong = 0
      for segment in segments where !segment.entries.isEmpty {
        score += segment.tokens.count
        if segment.entries.contains(where: { !$0.isWeak }) { strong += segment.tokens.count }
      }
      guard score > english, strong > 0 || english == 0 else { continue }
      let meaning = segments.compactMap(\.entries.first?.english).joined(separator: " ")
      if let leader = best {
        if (score, strong) == (leader.score, leader.strong), rank < Self.wellKnown {
          rivals.insert(meaning)
        }
        guard (score, strong) > (leader.score, leader.strong) else { continue }
      }
      best = (score, strong, language, segments)
      rivals = [meaning]
    }
    guard let best, best.score > 1 || rivals.count == 1 else { return nil }
    return (best.language, best.segments)
  }

  /// The languages whose little words are known too come first in the file.
  private static let wellKnown = 6

  /// Rows of words that English has other words for; all else word by word, with nothing said of it.
  private func synonyms(_ tokens: [PromptWords.Token]) -> [Segment] {
    let english = lexicon.languages.first { $0.code == "en" }
    var found: [Segment] = []
    var i = 0
    while i < tokens.count {
      let row = english.flatMap { synonym(tokens, at: i, $0) }
      found.append(row ?? Segment(tokens: tokens[i...i], entries: []))
      i = row?.tokens.endIndex ?? i + 1
    }
    return found
  }

  /// The longest row of words from `start` that English has another word for: "space shuttle", though one of its words
  /// may be known. Rows of nothing but known words stay as they are.
  private func synonym(
    _ tokens: [PromptWords.Token], at start: Int, _ english: PromptLexicon.Language
  ) -> Segment? {
    var end = start
    while end < tokens.count, end - start < english.longest, tokens[end].isWord,
      tokens[end].weight == tokens[start].weight
    {
      end += 1
    }
    while end > start {
      let row = tokens[start..<end]
      if row.indices.contains(where: { !isKnown(tokens, $0) }) {
        let entries = english.entries(row.map(\.key)[...])
        if !entries.isEmpty { return Segment(tokens: row, entries: entries) }
      }
      end -= 1
    }
    return nil
  }

  /// What other languages say to a word, where they agree.
  private func foreign(_ word: String) -> [PromptLexicon.Entry] {
    let lexicon = lexicon, key = [word][...]
    let meanings = lexicon.languages.prefix(Self.wellKnown).compactMap { language in
      language.entries(key).first { !$0.isWeak && ($0.kind == .thing || $0.kind == .describes) }
    }
    let others = lexicon.languages.dropFirst(Self.wellKnown).lazy.compactMap { language in
      language.entries(key).first { !$0.isWeak && $0.kind == .thing }
    }
    let all = meanings.isEmpty ? others.first.map { [$0] } ?? [] : meanings
    return Set(all.map(\.english)).count == 1 ? [all[0]] : []
  }

  // MARK: In English

  private func assemble(
    _ segments: [Segment], _ language: PromptLexicon.Language?
  ) -> PromptReading {
    var sentence = EnglishSentence()
    var unknown: [String] = []
    var isTranslated = false
    let all = segments.flatMap(\.tokens)
    var next = 0
    for (i, segment) in segments.enumerated() {
      guard let first = segment.tokens.first else { continue }
      let place = next
      next += segment.tokens.count
      guard let entry = meaning(segments, i) else {
        let isUnknown = first.isWord && !isKnown(all, place)
        if isUnknown { unknown.append(first.text) }
        sentence.add(
          .init(
            english: first.text, kind: nil, weight: first.weight, isMark: !first.isWord,
            isApart: first.isApart, isUnknown: isUnknown))
        continue
      }
      isTranslated = true
      guard entry.kind != .nothing else { continue }
      sentence.add(
        .init(
          english: entry.english, kind: entry.kind, weight: first.weight, isMark: false,
          isApart: true))
    }
    if language?.describesAfter == true { sentence.moveDescriptions() }
    sentence.leaveOutUnknown()
    return PromptReading(
      text: sentence.text(isTranslated: isTranslated), isTranslated: isTranslated,
      unknown: unknown)
  }

  /// What a segment means here: "rose" is a flower, and a colour beside another thing.
  private func meaning(_ segments: [Segment], _ i: Int) -> PromptLexicon.Entry? {
    let entries = segments[i].entries
    guard let colour = entries.first(where: { $0.kind == .describes }),
      let thing = entries.first(where: { $0.kind == .thing })
    else { return entries.first }
    func isThing(_ j: Int) -> Bool {
      guard segments.indices.contains(j) else { return false }
      let entries = segments[j].entries
      if entries.isEmpty {
        return segments[j].tokens.first.map { Self.named.contains($0.key) } ?? false
      }
      return entries.contains { $0.kind == .thing } && !entries.contains { $0.kind == .describes }
    }
    return isThing(i - 1) || isThing(i + 1) ? colour : thing
  }

  /// Things in the words that scenes have for them.
  private static let named = Set(Noun.all.flatMap { [$0.name, $0.plural] })
}

/// A lexicon that is taken apart when it is first asked: a prompt of known words never asks, and the
/// 10,000 lines take 30 ms.
private final class LexiconFile: Sendable {
  private let text: String
  private let read = Mutex<PromptLexicon?>(nil)

  init(_ text: String) { self.text = text }

  var lexicon: PromptLexicon {
    read.withLock { known in
      if let known { return known }
      let new = PromptLexicon(text)
      known = new
      return new
    }
  }
}

extension PromptWords.Token {
  static func lettersApart(_ tokens: [PromptWords.Token]) -> [PromptWords.Token] {
    PromptWords(tokens: tokens).lettersApart()
  }
}
