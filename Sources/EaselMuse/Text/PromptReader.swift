public import EaselKit
internal import FoundationEssentials
internal import Synchronization

/// A prompt as a model reads it.
public struct PromptReading: Hashable, Sendable {
  public var text: WeightedText
  /// Some of it was said in another language than the model was taught.
  public var isTranslated: Bool
  /// Words that the model was never taught, as they are written.
  public var unknown: [String]
  /// What the model knows instead: a word much like the first unknown one, or some of its words.
  public var hint: String?
}

/// Puts prompts into the words that a model was taught.
///
/// A model that was taught the words of scenes knows no others, so its folder says which those are
/// (`words.txt`) and what other languages call the same (`lexicon.tsv`). A prompt whose words are all
/// known stays as it is. Else the language that explains most of it is taken, and if that is more than
/// English explains, the whole prompt is read in it; if not, only things and colours that English has no
/// word for.
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
    let foreign = words.filter { !isKnown(tokens, $0) }
    guard !foreign.isEmpty else {
      return PromptReading(text: text, isTranslated: false, unknown: [])
    }
    if let (language, segments) = best(tokens, english: words.count - foreign.count) {
      return assemble(segments, language)
    }
    return assemble(mixed(tokens), nil)
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

  /// Keeps what English knows; of the rest, what English synonyms or one other language tell.
  private func mixed(_ tokens: [PromptWords.Token]) -> [Segment] {
    let lexicon = lexicon
    let english = lexicon.languages.first { $0.code == "en" }
    return tokens.indices.map { i in
      let token = tokens[i...i]
      guard tokens[i].isWord, !isKnown(tokens, i) else {
        return Segment(tokens: token, entries: [])
      }
      let key = [tokens[i].key][...]
      if let own = english?.entries(key), !own.isEmpty {
        return Segment(tokens: token, entries: own)
      }
      let meanings = lexicon.languages.prefix(Self.wellKnown).compactMap { language in
        language.entries(key).first { !$0.isWeak && ($0.kind == .thing || $0.kind == .describes) }
      }
      let others = lexicon.languages.dropFirst(Self.wellKnown).lazy.compactMap { language in
        language.entries(key).first { !$0.isWeak && $0.kind == .thing }
      }
      let all = meanings.isEmpty ? others.first.map { [$0] } ?? [] : meanings
      return Segment(
        tokens: token, entries: Set(all.map(\.english)).count == 1 ? [all[0]] : [])
    }
  }

  // MARK: In English

  private func assemble(
    _ segments: [Segment], _ language: PromptLexicon.Language?
  ) -> PromptReading {
    var sentence = EnglishSentence()
    var unknown: [String] = []
    var isTranslated = false
    for (i, segment) in segments.enumerated() {
      guard let first = segment.tokens.first else { continue }
      guard let entry = meaning(segments, i) else {
        sentence.add(
          .init(
            english: first.text, kind: nil, weight: first.weight, isMark: !first.isWord,
            isApart: first.isApart))
        let all = segments.flatMap(\.tokens)
        if first.isWord, let place = all.firstIndex(of: first), !isKnown(all, place) {
          unknown.append(first.text)
        }
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
      segments.indices.contains(j) && segments[j].entries.contains { $0.kind == .thing }
        && !segments[j].entries.contains { $0.kind == .describes }
    }
    return isThing(i - 1) || isThing(i + 1) ? colour : thing
  }
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
