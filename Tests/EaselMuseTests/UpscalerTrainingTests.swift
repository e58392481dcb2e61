import EaselKit
import EaselMuse
import Foundation
import Synchronization
import Testing

@Suite("Training the upscaler", .serialized)
struct UpscalerTrainingTests {
  private var recipe: TrainingRecipe {
    var recipe = TinyModel.recipe
    recipe.configurations["upscaler/config.json"] = """
      {"hidden_channels": 16, "num_blocks": 1, "up_channels": [16, 16]}
      """
    return recipe
  }

  private func settings(_ steps: Int, criticFrom: Double) -> TrainingRun.Settings {
    var settings = TinyModel.settings(tokenizerSteps: 4, painterSteps: 4)
    settings.upscaler.steps = steps
    settings.upscaler.batch = 4
    settings.upscaler.learningRate = 3e-3
    settings.upscaler.criticFrom = criticFrom
    return settings
  }

  private func run(
    _ folder: String, _ settings: TrainingRun.Settings,
    report: @escaping @Sendable (TrainingRecord) -> Void = { _ in }
  ) throws -> TrainingRun {
    try TrainingRun(
      recipe: recipe, folder: folder, settings: settings, pictures: Squares(),
      validation: Squares(), report: report)
  }

  @Test("It learns what the bicubic enlargement lacks, with the critic too")
  func learns() throws {
    let folder = try TinyModel.folder("upscaler")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let records = Mutex<[TrainingRecord]>([])
    try run(folder, settings(120, criticFrom: 0.75)) { record in
      records.withLock { $0.append(record) }
    }.run([.upscaler])
    let last = try #require(records.withLock { $0.last })
    func value(_ name: String) throws -> Double {
      try #require(last.values.first { $0.name == name }?.value, "\(name) is missing")
    }
    #expect(last.stage == "upscaler" && last.step == 120)
    #expect(try value("clean") > value("clean_bicubic") + 2, "\(last.line)")
    #expect(try value("critic").isFinite && value("adversarial").isFinite)
    #expect(FileManager.default.fileExists(atPath: folder + "/model/upscaler/config.json"))
  }

  @Test("A run that stops and goes on ends with the very same weights, before and after the critic")
  func resumes() throws {
    let whole = try TinyModel.folder("whole"), parts = try TinyModel.folder("parts")
    defer {
      try? FileManager.default.removeItem(atPath: whole)
      try? FileManager.default.removeItem(atPath: parts)
    }
    let settings = settings(12, criticFrom: 0.5)
    // With the picture tokenizer of the run, whose reconstructions are enlarged too.
    for folder in [whole, parts] { try run(folder, settings).run([.vqgan]) }
    try run(whole, settings).run([.upscaler])
    for _ in 0..<3 {
      var steps = 0
      try run(parts, settings).run([.upscaler]) {
        steps += 1
        return steps == 4
      }
    }
    func weights(_ folder: String) throws -> Data {
      try Data(
        contentsOf: URL(filePath: folder + "/model/upscaler/diffusion_pytorch_model.safetensors"))
    }
    #expect(try weights(whole) == weights(parts))
  }
}
