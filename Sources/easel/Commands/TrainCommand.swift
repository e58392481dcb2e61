import ArgumentParser
import EaselKit
import EaselMuse
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
    TrainingRun.Stage.allCases.map(\.rawValue) + ["all", "tune"] + TrainingOrder.judgeStages
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
  var model: String?

  @Option(
    help: ArgumentHelp("What tune calls its model; the data's name without.", valueName: "name"))
  var name: String?

  @Flag(
    name: [.long, .customLong("yes")],
    help: "Learn from a folder without asking where more than 5 % of its records cannot be used.")
  var keepGoing = false

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
    return (control == nil || control == .resume) && !plain && !format.json
      && Console.isOutputTerminal && !Console.isDumb && isatty(STDIN_FILENO) == 1
  }

  func run() async throws {
    if let stage, !Self.stageNames.contains(stage) {
      throw Failure.unknown("training stage", stage, known: Self.stageNames)
    }
    if let minutes, !(minutes > 0) {
      throw Failure(.badInput, "--minutes cannot be \(minutes)", hint: "use more than 0")
    }
    let latest = LatestTraining(paths: .current)
    var existing: String?
    if let control = stage.flatMap({ TrainControl(rawValue: $0) }) {
      let folder = try folder(of: latest)
      if try control.perform(on: folder, asJSON: format.json) { return }
      existing = folder
    }
    let order = try order(goingOnIn: existing)
    let claim = try order.claim()
    defer { withExtendedLifetime(claim) {} }
    let show = TrainingShow(folder: order.folder, isLive: isLive, asJSON: format.json)
    let training = try order.prepare { show.heard($0) }
    try latest.note(folder: order.folder)
    try await show.carryOut(training, minutes: minutes)
  }

  /// The folder that was named, or that of the latest run.
  private func folder(of latest: LatestTraining) throws -> String {
    guard let folder = out.map(absolute) ?? latest.folder else {
      throw Failure(
        .notFound, "nothing has been trained yet", hint: "easel train --out DIR begins")
    }
    guard fileKind(folder) == .folder else {
      throw Failure(.notFound, "there is no training run in \(folder)")
    }
    return folder
  }
}
