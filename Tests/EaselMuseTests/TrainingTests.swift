import EaselKit
import EaselMuse
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
}
