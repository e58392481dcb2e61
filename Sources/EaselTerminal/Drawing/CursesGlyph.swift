import CScreen
import EaselScreen

/// What curses is told to put into a cell for a grapheme.
package enum CursesGlyph {
  /// The wide characters for `character`, ended by 0; as wide in curses' eyes as `width`.
  ///
  /// Curses counts columns with the C library's table, screens with Unicode's; and terminals draw
  /// joined emoji each in its own way. Only the base and marks of no width are sent, and where the
  /// two tables disagree a plain character keeps the columns right.
  static func text(_ character: Character, width: Int, isUnicode: Bool) -> [wchar_t] {
    if let ascii = character.asciiValue, ascii >= 0x20, ascii < 0x7F { return [wchar_t(ascii), 0] }
    guard isUnicode else { return [wchar_t(ascii(for: character).value), 0] }
    var text: [wchar_t] = []
    for scalar in character.unicodeScalars {
      let value = wchar_t(scalar.value)
      if text.isEmpty {
        guard Int(cs_width(value)) == width else { return [wchar_t(replacement(width)), 0] }
        text.append(value)
      } else if scalar.value == 0x200D || text.count == 5 {
        // A joiner: what follows is a glyph of its own in many terminals.
        break
      } else if cs_width(value) == 0, !(0xFE00...0xFE0F).contains(scalar.value) {
        text.append(value)
      }
    }
    return text + [0]
  }

  /// A stand-in of `width` columns for what the C library counts differently.
  private static func replacement(_ width: Int) -> UInt32 { width == 2 ? 0x3013 : 0xB7 }

  /// The nearest ASCII character, for terminals that understand no other.
  package static func ascii(for character: Character) -> Unicode.Scalar {
    guard let scalar = character.unicodeScalars.first else { return " " }
    return switch scalar.value {
    case 0xA0, 0x2000...0x200A, 0x3000, 0x2800: " "
    // Heavy lines are where the keys act.
    case 0x2501: "="
    case 0x2503, 0x250F, 0x2513, 0x2517, 0x251B: "#"
    case 0x2500, 0x2504, 0x2505, 0x2508, 0x2509, 0x254C, 0x254D, 0x2550, 0x2574, 0x2576,
      0x2578, 0x257A, 0x2010...0x2015, 0x2212:
      "-"
    case 0x2502, 0x2506, 0x2507, 0x250A, 0x250B, 0x2551, 0x2575, 0x2577, 0x258F, 0x2590,
      0x258C, 0x2595:
      "|"
    case 0x250C...0x254B, 0x2552...0x2570: "+"
    case 0x2580...0x2588, 0x2593, 0x25A0, 0x25AE: "#"
    case 0x2589...0x258B, 0x258D, 0x258E, 0x2592: "="
    case 0x2591: "."
    case 0x2018, 0x2019, 0x2032: "'"
    case 0x201C, 0x201D, 0x2033: "\""
    case 0x2022, 0x25CF, 0x2605, 0x2713, 0x2714, 0x25C6, 0x2665: "*"
    case 0xB7, 0x2026, 0x22EF: "."
    case 0x25CB, 0x2606, 0x25E6, 0x25EF: "o"
    case 0x2190, 0x25C0, 0x25C2, 0x2039, 0xAB: "<"
    case 0x2192, 0x25B6, 0x25B8, 0x203A, 0xBB: ">"
    case 0x2191, 0x25B2, 0x25B4: "^"
    case 0x2193, 0x25BC, 0x25BE: "v"
    case 0xD7, 0x2715, 0x2717, 0x2718: "x"
    default: "?"
    }
  }
}
