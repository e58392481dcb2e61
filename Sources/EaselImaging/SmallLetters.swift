import EaselKit

/// Letters of five by seven pixels, for labels inside pictures: drawn for Easel, small letters only.
///
/// A letter with marks that is not here is written without them, a sign as the one that is most like it; what
/// is left shows as a box, or as nothing where it has no width.
enum SmallLetters {
  /// Without what hangs one pixel below the line.
  static let height = 7
  /// From one letter to the next.
  static let advance = 6

  static func width(of text: String) -> Int { max(0, text.count * advance - 1) }

  /// Calls `dot(x, y)` for every pixel of `text`, from its top left corner.
  static func draw(_ text: String, _ dot: (_ x: Int, _ y: Int) -> Void) {
    for (i, character) in text.lowercased().enumerated() {
      let rows = rows(of: character)
      let drop = "gpqy".contains(character) ? 1 : 0
      for (y, row) in rows.enumerated() {
        for (x, mark) in row.enumerated() where mark == "#" { dot(i * advance + x, y + drop) }
      }
    }
  }

  /// Its pixels, from the top; none for blanks.
  private static func rows(of character: Character) -> [String] {
    if let known = glyphs[character] { return known }
    if let likeness = likenesses[character] { return glyphs[likeness] ?? box }
    // Marks of their own code points lie over a letter.
    let bare = character.unicodeScalars.filter {
      $0.properties.canonicalCombiningClass == .notReordered
        && $0.properties.generalCategory != .format
    }
    guard let first = bare.first, !character.isWhitespace else { return [] }
    return glyphs[Character(first)] ?? box
  }

  private static let box = ["#####"] + Array(repeating: "#...#", count: 5) + ["#####"]

  private static let glyphs: [Character: [String]] = {
    var found: [Character: [String]] = [:]
    for sheet in sheets {
      let lines = sheet.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
      for start in stride(from: 0, to: lines[1].count, by: 6) {
        found[lines[0][start]] = (1...height).map { String(lines[$0][start..<start + 5]) }
      }
    }
    // The two rows above a small letter hold its mark.
    for (mark, letters) in marked {
      for pair in letters.split(separator: " ").map(Array.init) {
        guard let plain = found[pair[0]] else { continue }
        found[pair[1]] = mark + plain.dropFirst(2)
      }
    }
    return found
  }()

  /// Rows of a mark, and pairs of a letter without and with it.
  private static let marked: [([String], String)] = [
    (["...#.", "..#.."], "aá eé ií oó uú cć nń sś zź"),
    ([".#...", "..#.."], "aà eè iì oò uù"),
    (["..#..", ".#.#."], "aâ eê iî oô uû cĉ wŵ"),
    ([".#.#.", "....."], "aä eë iï oö uü"),
    ([".##.#", "#.##."], "aã nñ oõ"),
    ([".###.", ".###."], "aå uů"),
    ([".#.#.", "..#.."], "cč eě nň rř sš zž aă"),
    ([".###.", "....."], "aā eē iī oō uū"),
    (["..#..", "....."], "eė zż"),
    ([".....", "....."], "iı"),
  ]

  /// Drawn as another one.
  private static let likenesses: [Character: Character] = {
    var found: [Character: Character] = [:]
    for (drawn, alike) in [
      ("'", "‘’‚‹›´"), ("\"", "“”„«»″"), ("-", "–—−‐‑‒"), ("~", "≈∼"), ("·", "•∙"), ("?", "¿"),
      ("!", "¡"), ("*", "✱★☆"), ("o", "ø"), ("l", "ł"), ("d", "đð"), ("c", "ç"), ("s", "ş"),
      ("t", "ťţ"), ("a", "ą"), ("e", "ę"), ("g", "ğ"), ("y", "ýÿŷ"), ("<", "≤"), (">", "≥"),
      ("|", "¦"), ("1", "¹"),
      ("2", "²"), ("3", "³"), ("u", "µ"), (":", "∶"), ("x", "✕"),
    ] as [(Character, String)] {
      for character in alike { found[character] = drawn }
    }
    return found
  }()

  /// The letter above, its pixels below.
  private static let sheets = [
    """
    a     b     c     d     e     f     g     h     i     j     k     l     m
    ..... #.... ..... ....# ..... ..##. ..... #.... ..#.. ...#. #.... .##.. .....
    ..... #.... ..... ....# ..... .#... .#### #.... ..... ..... #..#. ..#.. .....
    .###. ####. .###. .#### .###. ###.. #...# ####. .##.. ..##. #.#.. ..#.. ##.#.
    ....# #...# #.... #...# #...# .#... #...# #...# ..#.. ...#. ##... ..#.. #.#.#
    .#### #...# #.... #...# ##### .#... .#### #...# ..#.. ...#. #.#.. ..#.. #.#.#
    #...# #...# #...# #...# #.... .#... ....# #...# ..#.. #..#. #..#. ..#.. #.#.#
    .#### ####. .###. .#### .###. .#... .###. #...# .###. .##.. #...# .###. #.#.#
    """,
    """
    n     o     p     q     r     s     t     u     v     w     x     y     z
    ..... ..... ..... ..... ..... ..... .#... ..... ..... ..... ..... ..... .....
    ..... ..... ####. .#### ..... ..... .#... ..... ..... ..... ..... #...# .....
    ####. .###. #...# #...# #.##. .#### ####. #...# #...# #...# #...# #...# #####
    #...# #...# #...# #...# ##..# #.... .#... #...# #...# #...# .#.#. #...# ...#.
    #...# #...# ####. .#### #.... .###. .#... #...# #...# #.#.# ..#.. .#### ..#..
    #...# #...# #.... ....# #.... ....# .#..# #..## .#.#. #.#.# .#.#. ....# .#...
    #...# .###. #.... ....# #.... ####. ..##. .##.# ..#.. .#.#. #...# .###. #####
    """,
    """
    0     1     2     3     4     5     6     7     8     9     .     ,     -
    .###. ..#.. .###. ####. ...#. ##### .###. ##### .###. .###. ..... ..... .....
    #...# .##.. #...# ....# ..##. #.... #.... ....# #...# #...# ..... ..... .....
    #..## ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...# ..... ..... .....
    #.#.# ..#.. ..##. .###. #..#. ....# ####. ..#.. .###. .#### ..... ..... .###.
    ##..# ..#.. .#... ....# ##### ....# #...# ..#.. #...# ....# ..... ..... .....
    #...# ..#.. #.... ....# ...#. #...# #...# .#... #...# ....# ..... ..#.. .....
    .###. .###. ##### ####. ...#. .###. .###. .#... .###. .###. ..#.. .#... .....
    """,
    """
    '     :     %     !     ?     (     )
    ..#.. ..... ##..# ..#.. .###. ...#. .#...
    ..#.. ..... ##..# ..#.. #...# ..#.. ..#..
    ..... ..#.. ...#. ..#.. ....# .#... ...#.
    ..... ..... ..#.. ..#.. ...#. .#... ...#.
    ..... ..... .#... ..#.. ..#.. .#... ...#.
    ..... ..#.. #..## ..... ..... ..#.. ..#..
    ..... ..... #..## ..#.. ..#.. ...#. .#...
    """,
    #"""
    /     \     +     =     <     >     *     #     &     _     ;     "
    ....# #.... ..... ..... ...#. .#... ..... .#.#. .##.. ..... ..... .#.#.
    ....# #.... ..#.. ..... ..#.. ..#.. ..#.. .#.#. #..#. ..... ..... .#.#.
    ...#. .#... ..#.. ##### .#... ...#. #.#.# ##### #.#.. ..... ..#.. .....
    ..#.. ..#.. ##### ..... #.... ....# .###. .#.#. .#... ..... ..... .....
    .#... ...#. ..#.. ##### .#... ...#. #.#.# ##### #.#.# ..... ..... .....
    #.... ....# ..#.. ..... ..#.. ..#.. ..#.. .#.#. #..#. ..... ..#.. .....
    #.... ....# ..... ..... ...#. .#... ..... .#.#. .##.# ##### .#... .....
    """#,
    #"""
    [     ]     {     }     |     ~     ^     @     $     `     ×     →
    .###. .###. ...## ##... ..#.. ..... ..#.. .###. ..#.. .#... ..... .....
    .#... ...#. ..#.. ..#.. ..#.. ..... .#.#. #...# .#### ..#.. ..... ..#..
    .#... ...#. ..#.. ..#.. ..#.. .#... #...# #.### #.#.. ..... ..... ...#.
    .#... ...#. .#... ...#. ..#.. #.#.# ..... #.#.# .###. ..... .#.#. #####
    .#... ...#. ..#.. ..#.. ..#.. ...#. ..... #.### ..#.# ..... ..#.. ...#.
    .#... ...#. ..#.. ..#.. ..#.. ..... ..... #.... ####. ..... .#.#. ..#..
    .###. .###. ...## ##... ..#.. ..... ..... .###. ..#.. ..... ..... .....
    """#,
    #"""
    ←     ↓     ↑     …     ·     °     ±     €     ß     æ     œ
    ..... ..#.. ..#.. ..... ..... .##.. ..#.. ..### .##.. ..... .....
    ..#.. ..#.. .###. ..... ..... #..#. ..#.. .#... #..#. ..... .....
    .#... ..#.. #.#.# ..... ..... #..#. ##### ####. #.#.. ##.#. .#.#.
    ##### ..#.. ..#.. ..... ..#.. .##.. ..#.. .#... #..#. ..#.# #.#.#
    .#... #.#.# ..#.. ..... ..... ..... ..#.. ####. #...# .#### #.###
    ..#.. .###. ..#.. ..... ..... ..... ..... .#... #...# #.#.. #.#..
    ..... ..#.. ..#.. #.#.# ..... ..... ##### ..### #.##. .#.## .#.##
    """#,
  ]
}
