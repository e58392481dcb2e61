import EaselKit
import FoundationEssentials

// The configuration files of the aMUSEd folder layout, as published with diffusers and transformers.
// A value that a file leaves out has the published class's default. Dropout is for training there and
// is not read.

/// `text_encoder/config.json` (CLIPTextModelWithProjection).
public struct TextEncoderConfiguration: Codable, Sendable, Hashable, CheckedConfiguration {
  public var vocabSize = 49408
  public var hiddenSize = 512
  public var intermediateSize = 2048
  public var projectionDim = 512
  public var numHiddenLayers = 12
  public var numAttentionHeads = 8
  public var maxPositionEmbeddings = 77
  public var hiddenAct = "quick_gelu"
  public var layerNormEps: Float = 1e-5
  /// What the text is pooled at: the first of these, or, where this is 2, the first highest id.
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
    case eosTokenId = "eos_token_id"
  }
  private enum OuterKeys: String, CodingKey {
    case modelType = "model_type"
    case textConfig = "text_config"
    case quantization = "quantization_config"
  }
  public init() {}
  public init(from decoder: any Decoder) throws {
    let outer = try decoder.container(keyedBy: OuterKeys.self)
    try outer.requireClass(
      .modelType, ["clip_text_model", "clip"], quantization: .quantization)
    // Files of a whole CLIP keep both towers, each in an object of its own.
    let c =
      try outer.isGiven(.textConfig)
      ? outer.nestedContainer(keyedBy: CodingKeys.self, forKey: .textConfig)
      : decoder.container(keyedBy: CodingKeys.self)
    try c.read(.vocabSize, &vocabSize, in: Limits.table)
    try c.read(.hiddenSize, &hiddenSize, in: Limits.width)
    try c.read(.intermediateSize, &intermediateSize, in: Limits.wider)
    try c.read(.projectionDim, &projectionDim, in: Limits.width)
    try c.read(.numHiddenLayers, &numHiddenLayers, in: Limits.layers)
    try c.read(.numAttentionHeads, &numAttentionHeads, in: Limits.heads)
    try c.read(.maxPositionEmbeddings, &maxPositionEmbeddings, in: Limits.positions)
    try c.read(.hiddenAct, &hiddenAct, of: ["quick_gelu", "gelu"])
    try c.readEpsilon(.layerNormEps, &layerNormEps)
    if let one = try? c.decode([Int].self, forKey: .eosTokenId), one.count == 1 {
      eosTokenId = one[0]
    } else {
      try c.read(.eosTokenId, &eosTokenId, in: 0...Limits.table.upperBound)
    }
  }
  func check() throws {
    try requireDivisor("num_attention_heads", numAttentionHeads, of: "hidden_size", hiddenSize)
  }
}

/// `transformer/config.json` (UVit2DModel).
public struct TransformerConfiguration: Codable, Sendable, Hashable, CheckedConfiguration {
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
    try decoder.container(keyedBy: ClassKeys.self).requireClass(
      .className, ["UVit2DModel"], quantization: .quantization)
    let c = try decoder.container(keyedBy: CodingKeys.self)
    try c.read(.hiddenSize, &hiddenSize, in: Limits.width)
    try c.read(.useBias, &useBias)
    try c.read(.condEmbedDim, &condEmbedDim, in: Limits.width)
    try c.read(.microCondEncodeDim, &microCondEncodeDim, in: 2...4096)
    try c.read(.microCondEmbedDim, &microCondEmbedDim, in: Limits.wider)
    try c.read(.encoderHiddenSize, &encoderHiddenSize, in: Limits.width)
    try c.read(.vocabSize, &vocabSize, in: Limits.table)
    try c.read(.codebookSize, &codebookSize, in: Limits.table)
    try c.read(.inChannels, &inChannels, in: Limits.width)
    try c.read(.blockOutChannels, &blockOutChannels, in: Limits.width)
    try c.read(.numResBlocks, &numResBlocks, in: Limits.layers)
    try c.read(.downsample, &downsample)
    try c.read(.upsample, &upsample)
    try c.read(.blockNumHeads, &blockNumHeads, in: Limits.heads)
    try c.read(.numHiddenLayers, &numHiddenLayers, in: Limits.layers)
    try c.read(.numAttentionHeads, &numAttentionHeads, in: Limits.heads)
    try c.read(.intermediateSize, &intermediateSize, in: Limits.wider)
    try c.readEpsilon(.layerNormEps, &layerNormEps)
    try c.read(.lnElementwiseAffine, &lnElementwiseAffine)
    try c.read(.sampleSize, &sampleSize, in: Limits.grid)
  }
  func check() throws {
    try requireDivisor("num_attention_heads", numAttentionHeads, of: "hidden_size", hiddenSize)
    try requireDivisor("block_num_heads", blockNumHeads, of: "block_out_channels", blockOutChannels)
    try require(
      microCondEmbedDim == 5 * microCondEncodeDim, "micro_cond_embed_dim", microCondEmbedDim,
      "5 times micro_cond_encode_dim, \(5 * microCondEncodeDim),")
    try require(
      vocabSize > codebookSize, "vocab_size", vocabSize,
      "more than codebook_size, which is \(codebookSize),")
    try require(upsample == downsample, "upsample", upsample, "the value of downsample")
    try require(
      !downsample || sampleSize % 2 == 0, "sample_size", sampleSize,
      "an even number, since downsample is true,")
  }
}

/// `vqvae/config.json` (VQModel).
public struct PictureTokenizerConfiguration: Codable, Sendable, Hashable, CheckedConfiguration {
  public var inChannels = 3
  public var outChannels = 3
  public var blockOutChannels = [64]
  /// Nil: plain blocks at every level.
  public var downBlockTypes: [String]?
  public var upBlockTypes: [String]?
  public var layersPerBlock = 1
  public var actFn = "silu"
  public var latentChannels = 3
  public var numVqEmbeddings = 256
  public var normNumGroups = 32
  /// Nil: as `latentChannels`.
  public var vqEmbedDim: Int?
  public var normType = "group"
  public var midBlockAddAttention = true
  enum CodingKeys: String, CodingKey, CaseIterable {
    case inChannels = "in_channels"
    case outChannels = "out_channels"
    case blockOutChannels = "block_out_channels"
    case downBlockTypes = "down_block_types"
    case upBlockTypes = "up_block_types"
    case layersPerBlock = "layers_per_block"
    case actFn = "act_fn"
    case latentChannels = "latent_channels"
    case numVqEmbeddings = "num_vq_embeddings"
    case normNumGroups = "norm_num_groups"
    case vqEmbedDim = "vq_embed_dim"
    case normType = "norm_type"
    case midBlockAddAttention = "mid_block_add_attention"
  }
  static let downTypes = (plain: "DownEncoderBlock2D", attending: "AttnDownEncoderBlock2D")
  static let upTypes = (plain: "UpDecoderBlock2D", attending: "AttnUpDecoderBlock2D")
  /// Groups of the norms that see the codes, whatever `norm_num_groups` says (as published).
  static let spatialGroups = 32

  public init() {}
  public init(from decoder: any Decoder) throws {
    try decoder.container(keyedBy: ClassKeys.self).requireClass(
      .className, ["VQModel"], quantization: .quantization)
    let c = try decoder.container(keyedBy: CodingKeys.self)
    try c.read(.inChannels, &inChannels, in: 3...3)
    try c.read(.outChannels, &outChannels, in: 3...3)
    try c.read(.blockOutChannels, &blockOutChannels, "a list of whole numbers")
    try c.read(.downBlockTypes, &downBlockTypes, "a list of block types")
    try c.read(.upBlockTypes, &upBlockTypes, "a list of block types")
    try c.read(.layersPerBlock, &layersPerBlock, in: Limits.layers)
    try c.read(.actFn, &actFn, of: ["silu", "swish", "gelu", "relu", "mish"])
    try c.read(.latentChannels, &latentChannels, in: Limits.width)
    try c.read(.numVqEmbeddings, &numVqEmbeddings, in: Limits.table)
    try c.read(.normNumGroups, &normNumGroups, in: Limits.width)
    if try c.isGiven(.vqEmbedDim) {
      var size = 1
      try c.read(.vqEmbedDim, &size, in: Limits.width)
      vqEmbedDim = size
    }
    try c.read(.normType, &normType, of: ["group", "spatial"])
    try c.read(.midBlockAddAttention, &midBlockAddAttention)
  }
  func check() throws {
    let widths = blockOutChannels
    try require(
      Limits.levels.contains(widths.count) && widths.allSatisfy(Limits.width.contains),
      "block_out_channels", widths,
      "a list of 1 to \(Limits.levels.upperBound) whole numbers of 1 to \(Limits.width.upperBound)")
    for width in widths {
      try requireDivisor("norm_num_groups", normNumGroups, of: "a block_out_channels", width)
      try require(
        normType != "spatial" || width % Self.spatialGroups == 0, "block_out_channels", widths,
        "multiples of \(Self.spatialGroups), since norm_type is 'spatial',")
    }
    try require(
      normType != "spatial" || codeDim == latentChannels, "vq_embed_dim", codeDim,
      "latent_channels, \(latentChannels), since norm_type is 'spatial',")
    for (key, types, known) in [
      ("down_block_types", downBlockTypes, Self.downTypes),
      ("up_block_types", upBlockTypes, Self.upTypes),
    ] {
      guard let types else { continue }
      try require(
        types.count == widths.count
          && types.allSatisfy { $0 == known.plain || $0 == known.attending },
        key, types, "\(known.plain) or \(known.attending) for each of block_out_channels")
    }
  }
  /// Pixels along one side of a token.
  public var pixelsPerToken: Int { 1 << (blockOutChannels.count - 1) }
  public var codeDim: Int { vqEmbedDim ?? latentChannels }
  /// Whether the encoder's or decoder's level `i` has an attention after every residual block.
  func downAttends(_ i: Int) -> Bool { downBlockTypes?[i] == Self.downTypes.attending }
  func upAttends(_ i: Int) -> Bool { upBlockTypes?[i] == Self.upTypes.attending }
}

/// `scheduler/scheduler_config.json` (AmusedScheduler).
public struct SchedulerConfiguration: Codable, Sendable, Hashable, CheckedConfiguration {
  public var maskTokenId = 8255
  public var maskingSchedule = "cosine"
  enum CodingKeys: String, CodingKey, CaseIterable {
    case maskTokenId = "mask_token_id"
    case maskingSchedule = "masking_schedule"
  }
  public init() {}
  public init(from decoder: any Decoder) throws {
    try decoder.container(keyedBy: ClassKeys.self).requireClass(
      .className, ["AmusedScheduler"], quantization: .quantization)
    let c = try decoder.container(keyedBy: CodingKeys.self)
    try c.read(.maskTokenId, &maskTokenId, in: 0...Limits.table.upperBound)
    try c.read(
      .maskingSchedule, &maskingSchedule, of: MaskedScheduler.Masking.allCases.map(\.rawValue))
  }
  func check() throws {}
}

private enum ClassKeys: String, CodingKey {
  case className = "_class_name"
  case quantization = "quantization_config"
}
