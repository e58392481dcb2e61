import EaselTensor

/// GroupNorm with SiLU, then a 3×3 convolution, twice, beside a shortcut.
struct ResnetBlock {
  private let groups: Int
  private let gain1: Tensor, bias1: Tensor, gain2: Tensor, bias2: Tensor
  private let conv1: TextEncoder.Linear, conv2: TextEncoder.Linear
  private let shortcut: TextEncoder.Linear?

  init(_ source: ParameterSource, _ name: String, _ cin: Int, _ cout: Int, groups: Int) throws {
    self.groups = groups
    (gain1, bias1) = try source.norm("\(name).norm1", cin)
    conv1 = .init(try source.map("\(name).conv1", [cout, cin, 3, 3], bias: true))
    (gain2, bias2) = try source.norm("\(name).norm2", cout)
    conv2 = .init(
      try source.map("\(name).conv2", [cout, cout, 3, 3], bias: true, start: .fanIn(0.5)))
    shortcut =
      cin == cout
      ? nil : .init(try source.map("\(name).conv_shortcut", [cout, cin, 1, 1], bias: true))
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    var y = groupNorm(x, groups: groups, gain: gain1, bias: bias1, eps: 1e-6, silu: true)
    y = conv3x3(y, conv1.weight, conv1.bias)
    y = groupNorm(y, groups: groups, gain: gain2, bias: bias2, eps: 1e-6, silu: true)
    y = conv3x3(y, conv2.weight, conv2.bias)
    return (shortcut.map { $0(x) } ?? x) + y
  }
}

extension ParameterSource {
  func norm(_ name: String, _ c: Int) throws -> (gain: Tensor, bias: Tensor) {
    (try take("\(name).weight", [c], .ones), try take("\(name).bias", [c], .zeros))
  }
}

/// Pixels to latents, half the size at every level but the last.
struct VQEncoder {
  private let groups: Int
  private let first: TextEncoder.Linear, last: TextEncoder.Linear
  private let levels: [(blocks: [ResnetBlock], downsample: TextEncoder.Linear?)]
  private let middle: [ResnetBlock]
  private let gain: Tensor, bias: Tensor

  init(_ c: PictureTokenizerConfiguration, _ source: ParameterSource) throws {
    groups = c.normNumGroups
    let widths = c.blockOutChannels
    first = .init(
      try source.map("encoder.conv_in", [widths[0], c.inChannels, 3, 3], bias: true))
    var levels: [(blocks: [ResnetBlock], downsample: TextEncoder.Linear?)] = []
    for (i, width) in widths.enumerated() {
      let name = "encoder.down_blocks.\(i)"
      let blocks = try (0..<c.layersPerBlock).map { j in
        try ResnetBlock(
          source, "\(name).resnets.\(j)", j == 0 && i > 0 ? widths[i - 1] : width, width,
          groups: c.normNumGroups)
      }
      let down =
        i == widths.count - 1
        ? nil
        : TextEncoder.Linear(
          try source.map("\(name).downsamplers.0.conv", [width, width, 3, 3], bias: true))
      levels.append((blocks, down))
    }
    self.levels = levels
    let top = widths[widths.count - 1]
    middle = try (0..<2).map {
      try ResnetBlock(source, "encoder.mid_block.resnets.\($0)", top, top, groups: c.normNumGroups)
    }
    (gain, bias) = try source.norm("encoder.conv_norm_out", top)
    last = .init(try source.map("encoder.conv_out", [c.latentChannels, top, 3, 3], bias: true))
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    var x = conv3x3(x, first.weight, first.bias)
    for level in levels {
      for block in level.blocks { x = block(x) }
      if let down = level.downsample {
        x = conv2d(
          x, down.weight, down.bias, stride: 2, padTop: 0, padLeft: 0, padBottom: 1, padRight: 1)
      }
    }
    for block in middle { x = block(x) }
    x = groupNorm(x, groups: groups, gain: gain, bias: bias, eps: 1e-6, silu: true)
    return conv3x3(x, last.weight, last.bias)
  }
}

/// Latents to pixels, twice the size at every level but the last.
struct VQDecoder {
  private let groups: Int
  private let first: TextEncoder.Linear, last: TextEncoder.Linear
  private let middle: [ResnetBlock]
  private let levels: [(blocks: [ResnetBlock], upsample: TextEncoder.Linear?)]
  private let gain: Tensor, bias: Tensor

  init(_ c: PictureTokenizerConfiguration, _ source: ParameterSource) throws {
    groups = c.normNumGroups
    let widths = Array(c.blockOutChannels.reversed())
    first = .init(
      try source.map("decoder.conv_in", [widths[0], c.latentChannels, 3, 3], bias: true))
    middle = try (0..<2).map {
      try ResnetBlock(
        source, "decoder.mid_block.resnets.\($0)", widths[0], widths[0], groups: c.normNumGroups)
    }
    var levels: [(blocks: [ResnetBlock], upsample: TextEncoder.Linear?)] = []
    for (i, width) in widths.enumerated() {
      let name = "decoder.up_blocks.\(i)"
      let blocks = try (0...c.layersPerBlock).map { j in
        try ResnetBlock(
          source, "\(name).resnets.\(j)", j == 0 && i > 0 ? widths[i - 1] : width, width,
          groups: c.normNumGroups)
      }
      let up =
        i == widths.count - 1
        ? nil
        : TextEncoder.Linear(
          try source.map("\(name).upsamplers.0.conv", [width, width, 3, 3], bias: true))
      levels.append((blocks, up))
    }
    self.levels = levels
    let bottom = widths[widths.count - 1]
    (gain, bias) = try source.norm("decoder.conv_norm_out", bottom)
    last = .init(
      try source.map("decoder.conv_out", [c.outChannels, bottom, 3, 3], bias: true))
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    var x = conv3x3(x, first.weight, first.bias)
    for block in middle { x = block(x) }
    for level in levels {
      for block in level.blocks { x = block(x) }
      if let up = level.upsample { x = conv3x3(upsampleNearest2x(x), up.weight, up.bias) }
    }
    x = groupNorm(x, groups: groups, gain: gain, bias: bias, eps: 1e-6, silu: true)
    return conv3x3(x, last.weight, last.bias)
  }
}
