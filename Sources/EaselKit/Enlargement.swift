/// A picture that is made larger, instead of one that is painted.
///
/// Only what names it is part of a recipe: the digest of its pixels and the factor. Prompt, seed and
/// steps of such a request are those of the picture it began as; engine and model say who enlarged it.
public struct Enlargement: Hashable, Sendable, Codable {
  /// SHA-256 of the pixels, in hex.
  public var digest: String
  /// 2 or 4 times as wide and high.
  public var scale: Int
  /// nil in a request that was read back.
  public var picture: Picture?

  public init(_ picture: Picture, digest: String, scale: Int) {
    self.picture = picture
    self.digest = digest
    self.scale = scale
  }

  enum CodingKeys: String, CodingKey { case digest, scale }

  public static let scales = [2, 4]
  /// Longest side and number of pixels of what comes out: as much as is read back again.
  public static let longestSide = 16_384, mostPixels = 64 << 20

  /// The size of what comes out, or why it cannot be made.
  public static func size(of source: PixelSize, scale: Int) throws -> PixelSize {
    guard scales.contains(scale) else {
      throw Failure(.badInput, "pictures are not enlarged \(scale) times", hint: "use 2 or 4")
    }
    let size = PixelSize(width: source.width * scale, height: source.height * scale)
    guard max(size.width, size.height) <= longestSide, size.width * size.height <= mostPixels else {
      // Pixels and what writing them as PNG needs beside them.
      let megabytes = size.width * size.height * 9 >> 20
      throw Failure(
        .badInput, "\(source) enlarged \(scale) times would be \(size)",
        hint: scale == 4 && source.width * source.height * 4 <= mostPixels
          && 2 * max(source.width, source.height) <= longestSide
          ? "--scale 2 is possible" : "enlarge a part of it",
        cause: "it would need about \(megabytes) MB; the limit is \(longestSide) pixels a side and "
          + "\(mostPixels >> 20) million in all")
    }
    return size
  }
}
