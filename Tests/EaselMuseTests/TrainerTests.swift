import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Testing

@Suite("Trainers", .serialized)
struct TrainerTests {
  private func vqTrainer(_ change: (inout TokenizerTraining) -> Void) throws -> TokenizerTrainer {
    var settings = TokenizerTraining()
    settings.steps = 100
    settings.criticFrom = 0
    settings.learningRate = 1e-3
    change(&settings)
    let json = try #require(TinyModel.recipe.configurations["vqvae/config.json"])
    let model = try VQModel(configuration(json: json), ParameterSource(seed: 3))
    return TokenizerTrainer(model: model, settings: settings, seed: 5)
  }

  private func pictures(_ count: Int) -> [Picture] {
    (0..<count).map { Squares().picture(index: $0, size: 16) }
  }

  private func value(_ name: String, _ values: [(name: String, value: Double)]) -> Double? {
    values.first { $0.name == name }?.value
  }

  @Test("Small portions take the same step as all pictures at once")
  func accumulates() throws {
    let whole = try vqTrainer { $0.accumulate = 1 }, parts = try vqTrainer { $0.accumulate = 3 }
    let shown = pictures(7)
    let a = whole.train(shown), b = parts.train(shown)
    for name in ["l1", "psnr", "adversarial", "critic", "norm", "commit"] {
      let x = try #require(value(name, a)), y = try #require(value(name, b))
      #expect(abs(x - y) < 1e-3 * max(1, abs(x)), "\(name): \(x) against \(y)")
    }
    // The first step of Adam moves by the sign of a gradient, so the second step is what tells.
    let c = whole.train(shown), d = parts.train(shown)
    let x = try #require(value("l1", c)), y = try #require(value("l1", d))
    #expect(abs(x - y) < 2e-3, "\(x) against \(y)")
  }

  /// Some pictures of noise with captions of one word each.
  private func painterBatch(_ count: Int) -> PainterBatch {
    var random = SplitMix64(seed: 8)
    return PainterBatch(
      codes: (0..<count * 16).map { _ in Int32(random.nextInt(24)) },
      text: (0..<count).flatMap { i in [538, 300 + Int32(i)] + Array(repeating: 539, count: 10) },
      count: count)
  }

  private func painter(
    accumulate: Int = 1, precision: ProductPrecision = .fp32
  ) throws -> PainterTrainer {
    let recipe = TinyModel.recipe
    func text(_ path: String) throws -> String { try #require(recipe.configurations[path]) }
    var settings = PainterTraining()
    settings.steps = 100
    settings.precision = precision
    settings.accumulate = accumulate
    return PainterTrainer(
      transformer: try UVit2D(
        configuration(json: text("transformer/config.json")), ParameterSource(seed: 3)),
      text: try TextEncoder(
        configuration(json: text("text_encoder/config.json")), ParameterSource(seed: 4)),
      settings: settings, seed: 5, maskToken: 29,
      emptyText: [538] + Array(repeating: 539, count: 11), pixels: recipe.pixels)
  }

  @Test("The painter takes the same step in three portions as in one")
  func painterAccumulates() throws {
    // Products in bfloat16 would round by more than what is compared.
    let whole = try painter(accumulate: 1), parts = try painter(accumulate: 3)
    // Seven pictures: portions of two and three, in which other shares of the tokens are masked.
    let batch = painterBatch(7)
    for step in 0..<4 {
      let a = whole.train(batch), b = parts.train(batch)
      for name in ["loss", "norm"] {
        let x = try #require(value(name, a)), y = try #require(value(name, b))
        #expect(abs(x - y) < 2e-4 * abs(x), "\(name) of step \(step): \(x) against \(y)")
      }
    }
    for (a, b) in zip(whole.transformer.parameters, parts.transformer.parameters) {
      let far = zip(a.tensor.toArray(), b.tensor.toArray()).map { abs($0 - $1) }.max() ?? 0
      // Rates of four steps of a rise over two hundred: at most 1.5e-4 in all.
      #expect(far < 2e-5, "\(a.name) is \(far) off")
    }
  }

  @Test("A run goes on with the products it began with, whatever is fastest now")
  func keepsItsPrecision() throws {
    let path = try TinyModel.folder("precision") + "/painter.safetensors"
    let batch = painterBatch(4)
    let begun = try painter(precision: .bfloat16), exact = try painter(precision: .fp32)
    #expect(value("loss", begun.train(batch)) != value("loss", exact.train(batch)))
    try begun.save(to: path)
    let resumed = try painter(precision: .fp32)
    #expect(try resumed.resume(from: path))
    for _ in 0..<3 {
      #expect(
        try #require(value("loss", begun.train(batch))) == value("loss", resumed.train(batch)))
    }
    for (a, b) in zip(begun.transformer.parameters, resumed.transformer.parameters) {
      #expect(a.tensor.toArray() == b.tensor.toArray(), "\(a.name)")
    }
  }

  @Test("Every adversary and both weights train, and the critic tells real from made")
  func adversaries() throws {
    for adversary in Adversary.allCases {
      for factor in [nil, Float(0.5)] {
        let trainer = try vqTrainer {
          $0.adversary = adversary
          $0.adaptiveFactor = factor
        }
        let shown = pictures(4)
        let first = trainer.train(shown)
        var last = first
        for _ in 0..<12 { last = trainer.train(shown) }
        let l1 = (try #require(value("l1", first)), try #require(value("l1", last)))
        #expect(l1.1 < l1.0, "\(adversary) with \(String(describing: factor)): \(l1)")
        #expect(try #require(value("critic", last)).isFinite)
        if factor != nil {
          let weight = try #require(value("weight", last))
          #expect(weight > 0 && weight < 1e4, "weight \(weight)")
        }
      }
    }
  }

  @Test("A step that is not finite changes nothing and is counted")
  func skips() throws {
    let trainer = try vqTrainer { _ in }
    _ = trainer.train(pictures(4))
    let bias = try #require(
      trainer.model.parameters.first { $0.name == "decoder.conv_out.bias" }?.tensor)
    let kept = bias.pointer[0]
    let others = trainer.model.parameters.filter { $0.name != "decoder.conv_out.bias" }
    let before = others.map { $0.tensor.toArray() }
    bias.pointer[0] = .nan
    bias.valuesChanged()
    let values = trainer.train(pictures(4))
    #expect(value("skipped", values) == 1)
    #expect(others.map { $0.tensor.toArray() } == before)
    bias.pointer[0] = kept
    bias.valuesChanged()
    let after = trainer.train(pictures(4))
    #expect(value("skipped", after) == 1)
    #expect(try #require(value("l1", after)).isFinite)
  }

  @Test("Batches come in order and are the same whatever the number of threads that make them")
  func producers() {
    for producers in [1, 2, 5] {
      let loader = BatchLoader(first: 7, ahead: 3, producers: producers) { i -> [Int] in
        // The later of two batches is often ready first.
        if i % 2 == 1 { usleep(500) }
        return [i, i * i]
      }
      for i in 7..<47 { #expect(loader.next() == [i, i * i]) }
    }
  }

  @Test("Schedules rise to the peak, and fall as they say")
  func schedules() {
    for form in TrainingSchedule.Form.allCases {
      let s = TrainingSchedule(peak: 2, warmup: 10, steps: 110, fall: 0.5, form: form)
      #expect(abs(s.learningRate(at: 4) - s.learningRate(at: 9) / 2) < 0.02)
      #expect(abs(s.learningRate(at: 10) - 2) < 1e-4)
      let middle: Float = form == .linear || form == .cosine ? 1 : 2
      #expect(abs(s.learningRate(at: 60) - middle) < 0.2, "\(form)")
      #expect(abs(s.learningRate(at: 110) - (form == .constant ? 2 : 0.1)) < 1e-4, "\(form)")
    }
  }
}
