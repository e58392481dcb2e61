import EaselKit
import EaselTensor
import Foundation

/// The picture tokenizer, and the training pictures written in its codes.
extension TrainingRun {
  func makeTokenizerTrainer() throws -> TokenizerTrainer {
    let model = try VQModel(
      configuration(json: recipe.text("vqvae/config.json")), ParameterSource(seed: settings.seed))
    return TokenizerTrainer(model: model, settings: settings.tokenizer, seed: settings.seed)
  }

  func trainPictureTokenizer() throws {
    let trainer = try makeTokenizerTrainer()
    _ = try trainer.resume(from: vqCheckpoint)
    let steps = settings.tokenizer.steps, batch = settings.tokenizer.batch, pixels = recipe.pixels
    guard trainer.step < steps else { return }
    let loader = BatchLoader(first: trainer.step) { [pictures] i in
      (0..<batch).map { pictures.picture(index: i * batch + $0, size: pixels) }
    }
    while trainer.step < steps, !isStopped {
      let values = trainer.train(loader.next())
      if trainer.step % 20 == 0 || trainer.step == steps {
        note(
          "vqgan", trainer.step, steps, images: trainer.step * batch,
          seconds: trainer.cpuSecondsConsumed, values)
      }
      if savesNow(trainer.step) { try trainer.save(to: vqCheckpoint) }
      if trainer.step % (settings.checkpointEvery * 2) == 0 { try writeReconstructions(trainer) }
      if shouldStop() { stop() }
    }
    try trainer.save(to: vqCheckpoint)
    try writeReconstructions(trainer)
  }

  /// Held-out pictures above, their reconstructions below.
  private func writeReconstructions(_ trainer: TokenizerTrainer) throws {
    let originals = (0..<validation.atMost(16)).map {
      validation.picture(index: $0, size: recipe.pixels)
    }
    let sheet = contactSheet(originals + trainer.reconstruct(originals), columns: 16, scale: 2)
    try writeSheet(sheet, "vqgan", step: trainer.step)
  }

  /// Codes of the training pictures, 16 bits each, so that the painter need not encode again.
  func encodePictures() throws {
    let cells = (recipe.pixels / recipe.pixelsPerToken) * (recipe.pixels / recipe.pixelsPerToken)
    let manager = FileManager.default
    let attributes = try? manager.attributesOfItem(atPath: codesFile)
    if (attributes?[.size] as? Int) == pool * cells * 2 { return }
    let trainer = try makeTokenizerTrainer()
    guard try trainer.resume(from: vqCheckpoint) else {
      throw Failure(
        .notFound, "\(vqCheckpoint) is missing",
        hint: "train the picture tokenizer first: easel train vqgan")
    }
    let start = cpuSeconds(), batch = 32, pixels = recipe.pixels
    let loader = BatchLoader(first: 0) { [pictures] i in
      (0..<batch).map { pictures.picture(index: i * batch + $0, size: pixels) }
    }
    var codes: [UInt16] = []
    codes.reserveCapacity(pool * cells)
    try trainer.withAverage {
      try Recording.off {
        while codes.count < pool * cells {
          if shouldStop() { stop() }
          if isStopped { throw Failure(.cancelled, "stopped") }
          codes += trainer.model.tokens(of: Tensor(pictures: loader.next())).map { UInt16($0) }
        }
      }
    }
    codes.removeLast(codes.count - pool * cells)
    let data = codes.withUnsafeBytes { Data($0) }
    try data.write(to: URL(filePath: codesFile), options: .atomic)
    note(
      "encode", pool, pool, images: pool,
      seconds: cpuSeconds() - start, [("used", Double(Set(codes).count))])
  }
}
