import EaselTensor

/// GroupNorm with an activation, then a 3×3 convolution, twice, beside a shortcut.
struct ResnetBlock {
  private let activation: Activation?
  private let norm1: PictureNorm, norm2: PictureNorm
  private let conv1: TextEncoder.Linear, conv2: TextEncoder.Linear
  private let shortcut: TextEncoder.Linear?
  /// The branch beside the shortcut ends in zeros (`VQModel.beginWithPatches`) and is not computed.
  private let isSilent: Bool

  init(
    _ c: PictureTokenizerConfiguration, _ source: ParameterSource, _ name: String, _ cin: Int,
    _ cout: Int, seesCodes: Bool, isSilent: Bool = false
  ) throws {
    activation =
      switch c.actFn {
      case "gelu": .gelu
      case "relu": .relu
      // No kernel has it.
      case "mish": nil
      default: .silu
      }
    norm1 = try PictureNorm(c, source, "\(name).norm1", cin, seesCodes: seesCodes)
    conv1 = .init(
      try source.map(
        "\(name).conv1", [cout, cin, 3, 3], bias: true, start: isSilent ? .zeros : .fanIn(1)))
    norm2 = try PictureNorm(c, source, "\(name).norm2", cout, seesCodes: seesCodes)
    conv2 = .init(
      try source.map(
        "\(name).conv2", [cout, cout, 3, 3], bias: true, start: isSilent ? .zeros : .fanIn(0.5)))
    self.isSilent = conv2.isZero
    shortcut =
      cin == cout
      ? nil : .init(try source.map("\(name).conv_shortcut", [cout, cin, 1, 1], bias: true))
  }

  func callAsFunction(_ x: Tensor, codes: Tensor?) -> Tensor {
    if isSilent { return shortcut.map { $0(x) } ?? x }
    let y = conv3x3(active(x, norm1, codes), conv1.weight, conv1.bias)
    return (shortcut.map { $0(x) } ?? x)
      + conv3x3(active(y, norm2, codes), conv2.weight, conv2.bias)
  }

  private func active(_ x: Tensor, _ norm: PictureNorm, _ codes: Tensor?) -> Tensor {
    if activation == .silu { return norm(x, codes: codes, silu: true) }
    let y = norm(x, codes: codes, silu: false)
    return activation.map { activated(y, $0) } ?? mish(y)
  }
}

/// GroupNorm; in decoders of norm type "spatial" its result is scaled and shifted by what a linear map
/// makes of the code at each place (Zheng et al. 2022, arXiv 2209.09002).
struct PictureNorm {
  private let groups: Int
  private let gain: Tensor, bias: Tensor
  private let spatial: (scale: TextEncoder.Linear, shift: TextEncoder.Linear)?

  /// - Parameter seesCodes: true in a decoder; encoders have plain norms.
  init(
    _ c: PictureTokenizerConfiguration, _ source: ParameterSource, _ name: String, _ width: Int,
    seesCodes: Bool
  ) throws {
    if seesCodes, c.normType == "spatial" {
      groups = PictureTokenizerConfiguration.spatialGroups
      (gain, bias) = try source.norm("\(name).norm_layer", width)
      spatial = (
        .init(try source.map("\(name).conv_y", [width, c.codeDim, 1, 1], bias: true)),
        .init(try source.map("\(name).conv_b", [width, c.codeDim, 1, 1], bias: true))
      )
    } else {
      groups = c.normNumGroups
      (gain, bias) = try source.norm(name, width)
      spatial = nil
    }
  }

  /// x [N, H, W, C], codes [N, h, w, D] with H a power of 2 times h.
  func callAsFunction(_ x: Tensor, codes: Tensor?, silu isActive: Bool) -> Tensor {
    guard let spatial, let codes else {
      return groupNorm(x, groups: groups, gain: gain, bias: bias, eps: 1e-6, silu: isActive)
    }
    let y = groupNorm(x, groups: groups, gain: gain, bias: bias, eps: 1e-6, silu: false)
    // A linear map of each place and a nearest enlargement may change places.
    var scale = spatial.scale(codes), shift = spatial.shift(codes)
    while scale.shape[1] < x.shape[1] {
      scale = upsampleNearest2x(scale)
      shift = upsampleNearest2x(shift)
    }
    let z = y * scale + shift
    return isActive ? silu(z) : z
  }
}

/// Attention of one head among the places of a picture, added to what it is given.
struct PictureAttention {
  private let norm: PictureNorm
  private let q: TextEncoder.Linear, k: TextEncoder.Linear, v: TextEncoder.Linear
  private let out: TextEncoder.Linear

  init(
    _ c: PictureTokenizerConfiguration, _ source: ParameterSource, _ name: String, _ width: Int,
    seesCodes: Bool
  ) throws {
    let isSpatial = seesCodes && c.normType == "spatial"
    norm = try PictureNorm(
      c, source, "\(name).\(isSpatial ? "spatial_norm" : "group_norm")", width,
      seesCodes: seesCodes)
    func map(_ n: String, _ factor: Float = 1) throws -> TextEncoder.Linear {
      .init(try source.map("\(name).\(n)", [width, width], bias: true, start: .fanIn(factor)))
    }
    q = try map("to_q")
    k = try map("to_k")
    v = try map("to_v")
    out = try map("to_out.0", 0.5)
  }

  func callAsFunction(_ x: Tensor, codes: Tensor?) -> Tensor {
    let n = x.shape[0], width = x.shape[3]
    let y = norm(x, codes: codes, silu: false).reshaped([n, x.count / (n * width), width])
    return x + out(attention(q(y), k(y), v(y), heads: 1)).reshaped(x.shape)
  }
}

extension TextEncoder.Linear {
  /// Weights and bias are zeros throughout.
  fileprivate var isZero: Bool {
    ([weight] + [bias].compactMap { $0 }).allSatisfy { tensor in
      UnsafeBufferPointer(start: tensor.pointer, count: tensor.count).allSatisfy { $0 == 0 }
    }
  }
}

extension ParameterSource {
  func norm(_ name: String, _ c: Int) throws -> (gain: Tensor, bias: Tensor) {
    (try take("\(name).weight", [c], .ones), try take("\(name).bias", [c], .zeros))
  }
}

/// Residual blocks of one width with an attention after each, or after none.
struct PictureLevel {
  private let blocks: [ResnetBlock]
  private let attentions: [PictureAttention]

  /// - Parameter attentions: how many of the blocks have one after them, from the first.
  init(
    _ c: PictureTokenizerConfiguration, _ source: ParameterSource, _ name: String, from cin: Int,
    to width: Int, blocks count: Int, attentions attending: Int, seesCodes: Bool,
    isSilent: Bool = false
  ) throws {
    blocks = try (0..<count).map { i in
      try ResnetBlock(
        c, source, "\(name).resnets.\(i)", i == 0 ? cin : width, width, seesCodes: seesCodes,
        isSilent: isSilent)
    }
    attentions = try (0..<attending).map {
      try PictureAttention(c, source, "\(name).attentions.\($0)", width, seesCodes: seesCodes)
    }
  }

  /// `check` may throw between blocks.
  func callAsFunction(
    _ x: Tensor, codes: Tensor?, check: () throws -> Void
  ) rethrows -> Tensor {
    var x = x
    for (i, block) in blocks.enumerated() {
      try check()
      x = block(x, codes: codes)
      if i < attentions.count { x = attentions[i](x, codes: codes) }
    }
    return x
  }
}

/// Pixels to latents, half the size at every level but the last.
struct VQEncoder {
  private let first: TextEncoder.Linear, last: TextEncoder.Linear
  private let levels: [(level: PictureLevel, downsample: TextEncoder.Linear?)]
  private let middle: PictureLevel
  private let norm: PictureNorm

  /// - Parameter isSilent: no residual branch has a say.
  init(_ c: PictureTokenizerConfiguration, _ source: ParameterSource, isSilent: Bool) throws {
    let widths = c.blockOutChannels
    first = .init(
      try source.map("encoder.conv_in", [widths[0], c.inChannels, 3, 3], bias: true))
    levels = try widths.enumerated().map { i, width in
      let name = "encoder.down_blocks.\(i)"
      let level = try PictureLevel(
        c, source, name, from: widths[max(0, i - 1)], to: width, blocks: c.layersPerBlock,
        attentions: c.downAttends(i) ? c.layersPerBlock : 0, seesCodes: false,
        isSilent: isSilent)
      guard i < widths.count - 1 else { return (level, nil) }
      return (
        level,
        .init(try source.map("\(name).downsamplers.0.conv", [width, width, 3, 3], bias: true))
      )
    }
    let top = widths[widths.count - 1]
    middle = try PictureLevel(
      c, source, "encoder.mid_block", from: top, to: top, blocks: 2,
      attentions: c.midBlockAddAttention ? 1 : 0, seesCodes: false, isSilent: isSilent)
    norm = try PictureNorm(c, source, "encoder.conv_norm_out", top, seesCodes: false)
    last = .init(try source.map("encoder.conv_out", [c.latentChannels, top, 3, 3], bias: true))
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    var x = conv3x3(x, first.weight, first.bias)
    for (level, downsample) in levels {
      x = level(x, codes: nil, check: {})
      if let down = downsample {
        x = conv2d(
          x, down.weight, down.bias, stride: 2, padTop: 0, padLeft: 0, padBottom: 1, padRight: 1)
      }
    }
    x = norm(middle(x, codes: nil, check: {}), codes: nil, silu: true)
    return conv3x3(x, last.weight, last.bias)
  }
}

/// Latents to pixels, twice the size at every level but the last.
struct VQDecoder {
  private let first: TextEncoder.Linear
  let last: TextEncoder.Linear
  private let middle: PictureLevel
  private let levels: [(level: PictureLevel, upsample: TextEncoder.Linear?)]
  private let norm: PictureNorm

  init(_ c: PictureTokenizerConfiguration, _ source: ParameterSource) throws {
    let widths = Array(c.blockOutChannels.reversed())
    first = .init(
      try source.map("decoder.conv_in", [widths[0], c.latentChannels, 3, 3], bias: true))
    middle = try PictureLevel(
      c, source, "decoder.mid_block", from: widths[0], to: widths[0], blocks: 2,
      attentions: c.midBlockAddAttention ? 1 : 0, seesCodes: true)
    levels = try widths.enumerated().map { i, width in
      let name = "decoder.up_blocks.\(i)"
      let level = try PictureLevel(
        c, source, name, from: widths[max(0, i - 1)], to: width, blocks: c.layersPerBlock + 1,
        attentions: c.upAttends(i) ? c.layersPerBlock + 1 : 0, seesCodes: true)
      guard i < widths.count - 1 else { return (level, nil) }
      return (
        level, .init(try source.map("\(name).upsamplers.0.conv", [width, width, 3, 3], bias: true))
      )
    }
    let bottom = widths[widths.count - 1]
    norm = try PictureNorm(c, source, "decoder.conv_norm_out", bottom, seesCodes: true)
    last = .init(
      try source.map("decoder.conv_out", [c.outChannels, bottom, 3, 3], bias: true))
  }

  /// - Parameter codes: what the latents were made of, for norms that see them.
  /// `check` may throw between blocks.
  func callAsFunction(
    _ x: Tensor, codes: Tensor, check: () throws -> Void
  ) rethrows -> Tensor {
    conv3x3(try features(x, codes: codes, check: check), last.weight, last.bias)
  }

  /// What the last layer sees.
  func features(_ x: Tensor, codes: Tensor, check: () throws -> Void) rethrows -> Tensor {
    var x = conv3x3(x, first.weight, first.bias)
    x = try middle(x, codes: codes, check: check)
    for (level, upsample) in levels {
      x = try level(x, codes: codes, check: check)
      if let up = upsample { x = conv3x3(upsampleNearest2x(x), up.weight, up.bias) }
    }
    try check()
    return norm(x, codes: codes, silu: true)
  }
}
