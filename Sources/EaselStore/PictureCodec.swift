public import EaselKit

/// What the store needs from whoever knows picture formats.
public struct PictureCodec: Sendable {
  /// A decoded file.
  public struct Decoded: Sendable {
    public var picture: Picture
    /// What the file says about its making; `created` is 0 where it does not say when.
    public var recipe: Recipe?
    /// The recipe is Easel's own and exact, and the file is a PNG: it can be stored as it is.
    public var isOwn: Bool
    public init(picture: Picture, recipe: Recipe?, isOwn: Bool) {
      self.picture = picture
      self.recipe = recipe
      self.isOwn = isOwn
    }
  }

  /// A PNG with the recipe inside.
  public var encode: @Sendable (Picture, Recipe?) throws -> [UInt8]
  /// Any kind of picture file that is understood.
  public var decode: @Sendable ([UInt8]) throws -> Decoded
  /// The picture scaled down so that its longer side is at most this many pixels.
  public var thumbnail: @Sendable (Picture, Int) -> Picture

  public init(
    encode: @escaping @Sendable (Picture, Recipe?) throws -> [UInt8],
    decode: @escaping @Sendable ([UInt8]) throws -> Decoded,
    thumbnail: @escaping @Sendable (Picture, Int) -> Picture
  ) {
    self.encode = encode
    self.decode = decode
    self.thumbnail = thumbnail
  }
}
