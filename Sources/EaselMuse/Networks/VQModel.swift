public import EaselTensor

/// The picture tokenizer (VQModel): an encoder to a grid of latents, a codebook, and a decoder to
/// pixels in 0…1.
///
/// Source: Esser, Rombach & Ommer 2021, arXiv 2012.09841; tensor names as the published checkpoints.
public final class VQModel {
  public let configuration: PictureTokenizerConfiguration
  public let parameters: [(name: String, tensor: Tensor)]
  public static let codebookName = "quantize.embedding.weight"
  /// [K, C].
  public let codebook: Tensor
  /// The encoder was made to see each token's own pixels alone.
  let seesPatches: Bool

  private let encoder: VQEncoder, decoder: VQDecoder
  private let toCode: TextEncoder.Linear, fromCode: TextEncoder.Linear

  /// - Parameter seesPatches: a model about to be trained gets an encoder that sees each token's own pixels
  ///   alone (`beginWithPatches`), where its configuration allows that.
  public init(
    _ c: PictureTokenizerConfiguration, _ source: ParameterSource, seesPatches: Bool = false
  ) throws {
    try c.checked()
    configuration = c
    self.seesPatches = seesPatches && source.isRandom && c.canSeePatches
    encoder = try VQEncoder(c, source, isSilent: self.seesPatches)
    toCode = .init(try source.map("quant_conv", [c.codeDim, c.latentChannels, 1, 1], bias: true))
    codebook = try source.take(Self.codebookName, [c.numVqEmbeddings, c.codeDim], .normal(0.5))
    fromCode = .init(
      try source.map("post_quant_conv", [c.latentChannels, c.codeDim, 1, 1], bias: true))
    decoder = try VQDecoder(c, source)
    parameters = source.parameters
    if self.seesPatches { beginWithPatches() }
  }

  /// Pictures [N, H, W, 3] in 0…1 → latents [N, H/f, W/f, C], before the codebook.
  public func encode(_ x: Tensor) -> Tensor { toCode(encoder(x)) }

  /// Latents or codes [N, h, w, C] → pictures [N, H, W, 3], not clipped.
  public func decode(_ latents: Tensor) -> Tensor {
    decoder(fromCode(latents), codes: latents, check: {})
  }

  /// The same in two: what the decoder's last layer sees [N, H, W, B], and the pictures.
  func decodeInTwo(_ latents: Tensor) -> (features: Tensor, pictures: Tensor) {
    let features = decoder.features(fromCode(latents), codes: latents, check: {})
    return (features, conv3x3(features, decoder.last.weight, decoder.last.bias))
  }

  /// Weights [3, B, 3, 3] of the decoder's last layer.
  var lastWeight: Tensor { decoder.last.weight }

  /// Codes of pictures, row by row.
  public func tokens(of x: Tensor) -> [Int32] {
    let latents = encode(x)
    let c = configuration.codeDim
    return nearestCodes(latents.reshaped([latents.count / c, c]), codebook)
  }

  /// Pictures of codes (square grids when `height` is nil).
  public func decode(ids: [Int32], batch: Int, height: Int? = nil) -> Tensor {
    decode(ids: ids, batch: batch, height: height, check: {})
  }

  /// The same; `check` may throw between blocks, to stop.
  public func decode(
    ids: [Int32], batch n: Int, height: Int? = nil, check: () throws -> Void
  ) rethrows -> Tensor {
    let cells = ids.count / n
    let h = height ?? Int(Double(cells).squareRoot().rounded())
    let codes = embedding(codebook, ids: ids).reshaped([n, h, cells / h, configuration.codeDim])
    return try decoder(fromCode(codes), codes: codes, check: check)
  }
}
