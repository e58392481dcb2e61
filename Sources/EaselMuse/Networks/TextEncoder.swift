import EaselKit
public import EaselTensor

/// The text tower of CLIP with its projection (CLIPTextModelWithProjection).
///
/// Source: Radford et al. 2021, arXiv 2103.00020; names and details as the published checkpoints.
public final class TextEncoder {
  public let configuration: TextEncoderConfiguration
  public let parameters: [(name: String, tensor: Tensor)]

  private struct Layer {
    let gain1: Tensor, bias1: Tensor, gain2: Tensor, bias2: Tensor
    let q: Linear, k: Linear, v: Linear, out: Linear, up: Linear, down: Linear
  }
  struct Linear {
    let weight: Tensor, bias: Tensor?
    init(_ pair: (weight: Tensor, bias: Tensor?)) {
      weight = pair.weight
      bias = pair.bias
    }
    func callAsFunction(_ x: Tensor, activation: Activation = .none) -> Tensor {
      linear(x, weight, bias, activation: activation)
    }
  }

  private let tokens: Tensor, positions: Tensor
  private let layers: [Layer]
  private let finalGain: Tensor, finalBias: Tensor
  private let projection: Tensor
  private let activation: Activation

  public init(_ c: TextEncoderConfiguration, _ source: ParameterSource) throws {
    try c.checked()
    configuration = c
    switch c.hiddenAct {
    case "quick_gelu": activation = .quickGelu
    case "gelu": activation = .gelu
    default:
      throw Failure.unknown(
        "activation", c.hiddenAct, known: ["quick_gelu", "gelu"], code: .modelDamaged)
    }
    let w = c.hiddenSize, prefix = "text_model."
    tokens = try source.take(
      prefix + "embeddings.token_embedding.weight", [c.vocabSize, w], .normal(0.05))
    positions = try source.take(
      prefix + "embeddings.position_embedding.weight", [c.maxPositionEmbeddings, w], .normal(0.02))
    let residual = 1 / Float(2 * c.numHiddenLayers).squareRoot()
    layers = try (0..<c.numHiddenLayers).map { i in
      let name = "\(prefix)encoder.layers.\(i)."
      func norm(_ n: String) throws -> (Tensor, Tensor) {
        (
          try source.take("\(name)\(n).weight", [w], .ones),
          try source.take("\(name)\(n).bias", [w], .zeros)
        )
      }
      func map(_ n: String, _ o: Int, _ i: Int, _ factor: Float = 1) throws -> Linear {
        Linear(try source.map(name + n, [o, i], bias: true, start: .fanIn(factor)))
      }
      let (gain1, bias1) = try norm("layer_norm1")
      let (gain2, bias2) = try norm("layer_norm2")
      return Layer(
        gain1: gain1, bias1: bias1, gain2: gain2, bias2: bias2,
        q: try map("self_attn.q_proj", w, w), k: try map("self_attn.k_proj", w, w),
        v: try map("self_attn.v_proj", w, w), out: try map("self_attn.out_proj", w, w, residual),
        up: try map("mlp.fc1", c.intermediateSize, w),
        down: try map("mlp.fc2", w, c.intermediateSize, residual))
    }
    finalGain = try source.take(prefix + "final_layer_norm.weight", [w], .ones)
    finalBias = try source.take(prefix + "final_layer_norm.bias", [w], .zeros)
    projection = try source.take("text_projection.weight", [c.projectionDim, w], .fanIn(1))
    parameters = source.parameters
  }

  /// Shapes: ids batch × T; states [N, T, C], the penultimate layer's output without the final norm;
  /// pooled [N, P], the projected state at the first end mark. `weights` [N, T]: how much each token
  /// counts in every attention; nil for all the same.
  public func forward(
    ids: [Int32], batch: Int, weights: Tensor? = nil
  ) -> (states: Tensor, pooled: Tensor) {
    let c = configuration, t = ids.count / batch, w = c.hiddenSize
    precondition(t <= c.maxPositionEmbeddings, "\(t) tokens exceed \(c.maxPositionEmbeddings)")
    var x = embedding(tokens, ids: ids).reshaped([batch, t, w])
    x = x + (t == positions.shape[0] ? positions : positions.sliced(axis: 0, 0..<t))
    var states = x
    for (i, layer) in layers.enumerated() {
      if i == layers.count - 1 { states = x }
      let a = layerNorm(x, gain: layer.gain1, bias: layer.bias1, eps: c.layerNormEps)
      let q = layer.q(a), k = layer.k(a), v = layer.v(a)
      let mixed =
        weights.map {
          weightedAttention(q, k, v, heads: c.numAttentionHeads, causal: true, weights: $0)
        } ?? attention(q, k, v, heads: c.numAttentionHeads, causal: true)
      x = x + layer.out(mixed)
      let b = layerNorm(x, gain: layer.gain2, bias: layer.bias2, eps: c.layerNormEps)
      x = x + layer.down(layer.up(b, activation: activation))
    }
    let last = layerNorm(x, gain: finalGain, bias: finalBias, eps: c.layerNormEps)
    let rows = (0..<batch).map { b in Int32(b * t + endPosition(ids[(b * t)..<((b + 1) * t)])) }
    let ends = embedding(last.reshaped([batch * t, w]), ids: rows)
    return (states, linear(ends, projection))
  }

  /// Where the text ends. Old configurations say 2 for an end mark that is in truth the highest id.
  private func endPosition(_ ids: ArraySlice<Int32>) -> Int {
    let wanted =
      configuration.eosTokenId == 2 ? ids.max() ?? 0 : Int32(configuration.eosTokenId)
    return (ids.firstIndex(of: wanted) ?? ids.startIndex) - ids.startIndex
  }
}
