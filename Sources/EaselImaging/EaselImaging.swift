/// Pictures as bytes: PNG, JPEG and PNM in and out, recipes inside them, scaling, palettes and
/// sixel for terminals, and files that never replace another one by accident.
///
/// The module knows nothing of screens, histories or engines. Everything it reads is treated as
/// hostile: sizes are checked before memory is asked for, and a damaged file is a `Failure`, never
/// a trap. Everything it writes is a function of its arguments alone, so the same picture and
/// recipe give the same bytes. The codecs are libspng, libjpeg-turbo, libwebp and libsixel; libsixel only
/// ever sees indices that were made here, its file readers are not used.

/// What a decoder accepts. The header is read first; a picture over a limit is refused before any
/// memory is asked for.
public struct DecodingLimits: Hashable, Sendable {
  /// Longest side in pixels.
  public var side: Int
  /// Pixels in all.
  public var pixels: Int
  /// Bytes of the file.
  public var fileBytes: Int
  /// Bytes of one text record, after decompression.
  public var textBytes: Int
  /// Bytes of all records beside the pixels, after decompression.
  public var allTextBytes: Int

  public init(
    side: Int = 16_384, pixels: Int = 64 << 20, fileBytes: Int = 256 << 20,
    textBytes: Int = 1 << 20, allTextBytes: Int = 4 << 20
  ) {
    self.side = side
    self.pixels = pixels
    self.fileBytes = fileBytes
    self.textBytes = textBytes
    self.allTextBytes = allTextBytes
  }

  public static let standard = DecodingLimits()
}
