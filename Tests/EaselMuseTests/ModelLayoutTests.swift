import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Testing

private let published = [
  ".gitattributes", "README.md", "model_index.json", "scheduler/scheduler_config.json",
  "text_encoder/config.json", "text_encoder/model.safetensors",
  "text_encoder/model.fp16.safetensors", "text_encoder/pytorch_model.bin",
  "tokenizer/merges.txt", "tokenizer/vocab.json", "tokenizer/tokenizer_config.json",
  "transformer/config.json", "transformer/diffusion_pytorch_model.fp16.safetensors",
  "vqvae/config.json", "vqvae/diffusion_pytorch_model.safetensors", "vqvae/notes.txt",
]

@Test func aModelIsMadeOfOnePrecisionItsConfigurationsAndItsTerms() throws {
  #expect(
    try ModelLayout.needed(published) == [
      "README.md", "model_index.json", "scheduler/scheduler_config.json",
      "text_encoder/config.json", "text_encoder/model.safetensors", "tokenizer/merges.txt",
      "tokenizer/tokenizer_config.json", "tokenizer/vocab.json", "transformer/config.json",
      "transformer/diffusion_pytorch_model.fp16.safetensors", "vqvae/config.json",
      "vqvae/diffusion_pytorch_model.safetensors",
    ])
}

@Test(arguments: [
  ("model_index.json", Failure.Code.badInput), ("scheduler/scheduler_config.json", .modelMissing),
  ("vqvae/config.json", .modelMissing), ("tokenizer/vocab.json", .modelMissing),
  ("vqvae/diffusion_pytorch_model.safetensors", .modelMissing),
])
func whatIsMissingIsNamed(path: String, code: Failure.Code) {
  let error = #expect(throws: Failure.self) {
    try ModelLayout.needed(published.filter { $0 != path })
  }
  #expect(error?.code == code && error?.what.contains(path) == true)
}

@Test func picklesAndCutWeightsAreNoWeights() {
  var paths = published.filter { !$0.hasPrefix("text_encoder/model") }
  var error = #expect(throws: Failure.self) { try ModelLayout.needed(paths) }
  #expect(error?.code == .unsupported && error?.cause?.contains("pickle") == true)
  paths = published.filter { !$0.hasPrefix("transformer/diff") }
  paths.append("transformer/diffusion_pytorch_model.safetensors.index.json")
  error = #expect(throws: Failure.self) { try ModelLayout.needed(paths) }
  #expect(error?.code == .unsupported && error?.cause?.contains("several files") == true)
}

@Test func aModelIsOpenedAndEveryNumberLookedAtWithoutPacking() throws {
  let folder = TinyModel.root + "/tiny"
  try ModelLayout.check(folder)
  var last = (0, 0)
  #expect(try ModelLayout.inspect(folder) { last = ($0, $1) } == [])
  #expect(last.0 == last.1 && last.1 > 1000)

  let copy = try TinyModel.folder("damaged") + "/model"
  defer { try? FileManager.default.removeItem(atPath: copy) }
  try FileManager.default.copyItem(atPath: folder, toPath: copy)
  let file = copy + "/image_encoder/model.safetensors"
  var bytes = try Data(contentsOf: URL(filePath: file))
  // The last number of the file is fp32: no number at all.
  bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0xFF, 0xFF, 0xFF, 0x7F])
  try bytes.write(to: URL(filePath: file))
  let problems = try ModelLayout.inspect(copy) { _, _ in }
  #expect(problems.count == 1 && problems.first?.contains("image_encoder") == true)

  try FileManager.default.removeItem(atPath: copy + "/transformer/config.json")
  #expect(throws: Failure.self) { try ModelLayout.check(copy) }
  #expect(throws: Failure.self) { try ModelLayout.checkKind(copy) }
}
