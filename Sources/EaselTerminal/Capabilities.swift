public import EaselKit
public import EaselScreen

/// What the terminal can do, as it answered at the start.
public struct Capabilities: Hashable, Sendable {
  /// How pictures reach the screen.
  public enum Graphics: String, Hashable, Sendable, CaseIterable {
    /// Pixels, as sixel sequences.
    case sixel
    /// Pixels, as PNG in kitty's protocol.
    case kitty
    /// Pixels, as PNG in iTerm2's protocol.
    case iterm2
    /// Block elements in two colours a cell.
    case blocks
    /// Shades of grey made of letters, where there are no colours.
    case shades
    /// The places of pictures stay empty.
    case none

    /// Whether letters and thin lines in a picture can be read.
    public var isPixels: Bool { self == .sixel || self == .kitty || self == .iterm2 }
  }
  /// How many colours text can have.
  public enum Colours: String, Hashable, Sendable, CaseIterable, Comparable {
    case none, eight, indexed, direct
    /// How far up the list it is.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
  }

  /// The terminal type used, after falling back from an unknown one.
  public var term: String
  /// What the terminal says it is ("XTerm(379)"), where it says so.
  public var name: String?
  public var graphics: Graphics
  public var colours: Colours
  /// Colours that one picture may define.
  public var colourRegisters: Int
  /// The size of one cell in pixels: asked for, computed from the window's, or the VT340's 10x20.
  public var cell: PixelSize
  /// Whether `cell` is what the terminal told, not a guess.
  public var isCellSizeKnown: Bool
  /// Whether a frame can be held back until it is complete (mode 2026).
  public var hasSynchronizedOutput: Bool
  /// Whether a picture wipes the column of cells beside it: those cells are written once more.
  public var widensPictures = false
  /// Whether colours that are new to the terminal cost it nothing, and every sixel has colours of its own: finished
  /// pictures have palettes for every few rows then.
  public var takesManyColours = false
  /// Pixel rows of a picture that get a palette of their own where so many colours are taken: whole cells, about
  /// as many as pay.
  public static func bandHeight(cell: PixelSize) -> Int {
    max(1, (57 + cell.height / 2) / max(1, cell.height)) * max(1, cell.height)
  }
  /// The block elements that its font is trusted to have.
  public var symbols = SymbolGrid.Repertoire.quadrants
  /// Whether letters beyond ASCII are understood.
  public var isUnicode: Bool
  /// The terminal's own background, where it tells; a theme can follow it.
  public var background: RGB?
  /// Whether the terminal answered the questions at all.
  public var answered: Bool

  public init(
    term: String, name: String? = nil, graphics: Graphics = .blocks, colours: Colours = .indexed,
    colourRegisters: Int = 256, cell: PixelSize = PixelSize(width: 10, height: 20),
    isCellSizeKnown: Bool = false, hasSynchronizedOutput: Bool = false, isUnicode: Bool = true,
    background: RGB? = nil, answered: Bool = true
  ) {
    self.term = term
    self.name = name
    self.graphics = graphics
    self.colours = colours
    self.colourRegisters = colourRegisters
    self.cell = cell
    self.isCellSizeKnown = isCellSizeKnown
    self.hasSynchronizedOutput = hasSynchronizedOutput
    self.isUnicode = isUnicode
    self.background = background
    self.answered = answered
  }
}
