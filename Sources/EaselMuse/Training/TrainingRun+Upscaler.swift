import EaselKit
import EaselTensor
import Foundation

extension TrainingRun {
  var upscalerCheckpoint: String { folder + "/upscaler.safetensors" }

  func makeUpscalerTrainer() throws -> UpscalerTrainer {
    let model = try Upscaler(
      configuration(json: recipe.text("upscaler/config.json")),
      ParameterSource(seed: settings.seed &+ 20))
    return UpscalerTrainer(model: model, settings: settings.upscaler, seed: settings.seed)
  }

  /// The picture tokenizer whose pictures will be enlarged: this run's own, else that of the model
  /// in `settings.upscalerFor`; nil where there is neither.
  private func tokenizerToEnlarge() throws -> VQModel? {
    let trainer = try makeTokenizerTrainer()
    if try trainer.resume(from: vqCheckpoint) {
      // From here on the model is only used, with the values that are exported.
      for (average, parameter) in zip(trainer.generator.average, trainer.generator.named) {
        parameter.tensor.pointer.update(from: average.pointer, count: average.count)
        parameter.tensor.valuesChanged()
      }
      return trainer.model
    }
    guard let folder = settings.upscalerFor else { return nil }
    let files = try ModelFolder(folder)
    return try VQModel(files.configuration(.vqvae), ParameterSource(files.weights(.vqvae)))
  }

  func trainUpscaler() throws {
    // A recipe without an upscaler makes a model without one.
    guard recipe.configurations["upscaler/config.json"] != nil else { return }
    let trainer = try makeUpscalerTrainer()
    _ = try trainer.resume(from: upscalerCheckpoint)
    let s = settings.upscaler, pixels = recipe.pixels, seed = settings.seed
    guard trainer.step < s.steps else { return try exportUpscaler(trainer) }
    let tokenizer = try tokenizerToEnlarge()
    let reconstruct = { (pictures: [Picture]) -> [Picture] in
      guard let tokenizer else { return pictures }
      return Recording.off {
        tokenizer.decode(
          ids: tokenizer.tokens(of: Tensor(pictures: pictures)), batch: pictures.count
        ).pictures()
      }
    }
    let side = min(s.side, pixels), parts = max(1, min(s.parts, s.batch))
    let count = max(1, s.batch / parts), canReconstruct = tokenizer != nil
    let loader = BatchLoader(first: trainer.step) { [pictures] step in
      (0..<count).map {
        UpscalerExample.draw(
          pictures, index: step * count + $0, pixels: pixels, part: side,
          canReconstruct: canReconstruct, seed: seed)
      }
    }
    let unseen = UpscalerJudge(validation, pixels: pixels, count: 24, reconstruct: reconstruct)
    while trainer.step < s.steps, !isStopped {
      var values = trainer.train(
        UpscalerBatch(loader.next(), side: side, parts: parts, reconstruct: reconstruct))
      let validates = trainer.step % (settings.checkpointEvery * 2) == 0 || trainer.step == s.steps
      if validates { values += trainer.withAverage { unseen.judge(trainer.model) } }
      if trainer.step % 20 == 0 || validates {
        note(
          "upscaler", trainer.step, s.steps, images: trainer.step * count,
          seconds: trainer.cpuSecondsConsumed, values)
      }
      if trainer.step % settings.checkpointEvery == 0 { try trainer.save(to: upscalerCheckpoint) }
      if validates {
        try writePortablePixmap(
          trainer.withAverage { unseen.sheet(trainer.model) }, to: folder + "/upscaler.ppm")
      }
      if shouldStop() { stop() }
    }
    try trainer.save(to: upscalerCheckpoint)
    try exportUpscaler(trainer)
  }

  /// Writes the averaged weights to `model/upscaler`, where a model keeps its last stage.
  private func exportUpscaler(_ trainer: UpscalerTrainer) throws {
    try write(recipe.text("upscaler/config.json"), to: "upscaler/config.json")
    let notes = [
      "format": "pt", "easel.version": easelVersion, "easel.seed": "\(settings.seed)",
      "easel.upscaler_steps": "\(trainer.step)",
    ]
    try trainer.withAverage {
      try save(
        trainer.model.parameters, "upscaler/diffusion_pytorch_model", .float16, notes)
    }
  }
}

/// Held-out pictures by which an upscaler is judged, beside the bicubic enlargement: PSNR in decibels
/// over all pixels, of pictures that were only made smaller and of the tokenizer's reconstructions.
struct UpscalerJudge {
  private let truths: [Picture]
  private let clean: [Picture]
  private let reconstructed: [Picture]
  private let bicubic: (clean: Double, reconstructed: Double)

  init(
    _ pictures: any TrainingPictures, pixels: Int, count: Int,
    reconstruct: ([Picture]) -> [Picture]
  ) {
    truths = (0..<count).map { pictures.picture(index: $0, size: 4 * pixels) }
    clean = truths.map { $0.shrunk(by: 4) }
    reconstructed = reconstruct(clean)
    let (truths, clean, reconstructed) = (truths, clean, reconstructed)
    func score(_ smalls: [Picture]) -> Double {
      Self.score(smalls, truths) { bicubic4x($0) }
    }
    bicubic = (score(clean), score(reconstructed))
  }

  func judge(_ model: Upscaler) -> [(name: String, value: Double)] {
    [
      ("clean", Self.score(clean, truths) { model($0) }), ("clean_bicubic", bicubic.clean),
      ("tokens", Self.score(reconstructed, truths) { model($0) }),
      ("tokens_bicubic", bicubic.reconstructed),
    ]
  }

  /// Rows of: the small picture, its bicubic enlargement, ours, the truth.
  func sheet(_ model: Upscaler, rows: Int = 6) -> Picture {
    var cells: [Picture] = []
    for i in 0..<min(rows, truths.count) {
      let small = Tensor(pictures: [reconstructed[i]])
      cells += Recording.off {
        upsampleNearest2x(upsampleNearest2x(small)).pictures() + bicubic4x(small).pictures()
          + model(small).pictures()
      }
      cells.append(truths[i])
    }
    return contactSheet(cells, columns: 4, scale: 1)
  }

  private static func score(
    _ smalls: [Picture], _ truths: [Picture], _ enlarge: (Tensor) -> Tensor
  ) -> Double {
    var error = 0.0
    for (small, truth) in zip(smalls, truths) {
      let made = Recording.off { enlarge(Tensor(pictures: [small])).pictures()[0] }
      var sum = 0
      for (a, b) in zip(made.pixels, truth.pixels) { sum += (Int(a) - Int(b)) * (Int(a) - Int(b)) }
      error += Double(sum) / Double(truth.pixels.count)
    }
    return -10 * log10OfPositive(error / Double(truths.count) / (255 * 255))
  }
}
