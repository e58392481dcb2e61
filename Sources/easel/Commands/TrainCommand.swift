import ArgumentParser
import Dispatch
import EaselImaging
import EaselKit
import EaselMuse
import Foundation

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model on this machine.",
    discussion: """
      Stages, in order: bpe learns the words, vqgan learns to write pictures as tokens, encode \
      writes the training pictures that way, transformer learns to paint, upscaler learns to \
      enlarge what was painted, export writes the model to DIR/model, clip adds the image tower \
      that ranks, searches and varies pictures. upscaler and clip alone learn, with --for, from a \
      model that is there. referee, or judge for it and a CLIP of its own, makes the judges of \
      `easel evaluate` in DIR/judge. Every stage keeps checkpoints; --resume goes on where the run stopped. \
      Ctrl-C writes a checkpoint and stops.

      Put DIR/model under the name you like into the folder that `easel doctor` names, and it is \
      listed by `easel models list`.
      """)

  /// What can be typed as a stage.
  static let stageNames =
    TrainingRun.Stage.allCases.map(\.rawValue) + ["all"] + JudgeTraining.stageNames

  @Argument(help: "What to train: \(stageNames.joined(separator: ", ")).")
  var stage = "all"

  @Option(
    help: ArgumentHelp(
      "What to learn from: scenes, a set that 'easel data' prepared, or a folder of pictures with captions.",
      valueName: "scenes|file|dir"))
  var data = "scenes"

  @Option(name: .shortAndLong, help: ArgumentHelp("Folder of the run.", valueName: "dir"))
  var out: String

  @Option(help: ArgumentHelp("Seed of weights, data and batches.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Stop after so many minutes.", valueName: "n"))
  var minutes: Double?

  @Option(help: ArgumentHelp("Steps of each stage.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Pictures in a step.", valueName: "n"))
  var batch: Int?

  @Option(help: ArgumentHelp("Pictures the transformer learns from.", valueName: "n"))
  var pool: Int?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "Model or folder that upscaler or clip is trained for; the run's own without.",
      valueName: "model"))
  var taughtBy: String?

  @Flag(help: "Go on with the run in this folder.")
  var resume = false

  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    if let parts = JudgeTraining.parts(of: stage) {
      return try await JudgeTraining(
        folder: expandingTilde(out), seed: seed, steps: steps, batch: batch, minutes: minutes,
        resume: resume, json: format.json
      ).run(parts)
    }
    let stages = try chosenStages()
    var settings = try chosenSettings()
    let folder = expandingTilde(out)
    if !resume, fileKind(folder + "/log.jsonl") != nil {
      throw Failure(
        .badInput, "\(folder) already holds a training run",
        hint: "--resume goes on with it; or choose another folder with --out")
    }
    let sources = try trainingData(named: data, seed: seed, in: folder)
    settings.samples = sources.samples
    let asJSON = format.json
    let training = try TrainingRun(
      recipe: .scenes, folder: folder, settings: settings, pictures: sources.pictures,
      validation: sources.validation
    ) { record in
      Console.out(asJSON ? record.json : record.line)
    }
    try LatestTraining(paths: .current).note(folder: folder)
    try await Self.run(training, stages, minutes: minutes)
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

  private func chosenStages() throws -> [TrainingRun.Stage] {
    if stage == "all" { return TrainingRun.Stage.allCases }
    guard let one = TrainingRun.Stage(rawValue: stage) else {
      throw Failure.unknown("training stage", stage, known: Self.stageNames)
    }
    // The painter learns from codes, which are made on the way when they are missing.
    return one == .transformer ? [.encode, .transformer] : [one]
  }

  private func chosenSettings() throws -> TrainingRun.Settings {
    var settings = TrainingRun.Settings()
    settings.seed = seed
    if let minutes, !(minutes > 0) {
      throw Failure(.badInput, "--minutes cannot be \(minutes)", hint: "use more than 0")
    }
    if let steps {
      guard steps >= 1 else { throw Failure(.badInput, "--steps cannot be \(steps)") }
      settings.tokenizer.steps = steps
      settings.painter.steps = steps
      settings.clip.steps = steps
      settings.upscaler.steps = steps
    }
    if let batch {
      guard (1...4096).contains(batch) else {
        throw Failure(.badInput, "--batch cannot be \(batch)", hint: "use 1 to 4096")
      }
      settings.tokenizer.batch = batch
      settings.painter.batch = batch
      settings.clip.batch = batch
      settings.upscaler.batch = batch
    }
    if let taughtBy {
      let folder = expandingTilde(taughtBy)
      let found =
        fileKind(folder) == .folder ? folder : try Desk().catalog.folder(of: taughtBy)
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
