import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Synchronization
import Testing

@Suite("Training", .serialized)
struct TrainingTests {
  @Test("Both stages learn: losses fall on four pictures")
  func learns() throws {
    let folder = try TinyModel.folder("learns")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let records = Mutex<[TrainingRecord]>([])
    try TinyModel.run(folder, TinyModel.settings(tokenizerSteps: 120, painterSteps: 240)) {
      record in
      records.withLock { $0.append(record) }
    }.run([.bpe, .vqgan, .encode, .transformer])
    let all = records.withLock { $0 }
    func values(_ stage: String, _ name: String) -> [Double] {
      all.filter { $0.stage == stage }.compactMap { $0.values.first { $0.name == name }?.value }
    }
    let l1 = values("vqgan", "l1"), loss = values("transformer", "loss")
    #expect(try #require(l1.last) < 0.6 * l1[0], "reconstruction error \(l1)")
    #expect(try #require(loss.last) < 0.5 * loss[0], "token loss \(loss)")
  }

  @Test("A run that stops and goes on ends with the very same weights as one that does not stop")
  func resumes() throws {
    let whole = try TinyModel.folder("whole"), parts = try TinyModel.folder("parts")
    defer {
      try? FileManager.default.removeItem(atPath: whole)
      try? FileManager.default.removeItem(atPath: parts)
    }
    let settings = TinyModel.settings(tokenizerSteps: 8, painterSteps: 10)
    try TinyModel.run(whole, settings).run()
    for _ in 0..<9 {
      var steps = 0
      try TinyModel.run(parts, settings).run(until: {
        steps += 1
        return steps == 3
      })
    }
    try TinyModel.run(parts, settings).run()
    for name in [
      "vqvae/diffusion_pytorch_model", "transformer/diffusion_pytorch_model", "image_encoder/model",
      "image_encoder/bridge",
    ] {
      let a = try Data(contentsOf: URL(filePath: "\(whole)/model/\(name).safetensors"))
      let b = try Data(contentsOf: URL(filePath: "\(parts)/model/\(name).safetensors"))
      #expect(a == b, "\(name) differs")
    }
  }

  @Test("A patient run keeps the weights that did best on pictures held out, and ends by itself")
  func keepsTheBest() throws {
    let patient = try TinyModel.folder("patient"), exact = try TinyModel.folder("exact")
    defer {
      try? FileManager.default.removeItem(atPath: patient)
      try? FileManager.default.removeItem(atPath: exact)
    }
    let records = Mutex<[TrainingRecord]>([])
    var settings = TinyModel.settings(tokenizerSteps: 8, painterSteps: 2000)
    settings.checkpointEvery = 10
    // Few enough to be learnt by heart; the judged ones are others.
    settings.pool = 3
    settings.painter.schedule = .constant
    settings.painter.patience = 3
    let stages: [TrainingRun.Stage] = [.bpe, .vqgan, .encode, .transformer, .export]
    let run = try TinyModel.run(patient, settings) { record in
      records.withLock { $0.append(record) }
    }
    try run.run(stages)
    let judged = records.withLock { $0 }.filter { $0.stage == "transformer" }.compactMap { record in
      record.values.first { $0.name == "validation" }.map { (step: record.step, loss: $0.value) }
    }
    let best = try #require(judged.min { $0.loss < $1.loss })
    let last = try #require(judged.last)
    #expect(run.keptStep == best.step)
    #expect(last.step < 2000 && last.step == best.step + 30, "\(judged)")

    // The model is that of a run of so many steps.
    settings.painter.patience = nil
    settings.painter.steps = best.step
    try TinyModel.run(exact, settings).run(stages)
    for name in ["transformer/diffusion_pytorch_model", "text_encoder/model"] {
      let files = try [patient, exact].map { folder in
        try SafetensorsFile(path: "\(folder)/model/\(name).safetensors")
      }
      for tensor in files[0].names {
        let values = try files.map { try $0.load(tensor).toArray() }
        #expect(values[0] == values[1], "\(tensor)")
      }
    }
  }
}
