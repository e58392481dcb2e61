public import EaselKit
public import EaselScreen

/// A picture as the terminal wants it.
public struct PictureRequest: Hashable, Sendable {
  public var key: PictureKey
  /// The pixels of the picture to show, as if they were all of it; nil for the whole picture.
  public var part: PixelRect?
  /// The exact size in pixels of the answer: whole cells for sixel, `SymbolGrid.pixelsPerCell` for each cell of block
  /// elements. The picture is fitted and centred, never distorted; `background` fills the rest.
  public var size: PixelSize
  public var background: RGB
  /// Colours the answer may use (sixel only).
  public var colours: Int
  /// Pixel rows that may have a palette of their own (sixel only): whole cells; nil for one palette.
  public var bandHeight: Int?
  /// Where the picture and this size differ by no more, it is stretched to fill it: a part of a cell at the edge would
  /// look torn in block elements.
  public var slack = PixelSize(width: 0, height: 0)
  public init(
    key: PictureKey, part: PixelRect? = nil, size: PixelSize, background: RGB, colours: Int = 256,
    bandHeight: Int? = nil
  ) {
    self.bandHeight = bandHeight
    self.key = key
    self.part = part
    self.size = size
    self.background = background
    self.colours = colours
  }
}

/// Where the terminal gets pictures from: functions that load, scale and encode. They run off the
/// terminal's thread, except `sixel` for parts that something uncovered.
///
/// A function that answers nil (no such picture, damaged file) leaves the place empty until the
/// picture leaves the screen and comes back. An answer of another size is treated like nil.
public struct PictureSupply: Sendable {
  /// The picture reduced to a palette, for sixel.
  public var indexed: @Sendable (PictureRequest) async -> IndexedPicture?
  /// The picture itself, for block elements and PNG.
  public var picture: @Sendable (PictureRequest) async -> Picture?
  /// One rectangle of a reduced picture as a complete sixel sequence (`ESC P` … `ESC \`), with
  /// raster attributes and every colour it uses; nil when it cannot be encoded.
  public var sixel: @Sendable (IndexedPicture, PixelRect) -> [UInt8]?
  /// One rectangle of a picture as base64 of a PNG file, for kitty's and iTerm2's protocols; nil when it cannot
  /// be encoded.
  public var file: @Sendable (Picture, PixelRect) -> [UInt8]?

  public init(
    indexed: @escaping @Sendable (PictureRequest) async -> IndexedPicture?,
    picture: @escaping @Sendable (PictureRequest) async -> Picture?,
    sixel: @escaping @Sendable (IndexedPicture, PixelRect) -> [UInt8]?,
    file: @escaping @Sendable (Picture, PixelRect) -> [UInt8]? = { _, _ in nil }
  ) {
    self.file = file
    self.indexed = indexed
    self.picture = picture
    self.sixel = sixel
  }

  /// No pictures.
  public static let empty = PictureSupply(
    indexed: { _ in nil }, picture: { _ in nil }, sixel: { _, _ in nil })
}
