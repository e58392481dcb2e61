import EaselKit
import FoundationEssentials

/// `image_encoder/config.json` (CLIPVisionModelWithProjection). A value that the file leaves out has
/// the published class's default.
public struct ImageEncoderConfiguration: Codable, Sendable, Hashable {
  public var hiddenSize = 768
  public var intermediateSize = 3072
  public var projectionDim = 512
  public var numHiddenLayers = 12
  public var numAttentionHeads = 12
  public var numChannels = 3
  /// Side of the square pictures, in pixels.
  public var imageSize = 224
  /// Side of a patch, in pixels.
  public var patchSize = 32
  public var hiddenAct = "quick_gelu"
  public var layerNormEps: Float = 1e-5
  enum CodingKeys: String, CodingKey {
    case hiddenSize = "hidden_size"
    case intermediateSize = "intermediate_size"
    case projectionDim = "projection_dim"
    case numHiddenLayers = "num_hidden_layers"
    case numAttentionHeads = "num_attention_heads"
    case numChannels = "num_channels"
    case imageSize = "image_size"
    case patchSize = "patch_size"
    case hiddenAct = "hidden_act"
    case layerNormEps = "layer_norm_eps"
  }
  public init() {}
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    func read<T: Decodable>(_ key: CodingKeys, _ value: inout T) throws {
      if let found = try c.decodeIfPresent(T.self, forKey: key) { value = found }
    }
    try read(.hiddenSize, &hiddenSize)
    try read(.intermediateSize, &intermediateSize)
    try read(.projectionDim, &projectionDim)
    try read(.numHiddenLayers, &numHiddenLayers)
    try read(.numAttentionHeads, &numAttentionHeads)
    try read(.numChannels, &numChannels)
    try read(.imageSize, &imageSize)
    try read(.patchSize, &patchSize)
    try read(.hiddenAct, &hiddenAct)
    try read(.layerNormEps, &layerNormEps)
  }

  /// Patches along one side.
  var grid: Int { imageSize / max(1, patchSize) }

  /// What makes these numbers impossible; nil when they describe a network.
  var problem: String? {
    let sizes = [
      hiddenSize, intermediateSize, projectionDim, numHiddenLayers, numAttentionHeads, imageSize,
      patchSize,
    ]
    if sizes.contains(where: { !(1...65_536).contains($0) }) { return "a size is out of range" }
    if numChannels != 3 { return "num_channels is \(numChannels), pictures have 3" }
    if imageSize % patchSize != 0 {
      return "patch_size \(patchSize) does not divide image_size \(imageSize)"
    }
    if hiddenSize % numAttentionHeads != 0 {
      return "num_attention_heads \(numAttentionHeads) does not divide hidden_size \(hiddenSize)"
    }
    return nil
  }
}

/// A text file of a model's folder.
func readText(_ path: String) throws -> String {
  do { return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) } catch {
    throw Failure(
      .modelDamaged, "\(path) cannot be read", hint: "install the model again", cause: "\(error)")
  }
}
