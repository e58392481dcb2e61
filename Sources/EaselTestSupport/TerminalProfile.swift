public import EaselKit

/// What an emulated terminal can do and says about itself.
public struct TerminalProfile: Hashable, Sendable {
  public var cell: PixelSize
  public var hasSixel: Bool
  /// Pictures that lie over the cells, and pictures in them, as PNG.
  public var hasKitty = false
  public var hasITerm2 = false
  /// A picture of iTerm2's kind wipes the column of cells beside it (Konsole).
  public var widensPictures = false
  public var colourRegisters: Int
  public var hasSynchronizedOutput: Bool
  public var hasDirectColour: Bool
  /// Whether `CSI 16 t` is answered.
  public var tellsCellSize: Bool
  /// Whether the window's size in pixels is known to the system.
  public var tellsPixels: Bool
  public var name: String?
  /// False: a terminal that answers nothing at all.
  public var answers: Bool
  /// Whether a sixel that reaches the bottom row scrolls (mlterm, foot), unless mode 8452 is set.
  public var scrollsAfterSixel: Bool

  public init(
    cell: PixelSize = PixelSize(width: 8, height: 16), hasSixel: Bool = true,
    colourRegisters: Int = 256, hasSynchronizedOutput: Bool = true, hasDirectColour: Bool = true,
    tellsCellSize: Bool = true, tellsPixels: Bool = true, name: String? = "Easel test terminal",
    answers: Bool = true, scrollsAfterSixel: Bool = true
  ) {
    self.cell = cell
    self.hasSixel = hasSixel
    self.colourRegisters = colourRegisters
    self.hasSynchronizedOutput = hasSynchronizedOutput
    self.hasDirectColour = hasDirectColour
    self.tellsCellSize = tellsCellSize
    self.tellsPixels = tellsPixels
    self.name = name
    self.answers = answers
    self.scrollsAfterSixel = scrollsAfterSixel
  }

  /// Everything: sixel, direct colour, synchronised output.
  public static let full = TerminalProfile()
  /// 256 colours and no pictures.
  public static let plain = TerminalProfile(
    hasSixel: false, hasSynchronizedOutput: false, hasDirectColour: false, tellsCellSize: false,
    tellsPixels: false, name: nil)
  /// Answers no question.
  public static let silent = TerminalProfile(
    hasSixel: false, hasSynchronizedOutput: false, hasDirectColour: false, tellsCellSize: false,
    tellsPixels: false, name: nil, answers: false)
}
