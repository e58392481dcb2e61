import Foundation

/// Cuts a text into the words that byte-pair encoding works on, as CLIP does: canonical composition,
/// one space for any white space, lower case; then contractions, runs of letters, single digits and
/// runs of other marks.
///
/// Source: Radford et al. 2021, arXiv 2103.00020, and the published tokenizer files of CLIP.
enum CaptionWords {
  private enum Kind { case letter, number, space, other }

  static func words(_ text: String) -> [String] {
    let clean = text.precomposedStringWithCanonicalMapping.lowercased()
    let scalars = Array(clean.unicodeScalars)
    var words: [String] = []
    var i = 0
    while i < scalars.count {
      if let length = contraction(scalars, at: i) {
        words.append(string(scalars[i..<i + length]))
        i += length
        continue
      }
      let kind = self.kind(scalars[i])
      var end = i + 1
      switch kind {
      case .space:
        i = end
        continue
      case .number: break
      case .letter: while end < scalars.count, self.kind(scalars[end]) == .letter { end += 1 }
      case .other:
        // The pattern is greedy: a run of marks takes an apostrophe along.
        while end < scalars.count, self.kind(scalars[end]) == .other { end += 1 }
      }
      words.append(string(scalars[i..<end]))
      i = end
    }
    return words
  }

  private static func contraction(_ scalars: [Unicode.Scalar], at i: Int) -> Int? {
    guard scalars[i] == "'" else { return nil }
    for ending in ["s", "t", "re", "ve", "m", "ll", "d"] {
      let length = ending.unicodeScalars.count
      if i + length < scalars.count,
        scalars[(i + 1)...(i + length)].elementsEqual(ending.unicodeScalars)
      {
        return 1 + length
      }
    }
    return nil
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    if scalar.properties.isWhitespace { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return .other
    }
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
