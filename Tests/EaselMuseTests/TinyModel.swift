import EaselKit
import EaselMuse
import Foundation
import Synchronization

/// Squares of one colour on another: four pictures a tiny model can tell apart.
struct Squares: TrainingPictures {
  static let colours: [(name: String, rgb: (UInt8, UInt8, UInt8))] = [
    ("red", (220, 30, 30)), ("green", (30, 200, 60)), ("blue", (40, 60, 220)),
    ("white", (240, 240, 240)),
  ]
  func picture(index: Int, size: Int) -> Picture {
    let (r, g, b) = Self.colours[index % 4].rgb
    var picture = Picture(width: size, height: size, red: 20, green: 20, blue: 20)
    for y in size / 4..<size * 3 / 4 {
      for x in size / 4..<size * 3 / 4 {
        let i = (y * size + x) * 3
        picture.pixels[i] = r
        picture.pixels[i + 1] = g
        picture.pixels[i + 2] = b
      }
    }
    return picture
  }
  func caption(index: Int, variant: Int) -> String { "a \(Self.colours[index % 4].name) square" }
}

/// A model of a few thousand parameters whose sizes all differ, so that a mixed-up axis shows.
enum TinyModel {
  static let recipe = TrainingRecipe(
    name: "tiny", pixels: 16, vocabulary: 540, captionLength: 12, codes: 24,
    configurations: [
      "model_index.json": "{\"_class_name\": \"AmusedPipeline\"}",
      "scheduler/scheduler_config.json":
        "{\"mask_token_id\": 29, \"masking_schedule\": \"cosine\"}",
      "vqvae/config.json": """
      {"block_out_channels": [8, 12, 16], "layers_per_block": 1, "latent_channels": 6,
       "num_vq_embeddings": 24, "norm_num_groups": 4, "vq_embed_dim": 5,
       "mid_block_add_attention": false, "lookup_from_codebook": true}
      """,
      "transformer/config.json": """
      {"hidden_size": 36, "num_hidden_layers": 2, "num_attention_heads": 3,
       "intermediate_size": 44, "vocab_size": 30, "codebook_size": 24, "in_channels": 20,
       "block_out_channels": 24, "num_res_blocks": 1, "block_num_heads": 2,
       "encoder_hidden_size": 28, "cond_embed_dim": 26, "micro_cond_encode_dim": 6,
       "micro_cond_embed_dim": 30, "downsample": true, "upsample": true, "sample_size": 4}
      """,
      "text_encoder/config.json": """
      {"hidden_size": 28, "num_hidden_layers": 2, "num_attention_heads": 2,
       "intermediate_size": 40, "max_position_embeddings": 12, "projection_dim": 26,
       "vocab_size": 540, "bos_token_id": 538, "eos_token_id": 539, "hidden_act": "quick_gelu"}
      """,
      "image_encoder/config.json": """
      {"hidden_size": 30, "num_hidden_layers": 1, "num_attention_heads": 3,
       "intermediate_size": 50, "image_size": 16, "patch_size": 4, "projection_dim": 22}
      """,
      "image_encoder/preprocessor_config.json": """
      {"size": {"shortest_edge": 16}, "crop_size": {"height": 16, "width": 16},
       "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
      """,
    ])

  static func folder(_ name: String) throws -> String {
    let path = NSTemporaryDirectory() + "easel-\(name)-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  static func settings(tokenizerSteps: Int, painterSteps: Int, clipSteps: Int = 10)
    -> TrainingRun.Settings
  {
    var s = TrainingRun.Settings()
    s.tokenizer.steps = tokenizerSteps
    s.tokenizer.batch = 4
    // So small a network bears, and in so few steps needs, more than the shipped model.
    s.tokenizer.learningRate = 8e-4
    s.painter.learningRate = 2e-3
    s.painter.steps = painterSteps
    s.painter.batch = 8
    s.clip.steps = clipSteps
    s.clip.batch = 4
    s.clip.learningRate = 4e-3
    s.clip.repainted = 0.25
    s.pool = 64
    s.checkpointEvery = 5
    return s
  }

  static func run(
    _ folder: String, _ settings: TrainingRun.Settings,
    report: @escaping @Sendable (TrainingRecord) -> Void = { _ in }
  ) throws -> TrainingRun {
    try TrainingRun(
      recipe: recipe, folder: folder, settings: settings, pictures: Squares(),
      validation: Squares(), report: report)
  }

  /// A trained model of a few steps, made once for all tests: its root folder for a catalog.
  static let root: String = {
    // A failure here fails every test that paints, with this message.
    do {
      let work = try folder("tiny"), root = try folder("models")
      var settings = settings(tokenizerSteps: 12, painterSteps: 12, clipSteps: 60)
      // In a dozen steps AdamW learns more of what words do; what was learnt is not the point here.
      settings.painter.muon = false
      try run(work, settings).run()
      try FileManager.default.moveItem(atPath: work + "/model", toPath: root + "/tiny")
      return root
    } catch {
      preconditionFailure("the tiny model could not be made: \(error)")
    }
  }()

  static func catalog() -> ModelCatalog {
    ModelCatalog(roots: [root]) { files in
      // FNV-1a is enough to tell test files apart.
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for file in files {
        for byte in try Data(contentsOf: URL(filePath: file)) {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
      }
      return String(hash, radix: 16)
    }
  }

  static func request(
    _ prompt: String = "a red square", seed: UInt64 = 7, steps: Int = 4, count: Int = 1
  ) -> GenerationRequest {
    GenerationRequest(
      prompt: prompt, width: 16, height: 16, steps: steps, guidance: 2, seed: seed, count: count,
      model: "tiny")
  }
}
