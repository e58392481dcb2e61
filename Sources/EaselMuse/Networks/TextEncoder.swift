import EaselKit
public import EaselTensor

/// The text tower of CLIP with its projection (CLIPTextModelWithProjection).
///
/// Source: Radford et al. 2021, arXiv 2103.00020; names and details as the published checkpoints.
public final class TextEncoder {
  public let configuration: TextEncoderConfiguration
  public let parameters: [(name: String, tensor: Tensor)]

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
  private let layers: [ClipLayer]
  private let finalGain: Tensor, finalBias: Tensor
  private let projection: Tensor

  public init(_ c: TextEncoderConfiguration, _ source: ParameterSource) throws {
    try c.checked()
    configuration = c
    let activation = try ClipLayer.activation(c.hiddenAct)
    let w = c.hiddenSize, prefix = "text_model."
    tokens = try source.take(
      prefix + "embeddings.token_embedding.weight", [c.vocabSize, w], .normal(0.05))
    positions = try source.take(
      prefix + "embeddings.position_embedding.weight", [c.maxPositionEmbeddings, w], .normal(0.02))
    layers = try ClipLayer.tower(
      .init(
        width: w, inner: c.intermediateSize, heads: c.numAttentionHeads, layers: c.numHiddenLayers,
        eps: c.layerNormEps, activation: activation), source, prefix: prefix)
    (finalGain, finalBias) = try source.norm(prefix + "final_layer_norm", w)
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
    for layer in layers.dropLast() { x = layer(x, causal: true, weights: weights) }
    // Of what the last layer makes, only the end marks are looked at.
    let places = (0..<batch).map { b in endPosition(ids[(b * t)..<((b + 1) * t)]) }
    var ends: Tensor
    if let last = layers.last, weights == nil {
      ends = last.at(places, x, causal: true)
    } else {
      let all = layers.last?(x, causal: true, weights: weights) ?? x
      let rows = places.enumerated().map { Int32($0 * t + $1) }
      ends = embedding(all.reshaped([batch * t, w]), ids: rows)
    }
    ends = layerNorm(ends, gain: finalGain, bias: finalBias, eps: c.layerNormEps)
    return (x, linear(ends, projection))
  }

  /// Where the text ends. Old configurations say 2 for an end mark that is in truth the highest id.
  private func endPosition(_ ids: ArraySlice<Int32>) -> Int {
    let wanted =
      configuration.eosTokenId == 2 ? ids.max() ?? 0 : Int32(configuration.eosTokenId)
    return (ids.firstIndex(of: wanted) ?? ids.startIndex) - ids.startIndex
  }
}
