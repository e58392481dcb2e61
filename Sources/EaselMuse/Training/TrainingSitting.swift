import EaselKit
import Foundation
import Glibc
import Synchronization

/// One sitting of a training in its folder, whatever is trained there: its log, what it is asked between steps, and
/// how fast it goes.
///
/// The loop of a stage calls `note` where there is something to say, writes a checkpoint where `savesNow`, and ends
/// every step with `endStep`, after which it goes on unless the sitting `isStopped`.
final class TrainingSitting {
  let folder: String
  private let checkpointEvery: Int
  private let report: @Sendable (TrainingRecord) -> Void
  private let log: TrainingLog
  private let control: TrainingControl
  private let stopped = StopFlag()
  private var shouldStop: () -> Bool = { false }
  private var pausedSeconds = 0.0
  private var newest: Pace?
  private var first: Pace?

  /// - Parameters:
  ///   - folder: made where it is missing.
  ///   - checkpointEvery: steps between checkpoints.
  ///   - report: hears of every logged step.
  init(
    folder: String, checkpointEvery: Int, report: @escaping @Sendable (TrainingRecord) -> Void
  ) throws {
    self.folder = folder
    self.checkpointEvery = checkpointEvery
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
  }

  /// Trains. `shouldStop` is asked after every step; when it says so, or after `stopper`, the stage that learns ends.
  func sit(until shouldStop: @escaping () -> Bool, _ train: () throws -> Void) throws {
    // What was asked of an earlier sitting is not meant for this one.
    try control.clearAll()
    self.shouldStop = shouldStop
    defer { self.shouldStop = { false } }
    TrainingProcess(.running).write(to: folder)
    var isWhole = false
    defer {
      TrainingProcess(isStopped ? .stopped : isWhole ? .finished : .failed).write(to: folder)
      try? control.clearAll()
    }
    try train()
    isWhole = true
  }

  var isStopped: Bool { stopped.isRaised }
  /// Asks the sitting, from any thread, to end after the current step.
  var stopper: @Sendable () -> Void { { [stopped] in stopped.raise() } }

  // MARK: Between steps

  /// Carries out what was asked through the folder. Waits, without computing, while the run is paused.
  func endStep() {
    if shouldStop() { stopped.raise() }
    if control.isAsked(.pause) {
      let start = monotonicSeconds()
      TrainingProcess(.paused).write(to: folder)
      // A thread of its own that has nothing else to do, and a file that another process makes: looking five
      // times a second costs nothing and needs no watch that some file systems do not have.
      while control.isAsked(.pause), !control.isAsked(.stop), !isStopped { usleep(200_000) }
      pausedSeconds += monotonicSeconds() - start
      TrainingProcess(.running).write(to: folder)
    }
    if control.isAsked(.stop) { stopped.raise() }
  }

  /// Whether a checkpoint is due after this step: every so often, before a pause, and when asked for.
  func savesNow(_ step: Int) -> Bool {
    // One that cannot be taken back (folder turned read-only) must not save after every step.
    let isAsked = (try? control.clear(.save)) ?? false
    return step % checkpointEvery == 0 || isAsked || control.isAsked(.pause)
  }

  // MARK: The log

  /// - Parameters:
  ///   - images: seen by this stage so far.
  ///   - seconds: of CPU time, likewise.
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

  /// The step that was noted last in this sitting, of whatever stage; 0 before.
  var newestStep: Int { newest?.step ?? 0 }

  /// Images a second since the record before, and seconds that are left at the mean rate of this
  /// sitting; nil for the first record of a stage.
  private func pace(
    _ stage: String, _ step: Int, _ steps: Int, images: Int
  ) -> (Double, Double)? {
    let now = Pace(stage: stage, step: step, images: images, at: monotonicSeconds() - pausedSeconds)
    defer { newest = now }
    guard let before = newest, let first, first.stage == stage else {
      first = now
      return nil
    }
    let since = now.at - before.at, whole = now.at - first.at
    guard since > 0, whole > 0, step > first.step else { return nil }
    return (
      Double(images - before.images) / since,
      Double(max(0, steps - step)) * whole / Double(step - first.step)
    )
  }

  private struct Pace {
    var stage: String
    var step: Int
    var images: Int
    var at: Double
  }
}

/// Raised once, from any thread.
private final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)
  var isRaised: Bool { flag.load(ordering: .relaxed) }
  func raise() { flag.store(true, ordering: .relaxed) }
}
