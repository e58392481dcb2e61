import Dispatch
import EaselApp
import EaselConfig
import EaselKit
import EaselMuse
import EaselScreen
import EaselTerminal

/// Carries out a training and shows it: drawn in place, or a line for every logged step.
struct TrainingShow: Sendable {
  private let folder: String
  private let asJSON: Bool
  private let curves: CurvesFile
  private let view: TrainView?

  /// - Parameter isLive: whether it is drawn; where that turns out to be impossible, lines follow.
  init(folder: String, isLive: Bool, asJSON: Bool) {
    self.folder = folder
    self.asJSON = asJSON
    curves = CurvesFile(folder: folder)
    view = isLive ? TrainView(folder: folder) : nil
  }

  func heard(_ record: TrainingRecord) {
    curves.add(record)
    view?.heard(record)
    if view?.isOpen != true { Console.out(asJSON ? record.json : record.line) }
  }

  /// - Parameter minutes: after which it is asked to stop.
  func carryOut(_ training: PreparedTraining, minutes: Double?) async throws {
    defer { curves.write() }
    guard let view, opens(view) else {
      try await Self.compute(training, minutes: minutes)
      return try finish(training, isStopped: training.isStopped())
    }
    let stop = training.stop
    let tasks = [Task { await view.drawOnAndOn() }, Task { await view.obey(stop: stop) }]
    defer { for task in tasks { task.cancel() } }
    do {
      try await Self.compute(training, minutes: minutes)
      // Known before the view goes, which asks a run that still computes to stop.
      let isStopped = training.isStopped()
      await view.close()
      try finish(training, isStopped: isStopped)
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

  private func finish(_ training: PreparedTraining, isStopped: Bool) throws {
    guard !isStopped else { return }
    let lines = try training.result()
    if !asJSON { for line in lines { Console.out(line) } }
  }

  /// On this task's thread: training computes for hours and never waits.
  private static func compute(_ training: PreparedTraining, minutes: Double?) async throws {
    let stop = training.stop
    let clock = minutes.map { minutes in
      let timer = DispatchSource.makeTimerSource()
      timer.schedule(deadline: .now() + minutes * 60)
      timer.setEventHandler { stop() }
      timer.activate()
      return timer
    }
    defer { clock?.cancel() }
    try await withTaskCancellationHandler {
      try training.train()
    } onCancel: {
      stop()
    }
    try Task.checkCancellation()
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

  private static func terminal() -> TerminalOptions {
    let paths = Paths.current
    let (settings, _) = ConfigFile(path: paths.configFile).read()
    var options = TerminalOptions(
      theme: ThemeLibrary(folders: paths.themeFolders).loadOrPlain(settings.theme).0)
    options.take(settings.graphics)
    options.colour = Console.terminalColours
    options.hasMouse = false
    return options
  }
}
