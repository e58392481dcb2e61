/// Text that is safe to show: the only kind a screen takes.
///
/// Control characters (C0, DEL, C1), bidirectional controls, zero-width and tag characters of the
/// input become visible marks, so that text from outside can neither send a command to the terminal
/// nor hide or reorder what is around it. Literals of the program pass the same way.
public struct SafeText: Hashable, Sendable, ExpressibleByStringLiteral,
  ExpressibleByStringInterpolation, CustomStringConvertible
{
  public struct Glyph: Hashable, Sendable {
    public var character: Character
    /// Cells it fills, 1 or 2.
    public var width: Int
    public init(character: Character, width: Int) {
      self.character = character
      self.width = width
    }
  }
  public private(set) var glyphs: [Glyph]

  public init(_ text: String) {
    glyphs = []
    glyphs.reserveCapacity(text.utf8.count)
    for character in text { Self.append(character, to: &glyphs) }
  }
  public init(stringLiteral value: String) { self.init(value) }

  public var widthInCells: Int { glyphs.reduce(0) { $0 + $1.width } }
  public var description: String { String(glyphs.map(\.character)) }
}
