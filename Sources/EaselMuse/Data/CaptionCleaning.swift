import Foundation

/// Captions as training wants them: composed characters (NFC), no control or invisible characters,
/// single spaces, not empty, not endless, each once.
public struct CaptionCleaning: Sendable, Hashable {
  /// Characters; what is longer ends at the last word that fits. A text encoder of 77 tokens reads
  /// about 300.
  public var longest: Int
  /// Whether capitals become small letters in the prepared set. The tokenizers that are trained here
  /// ignore them either way.
  public var lowercases: Bool
  /// Captions of one picture; more are left out.
  public static let most = 64

  public init(longest: Int = 400, lowercases: Bool = false) {
    self.longest = longest
    self.lowercases = lowercases
  }

  package struct Cleaned: Sendable, Hashable {
    package var captions: [String] = []
    /// Captions that were too long.
    package var cut = 0
    /// Captions that were empty or there already.
    package var dropped = 0
  }

  package func cleaned(_ captions: [String]) -> Cleaned {
    var result = Cleaned()
    var seen: Set<String> = []
    for caption in captions {
      var text = Self.plain(caption)
      if lowercases { text = text.lowercased() }
      if text.count > longest {
        text = Self.cut(text, longest)
        result.cut += 1
      }
      // One that differs in capitals alone says nothing new.
      guard !text.isEmpty, result.captions.count < Self.most,
        seen.insert(text.lowercased()).inserted
      else {
        result.dropped += 1
        continue
      }
      result.captions.append(text)
    }
    return result
  }

  /// NFC, white space as single spaces, without what cannot be seen.
  static func plain(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    var isSpaced = false
    let scalars = text.precomposedStringWithCanonicalMapping.unicodeScalars
    for scalar in scalars {
      if scalar.properties.isWhitespace {
        isSpaced = !out.isEmpty
        continue
      }
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator:
        isSpaced = !out.isEmpty
        continue
      case .format:
        // Joiners hold emoji and the letters of some scripts together; the rest only hides things.
        guard scalar.value == 0x200C || scalar.value == 0x200D else { continue }
      case .surrogate, .privateUse, .unassigned: continue
      default:
        // What decoding put in place of bytes that were no text.
        if scalar.value == 0xFFFD { continue }
      }
      if isSpaced { out.append(" ") }
      isSpaced = false
      out.append(scalar)
    }
    return String(out)
  }

  /// The beginning, up to the end of a word where there is one in its second half.
  private static func cut(_ text: String, _ longest: Int) -> String {
    let start = text.prefix(longest)
    guard let space = start.lastIndex(of: " "),
      start.distance(from: start.startIndex, to: space) > longest / 2
    else { return String(start) }
    return String(start[..<space])
  }

  /// Whether a caption speaks of a side, or of writing: then its picture may not be mirrored.
  package static func namesSides(_ caption: String) -> Bool {
    CaptionWords.words(caption).contains { sideWords.contains($0) }
  }

  private static let sideWords: Set<String> = [
    "left", "right", "leftmost", "rightmost", "lefthand", "righthand", "leftward", "rightward",
    "leftwards", "rightwards", "clockwise", "counterclockwise", "anticlockwise", "east", "west",
    "eastern", "western", "links", "rechts", "linke", "linker", "linken", "linkes", "rechte",
    "rechter", "rechten", "rechtes", "gauche", "droite", "izquierda", "derecha", "izquierdo",
    "derecho",
    "sinistra", "destra", "esquerda", "direita",
    // Mirrored writing is no writing.
    "text", "letter", "letters", "word", "words", "writing", "written", "reads", "reading", "says",
    "saying", "sign", "logo", "label", "number", "numbers", "digit", "digits", "clock", "map",
    "flag", "schrift", "buchstabe", "buchstaben", "texte", "texto", "testo",
  ]
}
