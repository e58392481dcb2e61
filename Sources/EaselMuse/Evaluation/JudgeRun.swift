public import EaselKit
import EaselTensor
import Foundation

/// Trains the judges of `easel evaluate` in one folder: the referee, and a CLIP whose two towers learn
/// together. They see scenes of every combination, of a stream of their own, and no model's pictures;
/// no painter learns from them or is ranked by them.
///
/// The folder holds `log.jsonl`, the checkpoints `referee.safetensors` and `clip.safetensors`, and the
/// finished judges in `judge/`. Every part goes on where it stopped, to the bit.
public final class JudgeRun {
  public enum Part: String, CaseIterable, Sendable { case referee, clip }

  public struct Settings: Hashable, Sendable {
    /// Of weights and data. Far from the seeds that painters are trained with.
    public var seed: UInt64 = 7_001
    public var referee = RefereeTraining()
    public var clip: ClipTraining = {
      var clip = ClipTraining()
      clip.steps = 900
      clip.repainted = 0
      clip.learningRate = 2e-3
      return clip
    }()
    /// Shapes of the two towers and the words of the CLIP.
    public var shape = JudgeShape.shipped
    /// Captions that the words of the CLIP are learnt from.
    public var captions = 8_000
    /// Pictures to validate with.
    public var unseen = 256
    /// Steps between checkpoints.
    public var checkpointEvery = 100
    public init() {}
  }

  let folder: String
  let settings: Settings
  let source: SceneSource
  private let unseen: SceneSource
  private let sitting: TrainingSitting

  /// - Parameter report: hears of every logged step.
  public init(
    folder: String, settings: Settings, sprites: SceneSprites,
    report: @escaping @Sendable (TrainingRecord) -> Void
  ) throws {
    self.folder = folder
    self.settings = settings
    source = SceneSource(sprites: sprites, seed: settings.seed, split: .everything)
    unseen = SceneSource(sprites: sprites, seed: settings.seed &+ 1, split: .everything)
    sitting = try TrainingSitting(
      folder: folder, checkpointEvery: settings.checkpointEvery, report: report)
    TensorMemory.keep(atMost: 4 << 30)
  }

  /// Asks the run, from any thread, to write a checkpoint and stop after the current step.
  public var stopper: @Sendable () -> Void { sitting.stopper }
  public var isStopped: Bool { sitting.isStopped }

  /// Trains parts in order. `shouldStop` is asked after every step; when it says so, or after `stopper`, a
  /// checkpoint is written and the run returns.
  public func run(
    _ parts: [Part] = Part.allCases, until shouldStop: @escaping () -> Bool = { false }
  ) throws {
    try sitting.sit(until: shouldStop) {
      for part in parts where !isStopped {
        switch part {
        case .referee: try trainReferee()
        case .clip: try trainClip()
        }
      }
    }
  }

  // MARK: Referee

  private func trainReferee() throws {
    let model = try Referee(ParameterSource(seed: settings.seed &+ 10))
    let trainer = RefereeTrainer(model, settings: settings.referee)
    let checkpoint = folder + "/referee.safetensors"
    _ = try trainer.resume(from: checkpoint)
    let batch = settings.referee.batch, seed = settings.seed
    let loader = BatchLoader(first: trainer.step) { [source] step in
      var random = SplitMix64(seed: seed &+ 11 &+ UInt64(step) &* 0xD1B5_4A32_D192_ED03)
      let indices = (0..<batch).map { step * batch + $0 }
      return RefereeBatch(
        pictures: indices.map {
          source.picture(index: $0, size: Referee.side).weathered(&random)
        }, labels: indices.map { RefereeLabels(source.description(index: $0)) })
    }
    let unseen = RefereeBatch(
      pictures: (0..<settings.unseen).map { self.unseen.picture(index: $0, size: Referee.side) },
      labels: (0..<settings.unseen).map { RefereeLabels(self.unseen.description(index: $0)) })
    while trainer.step < settings.referee.steps, !isStopped {
      let values = trainer.train(loader.next())
      try endStep(
        "referee", trainer.step, settings.referee.steps, batch, trainer.cpuSecondsConsumed, values,
        validate: { trainer.validate(unseen) }, save: { try trainer.save(to: checkpoint) })
    }
    try trainer.save(to: checkpoint)
    try trainer.withAverage {
      try write(model.parameters, "referee.safetensors", step: trainer.step)
    }
    try writeCard()
  }

  // MARK: CLIP

  private func trainClip() throws {
    let words = try learnedWords()
    let shape = settings.shape
    let image = try ImageEncoder(shape.image(), ParameterSource(seed: settings.seed &+ 20))
    let text = try TextEncoder(shape.text(), ParameterSource(seed: settings.seed &+ 21))
    let trainer = ClipTrainer(
      image: image, bridge: nil, text: text,
      processor: try ImageProcessor(json: shape.processor, side: image.configuration.imageSize),
      pictures: nil, settings: settings.clip, seed: settings.seed &+ 22, endToken: words.end)
    let checkpoint = folder + "/clip.safetensors"
    _ = try trainer.resume(from: checkpoint)
    let batch = settings.clip.batch, seed = settings.seed, side = image.configuration.imageSize
    // Other pictures than the referee's.
    let first = settings.referee.steps * settings.referee.batch
    let loader = BatchLoader(first: trainer.step) { [source] step in
      var random = SplitMix64(seed: seed &+ 78 &+ UInt64(step) &* 0xD1B5_4A32_D192_ED03)
      let indices = (0..<batch).map { first + step * batch + $0 }
      return ClipBatch(
        pictures: indices.map { source.picture(index: $0, size: side).weathered(&random) },
        captions: indices.flatMap {
          words.padded(source.caption(index: $0, variant: random.nextInt(1 << 16)))
        }, complete: [])
    }
    let count = min(settings.unseen, 200)
    let pairs = ClipBatch(
      pictures: (0..<count).map { unseen.picture(index: $0, size: side) },
      captions: (0..<count).flatMap { words.padded(unseen.caption(index: $0, variant: 0)) },
      complete: [])
    while trainer.step < settings.clip.steps, !isStopped {
      let values = trainer.train(loader.next())
      try endStep(
        "clip", trainer.step, settings.clip.steps, batch, trainer.cpuSecondsConsumed, values,
        validate: { trainer.validate(pairs) }, save: { try trainer.save(to: checkpoint) })
    }
    try trainer.save(to: checkpoint)
    for (path, contents) in shape.files { try write(contents, to: path) }
    for (name, contents) in words.files { try write(contents, to: "tokenizer/\(name)") }
    try trainer.withAverage {
      try write(image.parameters, ImageTower.weightsFile, step: trainer.step)
      try write(text.parameters, "text_encoder/model.safetensors", step: trainer.step)
    }
    try writeCard()
  }

  private func learnedWords() throws -> CaptionTokenizer {
    let place = folder + "/judge/tokenizer"
    if FileManager.default.fileExists(atPath: place + "/vocab.json"),
      FileManager.default.fileExists(atPath: place + "/tokenizer_config.json")
    {
      return try CaptionTokenizer(folder: place)
    }
    let words = try TokenizerLearner.learn(
      captions: (0..<settings.captions).lazy.map { [source] in
        source.caption(index: $0, variant: $0 % 7)
      },
      size: settings.shape.vocabulary, maximumLength: settings.shape.captionLength)
    for (name, contents) in words.files { try write(contents, to: "tokenizer/\(name)") }
    return words
  }

  private func endStep(
    _ stage: String, _ step: Int, _ steps: Int, _ batch: Int, _ seconds: Double,
    _ values: [(name: String, value: Double)], validate: () -> [(name: String, value: Double)],
    save: () throws -> Void
  ) throws {
    let validates = step % (settings.checkpointEvery * 2) == 0 || step == steps
    if step % 20 == 0 || validates {
      sitting.note(
        stage, step, steps, images: step * batch, seconds: seconds,
        values + (validates ? validate() : []))
    }
    if sitting.savesNow(step) { try save() }
    sitting.endStep()
  }
}

/// The finished judges.
extension JudgeRun {
  private func write(
    _ parameters: [(name: String, tensor: Tensor)], _ name: String, step: Int
  ) throws {
    let path = "\(folder)/judge/\(name)"
    do {
      try FileManager.default.createDirectory(
        at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
      try writeSafetensors(
        path: path, tensors: parameters.map { ($0.name, $0.tensor) },
        dtype: StoredWeights.int8.stored,
        metadata: [
          "format": "pt", "easel.version": easelVersion, "easel.seed": "\(settings.seed)",
          "easel.steps": "\(step)",
        ])
    } catch {
      throw Failure(.diskFull, "the judges could not be written to \(path)", cause: "\(error)")
    }
  }

  private func write(_ text: String, to name: String) throws {
    let file = URL(filePath: "\(folder)/judge/\(name)")
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file, options: .atomic)
    } catch {
      throw Failure(.diskFull, "\(file.path) could not be written", cause: "\(error)")
    }
  }

  /// `judge.json`: what made the judges that are in the folder.
  private func writeCard() throws {
    var card = JudgeCard(
      seed: settings.seed, data: "scenes, every combination", nouns: Noun.all.map(\.name),
      version: easelVersion)
    func steps(_ name: String) -> Int? {
      (try? SafetensorsFile(path: "\(folder)/judge/\(name)"))?.metadata["easel.steps"]
        .flatMap { Int($0) }
    }
    card.refereeSteps = steps("referee.safetensors")
    card.refereeBatch = settings.referee.batch
    card.clipSteps = steps(ImageTower.weightsFile)
    card.clipBatch = settings.clip.batch
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try write(String(decoding: try encoder.encode(card), as: UTF8.self) + "\n", to: JudgeCard.file)
  }
}
