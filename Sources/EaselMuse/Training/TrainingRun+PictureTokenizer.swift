import EaselKit
import EaselTensor
import Foundation

/// The picture tokenizer, and the training pictures written in its codes.
extension TrainingRun {
  func makeTokenizerTrainer() throws -> TokenizerTrainer {
    let model = try VQModel(
      configuration(json: recipe.text("vqvae/config.json")), ParameterSource(seed: settings.seed),
      seesPatches: settings.tokenizer.seesPatches)
    return TokenizerTrainer(model: model, settings: settings.tokenizer, seed: settings.seed)
  }

  func trainPictureTokenizer() throws {
    let trainer = try makeTokenizerTrainer()
    _ = try trainer.resume(from: vqCheckpoint)
    let steps = settings.tokenizer.steps, batch = settings.tokenizer.batch, pixels = recipe.pixels
    guard trainer.step < steps else { return }
    let pictures: any TrainingPictures = pictures.evenly()
    let loader = BatchLoader(first: trainer.step) { i in
      (0..<batch).map { pictures.picture(index: i * batch + $0, size: pixels) }
    }
    while trainer.step < steps, !isStopped {
      let values = trainer.train(loader.next())
      if trainer.step % 20 == 0 || trainer.step == steps {
        sitting.note(
          "vqgan", trainer.step, steps, images: trainer.step * batch,
          seconds: trainer.cpuSecondsConsumed, values)
      }
      if sitting.savesNow(trainer.step) { try trainer.save(to: vqCheckpoint) }
      if trainer.step % (settings.checkpointEvery * 2) == 0 { try writeReconstructions(trainer) }
      sitting.endStep()
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
    // A sitting that was stopped leaves whole batches behind.
    let begun = codesFile + ".part"
    var codes =
      (try? Data(contentsOf: URL(filePath: begun)))
      .map { $0.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) } } ?? []
    codes.removeLast(codes.count % (batch * cells))
    codes.reserveCapacity(pool * cells)
    let loader = BatchLoader(first: codes.count / (batch * cells)) { [pictures] i in
      (0..<batch).map { pictures.picture(index: i * batch + $0, size: pixels) }
    }
    func write(to path: String) throws {
      try codes.withUnsafeBytes { Data($0) }.write(to: URL(filePath: path), options: .atomic)
    }
    var used = Set(codes)
    func report() {
      let done = min(pool, codes.count / cells)
      sitting.note(
        "encode", done, pool, images: done, seconds: cpuSeconds() - start,
        [("used", Double(used.count))])
    }
    trainer.withAverage {
      Recording.off {
        while codes.count < pool * cells, !isStopped {
          let some = trainer.model.tokens(of: Tensor(pictures: loader.next())).map { UInt16($0) }
          codes += some
          used.formUnion(some)
          if codes.count % (batch * cells * 64) == 0 { report() }
          sitting.endStep()
        }
      }
    }
    guard codes.count >= pool * cells else { return try write(to: begun) }
    codes.removeLast(codes.count - pool * cells)
    try write(to: codesFile)
    try? manager.removeItem(atPath: begun)
    used = Set(codes)
    report()
  }
}
