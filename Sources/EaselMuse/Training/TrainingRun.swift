public import EaselKit
import EaselTensor
import Foundation
import Synchronization

/// Captioned pictures to learn from, by number: what number i shows never changes.
public protocol TrainingPictures: Sendable {
  func picture(index: Int, size: Int) -> Picture
  /// One of several captions of picture `index`.
  func caption(index: Int, variant: Int) -> String
}

extension SceneSource: TrainingPictures {}

/// Trains all stages of a model one after the other in one folder: caption tokenizer, picture
/// tokenizer, codes of the training pictures, painter. Every stage goes on where it stopped.
///
/// The folder holds `recipe.json`-like settings in `log.jsonl`, checkpoints `vqgan.safetensors` and
/// `transformer.safetensors`, the codes, sample sheets, and the finished model in `model/`.
public final class TrainingRun {
  public enum Stage: String, CaseIterable, Sendable { case bpe, vqgan, encode, transformer, export }
  public struct Settings: Sendable, Hashable {
    public var seed: UInt64 = 1
    public var tokenizer = TokenizerTraining()
    public var painter = PainterTraining()
    /// Pictures whose codes the painter learns from.
    public var pool = 32_768
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
  private var shouldStop: () -> Bool = { false }

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

  var tokenizerFolder: String { folder + "/model/tokenizer" }
  var vqCheckpoint: String { folder + "/vqgan.safetensors" }
  var painterCheckpoint: String { folder + "/transformer.safetensors" }
  var codesFile: String { folder + "/codes.bin" }

  /// Runs stages in order. `shouldStop` is asked after every step; when it says so, or after `stop()`,
  /// a checkpoint is written and the run returns.
  public func run(
    _ stages: [Stage] = Stage.allCases, until shouldStop: @escaping () -> Bool = { false }
  ) throws {
    self.shouldStop = shouldStop
    defer { self.shouldStop = { false } }
    for stage in stages where !isStopped {
      switch stage {
      case .bpe: try learnWords()
      case .vqgan: try trainPictureTokenizer()
      case .encode: try encodePictures()
      case .transformer: try trainPainter()
      case .export:
        try exportModel()
        try writeSamples()
      }
    }
  }

  func note(
    _ stage: String, _ step: Int, _ steps: Int, images: Int, seconds: Double,
    _ values: [(name: String, value: Double)]
  ) {
    let record = TrainingRecord(
      stage: stage, step: step, steps: steps, images: images, cpuSeconds: seconds, values: values)
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

  // MARK: Picture tokenizer

  private func makeTokenizerTrainer() throws -> TokenizerTrainer {
    let model = try VQModel(
      configuration(json: recipe.text("vqvae/config.json")), ParameterSource(seed: settings.seed))
    return TokenizerTrainer(model: model, settings: settings.tokenizer, seed: settings.seed)
  }

  func trainPictureTokenizer() throws {
    let trainer = try makeTokenizerTrainer()
    _ = try trainer.resume(from: vqCheckpoint)
    let steps = settings.tokenizer.steps, batch = settings.tokenizer.batch, pixels = recipe.pixels
    guard trainer.step < steps else { return }
    let loader = BatchLoader(first: trainer.step) { [pictures] i in
      (0..<batch).map { pictures.picture(index: i * batch + $0, size: pixels) }
    }
    while trainer.step < steps, !isStopped {
      let values = trainer.train(loader.next())
      if trainer.step % 20 == 0 || trainer.step == steps {
        note(
          "vqgan", trainer.step, steps, images: trainer.step * batch,
          seconds: trainer.cpuSecondsConsumed, values)
      }
      if trainer.step % settings.checkpointEvery == 0 { try trainer.save(to: vqCheckpoint) }
      if trainer.step % (settings.checkpointEvery * 2) == 0 { try writeReconstructions(trainer) }
      if shouldStop() { stop() }
    }
    try trainer.save(to: vqCheckpoint)
    try writeReconstructions(trainer)
  }

  /// Held-out pictures above, their reconstructions below.
  private func writeReconstructions(_ trainer: TokenizerTrainer) throws {
    let originals = (0..<16).map { validation.picture(index: $0, size: recipe.pixels) }
    let sheet = contactSheet(originals + trainer.reconstruct(originals), columns: 16, scale: 2)
    try writePortablePixmap(sheet, to: folder + "/vqgan.ppm")
  }

  // MARK: Codes

  /// Codes of the training pictures, 16 bits each, so that the painter need not encode again.
  func encodePictures() throws {
    let cells = (recipe.pixels / recipe.pixelsPerToken) * (recipe.pixels / recipe.pixelsPerToken)
    let manager = FileManager.default
    let attributes = try? manager.attributesOfItem(atPath: codesFile)
    if (attributes?[.size] as? Int) == settings.pool * cells * 2 { return }
    let trainer = try makeTokenizerTrainer()
    guard try trainer.resume(from: vqCheckpoint) else {
      throw Failure(
        .notFound, "\(vqCheckpoint) is missing",
        hint: "train the picture tokenizer first: easel train vqgan")
    }
    let start = cpuSeconds(), batch = 32, pixels = recipe.pixels
    let loader = BatchLoader(first: 0) { [pictures] i in
      (0..<batch).map { pictures.picture(index: i * batch + $0, size: pixels) }
    }
    var codes: [UInt16] = []
    codes.reserveCapacity(settings.pool * cells)
    try trainer.withAverage {
      try Recording.off {
        while codes.count < settings.pool * cells {
          if isStopped { throw Failure(.cancelled, "stopped") }
          codes += trainer.model.tokens(of: Tensor(pictures: loader.next())).map { UInt16($0) }
        }
      }
    }
    codes.removeLast(codes.count - settings.pool * cells)
    let data = codes.withUnsafeBytes { Data($0) }
    try data.write(to: URL(filePath: codesFile), options: .atomic)
    note(
      "encode", settings.pool, settings.pool, images: settings.pool,
      seconds: cpuSeconds() - start, [("used", Double(Set(codes).count))])
  }

  // MARK: Painter

  private func makePainterTrainer(_ words: CaptionTokenizer) throws -> PainterTrainer {
    let transformer = try UVit2D(
      configuration(json: recipe.text("transformer/config.json")),
      ParameterSource(seed: settings.seed &+ 10))
    let text = try TextEncoder(
      configuration(json: recipe.text("text_encoder/config.json")),
      ParameterSource(seed: settings.seed &+ 11))
    let schedule: SchedulerConfiguration = try configuration(
      json: recipe.text("scheduler/scheduler_config.json"))
    return PainterTrainer(
      transformer: transformer, text: text, settings: settings.painter, seed: settings.seed,
      maskToken: Int32(schedule.maskTokenId), emptyText: words.padded(""), pixels: recipe.pixels)
  }

  func trainPainter() throws {
    let words = try CaptionTokenizer(folder: tokenizerFolder)
    let trainer = try makePainterTrainer(words)
    _ = try trainer.resume(from: painterCheckpoint)
    let steps = settings.painter.steps, batch = settings.painter.batch
    guard trainer.step < steps else { return }
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: codesFile)) } catch {
      throw Failure(
        .notFound, "\(codesFile) is missing", hint: "run easel train encode first",
        cause: "\(error)")
    }
    let codes = data.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
    let pool = settings.pool, cells = codes.count / pool
    let seed = settings.seed
    let loader = BatchLoader(first: trainer.step) { [pictures] step in
      var random = SplitMix64(seed: seed &+ 77 &+ UInt64(step) &* 0xD1B5_4A32_D192_ED03)
      var batchCodes: [Int32] = []
      var text: [Int32] = []
      for _ in 0..<batch {
        let i = random.nextInt(pool)
        batchCodes += codes[i * cells..<(i + 1) * cells].map { Int32($0) }
        text += words.padded(pictures.caption(index: i, variant: random.nextInt(1 << 16)))
      }
      return PainterBatch(codes: batchCodes, text: text, count: batch)
    }
    while trainer.step < steps, !isStopped {
      let values = trainer.train(loader.next())
      if trainer.step % 20 == 0 || trainer.step == steps {
        note(
          "transformer", trainer.step, steps, images: trainer.step * batch,
          seconds: trainer.cpuSecondsConsumed, values)
      }
      if trainer.step % settings.checkpointEvery == 0 { try trainer.save(to: painterCheckpoint) }
      if trainer.step % (settings.checkpointEvery * 5) == 0 { try writeSamples() }
      if shouldStop() { stop() }
    }
    try trainer.save(to: painterCheckpoint)
  }

  // MARK: Export

  /// Writes the averaged weights in the published folder layout to `model/`.
  public func exportModel(as type: StoredWeights = .int8) throws {
    let pictureTrainer = try makeTokenizerTrainer()
    let words = try CaptionTokenizer(folder: tokenizerFolder)
    let painter = try makePainterTrainer(words)
    guard try pictureTrainer.resume(from: vqCheckpoint),
      try painter.resume(from: painterCheckpoint)
    else {
      throw Failure(
        .notFound, "there are no checkpoints in \(folder)", hint: "train first: easel train all")
    }
    for (path, text) in recipe.configurations { try write(text, to: path) }
    let notes = [
      "format": "pt", "easel.version": easelVersion, "easel.seed": "\(settings.seed)",
      "easel.vqgan_steps": "\(pictureTrainer.step)", "easel.painter_steps": "\(painter.step)",
    ]
    try pictureTrainer.withAverage {
      try save(pictureTrainer.model.parameters, "vqvae/diffusion_pytorch_model", type, notes)
    }
    try painter.withAverage {
      try save(painter.transformer.parameters, "transformer/diffusion_pytorch_model", type, notes)
      try save(painter.text.parameters, "text_encoder/model", type, notes)
    }
  }

  /// Paints `sampleCaptions` with the model as it is now, as `samples.ppm`.
  func writeSamples() throws {
    guard !settings.samples.isEmpty else { return }
    try exportModel()
    let model = try MuseModel(name: recipe.name, folder: folder + "/model", digest: "")
    try writePortablePixmap(
      paintSampleSheet(model, prompts: settings.samples), to: folder + "/samples.ppm")
  }

  private func save(
    _ parameters: [(name: String, tensor: Tensor)], _ name: String, _ type: StoredWeights,
    _ notes: [String: String]
  ) throws {
    let path = "\(folder)/model/\(name).safetensors"
    do {
      try writeSafetensors(
        path: path, tensors: parameters.map { ($0.name, $0.tensor) }, dtype: type.stored,
        metadata: notes)
    } catch {
      throw Failure(.diskFull, "the model could not be written", cause: "\(error)")
    }
  }

  private func write(_ text: String, to path: String) throws {
    let full = URL(filePath: "\(folder)/model/\(path)")
    try FileManager.default.createDirectory(
      at: full.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: full, options: .atomic)
  }
}

/// Raised once, from any thread.
private final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)
  var isRaised: Bool { flag.load(ordering: .relaxed) }
  func raise() { flag.store(true, ordering: .relaxed) }
}

/// How an exported model stores its weights.
public enum StoredWeights: String, CaseIterable, Sendable {
  case int8, float16, float32
  var stored: StoredType {
    switch self {
    case .int8: .int8Rows
    case .float16: .float16
    case .float32: .float32
    }
  }
}

extension TrainingRecipe {
  /// Pixels along one side of a token.
  public var pixelsPerToken: Int {
    let c: PictureTokenizerConfiguration? = try? configuration(json: text("vqvae/config.json"))
    return c?.pixelsPerToken ?? 4
  }
  func text(_ path: String) -> String { configurations[path] ?? "{}" }
}

/// Binary PPM (P6), for sample sheets: any viewer opens it.
func writePortablePixmap(_ picture: Picture, to path: String) throws {
  var data = Data("P6\n\(picture.width) \(picture.height)\n255\n".utf8)
  data.append(contentsOf: picture.pixels)
  try data.write(to: URL(filePath: path), options: .atomic)
}
