import EaselImaging
import EaselKit
import EaselMuse
import EaselTensor

/// Steps of training at the size of the shipped model, all cores: what a day of training amounts to.
func measureTraining(_ report: Report) throws {
  let recipe = TrainingRecipe.scenes
  let clock = ContinuousClock()
  /// Pictures a second: the best of a few steps, after one that fills the pools.
  func rate(batch: Int, _ step: () -> Void) -> Double {
    step()
    var best = Double.infinity
    for _ in 0..<4 { best = min(best, clock.measure(step) / .seconds(1)) }
    return Double(batch) / best
  }
  func text(_ path: String) -> String { recipe.configurations[path] ?? "{}" }

  let scenes = SceneSource(sprites: try SceneSprites(decode: { try decodeDrawing($0) }))
  var drawn = 0
  let drawing = rate(batch: 256) {
    for _ in 0..<256 {
      _ = scenes.picture(index: drawn, size: recipe.pixels)
      drawn += 1
    }
  }
  report.add("scenes_one_core.per_s", drawing, "pictures/s", better: .higher)

  var settings = TokenizerTraining()
  let pictures = (0..<settings.batch).map { scenes.picture(index: $0, size: recipe.pixels) }
  for (name, criticFrom) in [("vqgan", 2.0), ("vqgan_with_critic", 0)] {
    settings.criticFrom = criticFrom
    let model = try VQModel(
      configuration(json: text("vqvae/config.json")), ParameterSource(seed: 1))
    let trainer = TokenizerTrainer(model: model, settings: settings, seed: 1)
    let rate = rate(batch: settings.batch) { _ = trainer.train(pictures) }
    report.add("\(name).per_s", rate, "pictures/s", better: .higher)
  }

  var random = SplitMix64(seed: 2)
  let side = recipe.pixels / recipe.pixelsPerToken
  for (name, precision) in [
    ("painter_fp32", ProductPrecision.fp32), ("painter_bfloat16", .bfloat16),
  ] {
    var settings = PainterTraining()
    settings.precision = precision
    let empty = [Int32](repeating: Int32(recipe.vocabulary - 1), count: recipe.captionLength)
    let trainer = PainterTrainer(
      transformer: try UVit2D(
        configuration(json: text("transformer/config.json")), ParameterSource(seed: 3)),
      text: try TextEncoder(
        configuration(json: text("text_encoder/config.json")), ParameterSource(seed: 4)),
      settings: settings, seed: 1, maskToken: Int32(recipe.codes), emptyText: empty,
      pixels: recipe.pixels)
    let batch = PainterBatch(
      codes: (0..<settings.batch * side * side).map { _ in Int32(random.nextInt(recipe.codes)) },
      text: (0..<settings.batch).flatMap { _ in
        (0..<12).map { _ in Int32(random.nextInt(recipe.vocabulary - 2)) } + empty.dropFirst(12)
      }, count: settings.batch)
    let rate = rate(batch: settings.batch) { _ = trainer.train(batch) }
    report.add("\(name).per_s", rate, "pictures/s", better: .higher)
  }
}
