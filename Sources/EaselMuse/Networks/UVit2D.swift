import EaselKit
public import EaselTensor
import Glibc

/// The masked-token Transformer of aMUSEd (UVit2DModel): a convolutional block, Transformer layers
/// with attention to the text, a convolutional block, and a prediction for every token.
///
/// Source: Patil et al. 2024, arXiv 2401.01808 (aMUSEd); Hoogeboom et al. 2023, arXiv 2301.11093
/// (U-ViT); tensor names as the published checkpoints.
public final class UVit2D {
  public let configuration: TransformerConfiguration
  public let parameters: [(name: String, tensor: Tensor)]
  typealias Linear = TextEncoder.Linear

  private let encoderProjection: Linear, encoderGain: Tensor
  private let embeddings: Tensor, embedGain: Tensor, embedConv: Linear
  private let condition1: Linear, condition2: Linear
  private let down: UVitBlock, up: UVitBlock
  private let toHiddenGain: Tensor, toHidden: Linear
  private let fromHiddenGain: Tensor, fromHidden: Linear
  private let layers: [UVitLayer]
  private let predict1: Linear, predictGain: Tensor, predict2: Linear

  public init(_ c: TransformerConfiguration, _ source: ParameterSource) throws {
    try c.checked()
    configuration = c
    let h = c.hiddenSize, b = c.blockOutChannels, bias = c.useBias
    func map(
      _ name: String, _ shape: [Int], _ start: ParameterSource.Start = .fanIn(1)
    ) throws -> Linear {
      Linear(try source.map(name, shape, bias: bias, start: start))
    }
    func gain(_ name: String, _ n: Int) throws -> Tensor { try source.gain(name, n, c) }
    encoderProjection = try map("encoder_proj", [h, c.encoderHiddenSize])
    encoderGain = try gain("encoder_proj_layer_norm", h)
    embeddings = try source.take(
      "embed.embeddings.weight", [c.vocabSize, c.inChannels], .normal(0.05))
    embedGain = try gain("embed.layer_norm", c.inChannels)
    embedConv = try map("embed.conv", [b, c.inChannels, 1, 1])
    condition1 = try map("cond_embed.linear_1", [h, c.condEmbedDim + c.microCondEmbedDim])
    condition2 = try map("cond_embed.linear_2", [h, h])
    down = try UVitBlock(c, source, "down_block", downsample: c.downsample, upsample: false)
    toHiddenGain = try gain("project_to_hidden_norm", b)
    toHidden = try map("project_to_hidden", [h, b])
    layers = try (0..<c.numHiddenLayers).map {
      try UVitLayer(c, source, "transformer_layers.\($0)")
    }
    fromHiddenGain = try gain("project_from_hidden_norm", h)
    fromHidden = try map("project_from_hidden", [b, h])
    up = try UVitBlock(c, source, "up_block", downsample: false, upsample: c.upsample)
    predict1 = try map("mlm_layer.conv1", [c.inChannels, b, 1, 1])
    predictGain = try gain("mlm_layer.layer_norm", c.inChannels)
    predict2 = try map("mlm_layer.conv2", [c.codebookSize, c.inChannels, 1, 1], .normal(0.02))
    parameters = source.parameters
  }

  /// What depends on the prompt and not on the tokens: computed once for all steps of a picture.
  public struct Prompted {
    let batch: Int
    let down: [UVitBlock.Prompted], up: [UVitBlock.Prompted]
    let layers: [UVitLayer.Prompted]
  }

  /// Shapes: textStates [N, T, C]; pooled [N, P]; microConditions [N, 5]: width, height, crop x,
  /// crop y, aesthetic score; weights [N, T], how much each position of the text counts in the attention
  /// to it (`weightedAttention`).
  public func prepare(
    textStates: Tensor, pooled: Tensor, microConditions: Tensor, weights: Tensor? = nil
  ) -> Prompted {
    let c = configuration, n = pooled.shape[0]
    let text = rmsNorm(encoderProjection(textStates), gain: encoderGain, eps: c.layerNormEps)
    let micro = sinusoids(microConditions).reshaped([n, c.microCondEmbedDim])
    let joined = concatenated([pooled, micro], axis: 1)
    let condition = condition2(condition1(joined, activation: .silu))
    let activeCondition = silu(condition)
    return Prompted(
      batch: n, down: down.prepare(condition: condition, text: text, weights: weights),
      up: up.prepare(condition: condition, text: text, weights: weights),
      layers: layers.map {
        $0.prepare(condition: activeCondition, text: text, weights: weights)
      })
  }

  /// Logits [R, K] of the tokens `wanted`, or of all.
  ///
  /// Shapes: tokenIDs N × H × W, row by row (square when `height` is nil); wanted R positions in
  /// tokenIDs.
  public func forward(
    tokenIDs: [Int32], height: Int? = nil, prompt: Prompted, wanted: [Int32]? = nil
  ) -> Tensor {
    forward(
      tokenIDs: tokenIDs, height: height, prompt: prompt, wanted: wanted, recorder: nil, check: {})
  }

  /// The same; `check` is asked before every layer and throws to stop: a step of a large model takes a
  /// second, and nobody wants to wait that long.
  public func forward(
    tokenIDs: [Int32], height: Int? = nil, prompt: Prompted, wanted: [Int32]? = nil,
    check: () throws -> Void
  ) rethrows -> Tensor {
    try forward(
      tokenIDs: tokenIDs, height: height, prompt: prompt, wanted: wanted, recorder: nil,
      check: check)
  }

  /// The same; `recorder` sees every attention to the text, and `check` may throw between layers, which
  /// take a few hundredths of a second each in large models.
  func forward(
    tokenIDs: [Int32], height: Int?, prompt: Prompted, wanted: [Int32]?,
    recorder: AttentionRecorder?, check: () throws -> Void
  ) rethrows -> Tensor {
    let c = configuration, n = prompt.batch, cells = tokenIDs.count / n
    let gridHeight = height ?? Int(Double(cells).squareRoot().rounded())
    let gridWidth = cells / gridHeight
    precondition(gridHeight * gridWidth * n == tokenIDs.count, "\(cells) tokens are not a grid")

    var x = embedding(embeddings, ids: tokenIDs).reshaped([n, gridHeight, gridWidth, c.inChannels])
    x = embedConv(rmsNorm(x, gain: embedGain, eps: c.layerNormEps))
    x = down(x, prompt.down, recorder: recorder)
    let h = x.shape[1], w = x.shape[2]
    x = x.reshaped([n, h * w, c.blockOutChannels])
    x = toHidden(rmsNorm(x, gain: toHiddenGain, eps: c.layerNormEps))
    for (layer, prompt) in zip(layers, prompt.layers) {
      try check()
      x = layer(x, prompt, recorder: recorder)
    }
    try check()
    x = fromHidden(rmsNorm(x, gain: fromHiddenGain, eps: c.layerNormEps))
    x = up(x.reshaped([n, h, w, c.blockOutChannels]), prompt.up, recorder: recorder)
    x = x.reshaped([tokenIDs.count, c.blockOutChannels])
    if let wanted { x = embedding(x, ids: wanted) }
    x = rmsNorm(predict1(x), gain: predictGain, eps: c.layerNormEps)
    return predict2(x)
  }

  /// Sinusoids of each value, cosines first, periods up to 10,000 (Vaswani et al. 2017). In single
  /// precision throughout, as the published models were trained: at 512 pixels the angles differ from
  /// the exact ones by up to 3e-5.
  private func sinusoids(_ values: Tensor) -> Tensor {
    let d = configuration.microCondEncodeDim, half = d / 2
    let y = Tensor([values.count, d])
    for j in 0..<half {
      let frequency = expf(-logf(10_000) * Float(j) / Float(half))
      for i in 0..<values.count {
        let angle = values.pointer[i] * frequency
        y.pointer[i * d + j] = cosf(angle)
        y.pointer[i * d + half + j] = sinf(angle)
      }
    }
    return y
  }
}

extension UVit2D {
  /// Gives every token the place of its code: embeddings and predictions of codes that look alike begin
  /// alike, by one random map of the code space each.
  ///
  /// From independent random vectors, a painter of 2,048 codes spent its first 25,000 pictures on learning
  /// which codes are neighbours.
  ///
  /// Shapes: codes [K, C].
  func begin(with codes: Tensor, seed: UInt64) {
    let k = codes.shape[0], c = codes.shape[1], width = configuration.inChannels
    precondition(k == configuration.codebookSize, "\(k) codes for \(configuration.codebookSize)")
    var mean = [Float](repeating: 0, count: c)
    for i in 0..<k { for j in 0..<c { mean[j] += codes.pointer[i * c + j] / Float(k) } }
    var square: Float = 0
    for i in 0..<k {
      for j in 0..<c {
        let d = codes.pointer[i * c + j] - mean[j]
        square += d * d / Float(k * c)
      }
    }
    let scale = 1 / max(square, 1e-12).squareRoot()
    var random = SplitMix64(seed: seed)
    for (name, std) in [("embed.embeddings.weight", 0.1), ("mlm_layer.conv2.weight", 0.03)] {
      guard let table = parameters.first(where: { $0.name == name })?.tensor else { continue }
      let map = Tensor.normal(
        [c, width], std: Float(std) / Float(c).squareRoot(), using: &random)
      for i in 0..<k {
        let row = table.pointer + i * width
        // A little of the random vector stays, so that no two codes are the same.
        for w in 0..<width { row[w] *= 0.2 }
        for j in 0..<c {
          let z = (codes.pointer[i * c + j] - mean[j]) * scale
          for w in 0..<width { row[w] += z * map.pointer[j * width + w] }
        }
      }
      table.valuesChanged()
    }
  }
}
