import EaselImaging
import EaselKit
import EaselMuse
import EaselTensor
import Foundation

/// A model and a way of training it that Easel and its peer measure alike: both read the same
/// configuration files.
struct TrainingCase: Sendable {
  enum Stage: String, Sendable { case vqgan, transformer, clip }
  var name: String
  var stage: Stage
  var recipe: TrainingRecipe
  /// Pictures in a step.
  var batch: Int
  /// The picture tokenizer is judged by its critic from the first step.
  var hasCritic = true
  /// Matrices of hidden layers take orthogonalised steps; else AdamW steps all.
  var hasMuon = false

  static let all: [TrainingCase] = [
    .init(name: "vqgan_10m_with_critic", stage: .vqgan, recipe: .pictures10M, batch: 16),
    .init(name: "uvit_12m_64_tokens", stage: .transformer, recipe: .pictures10M, batch: 64),
    .init(
      name: "uvit_12m_256_tokens", stage: .transformer, recipe: .pictures10M(pixels: 128),
      batch: 16),
    .init(name: "clip_10m", stage: .clip, recipe: .pictures10M, batch: 64),
    .init(name: "vqgan", stage: .vqgan, recipe: .scenes, batch: 16, hasCritic: false),
    .init(name: "vqgan_with_critic", stage: .vqgan, recipe: .scenes, batch: 16),
    .init(name: "painter", stage: .transformer, recipe: .scenes, batch: 64, hasMuon: true),
  ]

  /// How linear maps multiply; the picture tokenizer's convolutions have one way.
  var precisions: [ProductPrecision] {
    stage == .vqgan || ProductPrecision.fastest == .fp32 ? [.fp32] : [.fp32, .fastest]
  }

  private var side: Int { recipe.pixels / recipe.pixelsPerToken }
  private func text(_ path: String) -> String { recipe.configurations[path] ?? "{}" }

  /// Writes what the peer reads to `folder/NAME`.
  func write(to folder: String) throws {
    let settings: [String: Any] = [
      "stage": stage.rawValue, "batch": batch, "pixels": recipe.pixels, "side": side,
      "codes": recipe.codes, "vocabulary": recipe.vocabulary, "words": recipe.captionLength,
      "critic": hasCritic, "muon": hasMuon, "rate": 1e-4,
    ]
    var files = recipe.configurations
    files["case.json"] = String(
      decoding: try JSONSerialization.data(
        withJSONObject: settings, options: [.prettyPrinted, .sortedKeys]), as: UTF8.self)
    for (path, text) in files {
      let url = URL(filePath: "\(folder)/\(name)/\(path)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
  }

  /// Takes one step of training at each call, over the same data every time.
  func stepper(_ precision: ProductPrecision, _ scenes: SceneSource) throws -> () -> Void {
    switch stage {
    case .vqgan:
      let trainer = try tokenizerTrainer()
      let pictures = (0..<batch).map { scenes.picture(index: $0, size: recipe.pixels) }
      return { _ = trainer.train(pictures) }
    case .transformer:
      let trainer = try painterTrainer(precision)
      let batch = painterBatch()
      return { _ = trainer.train(batch) }
    case .clip:
      let trainer = try clipTrainer(precision)
      let batch = ClipBatch(
        pictures: (0..<batch).map { scenes.picture(index: $0, size: recipe.pixels) },
        captions: captions(), complete: [])
      return { _ = trainer.train(batch) }
    }
  }

  func tokenizerTrainer() throws -> TokenizerTrainer {
    var settings = TokenizerTraining()
    settings.batch = batch
    settings.criticFrom = hasCritic ? 0 : 2
    // The peer has AdamW and the usual encoder: both sides are to do the same work.
    if !hasMuon { settings.muonFactor = nil }
    let model = try VQModel(
      configuration(json: text("vqvae/config.json")), ParameterSource(seed: 1),
      seesPatches: hasMuon)
    return TokenizerTrainer(model: model, settings: settings, seed: 1)
  }

  private func textEncoder() throws -> TextEncoder {
    try TextEncoder(configuration(json: text("text_encoder/config.json")), ParameterSource(seed: 4))
  }

  func painterTrainer(_ precision: ProductPrecision) throws -> PainterTrainer {
    var settings = PainterTraining()
    settings.precision = precision
    settings.muon = hasMuon
    settings.batch = batch
    return PainterTrainer(
      transformer: try UVit2D(
        configuration(json: text("transformer/config.json")), ParameterSource(seed: 3)),
      text: try textEncoder(), settings: settings, seed: 1, maskToken: Int32(recipe.codes),
      emptyText: [Int32](repeating: Int32(recipe.vocabulary - 1), count: recipe.captionLength),
      pixels: recipe.pixels)
  }

  func painterBatch() -> PainterBatch {
    var random = SplitMix64(seed: 2)
    return PainterBatch(
      codes: (0..<batch * side * side).map { _ in Int32(random.nextInt(recipe.codes)) },
      text: captions(), count: batch)
  }

  /// Both towers learn, as the judge's CLIP does.
  private func clipTrainer(_ precision: ProductPrecision) throws -> ClipTrainer {
    var settings = ClipTraining()
    settings.precision = precision
    settings.muon = hasMuon
    let shape: ImageEncoderConfiguration = try configuration(
      json: text("image_encoder/config.json"))
    var processor = ImageProcessor()
    processor.size = .shortestEdge(shape.imageSize)
    processor.crop = PixelSize(width: shape.imageSize, height: shape.imageSize)
    return ClipTrainer(
      image: try ImageEncoder(shape, ParameterSource(seed: 5)), bridge: nil,
      text: try textEncoder(), processor: processor, pictures: nil, settings: settings, seed: 1,
      endToken: Int32(recipe.vocabulary - 1))
  }

  /// As long as captions can be: the mark of the end is the last token.
  private func captions() -> [Int32] {
    var random = SplitMix64(seed: 6)
    return (0..<batch).flatMap { _ in
      (1..<recipe.captionLength).map { _ in Int32(random.nextInt(recipe.vocabulary - 2)) }
        + [Int32(recipe.vocabulary - 1)]
    }
  }
}

extension TrainingRecipe {
  /// Models of about ten million numbers each, of a size that a day on two cores would train: a picture
  /// tokenizer of 10.5 million with tokens of 8×8 pixels, a Transformer of 12.3 million, towers of CLIP
  /// with 5.3 million (captions) and 4.9 million (pictures).
  fileprivate static let pictures10M = pictures10M(pixels: 64)

  fileprivate static func pictures10M(pixels: Int) -> TrainingRecipe {
    TrainingRecipe(
      name: "10m", pixels: pixels, vocabulary: 8192, captionLength: 32, codes: 1024,
      configurations: [
        "vqvae/config.json": """
        {
          "_class_name": "VQModel", "act_fn": "silu", "block_out_channels": [32, 64, 128, 256],
          "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D",
                               "DownEncoderBlock2D"],
          "in_channels": 3, "latent_channels": 16, "layers_per_block": 1,
          "lookup_from_codebook": true, "mid_block_add_attention": false, "norm_num_groups": 32,
          "num_vq_embeddings": 1024, "out_channels": 3, "sample_size": \(pixels),
          "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D",
                             "UpDecoderBlock2D"],
          "vq_embed_dim": 16
        }

        """,
        "transformer/config.json": """
        {
          "_class_name": "UVit2DModel", "attention_dropout": 0.0, "block_num_heads": 4,
          "block_out_channels": 128, "codebook_size": 1024, "cond_embed_dim": 256,
          "downsample": false, "encoder_hidden_size": 256, "hidden_dropout": 0.0,
          "hidden_size": 256, "in_channels": 128, "intermediate_size": 1024,
          "layer_norm_eps": 1e-06, "ln_elementwise_affine": true, "micro_cond_embed_dim": 80,
          "micro_cond_encode_dim": 16, "num_attention_heads": 4, "num_hidden_layers": 6,
          "num_res_blocks": 2, "sample_size": \(pixels / 8), "upsample": false,
          "use_bias": false, "vocab_size": 1040
        }

        """,
        "text_encoder/config.json": """
        {
          "architectures": ["CLIPTextModelWithProjection"], "attention_dropout": 0.0,
          "bos_token_id": 8190, "eos_token_id": 8191, "hidden_act": "quick_gelu",
          "hidden_size": 256, "intermediate_size": 1024, "layer_norm_eps": 1e-05,
          "max_position_embeddings": 32, "model_type": "clip_text_model",
          "num_attention_heads": 4, "num_hidden_layers": 4, "pad_token_id": 8191,
          "projection_dim": 256, "vocab_size": 8192
        }

        """,
        "image_encoder/config.json": """
        {
          "architectures": ["CLIPVisionModelWithProjection"], "attention_dropout": 0.0,
          "hidden_act": "quick_gelu", "hidden_size": 256, "image_size": \(pixels),
          "intermediate_size": 1024, "layer_norm_eps": 1e-05, "model_type": "clip_vision_model",
          "num_attention_heads": 4, "num_channels": 3, "num_hidden_layers": 6, "patch_size": 8,
          "projection_dim": 256
        }

        """,
      ])
  }
}
