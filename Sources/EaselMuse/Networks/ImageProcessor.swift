public import EaselKit
public import EaselTensor
import FoundationEssentials
import Glibc

/// Pictures as an image tower wants them, by `preprocessor_config.json` (CLIPImageProcessor): scaled,
/// cut out of the middle, and normalised by channel.
///
/// Scaling gives the very bytes of Pillow, which the published models were trained with.
public struct ImageProcessor: Sendable, Hashable {
  public enum Size: Sendable, Hashable {
    case shortestEdge(Int)
    case exact(height: Int, width: Int)
  }
  /// nil: pictures are not scaled.
  public var size: Size? = .shortestEdge(224)
  public var filter = PillowFilter.bicubic
  /// nil: nothing is cut off.
  public var crop: PixelSize? = PixelSize(width: 224, height: 224)
  public var rescale: Float? = 1 / 255
  /// nil: not normalised.
  public var normalisation: Normalisation? = Normalisation()
  public struct Normalisation: Sendable, Hashable {
    /// Mean and standard deviation of red, green and blue in CLIP's training pictures.
    public var mean: [Float] = [0.48145466, 0.4578275, 0.40821073]
    public var deviation: [Float] = [0.26862954, 0.26130258, 0.27577711]
    public init() {}
  }
  public init() {}

  /// - Parameter side: of the pictures the tower wants; where nothing is configured, that.
  public init(json: String, side: Int) throws {
    let file: File
    do { file = try JSONDecoder().decode(File.self, from: Data(json.utf8)) } catch {
      throw Failure(
        .modelDamaged, "the image encoder's preprocessor_config.json is not valid",
        hint: "install the model again", cause: "\(error)")
    }
    if file.do_resize == false { size = nil } else { size = file.size?.size ?? .shortestEdge(side) }
    if let code = file.resample {
      guard let known = PillowFilter(rawValue: code) else {
        throw Failure(
          .unsupported, "the image encoder wants a way of scaling that is not known",
          cause: "resample \(code)")
      }
      filter = known
    }
    crop = file.do_center_crop == false ? nil : PixelSize(width: side, height: side)
    if crop != nil, let wanted = file.crop_size?.size {
      switch wanted {
      case .shortestEdge(let n): crop = PixelSize(width: n, height: n)
      case .exact(let height, let width): crop = PixelSize(width: width, height: height)
      }
    }
    rescale = file.do_rescale == false ? nil : file.rescale_factor ?? 1 / 255
    if file.do_normalize == false {
      normalisation = nil
    } else {
      var n = Normalisation()
      n.mean = file.image_mean ?? n.mean
      n.deviation = file.image_std ?? n.deviation
      guard n.mean.count == 3, n.deviation.count == 3,
        n.deviation.allSatisfy({ $0.isFinite && $0 > 0 }), n.mean.allSatisfy(\.isFinite)
      else {
        throw Failure(
          .modelDamaged, "the image encoder's mean and deviation are not three numbers each",
          hint: "install the model again")
      }
      normalisation = n
    }
    for side in [size?.largest, crop?.width, crop?.height].compactMap({ $0 })
    where !(1...4096).contains(side) {
      throw Failure(
        .modelDamaged, "the image encoder wants pictures of \(side) pixels",
        hint: "install the model again")
    }
  }

  /// The picture at the size the tower wants, before normalisation.
  public func framed(_ picture: Picture) -> Picture {
    var picture = picture
    switch size {
    case nil: break
    case .exact(let height, let width):
      picture = filter.scaled(picture, width: width, height: height)
    case .shortestEdge(let edge):
      let short = min(picture.width, picture.height), long = max(picture.width, picture.height)
      // A strip of a million pixels must not become a larger one.
      let other = min(1 << 16, edge * long / short)
      let isWide = picture.width >= picture.height
      picture = filter.scaled(
        picture, width: isWide ? other : edge, height: isWide ? edge : other)
    }
    if let crop { picture = centre(picture, crop) }
    return picture
  }

  /// Shapes: N pictures → [N, H, W, 3]; all must come out in one size.
  public func tensor(_ pictures: [Picture]) -> Tensor {
    let framed = pictures.map(framed)
    let w = framed[0].width, h = framed[0].height
    let x = Tensor([framed.count, h, w, 3])
    let factor = rescale ?? 1
    let mean = normalisation?.mean ?? [0, 0, 0], deviation = normalisation?.deviation ?? [1, 1, 1]
    for (n, picture) in framed.enumerated() {
      precondition(picture.width == w && picture.height == h, "pictures differ in size")
      let out = x.pointer + n * w * h * 3
      picture.pixels.withUnsafeBufferPointer { p in
        for i in 0..<p.count { out[i] = (Float(p[i]) * factor - mean[i % 3]) / deviation[i % 3] }
      }
    }
    return x
  }

  /// The middle of the picture; black around one that is too small.
  private func centre(_ picture: Picture, _ wanted: PixelSize) -> Picture {
    if picture.size == wanted { return picture }
    // Where the numbers do not divide, the published processor pads up and cuts down.
    func start(_ have: Int, _ want: Int) -> Int {
      have >= want ? (have - want) / 2 : -((want - have + 1) / 2)
    }
    let left = start(picture.width, wanted.width), top = start(picture.height, wanted.height)
    var cut = Picture(width: wanted.width, height: wanted.height)
    for y in max(0, -top)..<min(wanted.height, picture.height - top) {
      for x in max(0, -left)..<min(wanted.width, picture.width - left) {
        let from = ((y + top) * picture.width + x + left) * 3, to = (y * wanted.width + x) * 3
        for c in 0..<3 { cut.pixels[to + c] = picture.pixels[from + c] }
      }
    }
    return cut
  }

  private struct File: Decodable {
    var do_resize: Bool?
    var size: Extent?
    var resample: Int?
    var do_center_crop: Bool?
    var crop_size: Extent?
    var do_rescale: Bool?
    var rescale_factor: Float?
    var do_normalize: Bool?
    var image_mean: [Float]?
    var image_std: [Float]?
  }

  /// A number in old files, an object in new ones.
  private struct Extent: Decodable {
    let size: Size
    init(from decoder: any Decoder) throws {
      if let number = try? decoder.singleValueContainer().decode(Int.self) {
        size = .shortestEdge(number)
        return
      }
      let c = try decoder.container(keyedBy: Keys.self)
      if let edge = try c.decodeIfPresent(Int.self, forKey: .shortest_edge) {
        size = .shortestEdge(edge)
      } else {
        size = .exact(
          height: try c.decode(Int.self, forKey: .height),
          width: try c.decode(Int.self, forKey: .width))
      }
    }
    enum Keys: String, CodingKey { case shortest_edge, height, width }
  }
}

extension ImageProcessor.Size {
  fileprivate var largest: Int {
    switch self {
    case .shortestEdge(let n): n
    case .exact(let height, let width): max(height, width)
    }
  }
}
