import EaselKit
import EaselTensor
import Foundation

extension TrainingRun {
  /// Writes the averaged weights in the published folder layout to `model/`.
  public func exportModel(as type: StoredWeights = .int8) throws {
    let pictureTrainer = try makeTokenizerTrainer()
    let words = try CaptionTokenizer(folder: tokenizerFolder)
    let painter = try makePainterTrainer(words)
    guard try pictureTrainer.resume(from: vqCheckpoint),
      try painter.resume(from: painterCheckpoint)
    else {
      throw Failure(
        .notFound, "there are no checkpoints in \(folder)", hint: "train first: easel train all")
    }
    if settings.painter.patience != nil { try painter.takeAverage(from: bestPainter) }
    // Those of the upscaler and the image tower are written with their weights: a model has both or
    // neither.
    for (path, text) in recipe.configurations
    where !path.hasPrefix("image_encoder/") && !path.hasPrefix("upscaler/") {
      try write(text, to: path)
    }
    try writeWords()
    let notes = [
      "format": "pt", "easel.version": easelVersion, "easel.seed": "\(settings.seed)",
      "easel.vqgan_steps": "\(pictureTrainer.step)", "easel.painter_steps": "\(painter.step)",
    ]
    // Rounded to 8 bits, its encoder would choose other codes than those the painter learnt.
    try pictureTrainer.withAverage {
      try save(
        pictureTrainer.model.parameters, "vqvae/diffusion_pytorch_model",
        type == .int8 ? .float16 : type, notes)
    }
    try painter.withAverage {
      try save(painter.transformer.parameters, "transformer/diffusion_pytorch_model", type, notes)
      try save(painter.text.parameters, "text_encoder/model", type, notes)
    }
  }

  func save(
    _ parameters: [(name: String, tensor: Tensor)], _ name: String, _ type: StoredWeights,
    _ notes: [String: String]
  ) throws {
    let path = "\(folder)/model/\(name).safetensors"
    do {
      try writeSafetensors(
        path: path, tensors: parameters.map { ($0.name, $0.tensor) }, dtype: type.stored,
        metadata: notes)
    } catch {
      throw Failure(.diskFull, "the model could not be written", cause: "\(error)")
    }
  }

  func write(_ text: String, to path: String) throws {
    let full = URL(filePath: "\(folder)/model/\(path)")
    try FileManager.default.createDirectory(
      at: full.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: full, options: .atomic)
  }
}

extension TrainingRecipe {
  /// Pixels along one side of a token.
  public var pixelsPerToken: Int {
    let c: PictureTokenizerConfiguration? = try? configuration(json: text("vqvae/config.json"))
    return c?.pixelsPerToken ?? 4
  }
  func text(_ path: String) -> String { configurations[path] ?? "{}" }
}
