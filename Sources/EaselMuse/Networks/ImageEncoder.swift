import EaselKit
public import EaselTensor

/// The image tower of CLIP with its projection (CLIPVisionModelWithProjection): a Transformer over
/// patches, whose class token becomes a vector in the space that captions share.
///
/// Source: Radford et al. 2021, arXiv 2103.00020; Dosovitskiy et al. 2020, arXiv 2010.11929 (ViT);
/// tensor names as the published checkpoints, `pre_layrnorm` included.
public final class ImageEncoder {
  public let configuration: ImageEncoderConfiguration
  public let parameters: [(name: String, tensor: Tensor)]
  private typealias Linear = TextEncoder.Linear

  private let classToken: Tensor, patches: Tensor, positions: Tensor
  private let firstGain: Tensor, firstBias: Tensor, lastGain: Tensor, lastBias: Tensor
  private let layers: [ClipLayer]
  private let projection: Linear

  public init(_ c: ImageEncoderConfiguration, _ source: ParameterSource) throws {
    if let problem = c.problem {
      throw Failure(
        .modelDamaged, "the configuration of the image encoder is not possible",
        hint: "install the model again", cause: problem)
    }
    configuration = c
    let activation = try ClipLayer.activation(c.hiddenAct)
    let w = c.hiddenSize, prefix = "vision_model."
    classToken = try source.take(prefix + "embeddings.class_embedding", [w], .normal(0.02))
    patches = try source.take(
      prefix + "embeddings.patch_embedding.weight", [w, 3, c.patchSize, c.patchSize], .fanIn(1))
    positions = try source.take(
      prefix + "embeddings.position_embedding.weight", [c.grid * c.grid + 1, w], .normal(0.02))
    (firstGain, firstBias) = try source.norm(prefix + "pre_layrnorm", w)
    layers = try ClipLayer.tower(
      .init(
        width: w, inner: c.intermediateSize, heads: c.numAttentionHeads, layers: c.numHiddenLayers,
        eps: c.layerNormEps, activation: activation), source, prefix: prefix)
    (lastGain, lastBias) = try source.norm(prefix + "post_layernorm", w)
    projection = Linear(try source.map("visual_projection", [c.projectionDim, w], bias: false))
    parameters = source.parameters
  }

  /// Shapes: pixels [N, S, S, 3], normalised as the model's preprocessor says; vectors [N, P], not
  /// of unit length.
  public func forward(_ pixels: Tensor) -> Tensor {
    let c = configuration, n = pixels.shape[0], w = c.hiddenSize, eps = c.layerNormEps
    precondition(
      pixels.shape == [n, c.imageSize, c.imageSize, 3],
      "the image encoder wants [N, \(c.imageSize), \(c.imageSize), 3], got \(pixels.shape)")
    let cells = linear(cut(pixels), patches).reshaped([n, c.grid * c.grid, w])
    let classes = Tensor([n, 1, w]) + classToken
    var x = concatenated([classes, cells], axis: 1) + positions
    x = layerNorm(x, gain: firstGain, bias: firstBias, eps: eps)
    for layer in layers.dropLast() { x = layer(x) }
    let first = [Int](repeating: 0, count: n)
    let token = layers.last?.at(first, x) ?? x.sliced(axis: 1, 0..<1).reshaped([n, w])
    return projection(layerNorm(token, gain: lastGain, bias: lastBias, eps: eps))
  }

  /// Patches as rows in the order of a convolution's weight: channel, line, column.
  ///
  /// Shapes: [N, S, S, 3] → [N G G, 3 P P]. No gradient: pixels are not learnt.
  private func cut(_ pixels: Tensor) -> Tensor {
    let side = configuration.imageSize, p = configuration.patchSize, grid = configuration.grid
    let rows = Tensor([pixels.shape[0] * grid * grid, 3 * p * p])
    Parallel.rows(rows.shape[0], grain: 256) { range in
      for r in range {
        let n = r / (grid * grid), top = r / grid % grid * p, left = r % grid * p
        let picture = pixels.pointer + n * side * side * 3
        let row = rows.pointer + r * 3 * p * p
        for y in 0..<p {
          let line = picture + ((top + y) * side + left) * 3
          for x in 0..<p {
            for channel in 0..<3 { row[(channel * p + y) * p + x] = line[x * 3 + channel] }
          }
        }
      }
    }
    return rows
  }
}
