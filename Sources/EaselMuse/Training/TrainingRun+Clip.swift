import EaselKit
import EaselTensor
import Foundation

/// The image tower, taught to agree with the painter's text encoder.
extension TrainingRun {
  var clipCheckpoint: String { folder + "/clip.safetensors" }
  /// The model whose text encoder and picture tokenizer the image tower learns with.
  private var taughtBy: String { settings.clipModel ?? folder + "/model" }

  func makeClipTrainer() throws -> (ClipTrainer, CaptionTokenizer) {
    let model = taughtBy
    guard ModelFolder.isModel(model) else {
      throw Failure(
        .notFound, "there is no model in \(model) to learn with",
        hint: "train the painter and export it first, or name a model with --for")
    }
    let files = try ModelFolder(model)
    let captions: TextEncoderConfiguration = try files.configuration(.textEncoder)
    let words = try files.tokenizer(defaultLength: captions.maxPositionEmbeddings)
    let text = try TextEncoder(
      captions, ParameterSource(files.weights(.textEncoder), alternativePrefix: "text_model."))
    let pictures = try VQModel(
      files.configuration(.vqvae), ParameterSource(files.weights(.vqvae)))
    let shape: ImageEncoderConfiguration = try configuration(
      json: recipe.text(ImageTower.configurationFile))
    let image = try ImageEncoder(shape, ParameterSource(seed: settings.seed &+ 20))
    let t = text.configuration
    let bridge = try ImageBridge(
      .init(
        vector: shape.projectionDim, state: t.hiddenSize, pooled: t.projectionDim,
        states: words.maximumLength), ParameterSource(seed: settings.seed &+ 21))
    let trainer = ClipTrainer(
      image: image, bridge: bridge, text: text,
      processor: try ImageProcessor(
        json: recipe.text(ImageTower.processorFile), side: shape.imageSize),
      pictures: pictures, settings: settings.clip, seed: settings.seed &+ 22,
      endToken: words.end)
    return (trainer, words)
  }

  func trainClip() throws {
    // A recipe may have no image tower.
    guard recipe.configurations[ImageTower.configurationFile] != nil else { return }
    let (trainer, words) = try makeClipTrainer()
    _ = try trainer.resume(from: clipCheckpoint)
    let steps = settings.clip.steps, batch = settings.clip.batch, pixels = recipe.pixels
    let complete = Int((settings.clip.conditioned * Double(batch)).rounded(.up))
    let seed = settings.seed
    let loader = BatchLoader(first: trainer.step) { [pictures] step in
      var random = SplitMix64(seed: seed &+ 78 &+ UInt64(step) &* 0xD1B5_4A32_D192_ED03)
      let indices = (0..<batch).map { step * batch + $0 }
      return ClipBatch(
        pictures: indices.map { pictures.picture(index: $0, size: pixels) },
        captions: indices.flatMap {
          words.padded(pictures.caption(index: $0, variant: random.nextInt(1 << 16)))
        },
        complete: indices.prefix(complete).flatMap {
          words.padded(pictures.caption(index: $0, variant: 0))
        })
    }
    let unseen = unseenPairs(words)
    while trainer.step < steps, !isStopped {
      var values = trainer.train(loader.next())
      let validates = trainer.step % (settings.checkpointEvery * 2) == 0 || trainer.step == steps
      if validates { values += trainer.validate(unseen) }
      if trainer.step % 20 == 0 || validates {
        sitting.note(
          "clip", trainer.step, steps, images: trainer.step * batch,
          seconds: trainer.cpuSecondsConsumed, values)
      }
      if sitting.savesNow(trainer.step) { try trainer.save(to: clipCheckpoint) }
      sitting.endStep()
    }
    try trainer.save(to: clipCheckpoint)
    try exportClip(trainer)
  }

  /// Held-out pictures with captions that name everything.
  private func unseenPairs(_ words: CaptionTokenizer) -> ClipBatch {
    let count = validation.atMost(64)
    let captions = (0..<count).flatMap { words.padded(validation.caption(index: $0, variant: 0)) }
    return ClipBatch(
      pictures: (0..<count).map { validation.picture(index: $0, size: recipe.pixels) },
      captions: captions, complete: captions)
  }

  /// Writes the averaged weights to `model/image_encoder`.
  private func exportClip(_ trainer: ClipTrainer) throws {
    for path in [ImageTower.configurationFile, ImageTower.processorFile] {
      try write(recipe.text(path), to: path)
    }
    let notes = [
      "format": "pt", "easel.version": easelVersion, "easel.seed": "\(settings.seed)",
      "easel.clip_steps": "\(trainer.step)",
    ]
    try trainer.withAverage {
      try save(trainer.image.parameters, "image_encoder/model", .int8, notes)
      if let bridge = trainer.bridge {
        try save(bridge.parameters, "image_encoder/bridge", .int8, notes)
      }
    }
  }
}

/// Where an image tower lies in a model's folder.
enum ImageTower {
  static let configurationFile = "image_encoder/config.json"
  static let processorFile = "image_encoder/preprocessor_config.json"
  static let weightsFile = "image_encoder/model.safetensors"
  static let bridgeFile = "image_encoder/bridge.safetensors"
}
