import EaselApp
import EaselImaging
import EaselKit
import EaselMuse
import EaselTerminal
import Foundation
import Synchronization

/// Training for the studio: starts runs, steers them through their folders, says how the latest one stands,
/// and draws its pictures. The runs are processes of their own.
final class TrainingDesk: Sendable {
  private struct State {
    var launcher: TrainingLauncher
    /// Of the latest run's folder.
    var log: (folder: String, log: RunLog)?
    var sheet: (path: String, date: Date, picture: Picture?)?
  }
  private let state: Mutex<State>
  let paths: Paths

  init(paths: Paths) {
    self.paths = paths
    // The very program that runs, even where another has taken its file's place since.
    let path = fileKind(paths.executable) == .file ? paths.executable : "/proc/self/exe"
    state = Mutex(State(launcher: TrainingLauncher(executable: path)))
  }

  // MARK: Deeds

  func start(_ request: TrainingRequest) throws {
    try state.withLock { try $0.launcher.start(request.arguments, in: absolute(request.folder)) }
  }

  func resume(_ folder: String) throws {
    try state.withLock {
      try $0.launcher.start(["train", "resume", "--out", folder], in: folder)
    }
  }

  func ask(_ folder: String, _ word: TrainingWord) throws {
    let control = TrainingControl(folder: folder)
    switch word {
    case .pause: try control.ask(.pause)
    case .goOn: try control.clear(.pause)
    case .save: try control.ask(.save)
    case .stop: try control.ask(.stop)
    }
  }

  // MARK: News

  func news() -> TrainingNews {
    state.withLock { state in
      let start = state.launcher.look()
      return TrainingNews(report: report(&state), start: start)
    }
  }

  /// nil when nothing was trained yet.
  private func report(_ state: inout State) -> TrainingReport? {
    guard let latest = LatestTraining(paths: paths).read() else { return nil }
    let folder = latest.folder
    if state.log?.folder == folder {
      state.log?.log.update()
    } else {
      state.log = (folder, RunLog(folder: folder))
    }
    guard let log = state.log?.log else { return nil }
    let stored = try? StoredTraining(folder: folder)
    let process = TrainingProcess(folder: folder)
    var report = TrainingReport(
      folder: folder, request: stored?.request(in: folder),
      state: process.map { $0.isKilled ? .killed : .init($0.state) }
        ?? .stopped)
    if report.state == .failed {
      report.failure = TrainingLauncher.complaint(in: folder)
    } else if report.state.isAlive {
      let control = TrainingControl(folder: folder)
      if control.isAsked(.pause), report.state != .paused { report.asked.insert(.pause) }
      if control.isAsked(.save) { report.asked.insert(.save) }
      if control.isAsked(.stop) { report.asked.insert(.stop) }
    }
    if let last = log.last {
      report.stage = last.stage
      report.step = last.step
      report.steps = last.steps
      report.cpuSeconds = last.cpuSeconds
      report.imagesPerSecond = last.imagesPerSecond
      report.secondsLeft = last.secondsLeft
      let parts = stored.flatMap { TrainingOrder.work(of: $0.stage) }?.parts ?? []
      if let part = parts.firstIndex(of: last.stage) {
        report.part = part + 1
        report.parts = parts.count
      }
    }
    let lines = log.curves.charts.flatMap(\.lines)
    report.curves = lines.map { line in
      .init(
        name: line.name,
        // A log may hold anything.
        points: thinned(line.points).map {
          .init(step: Int(min(1e15, max(0, $0.x))), value: $0.y)
        })
    }
    if !lines.isEmpty { report.curvesRevision = Self.revision(folder + "/log.jsonl") }
    report.samplesRevision = RunPictures.newestSheet(in: folder).map { Self.revision($0.date) }
    report.log = log.records.suffix(8).map(\.shortLine)
    return report
  }

  /// At most about 200 points: more than a terminal has columns.
  private func thinned(_ points: [LineChart.Point]) -> [LineChart.Point] {
    let stride = max(1, points.count / 200)
    return points.enumerated()
      .filter { $0.offset % stride == 0 || $0.offset == points.count - 1 }.map(\.element)
  }

  /// A number that rises whenever a file is written.
  private static func revision(_ path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.modificationDate] as? Date).map(revision)
  }

  private static func revision(_ date: Date) -> Int { Int(date.timeIntervalSince1970 * 1000) }

  // MARK: Pictures

  /// One of the latest run's pictures, drawn for the place where it is shown; nil where there is none.
  func picture(_ which: TrainingPicture, _ request: PictureRequest) -> Picture? {
    switch which {
    case .curves:
      guard let curves = state.withLock({ $0.log?.log.curves }) else { return nil }
      return RunPictures.curves(curves, size: request.size, ground: request.background)
    case .samples:
      return sheet().map {
        RunPictures.samples($0, size: request.size, ground: request.background)
      }
    }
  }

  /// The newest sheet, read once.
  private func sheet() -> Picture? {
    guard let folder = state.withLock({ $0.log?.folder }),
      let (path, date) = RunPictures.newestSheet(in: folder)
    else { return nil }
    if let known = state.withLock({ $0.sheet }), known.path == path, known.date == date {
      return known.picture
    }
    let picture = RunPictures.sheet(path)
    state.withLock { $0.sheet = (path, date, picture) }
    return picture
  }
}

extension TrainingReport.State {
  fileprivate init(_ state: TrainingProcess.State) {
    switch state {
    case .running: self = .running
    case .paused: self = .paused
    case .stopped: self = .stopped
    case .finished: self = .finished
    case .failed: self = .failed
    }
  }
}

extension TrainingRecord {
  /// What was measured at a step, for people: what is drawn as a curve, then the rest.
  fileprivate var shortLine: String {
    func place(_ name: String) -> Int { TrainingCurves.order.firstIndex(of: name) ?? .max }
    return "\(stage) \(step)/\(steps)  "
      + values.sorted { (place($0.name), $0.name) < (place($1.name), $1.name) }.map {
        "\($0.name) \(String(format: "%.4g", $0.value))"
      }.joined(separator: "  ")
  }
}
