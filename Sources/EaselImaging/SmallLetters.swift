import EaselKit

/// Letters of five by seven pixels, for labels inside pictures: drawn for Easel, small letters only.
/// Whatever has no letter here shows as a box.
enum SmallLetters {
  /// Without what hangs one pixel below the line.
  static let height = 7
  /// From one letter to the next.
  static let advance = 6

  static func width(of text: String) -> Int { max(0, text.count * advance - 1) }

  /// Calls `dot(x, y)` for every pixel of `text`, from its top left corner.
  static func draw(_ text: String, _ dot: (_ x: Int, _ y: Int) -> Void) {
    for (i, character) in text.lowercased().enumerated() where character != " " {
      let rows = glyphs[character] ?? box
      let drop = "gpqy".contains(character) ? 1 : 0
      for (y, row) in rows.enumerated() {
        for (x, mark) in row.enumerated() where mark == "#" { dot(i * advance + x, y + drop) }
      }
    }
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
  ]
}
