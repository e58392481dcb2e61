import ArgumentParser
import Dispatch
import EaselApp
import EaselConfig
import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen
import EaselTerminal
import Foundation
import Glibc

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model on this machine.",
    discussion: """
      Stages, in order: bpe learns the words, vqgan learns to write pictures as tokens, encode \
      writes the training pictures that way, transformer learns to paint, upscaler learns to \
      enlarge what was painted, export writes the model to DIR/model, clip adds the image tower \
      that ranks, searches and varies pictures. upscaler and clip alone learn, with --for, from a \
      model that is there. referee, or judge for it and a CLIP of its own, makes the judges of \
      `easel evaluate` in DIR/judge. transformer with --for begins with the weights of that model, where it \
      would begin anew. Every stage keeps checkpoints; --resume goes on where the run stopped. \
      Ctrl-C writes a checkpoint and stops.

      tune goes on from a finished model (--for, or the one that came with Easel) with your own \
      pictures and puts the result where models are, under the name of the data or --name.

      A terminal shows the run as it happens; --plain prints lines. DIR/curves.png and \
      DIR/samples.png show the same. From elsewhere, pause, resume, stop and status act on the run in \
      --out, or on the latest one; resume starts a stopped run again with the settings it had.

      Put DIR/model under the name you like into the folder that `easel doctor` names, and it is \
      listed by `easel models list`.
      """)

  /// What can be typed as a stage.
  static let stageNames =
    TrainingRun.Stage.allCases.map(\.rawValue) + ["all", "tune"] + JudgeTraining.stageNames
    + TrainControl.allCases.map(\.rawValue)

  // What has a default may also stand in the run's folder: only what was typed beats that.
  @Argument(help: "What to train or do: \(stageNames.joined(separator: ", ")); all without.")
  var stage: String?

  @Option(
    help: ArgumentHelp(
      "What to learn from: scenes, a set that 'easel data' prepared, or a folder of pictures with captions; scenes without.",
      valueName: "scenes|file|dir"))
  var data: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Folder of the run.", valueName: "dir"))
  var out: String?

  @Option(help: ArgumentHelp("Seed of weights, data and batches; 1 without.", valueName: "n"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Stop after so many minutes.", valueName: "n"))
  var minutes: Double?

  @OptionGroup var learning: StageOptions

  @Option(help: ArgumentHelp("Pictures the transformer learns from.", valueName: "n"))
  var pool: Int?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "Model or folder that upscaler or clip is trained for, or that transformer goes on from; the run's own without.",
      valueName: "model"))
  var taughtBy: String?

  @Option(
    help: ArgumentHelp("What tune calls its model; the data's name without.", valueName: "name"))
  var name: String?

  @Flag(help: "Go on with the run in this folder.")
  var resume = false

  @Flag(help: "Print lines instead of drawing the run.")
  var plain = false

  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  /// Whether the run is drawn in place. Known before any thread exists: the terminal's guard is a copy of
  /// the process.
  var isLive: Bool {
    let control = stage.flatMap { TrainControl(rawValue: $0) }
    let isJudges = stage.map { JudgeTraining.stageNames.contains($0) } ?? false
    let shows = (control == nil || control == .resume) && !isJudges
    return shows && !plain && !format.json && Console.isOutputTerminal && !Console.isDumb
      && isatty(STDIN_FILENO) == 1
  }

  mutating func run() async throws {
    let latest = LatestTraining(paths: .current)
    // The model whose shapes a run that goes on has, as its folder says.
    var shapes: String?
    if let stage, !Self.stageNames.contains(stage) {
      throw Failure.unknown("training stage", stage, known: Self.stageNames)
    }
    if let control = stage.flatMap({ TrainControl(rawValue: $0) }) {
      guard let folder = out.map(absolute) ?? latest.folder else {
        throw Failure(
          .notFound, "nothing has been trained yet", hint: "easel train --out DIR begins")
      }
      guard fileKind(folder) == .folder else {
        throw Failure(.notFound, "there is no training run in \(folder)")
      }
      if try control.perform(on: folder, asJSON: format.json) { return }
      stage = nil
      shapes = take(try StoredTraining(folder: folder))
      out = folder
      resume = true
    } else if resume, let out, fileKind(StoredTraining.path(absolute(out))) != nil {
      shapes = take(try StoredTraining(folder: absolute(out)))
    }
    let tuning =
      stage == "tune" ? try Tuning(data: data ?? "scenes", name: name, model: taughtBy) : nil
    if let tuning, out == nil {
      let own = Tuning.folder(of: tuning.name)
      out = own
      if resume, fileKind(StoredTraining.path(own)) != nil {
        shapes = take(try StoredTraining(folder: own))
      }
    }
    // What a painter goes on from gives its shapes to everything in the folder: its stages and its export.
    let beginsFromModel = stage == TrainingRun.Stage.transformer.rawValue && taughtBy != nil
    if beginsFromModel || stage == TrainingRun.Stage.export.rawValue { shapes = taughtBy ?? shapes }
    let stage = stage ?? "all", data = data ?? "scenes", seed = seed ?? 1
    guard let out else {
      throw Failure(.badInput, "a run wants a folder", hint: "name it with --out DIR")
    }
    let folder = absolute(out)
    if resume, !Self.holdsRun(folder) {
      throw Failure(
        .notFound, "there is no training run in \(folder) to go on with",
        hint: "without --resume one begins there; or name the folder of a run with --out")
    }
    if let parts = JudgeTraining.parts(of: stage) {
      try learning.check(for: stage)
      return try await JudgeTraining(
        folder: folder, seed: seed, steps: learning.steps, batch: learning.batch, minutes: minutes,
        resume: resume, json: format.json
      ).run(parts)
    }
    guard let stages = Self.stages(of: stage) else {
      throw Failure.unknown("training stage", stage, known: Self.stageNames)
    }
    try learning.check(for: stage)
    var settings = try chosenSettings(seed: seed)
    try makeFolder(folder)
    let claim = try TrainingClaim(folder: folder)
    defer { withExtendedLifetime(claim) {} }
    if !resume, RunLog(folder: folder).last != nil {
      throw Failure(
        .badInput, "\(folder) already holds a training run",
        hint: "--resume goes on with it; or choose another folder with --out")
    }
    let sources = try trainingData(named: data, seed: seed, in: folder)
    settings.samples = sources.samples
    tuning?.adjust(&settings, pictures: sources.pictures.count, learning)
    try StoredTraining(
      stage: stage, data: data == "scenes" ? data : absolute(data), seed: seed, learning: learning,
      pool: pool,
      model: taughtBy.map(Self.lasting), name: tuning?.name, base: shapes.map(Self.lasting)
    ).write(to: folder)
    let asJSON = format.json, view = isLive ? TrainView(folder: folder) : nil
    let curves = CurvesFile(folder: folder)
    let recipe =
      try tuning?.recipe()
      ?? shapes.map { try Self.recipe(ofModel: $0) } ?? .scenes
    let training = try TrainingRun(
      recipe: recipe, folder: folder, settings: settings,
      pictures: sources.pictures,
      validation: sources.validation
    ) { record in
      curves.add(record)
      view?.heard(record)
      if view?.isOpen != true { Console.out(asJSON ? record.json : record.line) }
    }
    training.png = { try encodePNG($0) }
    if let base = tuning?.base ?? (beginsFromModel ? settings.clipModel : nil) {
      try training.begin(with: base)
    }
    defer { curves.write() }
    try latest.note(folder: folder)
    guard let view, opens(view) else {
      try await Self.run(training, stages, minutes: minutes)
      return try finish(training, tuning, isStopped: training.isStopped)
    }
    let stop = training.stopper
    let tasks = [Task { await view.drawOnAndOn() }, Task { await view.obey(stop: stop) }]
    defer { for task in tasks { task.cancel() } }
    do {
      try await Self.run(training, stages, minutes: minutes)
      // Known before the view goes, which asks a run that still computes to stop.
      let isStopped = training.isStopped
      await view.close()
      try finish(training, tuning, isStopped: isStopped)
      Console.out(
        isStopped
          ? "stopped; easel train resume --out \(SafeText(folder)) goes on"
          : "trained; \(SafeText(folder)) has it")
    } catch {
      // The terminal first: what went wrong is said on it.
      await view.close()
      throw error
    }
  }

  /// Whether anything of a run is there: what was asked for, its log, or a checkpoint that was brought there.
  private static func holdsRun(_ folder: String) -> Bool {
    if [StoredTraining.path(folder), folder + "/log.jsonl"].contains(where: { fileKind($0) != nil })
    {
      return true
    }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.contains { $0.hasSuffix(".safetensors") }
  }

  /// False where the terminal cannot be drawn on: training is worth more than its picture.
  private func opens(_ view: TrainView) -> Bool {
    do {
      try view.open(Self.terminal())
      return true
    } catch {
      var failure = Failure(error)
      failure.hint = "the run prints lines instead"
      Console.warn(failure)
      return false
    }
  }

  /// Puts a tuned model where the others are.
  private func finish(_ training: TrainingRun, _ tuning: Tuning?, isStopped: Bool) throws {
    guard let tuning, !isStopped else { return }
    try training.publish(over: tuning.base, to: tuning.target)
    guard !format.json else { return }
    Console.out(
      "the model '\(SafeText(tuning.name))' paints now: easel paint --model \(SafeText(tuning.name)) …"
    )
    Console.out("  its image tower and upscaler are those of the model it came from")
    if let step = training.keptStep {
      Console.out("  its painter is that of step \(step), the best on the pictures held out")
    }
  }

  private static func terminal() -> TerminalOptions {
    let paths = Paths.current
    let (settings, _) = ConfigFile(path: paths.configFile).read()
    var options = TerminalOptions(
      theme: ThemeLibrary(folders: paths.themeFolders).loadOrPlain(settings.theme).0)
    options.take(settings.graphics)
    options.hasMouse = false
    return options
  }

  /// The settings of a run that goes on; what was typed beats them. How long another stage was to learn,
  /// and from which model, says nothing about this one. Returns the model whose shapes the run has.
  private mutating func take(_ stored: StoredTraining) -> String? {
    data = data ?? stored.data
    seed = seed ?? stored.seed
    pool = pool ?? stored.pool
    // Runs of before this was kept began from the model that they named.
    let shapes =
      stored.base ?? (stored.stage == TrainingRun.Stage.transformer.rawValue ? stored.model : nil)
    guard stage == nil || stage == stored.stage else { return shapes }
    stage = stored.stage
    learning.take(stored)
    taughtBy = taughtBy ?? stored.model
    name = name ?? stored.name
    return shapes
  }

  /// On a thread of its own: training computes for hours and never waits.
  private static func run(
    _ training: TrainingRun, _ stages: [TrainingRun.Stage], minutes: Double?
  ) async throws {
    let stop = training.stopper
    let clock = minutes.map { minutes in
      let timer = DispatchSource.makeTimerSource()
      timer.schedule(deadline: .now() + minutes * 60)
      timer.setEventHandler { stop() }
      timer.activate()
      return timer
    }
    defer { clock?.cancel() }
    try await withTaskCancellationHandler {
      try training.run(stages)
    } onCancel: {
      stop()
    }
    try Task.checkCancellation()
  }

  /// What a run goes through; nil for what is no stage.
  static func stages(of stage: String) -> [TrainingRun.Stage]? {
    switch stage {
    case "tune": [.encode, .transformer, .export]
    case "all": TrainingRun.Stage.allCases
    // The painter learns from codes, which are made on the way when they are missing.
    case "transformer": [.encode, .transformer]
    default: TrainingRun.Stage(rawValue: stage).map { [$0] }
    }
  }

  /// The shapes of a model that is there; where it says nothing of an image tower and an upscaler, those of a
  /// new model.
  private static func recipe(ofModel model: String) throws -> TrainingRecipe {
    var recipe = try TrainingRecipe(ofModel: folder(of: model), name: "scenes")
    recipe.configurations.merge(TrainingRecipe.scenes.configurations) { own, _ in own }
    return recipe
  }

  /// Folder of the model that was named, or whose folder was.
  private static func folder(of model: String) throws -> String {
    let folder = expandingTilde(model)
    return fileKind(folder) == .folder ? folder : try Desk().catalog.folder(of: model)
  }

  /// A model's name, or its folder from the root: what is found wherever one goes on.
  private static func lasting(_ model: String) -> String {
    fileKind(expandingTilde(model)) == .folder ? absolute(model) : model
  }

  private func chosenSettings(seed: UInt64) throws -> TrainingRun.Settings {
    var settings = TrainingRun.Settings()
    settings.seed = seed
    if let minutes, !(minutes > 0) {
      throw Failure(.badInput, "--minutes cannot be \(minutes)", hint: "use more than 0")
    }
    learning.apply(to: &settings)
    if let taughtBy {
      let found = try Self.folder(of: taughtBy)
      settings.clipModel = found
      settings.upscalerFor = found
    }
    if let pool {
      guard pool >= 1 else { throw Failure(.badInput, "--pool cannot be \(pool)") }
      settings.pool = pool
    }
    return settings
  }
}
