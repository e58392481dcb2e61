/// A picture that is made larger, instead of one that is painted.
///
/// Only what names it is part of a recipe. The pixels travel with the request and are nil in one that
/// was read back, and in one of the studio until it is carried out.
public struct Enlargement: Hashable, Sendable, Codable {
  /// SHA-256 of the pixels, in hex; empty until the pixels are read.
  public var digest: String
  /// 2 or 4 times as wide and high.
  public var scale: Int
  /// The picture's number in the history where this happened; nil for one that came as a file.
  public var source: ImageID?
  public var picture: Picture?

  public init(digest: String = "", scale: Int, source: ImageID? = nil, picture: Picture? = nil) {
    self.digest = digest
    self.scale = scale
    self.source = source
    self.picture = picture
  }

  enum CodingKeys: String, CodingKey { case digest, scale, source }
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    digest = try c.decode(String.self, forKey: .digest)
    scale = try c.decode(Int.self, forKey: .scale)
    source = try c.decodeIfPresent(Int64.self, forKey: .source).map { ImageID($0) }
  }
  public func encode(to encoder: any Encoder) throws {
    var c = encoder.container(keyedBy: CodingKeys.self)
    try c.encode(digest, forKey: .digest)
    try c.encode(scale, forKey: .scale)
    try c.encodeIfPresent(source?.number, forKey: .source)
  }

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
      let twice = scale > 2 && (try? self.size(of: source, scale: 2)) != nil
      // Three bytes a pixel, and as much twice more while they are written as a file.
      let megabytes = Double(size.width) * Double(size.height) * 9 / 1_048_576
      throw Failure(
        .badInput, "\(source) enlarged \(scale) times would be \(size)",
        hint: twice ? "--scale 2 is possible" : "enlarge a part of it",
        cause: "it would need \(Int(megabytes)) MB; the limit is \(longestSide) pixels a side and "
          + "\(mostPixels >> 20) million in all")
    }
    return size
  }
}

extension GenerationRequest {
  /// The request that enlarges a picture, made from the one that it began as: prompt, seed and steps
  /// stay, so that it is found where the small one is; engine and model say who enlarges it.
  public func enlarged(
    _ enlargement: Enlargement, size: PixelSize, seed: UInt64, engine: String, model: String
  ) -> GenerationRequest {
    var request = self
    request.width = size.width
    request.height = size.height
    request.seed = seed
    request.count = 1
    request.engine = engine
    request.model = model
    request.enlargement = enlargement
    request.series = nil
    return request
  }

  /// What painted the picture before it was enlarged; this request where nothing was.
  public var beforeEnlarging: GenerationRequest {
    guard let enlargement, enlargement.scale > 0 else { return self }
    var request = self
    request.enlargement = nil
    request.width /= enlargement.scale
    request.height /= enlargement.scale
    return request
  }
}
