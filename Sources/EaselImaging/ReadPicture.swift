public import EaselKit

/// The file formats that can be read.
public enum PictureFormat: String, Hashable, Sendable, CaseIterable {
  case png, jpeg, webp, pnm

  /// Told from the first bytes; names of files are not trusted.
  public init?(sniffing bytes: [UInt8]) {
    if bytes.starts(with: pngSignature) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: Array("RIFF".utf8)),
      bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
    {
      self = .webp
    } else if bytes.starts(with: Array("P6".utf8)) || bytes.starts(with: Array("P5".utf8)) {
      self = .pnm
    } else {
      return nil
    }
  }
}

/// A picture from a file, with what the file tells about it.
public struct ReadPicture: Hashable, Sendable {
  public var picture: Picture
  public var format: PictureFormat
  /// How it was made; nil when the file does not say.
  public var recipe: Recipe?
  /// Who wrote the recipe; nil without one.
  public var source: RecipeSource?
  /// All texts of the file, as they are.
  public var texts: [PictureText]
}

/// Decodes a picture in any known format and recognises its recipe.
///
/// `created` (milliseconds since 1970, for instance the file's own time) is for recipes of tools
/// that write no time.
/// Throws `Failure(.unsupported)` for an unknown format, `.badInput` for a damaged file.
public func readPicture(
  _ bytes: [UInt8], created: Int64 = 0, limits: DecodingLimits = .standard
) throws -> ReadPicture {
  guard let format = PictureFormat(sniffing: bytes) else {
    throw Failure(
      .unsupported, "this file is no picture that Easel reads",
      hint: "PNG, JPEG, WebP and raw PPM or PGM are read")
  }
  let picture: Picture
  var texts: [PictureText] = []
  switch format {
  case .png: (picture, texts) = try decodePNGWithTexts(bytes, limits: limits)
  case .jpeg:
    picture = try decodeJPEGPixels(bytes, limits: limits)
    texts = jpegTexts(bytes, limits: limits)
  case .webp:
    picture = try decodeWebPPixels(bytes, limits: limits)
    texts = webPTexts(bytes, limits: limits)
  case .pnm: picture = try decodePNM(bytes, limits: limits)
  }
  let found = recognisedRecipe(in: texts, size: picture.size, created: created)
  return ReadPicture(
    picture: picture, format: format, recipe: found?.recipe, source: found?.source, texts: texts)
}
