extension SafeText {
  /// Appends what stands for `character`: itself, or visible marks for what must not be shown raw.
  static func append(_ character: Character, to glyphs: inout [Glyph]) {
    if character.isASCII, let value = character.asciiValue {
      if value == 0x20 || (value > 0x20 && value < 0x7F) {
        glyphs.append(Glyph(character: character, width: 1))
      } else if value == 0x09 {
        glyphs.append(Glyph(character: " ", width: 1))
      } else {
        glyphs.append(Glyph(character: "^", width: 1))
        let shown = Character(Unicode.Scalar(value ^ 0x40))
        glyphs.append(Glyph(character: shown, width: 1))
      }
      return
    }
    let width = widthInCells(of: character)
    if character.unicodeScalars.contains(where: isUnsafe) {
      // Keep what can be shown, mark what cannot.
      if character.unicodeScalars.count > 1 {
        var kept = String.UnicodeScalarView()
        for scalar in character.unicodeScalars where !isUnsafe(scalar) { kept.append(scalar) }
        for c in String(kept) { append(c, to: &glyphs) }
      }
      glyphs.append(Glyph(character: "\u{FFFD}", width: 1))
      return
    }
    if width == 0 {
      // A combining mark without a base gets one, so that it stays in its own cell.
      glyphs.append(Glyph(character: Character("\u{25CC}" + String(character)), width: 1))
      return
    }
    glyphs.append(Glyph(character: character, width: width))
  }

  /// Scalars that act on a terminal or on the text around them instead of being seen.
  static func isUnsafe(_ s: Unicode.Scalar) -> Bool {
    switch s.value {
    case 0...0x1F, 0x7F...0x9F: true  // C0, DEL, C1
    case 0xAD, 0x61C, 0x180E: true  // soft hyphen, Arabic letter mark, Mongolian separator
    case 0x200B, 0x200C, 0x200E, 0x200F: true  // zero width space, non-joiner, direction marks
    case 0x2028...0x202E, 0x2060...0x206F: true  // separators, bidi controls, invisible operators
    case 0xFEFF, 0xFFF9...0xFFFB: true  // byte order mark, annotation controls
    case 0xE0000...0xE0FFF: true  // tags and supplementary variation selectors
    case 0xE000...0xF8FF, 0xF0000...0x10FFFF: true  // private use: fonts disagree
    case 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  /// Cells that one grapheme fills: 0 for a lone combining mark, else 1 or 2.
  ///
  /// A cluster is as wide as its first scalar, except that the emoji variation selector makes it 2.
  /// Source: Unicode Standard Annex #11 (East Asian Width, Wide and Fullwidth blocks).
  public static func widthInCells(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    let base = widthInCells(of: first)
    if base == 1, character.unicodeScalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
    return base
  }

  static func widthInCells(of s: Unicode.Scalar) -> Int {
    let v = s.value
    if v < 0x300 { return 1 }
    switch s.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    case .format: return 0
    default: break
    }
    if s.properties.isEmojiPresentation { return 2 }
    switch v {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1B000...0x1B2FF,
      0x1F200...0x1F2FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
