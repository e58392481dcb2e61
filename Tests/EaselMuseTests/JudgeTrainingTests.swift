import EaselImaging
import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Testing

/// The drawings, read once for all tests, and judges of a few steps.
enum TinyJudges {
  static let sprites = Result { try SceneSprites(decode: { try decodeDrawing($0) }) }

  static var settings: JudgeRun.Settings {
    var settings = JudgeRun.Settings()
    settings.referee.steps = 6
    settings.referee.batch = 2
    settings.clip.steps = 6
    settings.clip.batch = 4
    settings.shape = JudgeShape(
      vocabulary: 540, captionLength: 32, imageWidth: 32, imageLayers: 1, textWidth: 32,
      textLayers: 2, projection: 24)
    settings.captions = 300
    settings.unseen = 4
    settings.checkpointEvery = 4
    return settings
  }

  static func run(_ folder: String) throws -> JudgeRun {
    try JudgeRun(
      folder: folder, settings: settings, sprites: try sprites.get(), report: { _ in })
  }
}

@Suite("Training the judges", .serialized)
struct JudgeTrainingTests {
  @Test("The referee learns a handful of scenes by heart, all five answers")
  func overfits() throws {
    let source = SceneSource(sprites: try TinyJudges.sprites.get(), seed: 5, split: .everything)
    let batch = RefereeBatch(
      pictures: (0..<8).map { source.picture(index: $0, size: Referee.side) },
      labels: (0..<8).map { RefereeLabels(source.description(index: $0)) })
    var settings = RefereeTraining()
    settings.warmup = 5
    settings.steps = 60
    let trainer = RefereeTrainer(try Referee(.init(seed: 3)), settings: settings)
    let first = try #require(trainer.train(batch).first?.value)
    var last = first
    for _ in 1..<60 { last = try #require(trainer.train(batch).first?.value) }
    #expect(last < first / 4, "from \(first) to \(last)")
    let right = trainer.validate(batch)
    #expect(right.count >= 3)
    for (name, value) in right { #expect(value == 1, "\(name) \(value)") }
  }

  @Test("Judges whose training stops and goes on are the very same as those of one sitting")
  func resumes() throws {
    let whole = try TinyModel.folder("judges"), parts = try TinyModel.folder("judges")
    defer {
      try? FileManager.default.removeItem(atPath: whole)
      try? FileManager.default.removeItem(atPath: parts)
    }
    try TinyJudges.run(whole).run()
    for _ in 0..<3 {
      let steps = Counter()
      // The fifth step lies in the middle of a part, away from a checkpoint of every fourth.
      try TinyJudges.run(parts).run(until: { steps.next() == 5 })
    }
    for name in [
      "referee.safetensors", "image_encoder/model.safetensors", "text_encoder/model.safetensors",
      "tokenizer/vocab.json", "judge.json",
    ] {
      let a = try Data(contentsOf: URL(filePath: "\(whole)/judge/\(name)"))
      let b = try Data(contentsOf: URL(filePath: "\(parts)/judge/\(name)"))
      #expect(a == b, "\(name) differs")
    }
  }

  @Test("Both towers of a CLIP learn together: pictures find their captions")
  func bothTowers() throws {
    let words = try TokenizerLearner.learn(
      captions: (0..<4).map { Squares().caption(index: $0, variant: 0) }, size: 540,
      maximumLength: 12)
    var image = ImageEncoderConfiguration(), text = TextEncoderConfiguration()
    image.hiddenSize = 32
    image.numAttentionHeads = 1
    image.numHiddenLayers = 1
    image.intermediateSize = 64
    image.imageSize = 16
    image.patchSize = 4
    image.projectionDim = 16
    text.hiddenSize = 32
    text.numAttentionHeads = 1
    text.numHiddenLayers = 1
    text.intermediateSize = 64
    text.maxPositionEmbeddings = 12
    text.vocabSize = 540
    text.projectionDim = 16
    text.eosTokenId = 539
    var settings = ClipTraining()
    settings.steps = 150
    settings.warmup = 5
    settings.learningRate = 4e-3
    var processor = ImageProcessor()
    processor.size = .shortestEdge(16)
    processor.crop = PixelSize(width: 16, height: 16)
    let tower = try TextEncoder(text, .init(seed: 2))
    let before = tower.parameters.map { $0.tensor.toArray() }
    let trainer = ClipTrainer(
      image: try ImageEncoder(image, .init(seed: 1)), bridge: nil, text: tower,
      processor: processor, pictures: nil, settings: settings, seed: 1, endToken: words.end)
    let batch = ClipBatch(
      pictures: (0..<4).map { Squares().picture(index: $0, size: 16) },
      captions: (0..<4).flatMap { words.padded(Squares().caption(index: $0, variant: 0)) },
      complete: [])
    for _ in 0..<100 { _ = trainer.train(batch) }
    let found = trainer.validate(batch)
    #expect(found.map(\.name) == ["picture_to_text", "text_to_picture"])
    for (name, value) in found { #expect(value == 1, "\(name) \(value)") }
    let moved = zip(before, tower.parameters).filter { $0 != $1.tensor.toArray() }.count
    #expect(moved == before.count, "\(moved) of \(before.count) parameters of the text tower moved")
  }
}

private final class Counter: @unchecked Sendable {
  // Only the thread that trains asks.
  private var count = 0
  func next() -> Int {
    count += 1
    return count
  }
}
