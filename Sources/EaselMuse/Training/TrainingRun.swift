public import EaselKit
import EaselTensor
import Foundation
import Synchronization

/// Captioned pictures to learn from, by number: what number i shows never changes.
///
/// There are `count` different pictures, after which the same come round again, or no end of them.
public protocol TrainingPictures: Sendable {
  /// nil where new ones never end.
  var count: Int? { get }
  func picture(index: Int, size: Int) -> Picture
  /// One of several captions of picture `index`.
  func caption(index: Int, variant: Int) -> String
  /// Words that the captions are made of.
  func taughtWords() -> Set<String>
  /// What other languages call what is shown, as a model's `lexicon.tsv`; nil where nobody says.
  func lexicon() throws -> String?
  /// Pictures of the same kind that show every look about as often, for a picture tokenizer: what is rare
  /// would stay blurred.
  func evenly() -> Self
}

extension TrainingPictures {
  public var count: Int? { nil }
  public func evenly() -> Self { self }
  /// `n`, or as many pictures as there are: so that none is looked at twice.
  func atMost(_ n: Int) -> Int { min(n, count ?? n) }
}

extension SceneSource: TrainingPictures {}

/// Trains all stages of a model one after the other in one folder: caption tokenizer, picture
/// tokenizer, codes of the training pictures, painter, upscaler, image tower. Every stage goes on where
/// it stopped.
///
/// The folder holds `log.jsonl`, the checkpoints `vqgan.safetensors`,
/// `transformer.safetensors`, `upscaler.safetensors` and `clip.safetensors`, the codes, sample sheets,
/// and the finished model in `model/`.
public final class TrainingRun {
  public enum Stage: String, CaseIterable, Sendable {
    case bpe, vqgan, encode, transformer, upscaler, export, clip
  }
  public struct Settings: Sendable, Hashable {
    public var seed: UInt64 = 1
    public var tokenizer = TokenizerTraining()
    public var painter = PainterTraining()
    public var clip = ClipTraining()
    /// Folder of the model that the image tower learns with; nil for the one of this run.
    public var clipModel: String?
    public var upscaler = UpscalerTraining()
    /// Folder of the model whose pictures the upscaler will enlarge, where this run trains no picture
    /// tokenizer of its own.
    public var upscalerFor: String?
    /// Pictures whose codes the painter learns from.
    public var pool = 65_536
    /// Steps between checkpoints.
    public var checkpointEvery = 100
    /// Prompts whose pictures are painted now and then, to see how far the model is.
    public var samples: [String] = []
    public init() {}
  }

  let recipe: TrainingRecipe
  let folder: String
  let settings: Settings
  let pictures: any TrainingPictures
  let validation: any TrainingPictures
  let report: @Sendable (TrainingRecord) -> Void
  private let log: TrainingLog
  private let stopped = StopFlag()
  var shouldStop: () -> Bool = { false }
  let control: TrainingControl
  /// Encodes sheets as PNG; without it they are written as PPM.
  public var png: (@Sendable (Picture) throws -> [UInt8])?
  var pausedSeconds = 0.0
  var newest: Pace?
  var firstOfSitting: Pace?

  /// - Parameters:
  ///   - pictures: what to learn from. `validation`: what to judge by, never learnt from.
  ///   - report: hears of every logged step.
  public init(
    recipe: TrainingRecipe, folder: String, settings: Settings, pictures: any TrainingPictures,
    validation: any TrainingPictures, report: @escaping @Sendable (TrainingRecord) -> Void
  ) throws {
    self.recipe = recipe
    self.folder = folder
    self.settings = settings
    self.pictures = pictures
    self.validation = validation
    self.report = report
    control = TrainingControl(folder: folder)
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        .readOnly, "the folder \(folder) cannot be made", hint: "choose another with --out",
        cause: "\(error)")
    }
    log = try TrainingLog(path: folder + "/log.jsonl")
    // A step of training uses a few GiB of intermediate results, the same sizes every time.
    TensorMemory.keep(atMost: 6 << 30)
  }

  /// Asks the run to write a checkpoint and stop after the current step.
  public func stop() { stopped.raise() }
  /// `stop()` for other threads, where the run itself cannot go.
  public var stopper: @Sendable () -> Void { { [stopped] in stopped.raise() } }
  public var isStopped: Bool { stopped.isRaised }

  /// Pictures whose codes the painter learns from.
  var pool: Int { pictures.atMost(settings.pool) }
  var tokenizerFolder: String { folder + "/model/tokenizer" }
  var vqCheckpoint: String { folder + "/vqgan.safetensors" }
  var painterCheckpoint: String { folder + "/transformer.safetensors" }
  var codesFile: String { folder + "/codes.bin" }

  /// Runs stages in order. `shouldStop` is asked after every step; when it says so, or after `stop()`,
  /// a checkpoint is written and the run returns.
  public func run(
    _ stages: [Stage] = Stage.allCases, until shouldStop: @escaping () -> Bool = { false }
  ) throws {
    // What was asked of an earlier sitting is not meant for this one.
    try control.clearAll()
    self.shouldStop = { [unowned self] in shouldStop() || obey() }
    defer { self.shouldStop = { false } }
    TrainingProcess(.running).write(to: folder)
    var isWhole = false
    defer {
      TrainingProcess(isStopped ? .stopped : isWhole ? .finished : .failed).write(to: folder)
      try? control.clearAll()
    }
    for stage in stages where !isStopped {
      switch stage {
      case .bpe: try learnWords()
      case .vqgan: try trainPictureTokenizer()
      case .encode: try encodePictures()
      case .transformer: try trainPainter()
      case .upscaler: try trainUpscaler()
      case .export:
        try exportModel()
        try writeSamples()
      case .clip: try trainClip()
      }
    }
    isWhole = true
  }

  func note(
    _ stage: String, _ step: Int, _ steps: Int, images: Int, seconds: Double,
    _ values: [(name: String, value: Double)]
  ) {
    var record = TrainingRecord(
      stage: stage, step: step, steps: steps, images: images, cpuSeconds: seconds, values: values)
    record.time = Date().timeIntervalSince1970
    if let (rate, left) = pace(stage, step, steps, images: images) {
      record.imagesPerSecond = rate
      record.secondsLeft = left
    }
    log.append(record)
    report(record)
  }

  // MARK: Caption tokenizer

  func learnWords() throws {
    if FileManager.default.fileExists(atPath: tokenizerFolder + "/vocab.json") { return }
    let start = cpuSeconds()
    let captions = (0..<20_000).lazy.map { [pictures] in
      pictures.caption(index: $0, variant: $0 % 7)
    }
    let tokenizer = try TokenizerLearner.learn(
      captions: captions, size: recipe.vocabulary, maximumLength: recipe.captionLength)
    for (name, text) in tokenizer.files { try write(text, to: "tokenizer/\(name)") }
    let longest = (0..<2_000).map {
      tokenizer.encode(pictures.caption(index: $0, variant: 0)).count
    }
    note(
      "bpe", tokenizer.merges.count, tokenizer.merges.count, images: 20_000,
      seconds: cpuSeconds() - start, [("longest", Double(longest.max() ?? 0))])
  }
}

/// Raised once, from any thread.
private final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)
  var isRaised: Bool { flag.load(ordering: .relaxed) }
  func raise() { flag.store(true, ordering: .relaxed) }
}
