import EaselKit
public import EaselTensor

/// `upscaler/config.json` (EaselUpscaler). A value that the file leaves out has this default.
public struct UpscalerConfiguration: Codable, Sendable, Hashable {
  /// Channels at the size of the picture that comes in.
  public var hiddenChannels = 64
  public var numBlocks = 6
  /// Channels at twice and at four times that size.
  public var upChannels = [32, 16]
  public var scale = 4
  enum CodingKeys: String, CodingKey, CaseIterable {
    case hiddenChannels = "hidden_channels"
    case numBlocks = "num_blocks"
    case upChannels = "up_channels"
    case scale
  }
  public init() {}
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    hiddenChannels = try c.decodeIfPresent(Int.self, forKey: .hiddenChannels) ?? hiddenChannels
    numBlocks = try c.decodeIfPresent(Int.self, forKey: .numBlocks) ?? numBlocks
    upChannels = try c.decodeIfPresent([Int].self, forKey: .upChannels) ?? upChannels
    scale = try c.decodeIfPresent(Int.self, forKey: .scale) ?? scale
  }

  /// Pixels of the source beside a pixel that can change what becomes of it.
  public var reach: Int { bodyReach + tailReach }
  /// As `reach`, of the layers at the source's size, and of those above it.
  var bodyReach: Int { 2 * numBlocks + 2 }
  /// One pixel at the source's size, half a one at twice it, two quarters at four times it.
  var tailReach: Int { 2 }
}

/// The second GAN: a picture four times as wide and high.
///
/// Residual blocks without normalisation at the source's size, two pixel shuffles, and the bicubic
/// enlargement beside all of it, so that the network only has to know what that lacks.
/// Sources: Lim et al. 2017, arXiv 1707.02921 (EDSR: no normalisation); Shi et al. 2016, arXiv
/// 1609.05158 (pixel shuffle); Ledig et al. 2017, arXiv 1609.04802 (trained as a GAN).
public final class Upscaler {
  public let configuration: UpscalerConfiguration
  public let parameters: [(name: String, tensor: Tensor)]

  private typealias Convolution = TextEncoder.Linear
  private let first: Convolution, bodyEnd: Convolution
  private let blocks: [(Convolution, Convolution)]
  private let up: [Convolution]
  private let fine: Convolution, last: Convolution

  public init(_ c: UpscalerConfiguration, _ source: ParameterSource) throws {
    guard c.scale == 4, c.upChannels.count == 2,
      (1...1024).contains(c.hiddenChannels), (1...64).contains(c.numBlocks),
      c.upChannels.allSatisfy({ (1...1024).contains($0) })
    else {
      throw Failure(
        .unsupported, "this upscaler has a form that is not known",
        hint: "install the model again",
        cause: "scale \(c.scale), hidden_channels \(c.hiddenChannels), "
          + "num_blocks \(c.numBlocks), up_channels \(c.upChannels)")
    }
    configuration = c
    let width = c.hiddenChannels
    func map(_ name: String, _ out: Int, _ into: Int, factor: Float = 1) throws -> Convolution {
      .init(try source.map(name, [out, into, 3, 3], bias: true, start: .fanIn(factor)))
    }
    first = try map("conv_in", width, 3)
    // Residuals begin small, so that deep sums begin as the picture that came in.
    blocks = try (0..<c.numBlocks).map {
      (
        try map("body.\($0).conv1", width, width, factor: 1.4),
        try map("body.\($0).conv2", width, width, factor: 0.4)
      )
    }
    bodyEnd = try map("conv_body", width, width)
    var entering = width
    var up: [Convolution] = []
    for (i, channels) in c.upChannels.enumerated() {
      let shuffled = try map("upsample.\(i).conv", 4 * channels, entering, factor: 1.4)
      if source.isRandom { shuffled.weight.repeatRows(4) }
      up.append(shuffled)
      entering = channels
    }
    self.up = up
    fine = try map("conv_fine", entering, entering, factor: 1.4)
    last = try map("conv_out", 3, entering, factor: 0.3)
    parameters = source.parameters
  }

  /// Pictures [N, H, W, 3] in 0…1 → [N, 4H, 4W, 3], not clipped.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    tail(body(x)) + bicubic4x(x)
  }

  /// Pictures [N, H, W, 3] → what the network knows of every pixel, [N, H, W, C].
  func body(_ x: Tensor) -> Tensor {
    let start = apply(first, x + (-0.5))
    var y = start
    for (a, b) in blocks { y = apply(b, bent(apply(a, y))) + y }
    return apply(bodyEnd, y) + start
  }

  /// [N, H, W, C] → what the bicubic enlargement lacks, [N, 4H, 4W, 3].
  func tail(_ features: Tensor) -> Tensor {
    var y = features
    for layer in up { y = bent(depthToSpace(apply(layer, y))) }
    return apply(last, bent(apply(fine, y)))
  }

  /// Leaky: with units that can be off for good, a trial learnt nothing.
  private func bent(_ x: Tensor) -> Tensor { leakyRelu(x, slope: 0.1) }

  private func apply(_ layer: Convolution, _ x: Tensor) -> Tensor {
    conv3x3(x, layer.weight, layer.bias)
  }
}

extension Tensor {
  /// Makes each group of `count` rows [out, …] equal to its first: a pixel shuffle then begins as a
  /// nearest enlargement, without a checkerboard (Aitken et al. 2017, arXiv 1707.02937).
  fileprivate func repeatRows(_ count: Int) {
    let length = self.count / shape[0]
    for row in 0..<shape[0] where row % count != 0 {
      (pointer + row * length).update(from: pointer + row / count * count * length, count: length)
    }
  }
}
