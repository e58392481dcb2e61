import EaselTensor

/// One Transformer layer: attention among the tokens, attention to the text, and a gated
/// feed-forward network, each after a norm that the condition modulates. The first two norms are
/// RMSNorm, the third is LayerNorm.
struct UVitLayer {
  private let configuration: TransformerConfiguration
  private let modulations: [TextEncoder.Linear]
  private let gains: [Tensor]
  /// Of the third norm.
  private let bias3: Tensor?
  private let attention1: AttentionMaps, attention2: AttentionMaps
  private let feedForward1: TextEncoder.Linear, feedForward2: TextEncoder.Linear

  init(_ c: TransformerConfiguration, _ source: ParameterSource, _ name: String) throws {
    configuration = c
    let h = c.hiddenSize
    let residual = 1 / Float(3 * c.numHiddenLayers).squareRoot()
    var modulations: [TextEncoder.Linear] = []
    var gains: [Tensor] = []
    for i in 1...3 {
      modulations.append(
        .init(
          try source.map("\(name).norm\(i).linear", [2 * h, h], bias: c.useBias, start: .zeros)))
      gains.append(try source.gain("\(name).norm\(i).norm", h, c))
    }
    // Only LayerNorm has a bias, and only beside a gain.
    bias3 =
      c.useBias && c.lnElementwiseAffine
      ? try source.take("\(name).norm3.norm.bias", [h], .zeros) : nil
    self.modulations = modulations
    self.gains = gains
    attention1 = try AttentionMaps(source, "\(name).attn1", h, bias: c.useBias, residual)
    attention2 = try AttentionMaps(source, "\(name).attn2", h, bias: c.useBias, residual)
    feedForward1 = .init(
      try source.map("\(name).ff.net.0.proj", [2 * c.intermediateSize, h], bias: c.useBias))
    feedForward2 = .init(
      try source.map(
        "\(name).ff.net.2", [h, c.intermediateSize], bias: c.useBias, start: .fanIn(residual)))
  }

  /// What depends on the prompt alone: the same for every step of a picture.
  struct Prompted {
    /// Of the three norms, each [N, 2C].
    let modulations: [Tensor]
    let text: AttentionMaps.Memory
  }

  /// condition [N, C] after its SiLU, text [N, S, C], weights [N, S].
  func prepare(condition: Tensor, text: Tensor, weights: Tensor?) -> Prompted {
    Prompted(
      modulations: modulations.map { $0(condition) },
      text: attention2.memory(text, weights: weights))
  }

  /// x [N, T, C].
  func callAsFunction(
    _ x: Tensor, _ prompt: Prompted, recorder: AttentionRecorder? = nil
  ) -> Tensor {
    let eps = configuration.layerNormEps, heads = configuration.numAttentionHeads
    var x = x
    let a = modulate(rmsNorm(x, gain: gains[0], eps: eps), prompt.modulations[0])
    x = x + attention1(a, attention1.memory(a), heads: heads)
    let b = modulate(rmsNorm(x, gain: gains[1], eps: eps), prompt.modulations[1])
    x = x + attention2(b, prompt.text, heads: heads, recorder)
    let d = modulate(layerNorm(x, gain: gains[2], bias: bias3, eps: eps), prompt.modulations[2])
    return x + feedForward2(geglu(feedForward1(d)))
  }
}

/// The four linear maps of an attention.
struct AttentionMaps {
  private let q: TextEncoder.Linear, k: TextEncoder.Linear, v: TextEncoder.Linear
  private let out: TextEncoder.Linear

  init(
    _ source: ParameterSource, _ name: String, _ width: Int, bias: Bool, _ residual: Float
  ) throws {
    func map(_ n: String, _ factor: Float) throws -> TextEncoder.Linear {
      .init(
        try source.map("\(name).\(n)", [width, width], bias: bias, start: .fanIn(factor)))
    }
    q = try map("to_q", 1)
    k = try map("to_k", 1)
    v = try map("to_v", 1)
    out = try map("to_out.0", residual)
  }

  /// Keys and values of what is attended to.
  struct Memory {
    let keys: Tensor, values: Tensor
    /// How much each key counts, [N, S]; nil for all the same.
    let weights: Tensor?
  }

  func memory(_ x: Tensor, weights: Tensor? = nil) -> Memory {
    Memory(keys: k(x), values: v(x), weights: weights)
  }

  func callAsFunction(
    _ x: Tensor, _ memory: Memory, heads: Int, _ recorder: AttentionRecorder? = nil
  ) -> Tensor {
    guard memory.weights != nil || recorder != nil else {
      return out(attention(q(x), memory.keys, memory.values, heads: heads))
    }
    return out(
      weightedAttention(
        q(x), memory.keys, memory.values, heads: heads, weights: memory.weights
      ) { recorder?.take($0) })
  }
}

/// A convolutional block before or after the Transformer: ConvNeXt residual blocks, each followed by
/// two attentions to the text, with an optional change of scale by 2.
struct UVitBlock {
  private struct Residual {
    let depthwise: TextEncoder.Linear, gain: Tensor
    let linear1: TextEncoder.Linear, gamma: Tensor, beta: Tensor, linear2: TextEncoder.Linear
    let condition: TextEncoder.Linear
  }
  private struct TextAttention {
    /// Absent where the text is as wide as the block.
    let memory: TextEncoder.Linear?
    let gain1: Tensor, gain2: Tensor
    let attention1: AttentionMaps, attention2: AttentionMaps
  }
  private struct Scaling {
    let gain: Tensor, kernel: TextEncoder.Linear
  }
  private let configuration: TransformerConfiguration
  private let residuals: [Residual]
  private let attentions: [TextAttention]
  private let downsample: Scaling?, upsample: Scaling?

  init(
    _ c: TransformerConfiguration, _ source: ParameterSource, _ name: String, downsample: Bool,
    upsample: Bool
  ) throws {
    configuration = c
    let b = c.blockOutChannels, h = c.hiddenSize, bias = c.useBias
    func scaling(_ kind: String) throws -> Scaling {
      Scaling(
        gain: try source.gain("\(name).\(kind).norm", b, c),
        kernel: .init(try source.map("\(name).\(kind).conv", [b, b, 2, 2], bias: bias)))
    }
    self.downsample = downsample ? try scaling("downsample") : nil
    residuals = try (0..<c.numResBlocks).map { i in
      let n = "\(name).res_blocks.\(i)"
      return Residual(
        depthwise: .init(try source.map("\(n).depthwise", [b, 1, 3, 3], bias: bias)),
        gain: try source.gain("\(n).norm", b, c),
        linear1: .init(try source.map("\(n).channelwise_linear_1", [4 * b, b], bias: bias)),
        gamma: try source.take("\(n).channelwise_norm.gamma", [1, 1, 1, 4 * b], .zeros),
        beta: try source.take("\(n).channelwise_norm.beta", [1, 1, 1, 4 * b], .zeros),
        linear2: .init(
          try source.map("\(n).channelwise_linear_2", [b, 4 * b], bias: bias, start: .fanIn(0.5))),
        condition: .init(
          try source.map("\(n).cond_embeds_mapper", [2 * b, h], bias: bias, start: .zeros)))
    }
    attentions = try (0..<c.numResBlocks).map { i in
      let n = "\(name).attention_blocks.\(i)"
      return TextAttention(
        memory: h == b ? nil : .init(try source.map("\(n).kv_mapper", [b, h], bias: bias)),
        // These two have gains and the same constant whatever the configuration says (as published).
        gain1: try source.take("\(n).norm1.weight", [b], .ones),
        gain2: try source.take("\(n).norm2.weight", [b], .ones),
        attention1: try AttentionMaps(source, "\(n).attn1", b, bias: bias, 0.5),
        attention2: try AttentionMaps(source, "\(n).attn2", b, bias: bias, 0.5))
    }
    self.upsample = upsample ? try scaling("upsample") : nil
  }

  /// What depends on the prompt alone, for each residual block.
  struct Prompted {
    let modulation: Tensor
    let first: AttentionMaps.Memory, second: AttentionMaps.Memory
  }

  /// condition [N, hidden], text [N, S, hidden], weights [N, S].
  func prepare(condition: Tensor, text: Tensor, weights: Tensor?) -> [Prompted] {
    let active = silu(condition)
    return zip(residuals, attentions).map { block, cross in
      let memory = cross.memory.map { $0(silu(text)) } ?? text
      return Prompted(
        modulation: block.condition(active),
        first: cross.attention1.memory(memory, weights: weights),
        second: cross.attention2.memory(memory, weights: weights))
    }
  }

  /// x [N, H, W, C].
  func callAsFunction(
    _ x: Tensor, _ prompt: [Prompted], recorder: AttentionRecorder? = nil
  ) -> Tensor {
    let c = configuration, eps = c.layerNormEps
    let n = x.shape[0], channels = c.blockOutChannels
    var x = x
    if let downsample {
      x = patchConv2x2(rmsNorm(x, gain: downsample.gain, eps: eps), downsample.kernel.weight)
      if let bias = downsample.kernel.bias { x = x + bias }
    }
    let h = x.shape[1], w = x.shape[2]
    for ((block, cross), prompt) in zip(zip(residuals, attentions), prompt) {
      var y = depthwise3x3(x, block.depthwise.weight)
      if let bias = block.depthwise.bias { y = y + bias }
      y = rmsNorm(y, gain: block.gain, eps: eps)
      y = block.linear1(y, activation: .gelu)
      y = globalResponseNorm(y, gamma: block.gamma, beta: block.beta)
      x = modulate(x + block.linear2(y), prompt.modulation)

      x = x.reshaped([n, h * w, channels])
      x =
        x
        + cross.attention1(
          rmsNorm(x, gain: cross.gain1, eps: 1e-6), prompt.first, heads: c.blockNumHeads, recorder)
      x =
        x
        + cross.attention2(
          rmsNorm(x, gain: cross.gain2, eps: 1e-6), prompt.second, heads: c.blockNumHeads, recorder)
      x = x.reshaped([n, h, w, channels])
    }
    if let upsample {
      x = patchTransposedConv2x2(rmsNorm(x, gain: upsample.gain, eps: eps), upsample.kernel.weight)
      if let bias = upsample.kernel.bias { x = x + bias }
    }
    return x
  }
}

extension ParameterSource {
  /// The gain of a norm, or ones that are no parameter where the configuration says so.
  func gain(_ name: String, _ n: Int, _ c: TransformerConfiguration) throws -> Tensor {
    c.lnElementwiseAffine ? try take(name + ".weight", [n], .ones) : .full([n], 1)
  }
}
