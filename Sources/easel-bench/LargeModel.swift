import EaselMuse
import EaselTensor
import Foundation

/// A model of aMUSEd's published 256-pixel shape with random weights in bfloat16: as long to paint with as
/// the true one, and nobody's.
enum LargeModel {
  static let name = "amused-256-random"

  /// Writes it below `root` if it is not there; 1.75 GB.
  static func make(in root: String) throws {
    let folder = "\(root)/\(name)"
    if FileManager.default.fileExists(atPath: folder + "/model_index.json") { return }
    func write(_ path: String, _ text: String) throws {
      let url = URL(filePath: "\(folder)/\(path)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    try write("text_encoder/config.json", textEncoder)
    try write("transformer/config.json", transformer)
    try write("vqvae/config.json", pictures)
    try write(
      "scheduler/scheduler_config.json",
      #"{"_class_name": "AmusedScheduler", "mask_token_id": 8255, "masking_schedule": "cosine"}"#)
    try writeTokenizer(write)
    func save(_ path: String, _ parameters: [(name: String, tensor: Tensor)]) throws {
      try writeSafetensors(
        path: "\(folder)/\(path)", tensors: parameters.map { ($0.name, $0.tensor) },
        dtype: .bfloat16)
    }
    try save(
      "text_encoder/model.safetensors",
      TextEncoder(configuration(json: textEncoder), ParameterSource(seed: 1)).parameters)
    try save(
      "vqvae/diffusion_pytorch_model.safetensors",
      VQModel(configuration(json: pictures), ParameterSource(seed: 2)).parameters)
    try save(
      "transformer/diffusion_pytorch_model.safetensors",
      UVit2D(configuration(json: transformer), ParameterSource(seed: 3)).parameters)
    try write("model_index.json", #"{"_class_name": "AmusedPipeline"}"#)
  }

  /// A vocabulary of CLIP's size: the bytes, pairs of them, and enough longer words.
  private static func writeTokenizer(_ write: (String, String) throws -> Void) throws {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789").map(String.init)
    var words: [String] = []
    // CLIP's table begins with the visible form of every byte, then the same at a word's end.
    let visible = (0..<256).map { byte -> String in
      let isVisible = (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
      return String(UnicodeScalar(isVisible ? UInt32(byte) : UInt32(256 + byte)) ?? " ")
    }
    words += Set(visible).sorted() + Set(visible).sorted().map { $0 + "</w>" }
    var merges: [String] = []
    outer: for a in letters {
      for b in letters {
        for c in [""] + letters {
          guard words.count < 49_406 else { break outer }
          if c.isEmpty {
            merges.append("\(a) \(b)")
            words.append(a + b)
          } else {
            merges.append("\(a)\(b) \(c)</w>")
            words.append(a + b + c + "</w>")
          }
        }
      }
    }
    while words.count < 49_406 { words.append("unused\(words.count)</w>") }
    words += ["<|startoftext|>", "<|endoftext|>"]
    var seen: Set<String> = []
    var entries: [String: Int] = [:]
    for (id, word) in words.enumerated() where seen.insert(word).inserted { entries[word] = id }
    try write(
      "tokenizer/vocab.json", String(decoding: JSONEncoder().encode(entries), as: UTF8.self))
    try write("tokenizer/merges.txt", "#version: 0.2\n" + merges.joined(separator: "\n") + "\n")
    try write(
      "tokenizer/tokenizer_config.json",
      #"{"model_max_length": 77, "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "#
        + #""pad_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "tokenizer_class": "CLIPTokenizer"}"#
    )
  }

  // Values: the classes' defaults with the sizes of the published model.
  private static let textEncoder = """
    {"architectures": ["CLIPTextModelWithProjection"], "vocab_size": 49408, "hidden_size": 768,
     "intermediate_size": 3072, "projection_dim": 768, "num_hidden_layers": 12,
     "num_attention_heads": 12, "max_position_embeddings": 77, "hidden_act": "quick_gelu",
     "eos_token_id": 49407, "bos_token_id": 49406}
    """
  private static let transformer = """
    {"_class_name": "UVit2DModel", "sample_size": 16}
    """
  private static let pictures = """
    {"_class_name": "VQModel", "block_out_channels": [128, 256, 256, 512, 768],
     "layers_per_block": 2, "latent_channels": 64, "num_vq_embeddings": 8192, "norm_num_groups": 32,
     "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D",
                          "DownEncoderBlock2D", "DownEncoderBlock2D"],
     "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D",
                        "UpDecoderBlock2D", "UpDecoderBlock2D"],
     "act_fn": "silu", "mid_block_add_attention": false, "lookup_from_codebook": true,
     "sample_size": 32}
    """
}
