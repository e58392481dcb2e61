import EaselKit
import Foundation

/// A prompt cut into words and marks, each with its weight, for reading it in any language.
struct PromptWords {
  struct Token: Hashable {
    /// As it is written.
    var text: String
    /// For looking it up: lower case, one kind of apostrophe.
    var key: String
    var weight: Double
    var isWord: Bool
    /// A blank stands before it.
    var isApart: Bool
  }
  var tokens: [Token] = []

  init(tokens: [Token]) { self.tokens = tokens }

  init(_ text: WeightedText) {
    var isApart = false
    for part in text.parts {
      var word = ""
      func flush() {
        guard !word.isEmpty else { return }
        tokens.append(
          Token(
            text: word, key: Self.key(word), weight: part.weight, isWord: true, isApart: isApart))
        (word, isApart) = ("", false)
      }
      let marks = Array(part.text.precomposedStringWithCanonicalMapping)
      for (i, mark) in marks.enumerated() {
        let next = i + 1 < marks.count ? marks[i + 1] : " "
        if mark.isLetter || mark.isNumber {
          word.append(mark)
        } else if "'\u{2019}".contains(mark), !word.isEmpty || next.isLetter {
          // "l'arbre" is two words, and so is "'s nachts".
          word.append(mark)
          if word.count > 1 { flush() }
        } else if mark == "-", !word.isEmpty, next.isLetter {
          word.append(mark)
        } else {
          flush()
          if mark.isWhitespace {
            isApart = true
          } else {
            tokens.append(
              Token(
                text: String(mark), key: String(mark), weight: part.weight, isWord: false,
                isApart: isApart))
            isApart = false
          }
        }
      }
      flush()
    }
  }

  static func key(_ word: String) -> String {
    word.precomposedStringWithCanonicalMapping.lowercased().replacing("\u{2019}", with: "'")
  }

  /// The same words, every letter of a script without blanks on its own.
  func lettersApart() -> [Token] {
    tokens.flatMap { token -> [Token] in
      guard token.isWord, token.text.contains(where: Self.isOfUnspacedScript) else {
        return [token]
      }
      return token.text.enumerated().map { i, letter in
        Token(
          text: String(letter), key: Self.key(String(letter)), weight: token.weight, isWord: true,
          isApart: i == 0 && token.isApart)
      }
    }
  }

  /// Han, kana and Thai.
  private static func isOfUnspacedScript(_ letter: Character) -> Bool {
    guard let scalar = letter.unicodeScalars.first?.value else { return false }
    return (0x3040...0x30FF).contains(scalar) || (0x3400...0x9FFF).contains(scalar)
      || (0x0E00...0x0E7F).contains(scalar)
  }
}

extension String {
  /// Letters without their accents: é is e, ß is ss.
  var withoutAccents: String {
    let base = decomposedStringWithCanonicalMapping.unicodeScalars
      .filter { $0.properties.generalCategory != .nonspacingMark }
    return String(String.UnicodeScalarView(base)).replacing("ß", with: "ss")
  }
}
