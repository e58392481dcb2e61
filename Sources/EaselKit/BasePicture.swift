/// A picture that a new one starts from, with an optional mask of what is to be painted anew.
///
/// Only what names it is part of a recipe: digests and strength. The pixels travel with the request
/// and are nil in one that was read back.
public struct BasePicture: Hashable, Sendable, Codable {
  /// What else is taken from the picture than its pixels.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// What it shows, as its image vector has it: the new picture is a variation of it.
    case variation
  }
  /// SHA-256 of the pixels, in hex.
  public var digest: String
  /// SHA-256 of the mask's pixels, in hex; nil when all of the picture may change.
  public var maskDigest: String?
  /// How much of it is painted anew: near 0 keeps nearly everything, 1 only what the mask keeps.
  public var strength: Double
  /// How far the painting reaches over the picture's sides; nil for not at all. All of the picture that
  /// no mask lets go stays then.
  public var margins: Margins?
  /// nil for a picture that is only painted on.
  public var kind: Kind?
  /// In the size of the request without the margins.
  public var picture: Picture?
  /// In the size of the picture; light is painted anew, dark stays.
  public var mask: Picture?

  public init(
    _ picture: Picture, digest: String, mask: Picture? = nil, maskDigest: String? = nil,
    strength: Double, margins: Margins? = nil, kind: Kind? = nil
  ) {
    self.picture = picture
    self.digest = digest
    self.mask = mask
    self.maskDigest = maskDigest
    self.strength = strength
    self.margins = margins
    self.kind = kind
  }

  enum CodingKeys: String, CodingKey { case digest, maskDigest, strength, margins, kind }
}

extension Picture {
  /// True where the mask's pixel is lighter than half.
  public func isLight(x: Int, y: Int) -> Bool {
    let i = (y * width + x) * 3
    return Int(pixels[i]) + Int(pixels[i + 1]) + Int(pixels[i + 2]) >= 3 * 128
  }

  /// `painted` where the mask is light, this picture where it is dark. All of one size.
  public func replaced(by painted: Picture, where mask: Picture) -> Picture {
    precondition(
      size == painted.size && size == mask.size,
      "\(size), \(painted.size) and the mask \(mask.size) are not one size")
    var result = self
    for y in 0..<height {
      for x in 0..<width where mask.isLight(x: x, y: y) {
        let i = (y * width + x) * 3
        for c in 0..<3 { result.pixels[i + c] = painted.pixels[i + c] }
      }
    }
    return result
  }
}

extension Picture {
  /// This picture with its border pixels drawn on over `margins`.
  public func grown(by margins: Margins) -> Picture {
    let size = PixelSize(
      width: width + margins.left + margins.right, height: height + margins.top + margins.bottom)
    var result = Picture(width: size.width, height: size.height)
    for y in 0..<size.height {
      let row = max(0, min(height - 1, y - margins.top)) * width
      for x in 0..<size.width {
        let from = (row + max(0, min(width - 1, x - margins.left))) * 3
        let to = (y * size.width + x) * 3
        for c in 0..<3 { result.pixels[to + c] = pixels[from + c] }
      }
    }
    return result
  }

  /// What is painted anew when this picture grows: the margins, and inside them what `mask` says.
  public func ground(_ margins: Margins, mask: Picture?) -> Picture {
    let inside = mask ?? Picture(width: width, height: height)
    var result = inside.grown(by: margins)
    for y in 0..<result.height {
      for x in 0..<result.width {
        let isInside =
          (margins.left..<margins.left + width).contains(x)
          && (margins.top..<margins.top + height).contains(y)
        if !isInside { for c in 0..<3 { result.pixels[(y * result.width + x) * 3 + c] = 255 } }
      }
    }
    return result
  }
}
