import EaselKit
import EaselMuse
import EaselScreen
import Foundation

/// What `easel train` does to a run that is there already.
enum TrainControl: String, CaseIterable {
  case pause, resume, stop, status

  /// Pauses, stops or describes the run in `folder`. `resume` here lets a paused run go on; false when
  /// no process trains there, so that it has to be started again.
  func perform(on folder: String, asJSON: Bool) throws -> Bool {
    let process = TrainingProcess(folder: folder)
    let control = TrainingControl(folder: folder)
    let lives = process?.isAlive == true
    switch self {
    case .status:
      status(folder, process, asJSON: asJSON)
      return true
    case .resume:
      guard lives else { return false }
      try control.clear(.pause)
      try control.clear(.stop)
    case .pause, .stop:
      guard lives else {
        throw Failure(
          .notFound, "nothing is trained in \(folder) now",
          hint: "easel train resume --out \(folder) goes on with it")
      }
      try control.ask(self == .pause ? .pause : .stop)
    }
    if asJSON {
      Console.json([.init("folder", folder), .init("asked", rawValue)])
    } else {
      let words =
        switch self {
        case .pause: "pauses after this step; easel train resume goes on"
        case .stop: "writes a checkpoint after this step and stops; easel train resume goes on"
        case .resume, .status: "goes on"
        }
      Console.out("\(SafeText(folder)) \(words)")
    }
    return true
  }

  private func status(_ folder: String, _ process: TrainingProcess?, asJSON: Bool) {
    let state = process.map { $0.isKilled ? "killed" : $0.state.rawValue } ?? "unknown"
    let last = RunLog(folder: folder).last
    guard !asJSON else {
      return Console.json([
        .init("folder", folder), .init("state", state),
        .init(
          "process", process.flatMap { $0.isAlive ? .integer(Int64($0.process)) : nil } ?? .null),
        .init("stage", last?.stage), .init("step", last.map { .integer(Int64($0.step)) } ?? .null),
        .init("steps", last.map { .integer(Int64($0.steps)) } ?? .null),
        .init("images_per_second", last?.imagesPerSecond.map { .number($0) } ?? .null),
        .init("eta", last?.secondsLeft.map { .number($0) } ?? .null),
        .init("cpu_seconds", last.map { .number($0.cpuSeconds) } ?? .null),
      ])
    }
    Console.out("\(SafeText(folder))  \(state)")
    guard let last else { return Console.out("  nothing logged yet") }
    var parts = ["\(SafeText(last.stage)) \(last.step)/\(last.steps)"]
    if let rate = last.imagesPerSecond { parts.append("\(ProgressLine.short(rate)) images/s") }
    if let left = last.secondsLeft, process?.isAlive == true {
      parts.append("\(duration(left)) left")
    }
    parts.append("\(duration(last.cpuSeconds)) of CPU")
    Console.out("  " + parts.joined(separator: "  "))
  }
}

/// `42 s`, `12 min`, `3 h 20 min`.
func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "?" }
  let whole = Int(max(0, seconds).rounded())
  if whole < 120 { return "\(whole) s" }
  if whole < 7200 { return "\(whole / 60) min" }
  return "\(whole / 3600) h \(whole / 60 % 60) min"
}
