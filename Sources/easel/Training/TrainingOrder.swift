import EaselImaging
import EaselKit
import EaselMuse
import Foundation

/// What `easel train` is to do in a folder, with nothing left open.
struct TrainingOrder {
  var stage: String
  /// `scenes`, or a path.
  var data: String
  var seed: UInt64
  /// From the root.
  var folder: String
  /// Whether a run is there, which goes on.
  var goesOn: Bool
  var learning: StageOptions
  var pool: Int?
  /// Whether a folder with more than 5 % of what cannot be used is prepared without asking.
  var keepsGoing: Bool
  /// What `--for` named: the model that a painter goes on from, or an image tower or upscaler is made for.
  var model: String?
  /// The model whose shapes everything in the folder has; nil where they are those of a new model.
  var base: String?
  var tuning: Tuning?

  // MARK: Stages

  /// What is typed to train the judges of `easel evaluate`, all or a part.
  static let judgeStages = ["referee", "judge"]

  /// What a stage's name stands for.
  enum Work: Hashable {
    case model([TrainingRun.Stage])
    case judges([JudgeRun.Part])

    /// Names of the parts, as the log has them.
    var parts: [String] {
      switch self {
      case .model(let stages): stages.map(\.rawValue)
      case .judges(let parts): parts.map(\.rawValue)
      }
    }
  }

  /// nil for what is no stage.
  static func work(of stage: String) -> Work? {
    switch stage {
    case "tune": .model([.encode, .transformer, .export])
    case "all": .model(TrainingRun.Stage.allCases)
    // The painter learns from codes, which are made on the way when they are missing.
    case "transformer": .model([.encode, .transformer])
    case "referee": .judges([.referee])
    case "judge": .judges(JudgeRun.Part.allCases)
    default: TrainingRun.Stage(rawValue: stage).map { .model([$0]) }
    }
  }

  // MARK: The folder

  /// The right to train in the folder. Throws where another run is there, or none that could go on.
  func claim() throws -> TrainingClaim {
    if goesOn, !holdsRun {
      throw Failure(
        .notFound, "there is no training run in \(folder) to go on with",
        hint: "without --resume one begins there; or name the folder of a run with --out")
    }
    try makeFolder(folder)
    let claim = try TrainingClaim(folder: folder)
    if !goesOn, RunLog(folder: folder).last != nil {
      throw Failure(
        .badInput, "\(folder) already holds a training run",
        hint: "--resume goes on with it; or choose another folder with --out")
    }
    return claim
  }

  /// Whether anything of a run is there: what was asked for, its log, or a checkpoint that was brought there.
  private var holdsRun: Bool {
    if [StoredTraining.path(folder), folder + "/log.jsonl"].contains(where: { fileKind($0) != nil })
    {
      return true
    }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.contains { $0.hasSuffix(".safetensors") }
  }

  /// A model's name, or its folder from the root: what is found wherever one goes on.
  private static func lasting(_ model: String) -> String {
    fileKind(expandingTilde(model)) == .folder ? absolute(model) : model
  }

  /// So that the run can be started again by its folder alone.
  private func keep() throws {
    try StoredTraining(
      stage: stage, data: data == "scenes" ? data : absolute(data), seed: seed, learning: learning,
      pool: pool, model: model.map(Self.lasting), name: tuning?.name,
      base: base.map(Self.lasting)
    ).write(to: folder)
  }

  // MARK: The training

  /// Reads and makes all that is needed, and writes down in the folder what was asked for.
  ///
  /// - Parameter heard: hears of every logged step.
  func prepare(
    _ heard: @escaping @Sendable (TrainingRecord) -> Void
  ) throws -> PreparedTraining {
    switch Self.work(of: stage) {
    case .model(let stages): try prepare(stages, heard)
    case .judges(let parts): try prepare(parts, heard)
    case nil: throw Failure.unknown("training stage", stage, known: TrainCommand.stageNames)
    }
  }

  private func prepare(
    _ parts: [JudgeRun.Part], _ heard: @escaping @Sendable (TrainingRecord) -> Void
  ) throws -> PreparedTraining {
    var settings = JudgeRun.Settings()
    // Seed 1 of a painter's data and seed 1 of its judge's are different streams.
    settings.seed = seed &+ 7_000
    if let steps = learning.steps {
      settings.referee.steps = steps
      settings.clip.steps = steps
    }
    if let batch = learning.batch {
      settings.referee.batch = batch
      settings.clip.batch = batch
    }
    let sprites = try SceneSprites(decode: { try decodeDrawing($0) })
    try keep()
    let run = try JudgeRun(folder: folder, settings: settings, sprites: sprites, report: heard)
    return PreparedTraining(
      train: { try run.run(parts) }, stop: run.stopper, isStopped: { run.isStopped },
      result: { [] })
  }

  private func prepare(
    _ stages: [TrainingRun.Stage], _ heard: @escaping @Sendable (TrainingRecord) -> Void
  ) throws -> PreparedTraining {
    let named = try model.map { try Self.folder(of: $0) }
    var settings = TrainingRun.Settings()
    settings.seed = seed
    learning.apply(to: &settings)
    settings.clipModel = named
    settings.upscalerFor = named
    if let pool { settings.pool = pool }
    let sources = try trainingData(
      named: data, seed: seed, in: folder, keepsGoing: keepsGoing)
    settings.samples = sources.samples
    tuning?.adjust(&settings, pictures: sources.pictures.count, learning)
    try keep()
    let run = try TrainingRun(
      recipe: recipe(), folder: folder, settings: settings, pictures: sources.pictures,
      validation: sources.validation, report: heard)
    run.png = { try encodePNG($0) }
    let isPainter = stage == TrainingRun.Stage.transformer.rawValue
    if let first = tuning?.base ?? (isPainter ? named : nil) { try run.begin(with: first) }
    return PreparedTraining(
      train: { try run.run(stages) }, stop: run.stopper, isStopped: { run.isStopped },
      result: { [tuning] in try tuning?.publish(run) ?? [] })
  }

  private func recipe() throws -> TrainingRecipe {
    if let tuning { return try tuning.recipe() }
    guard let base else { return .scenes }
    var recipe = try TrainingRecipe(ofModel: Self.folder(of: base), name: "scenes")
    // Where a model says nothing of an image tower and an upscaler, those of a new model.
    recipe.configurations.merge(TrainingRecipe.scenes.configurations) { own, _ in own }
    return recipe
  }

  /// Folder of the model that was named, or whose folder was.
  private static func folder(of model: String) throws -> String {
    let folder = expandingTilde(model)
    return fileKind(folder) == .folder ? folder : try Desk().catalog.folder(of: model)
  }
}

/// A training that only has to be carried out.
struct PreparedTraining {
  /// Computes until all is done, or until it was asked to stop.
  var train: () throws -> Void
  /// Asks it, from any thread, to write a checkpoint and end.
  var stop: @Sendable () -> Void
  var isStopped: () -> Bool
  /// What a training that came to its end leaves elsewhere, and the lines that say so.
  var result: () throws -> [String]
}
