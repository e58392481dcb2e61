import EaselKit
import EaselMuse
import Foundation
import Testing

@Suite("Configurations")
struct ConfigurationTests {
  static let text = "text_encoder/config.json", transformer = "transformer/config.json"
  static let vq = "vqvae/config.json", scheduler = "scheduler/scheduler_config.json"

  /// A copy of a golden folder with one value of one file changed.
  private func changed(_ file: String, _ key: String, to json: String) throws -> String {
    let folder = try TinyModel.folder("configuration")
    let copy = folder + "/model"
    try FileManager.default.copyItem(atPath: Golden.root + "/second", toPath: copy)
    let path = URL(filePath: "\(copy)/\(file)")
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
    object[key] = try JSONSerialization.jsonObject(
      with: Data(json.utf8), options: .fragmentsAllowed)
    try JSONSerialization.data(withJSONObject: object).write(to: path)
    return copy
  }

  @Test(
    "A value that cannot be is an error that names file, key, value and what is wanted",
    arguments: [
      (text, "hidden_size", "-20", "-20", "1 to"), (text, "hidden_size", "0", "0", "1 to"),
      (text, "hidden_size", "20.5", "20.5", "whole number"),
      (text, "hidden_size", "\"20\"", "'20'", "whole number"),
      (text, "hidden_size", "1e300", "1e+300", "whole number"),
      (text, "num_hidden_layers", "1000000000", "1000000000", "256"),
      (text, "max_position_embeddings", "9223372036854775807", "9223372036854775807", "4096"),
      (text, "vocab_size", "[1]", "[1]", "whole number"),
      (text, "num_attention_heads", "3", "3", "divisor of hidden_size"),
      (text, "hidden_act", "\"tanh\"", "'tanh'", "quick_gelu, gelu"),
      (text, "layer_norm_eps", "0", "0", "above 0"),
      (text, "layer_norm_eps", "true", "true", "above 0"),
      (text, "eos_token_id", "[1, 2]", "[1, 2]", "whole number"),
      (text, "model_type", "\"t5\"", "'t5'", "clip_text_model"),
      (text, "quantization_config", "{\"bits\": 4}", "given", "not quantised"),
      (transformer, "hidden_size", "37", "6", "divisor of hidden_size"),
      (transformer, "num_attention_heads", "-6", "-6", "1 to"),
      (transformer, "block_num_heads", "5", "5", "divisor of block_out_channels"),
      (transformer, "intermediate_size", "100000000", "100000000", "65536"),
      (transformer, "micro_cond_encode_dim", "8", "35", "5 times"),
      (transformer, "vocab_size", "24", "24", "more than codebook_size"),
      (transformer, "upsample", "false", "false", "downsample"),
      (transformer, "upsample", "1", "1", "true or false"),
      (transformer, "sample_size", "5", "5", "even"),
      (transformer, "sample_size", "1000000", "1000000", "1024"),
      (transformer, "num_res_blocks", "0", "0", "1 to"),
      (transformer, "_class_name", "\"UNet2DConditionModel\"", "'UNet2D", "UVit2DModel"),
      (vq, "block_out_channels", "[]", "[]", "list of 1 to 8"),
      (vq, "block_out_channels", "[8, 0]", "[8, 0]", "1 to"),
      (vq, "block_out_channels", "[8, 16.5]", "[8, 16.5]", "whole numbers"),
      (vq, "block_out_channels", "64", "64", "list of whole numbers"),
      (vq, "norm_num_groups", "3", "3", "divisor of a block_out_channels"),
      (vq, "norm_num_groups", "0", "0", "1 to"),
      (vq, "norm_type", "\"layer\"", "'layer'", "group, spatial"),
      (vq, "norm_type", "\"spatial\"", "[8, 16]", "multiples of 32"),
      (vq, "act_fn", "\"elu\"", "'elu'", "silu"),
      (vq, "in_channels", "4", "4", "3"), (vq, "out_channels", "1", "1", "3"),
      (vq, "down_block_types", "[\"DownEncoderBlock2D\"]", "DownEncoder", "for each"),
      (vq, "up_block_types", "[\"UpBlock2D\", \"UpBlock2D\"]", "UpBlock2D", "for each"),
      (vq, "vq_embed_dim", "-1", "-1", "1 to"),
      (scheduler, "masking_schedule", "\"cosin\"", "'cosin'", "cosine, linear"),
      (scheduler, "mask_token_id", "-1", "-1", "0 to"),
      (scheduler, "_class_name", "\"DDIMScheduler\"", "'DDIMScheduler'", "AmusedScheduler"),
    ])
  func wrong(_ file: String, _ key: String, _ json: String, _ value: String, _ wanted: String)
    throws
  {
    let folder = try changed(file, key, to: json)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let failure = #expect(throws: Failure.self) {
      try MuseModel(name: "wrong", folder: folder, digest: "")
    }
    guard let failure else { return }
    #expect(failure.code == .modelDamaged)
    #expect(failure.description.contains(value), "\(failure)")
    #expect(failure.description.contains(wanted), "\(failure)")
    #expect(failure.description.contains(folder), "\(failure)")
    #expect(failure.what.hasPrefix("\(folder)/\(file): "), "\(failure)")
    #expect(failure.hint?.contains("install the model again") == true)
  }

  @Test(
    "Files that do not belong together are said so, with both values",
    arguments: [
      (scheduler, "mask_token_id", "26", "mask_token_id is 26", "vocab_size 26"),
      (scheduler, "mask_token_id", "3", "mask_token_id is 3", "codebook_size 24"),
      ("tokenizer/tokenizer_config.json", "model_max_length", "18", "is 18", "embeddings 17"),
    ])
  func unfit(_ file: String, _ key: String, _ json: String, _ one: String, _ other: String)
    throws
  {
    let folder = try changed(file, key, to: json)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let failure = #expect(throws: Failure.self) {
      try MuseModel(name: "unfit", folder: folder, digest: "")
    }
    #expect(failure?.cause?.contains(one) == true, "\(String(describing: failure))")
    #expect(failure?.cause?.contains(other) == true, "\(String(describing: failure))")
    #expect(failure?.what.contains(folder) == true)
  }

  @Test("A size that the file's tensors do not have names the tensor with both shapes")
  func mismatch() throws {
    for (file, key, json, tensor) in [
      (Self.transformer, "hidden_size", "16380", "encoder_proj.weight"),
      (Self.transformer, "num_hidden_layers", "256", "transformer_layers.3."),
      (Self.transformer, "use_bias", "false", ""),
      (Self.text, "projection_dim", "27", "text_projection.weight"),
      (Self.vq, "layers_per_block", "2", "encoder.down_blocks.0.resnets.1."),
    ] {
      let folder = try changed(file, key, to: json)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      // Without biases every tensor that is wanted is there: the others are left alone.
      guard !tensor.isEmpty else {
        _ = try MuseModel(name: "x", folder: folder, digest: "")
        continue
      }
      let failure = #expect(throws: Failure.self) {
        try MuseModel(name: "x", folder: folder, digest: "")
      }
      #expect(failure?.cause?.contains(tensor) == true, "\(String(describing: failure))")
      #expect(failure?.cause?.contains("safetensors") == true)
    }
  }

  @Test("What a file leaves out, or says is null, has the published default")
  func defaults() throws {
    let c: TransformerConfiguration = try configuration(json: #"{"hidden_size": null}"#)
    #expect(c == TransformerConfiguration())
    let v: PictureTokenizerConfiguration = try configuration(
      json: #"{"block_out_channels": [32, 64], "latent_channels": 7}"#)
    #expect(v.codeDim == 7 && v.pixelsPerToken == 2 && v.midBlockAddAttention)
    let s: SchedulerConfiguration = try configuration(json: "{}")
    #expect(s.maskTokenId == 8255 && s.maskingSchedule == "cosine")
  }

  @Test("The text tower of a file that holds both towers is read, and a list of one end mark")
  func nested() throws {
    let c: TextEncoderConfiguration = try configuration(
      json: """
        {"model_type": "clip", "hidden_size": 1, "vision_config": {"hidden_size": 3},
         "text_config": {"hidden_size": 24, "num_attention_heads": 3, "eos_token_id": [9],
                         "projection_dim": 20}}
        """)
    #expect(c.hiddenSize == 24 && c.eosTokenId == 9 && c.projectionDim == 20)
  }

  @Test("Text that is no JSON, or too deep, is an error that names the file")
  func malformed() throws {
    for json in ["", "{", "[]", "7", String(repeating: "[", count: 100_000)] {
      let folder = try TinyModel.folder("configuration")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try FileManager.default.copyItem(atPath: Golden.root + "/second", toPath: folder + "/m")
      let path = "\(folder)/m/\(Self.vq)"
      try Data(json.utf8).write(to: URL(filePath: path))
      let failure = #expect(throws: Failure.self) {
        try MuseModel(name: "m", folder: folder + "/m", digest: "")
      }
      #expect(failure?.what.contains(path) == true)
    }
  }

  @Test(
    "Any values in the files are a failure or a model that paints, never a crash",
    arguments: 1...6 as ClosedRange<UInt64>)
  func anyValues(_ seed: UInt64) throws {
    let folder = try TinyModel.folder("configuration")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let copy = folder + "/m"
    try FileManager.default.copyItem(atPath: Golden.root + "/second", toPath: copy)
    var random = SplitMix64(seed: seed)
    let files = [
      Self.text, Self.transformer, Self.vq, Self.scheduler, "tokenizer/tokenizer_config.json",
    ]
    let values = [
      "0", "1", "2", "3", "7", "-1", "1.5", "1e300", "65536", "9223372036854775807", "true", "null",
      "\"x\"", "\"linear\"", "\"gelu\"", "[]", "[8]", "[8, 16]", "{}",
    ]
    var painted = 0
    for _ in 0..<60 {
      let path = URL(filePath: "\(copy)/\(files[random.nextInt(files.count)])")
      let before = try Data(contentsOf: path)
      defer { try? before.write(to: path) }
      var object = try #require(
        try JSONSerialization.jsonObject(with: before) as? [String: Any])
      for _ in 0...random.nextInt(2) {
        let key = object.keys.sorted()[random.nextInt(object.count)]
        object[key] = try JSONSerialization.jsonObject(
          with: Data(values[random.nextInt(values.count)].utf8), options: .fragmentsAllowed)
      }
      try JSONSerialization.data(withJSONObject: object).write(to: path)
      do {
        let model = try MuseModel(name: "any", folder: copy, digest: "")
        let side =
          model.transformer.configuration.sampleSize
          * model.pictures.configuration.pixelsPerToken
        guard side <= 64 else { continue }
        _ = try model.paint(
          GenerationRequest(
            prompt: "a fox", width: side, height: side, steps: 2, seed: 1, model: "any"),
          indices: 0..<1, check: {}, step: { _, _, _ in })
        painted += 1
      } catch { #expect(error is Failure, "\(error)") }
    }
    // Many values are read by nobody, or are what was there.
    #expect(painted > 0 && painted < 60)
  }
}
