public import EaselKit
import EaselTensor
import Foundation

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
  let sitting: TrainingSitting
  /// Encodes sheets as PNG; without it they are written as PPM.
  public var png: (@Sendable (Picture) throws -> [UInt8])?

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
    sitting = try TrainingSitting(
      folder: folder, checkpointEvery: settings.checkpointEvery, report: report)
    // A step of training uses a few GiB of intermediate results, the same sizes every time.
    TensorMemory.keep(atMost: 6 << 30)
  }

  /// Asks the run, from any thread, to write a checkpoint and stop after the current step.
  public var stopper: @Sendable () -> Void { sitting.stopper }
  public var isStopped: Bool { sitting.isStopped }

  /// Pictures whose codes the painter learns from.
  var pool: Int { pictures.atMost(settings.pool) }
  var tokenizerFolder: String { folder + "/model/tokenizer" }
  var vqCheckpoint: String { folder + "/vqgan.safetensors" }
  var painterCheckpoint: String { folder + "/transformer.safetensors" }
  var codesFile: String { folder + "/codes.bin" }

  /// Runs stages in order. `shouldStop` is asked after every step; when it says so, or after `stopper`,
  /// a checkpoint is written and the run returns.
  public func run(
    _ stages: [Stage] = Stage.allCases, until shouldStop: @escaping () -> Bool = { false }
  ) throws {
    try sitting.sit(until: shouldStop) {
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
    }
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
    sitting.note(
      "bpe", tokenizer.merges.count, tokenizer.merges.count, images: 20_000,
      seconds: cpuSeconds() - start, [("longest", Double(longest.max() ?? 0))])
  }
}
