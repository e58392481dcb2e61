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
    let unseen = UpscalerJudge(validation, pixels: pixels, count: 24, reconstruct: reconstruct)
    func finish() throws {
      try trainer.withAverage {
        try writeSheet(unseen.sheet(trainer.model), "upscaler", step: trainer.step)
      }
      try exportUpscaler(trainer)
    }
    guard trainer.step < s.steps else { return try finish() }
    let loader = BatchLoader(first: trainer.step) { [pictures] step in
      (0..<count).map {
        UpscalerExample.draw(
          pictures, index: step * count + $0, pixels: pixels, part: side,
          canReconstruct: canReconstruct, seed: seed)
      }
    }
    while trainer.step < s.steps, !isStopped {
      var values = trainer.train(
        UpscalerBatch(loader.next(), side: side, parts: parts, reconstruct: reconstruct))
      let validates = trainer.step % (settings.checkpointEvery * 2) == 0 || trainer.step == s.steps
      if validates { values += trainer.withAverage { unseen.judge(trainer.model) } }
      if trainer.step % 20 == 0 || validates {
        sitting.note(
          "upscaler", trainer.step, s.steps, images: trainer.step * count,
          seconds: trainer.cpuSecondsConsumed, values)
      }
      if sitting.savesNow(trainer.step) { try trainer.save(to: upscalerCheckpoint) }
      if validates { try finish() }
      sitting.endStep()
    }
    try trainer.save(to: upscalerCheckpoint)
    try finish()
  }

  /// Writes the averaged weights to `model/upscaler`, where a model keeps its last stage. So few are
  /// stored as fp16: nothing is lost that a picture could show.
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
