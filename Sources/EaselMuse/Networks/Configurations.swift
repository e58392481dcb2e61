import EaselKit
import FoundationEssentials

// The configuration files of the aMUSEd folder layout, as published with diffusers and transformers.
// A value that a file leaves out has the published class's default.

/// `text_encoder/config.json` (CLIPTextModelWithProjection).
public struct TextEncoderConfiguration: Codable, Sendable, Hashable {
  public var vocabSize = 49408
  public var hiddenSize = 512
  public var intermediateSize = 2048
  public var projectionDim = 512
  public var numHiddenLayers = 12
  public var numAttentionHeads = 8
  public var maxPositionEmbeddings = 77
  public var hiddenAct = "quick_gelu"
  public var layerNormEps: Float = 1e-5
  public var bosTokenId = 49406
  public var eosTokenId = 49407
  enum CodingKeys: String, CodingKey, CaseIterable {
    case vocabSize = "vocab_size"
    case hiddenSize = "hidden_size"
    case intermediateSize = "intermediate_size"
    case projectionDim = "projection_dim"
    case numHiddenLayers = "num_hidden_layers"
    case numAttentionHeads = "num_attention_heads"
    case maxPositionEmbeddings = "max_position_embeddings"
    case hiddenAct = "hidden_act"
    case layerNormEps = "layer_norm_eps"
    case bosTokenId = "bos_token_id"
    case eosTokenId = "eos_token_id"
  }
  public init() {}
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    try c.read(.vocabSize, &vocabSize)
    try c.read(.hiddenSize, &hiddenSize)
    try c.read(.intermediateSize, &intermediateSize)
    try c.read(.projectionDim, &projectionDim)
    try c.read(.numHiddenLayers, &numHiddenLayers)
    try c.read(.numAttentionHeads, &numAttentionHeads)
    try c.read(.maxPositionEmbeddings, &maxPositionEmbeddings)
    try c.read(.hiddenAct, &hiddenAct)
    try c.read(.layerNormEps, &layerNormEps)
    try c.read(.bosTokenId, &bosTokenId)
    try c.read(.eosTokenId, &eosTokenId)
  }
}

/// `transformer/config.json` (UVit2DModel).
public struct TransformerConfiguration: Codable, Sendable, Hashable {
  public var hiddenSize = 1024
  public var useBias = false
  public var condEmbedDim = 768
  public var microCondEncodeDim = 256
  public var microCondEmbedDim = 1280
  public var encoderHiddenSize = 768
  public var vocabSize = 8256
  public var codebookSize = 8192
  public var inChannels = 768
  public var blockOutChannels = 768
  public var numResBlocks = 3
  public var downsample = false
  public var upsample = false
  public var blockNumHeads = 12
  public var numHiddenLayers = 22
  public var numAttentionHeads = 16
  public var intermediateSize = 2816
  public var layerNormEps: Float = 1e-6
  public var lnElementwiseAffine = true
  /// Side of the token grid that the model was trained on.
  public var sampleSize = 64
  enum CodingKeys: String, CodingKey, CaseIterable {
    case hiddenSize = "hidden_size"
    case useBias = "use_bias"
    case condEmbedDim = "cond_embed_dim"
    case microCondEncodeDim = "micro_cond_encode_dim"
    case microCondEmbedDim = "micro_cond_embed_dim"
    case encoderHiddenSize = "encoder_hidden_size"
    case vocabSize = "vocab_size"
    case codebookSize = "codebook_size"
    case inChannels = "in_channels"
    case blockOutChannels = "block_out_channels"
    case numResBlocks = "num_res_blocks"
    case downsample, upsample
    case blockNumHeads = "block_num_heads"
    case numHiddenLayers = "num_hidden_layers"
    case numAttentionHeads = "num_attention_heads"
    case intermediateSize = "intermediate_size"
    case layerNormEps = "layer_norm_eps"
    case lnElementwiseAffine = "ln_elementwise_affine"
    case sampleSize = "sample_size"
  }
  public init() {}
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    try c.read(.hiddenSize, &hiddenSize)
    try c.read(.useBias, &useBias)
    try c.read(.condEmbedDim, &condEmbedDim)
    try c.read(.microCondEncodeDim, &microCondEncodeDim)
    try c.read(.microCondEmbedDim, &microCondEmbedDim)
    try c.read(.encoderHiddenSize, &encoderHiddenSize)
    try c.read(.vocabSize, &vocabSize)
    try c.read(.codebookSize, &codebookSize)
    try c.read(.inChannels, &inChannels)
    try c.read(.blockOutChannels, &blockOutChannels)
    try c.read(.numResBlocks, &numResBlocks)
    try c.read(.downsample, &downsample)
    try c.read(.upsample, &upsample)
    try c.read(.blockNumHeads, &blockNumHeads)
    try c.read(.numHiddenLayers, &numHiddenLayers)
    try c.read(.numAttentionHeads, &numAttentionHeads)
    try c.read(.intermediateSize, &intermediateSize)
    try c.read(.layerNormEps, &layerNormEps)
    try c.read(.lnElementwiseAffine, &lnElementwiseAffine)
    try c.read(.sampleSize, &sampleSize)
  }
}

/// `vqvae/config.json` (VQModel).
public struct PictureTokenizerConfiguration: Codable, Sendable, Hashable {
  public var inChannels = 3
  public var outChannels = 3
  public var blockOutChannels = [64]
  public var layersPerBlock = 1
  public var actFn = "silu"
  public var latentChannels = 3
  public var sampleSize = 32
  public var numVqEmbeddings = 256
  public var normNumGroups = 32
  /// Nil: as `latentChannels`.
  public var vqEmbedDim: Int?
  public var scalingFactor: Float = 0.18215
  public var normType = "group"
  public var midBlockAddAttention = true
  public var lookupFromCodebook = false
  public var forceUpcast = false
  enum CodingKeys: String, CodingKey, CaseIterable {
    case inChannels = "in_channels"
    case outChannels = "out_channels"
    case blockOutChannels = "block_out_channels"
    case layersPerBlock = "layers_per_block"
    case actFn = "act_fn"
    case latentChannels = "latent_channels"
    case sampleSize = "sample_size"
    case numVqEmbeddings = "num_vq_embeddings"
    case normNumGroups = "norm_num_groups"
    case vqEmbedDim = "vq_embed_dim"
    case scalingFactor = "scaling_factor"
    case normType = "norm_type"
    case midBlockAddAttention = "mid_block_add_attention"
    case lookupFromCodebook = "lookup_from_codebook"
    case forceUpcast = "force_upcast"
  }
  public init() {}
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    try c.read(.inChannels, &inChannels)
    try c.read(.outChannels, &outChannels)
    try c.read(.blockOutChannels, &blockOutChannels)
    try c.read(.layersPerBlock, &layersPerBlock)
    try c.read(.actFn, &actFn)
    try c.read(.latentChannels, &latentChannels)
    try c.read(.sampleSize, &sampleSize)
    try c.read(.numVqEmbeddings, &numVqEmbeddings)
    try c.read(.normNumGroups, &normNumGroups)
    vqEmbedDim = try c.decodeIfPresent(Int.self, forKey: .vqEmbedDim)
    try c.read(.scalingFactor, &scalingFactor)
    try c.read(.normType, &normType)
    try c.read(.midBlockAddAttention, &midBlockAddAttention)
    try c.read(.lookupFromCodebook, &lookupFromCodebook)
    try c.read(.forceUpcast, &forceUpcast)
  }
  /// Pixels along one side of a token.
  public var pixelsPerToken: Int { 1 << (blockOutChannels.count - 1) }
  public var codeDim: Int { vqEmbedDim ?? latentChannels }
}

/// `scheduler/scheduler_config.json` (AmusedScheduler).
public struct SchedulerConfiguration: Codable, Sendable, Hashable {
  public var maskTokenId = 8255
  public var maskingSchedule = "cosine"
  enum CodingKeys: String, CodingKey, CaseIterable {
    case maskTokenId = "mask_token_id"
    case maskingSchedule = "masking_schedule"
  }
  public init() {}
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    try c.read(.maskTokenId, &maskTokenId)
    try c.read(.maskingSchedule, &maskingSchedule)
  }
}

extension KeyedDecodingContainer {
  fileprivate func read<T: Decodable>(_ key: Key, _ value: inout T) throws {
    if let found = try decodeIfPresent(T.self, forKey: key) { value = found }
  }
}

/// Reads one configuration file of a model's folder.
public func readConfiguration<C: Decodable>(_ type: C.Type = C.self, path: String) throws -> C {
  let data: Data
  do { data = try Data(contentsOf: URL(filePath: path)) } catch {
    throw Failure(
      .modelDamaged, "\(path) cannot be read", hint: "install the model again", cause: "\(error)")
  }
  do { return try JSONDecoder().decode(type, from: data) } catch {
    throw Failure(
      .modelDamaged, "\(path) is not a valid configuration", hint: "install the model again",
      cause: "\(error)")
  }
}

/// Parses one configuration from text.
public func configuration<C: Decodable>(_ type: C.Type = C.self, json: String) throws -> C {
  do { return try JSONDecoder().decode(type, from: Data(json.utf8)) } catch {
    throw Failure(.modelDamaged, "a configuration is invalid", cause: "\(error)")
  }
}
