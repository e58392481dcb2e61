import EaselKit

/// Words of other languages for the words that a model was taught: `lexicon.tsv` of its folder.
///
/// Each line has a language, a kind, English and the words for it, with tabs between them and `|`
/// between words. Words are in lower case and cut as `PromptWords` cuts prompts, with one blank between
/// them. `docs/data/make_lexicon.py` makes it.
struct PromptLexicon: Sendable {
  enum Kind: String, Sendable {
    case thing = "n"
    /// Describes a thing: colours and sizes.
    case describes = "a"
    case other = "w"
    /// Some words that stand as they are.
    case phrase = "p"
    /// Says nothing that a picture could show.
    case nothing = "x"
  }
  struct Entry: Hashable, Sendable {
    var english: String
    var kind: Kind
    /// English has this word too and means something else by it.
    var isWeak: Bool
  }

  /// One language's words.
  struct Language: Sendable {
    let code: String
    fileprivate(set) var entries: [String: [Entry]] = [:]
    /// The same without accents, where that is no other word.
    fileprivate(set) var plain: [String: [Entry]] = [:]
    /// Most words of an entry.
    fileprivate(set) var longest = 1

    /// No blanks between words.
    var isUnspaced: Bool { ["ja", "zh", "th"].contains(code) }
    /// "Un chat bleu": what describes a thing follows it.
    var describesAfter: Bool { ["fr", "es", "it", "pt"].contains(code) }
    /// "Segelboot": the end of a long word says what it is.
    var compounds: Bool { ["de", "nl", "sv", "da", "no"].contains(code) }

    /// What some words in a row mean together.
    func entries(_ keys: ArraySlice<String>) -> [Entry] {
      let key = keys.joined(separator: isUnspaced ? "" : " ")
      if let found = entries[key] { return found }
      let plain = key.withoutAccents
      if let found = self.plain[plain] ?? entries[plain] { return found }
      if keys.count == 1, compounds, key.count >= 8, let found = head(of: key) { return [found] }
      return []
    }

    /// Scripts other than the Latin one have no accents that people leave out.
    fileprivate mutating func addPlainForms() {
      for (key, found) in entries {
        guard key.utf8.contains(where: { $0 >= 0x80 }),
          key.unicodeScalars.allSatisfy({ $0.value < 0x250 })
        else { continue }
        plain[key.withoutAccents] = found
        if code == "de" {
          // How umlauts are written where there are none.
          let typed = key.replacing("ä", with: "ae").replacing("ö", with: "oe")
            .replacing("ü", with: "ue").replacing("ß", with: "ss")
          plain[typed.withoutAccents] = found
        }
      }
    }

    /// The thing whose name ends the word, the longest first.
    private func head(of word: String) -> Entry? {
      var rest = word.dropFirst(3)
      while rest.count >= 4 {
        if let found = entries[String(rest)]?.first(where: { $0.kind == .thing }),
          // Short heads are the end of too many words that they have nothing to do with.
          rest.count >= 5
        {
          return found
        }
        rest = rest.dropFirst()
      }
      return nil
    }
  }

  /// In the order in which one is preferred to another.
  let languages: [Language]
  /// Names of things as the first language's lines have them; plurals are left out.
  let things: [String]

  init(_ text: String) {
    var languages: [Language] = []
    var places: [String: Int] = [:]
    var things: [String] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let fields = line.split(separator: "\t")
      guard fields.count == 4, let kind = Kind(rawValue: String(fields[1])) else { continue }
      let code = String(fields[0])
      let place = places[code] ?? languages.count
      if place == languages.count {
        places[code] = place
        languages.append(Language(code: code))
      }
      let english = String(fields[2])
      if place == 0, kind == .thing, Noun.named(english) != nil { things.append(english) }
      for word in fields[3].split(separator: "|") {
        let isWeak = word.hasPrefix("~")
        let entry = Entry(english: english, kind: kind, isWeak: isWeak)
        let key = String(isWeak ? word.dropFirst() : word)
        languages[place].entries[key, default: []].append(entry)
        languages[place].longest = max(
          languages[place].longest,
          languages[place].isUnspaced ? key.count : 1 + key.utf8.count { $0 == UInt8(ascii: " ") })
      }
    }
    for place in languages.indices { languages[place].addPlainForms() }
    self.languages = languages
    self.things = things
  }
}
