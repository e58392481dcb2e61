import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen
import EaselTerminal
import Foundation
import Synchronization

/// A run as it happens, drawn in place: how far it is, its curves and its newest sheet of samples.
final class TrainView: Sendable {
  private struct State {
    var curves: TrainingCurves
    var latest: TrainingRecord?
    var revision = 0
    var isDirty = true
    var sheet: Picture?
    var sheetDate: Date?
    /// What went wrong or was asked last, shown for a few seconds.
    var notice = ""
    var noticeEnds = Date.distantPast
    var isStopping = false
  }
  private let state: Mutex<State>
  private let folder: String
  private let session = Mutex<TerminalSession?>(nil)

  init(folder: String) {
    self.folder = folder
    state = Mutex(State(curves: RunLog(folder: folder).curves))
  }

  /// Takes the terminal. Throws where it cannot be drawn on.
  func open(_ options: TerminalOptions) throws {
    let opened = try TerminalSession.open(
      options,
      pictures: PictureSupply(
        indexed: { [weak self] in
          var quality = SixelQuality.standard
          quality.colours = min(quality.colours, $0.colours)
          return self?.picture($0)?.indexed(quality)
        },
        picture: { [weak self] in self?.picture($0) }, sixel: { try? encodeSixel($0, rect: $1) }))
    session.withLock { $0 = opened }
    present()
  }

  /// Whether the run is drawn now.
  var isOpen: Bool { session.withLock { $0 != nil } }

  func close() async {
    let opened = session.withLock { session in
      defer { session = nil }
      return session
    }
    await opened?.close()
  }

  func heard(_ record: TrainingRecord) {
    state.withLock {
      $0.curves.add(record)
      $0.latest = record
      $0.isDirty = true
    }
  }

  /// Draws what is new, once a second, until it is cancelled.
  func drawOnAndOn() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(1))
      lookForSamples()
      present()
    }
  }

  /// Obeys keys until the terminal is gone; then asks the run to stop.
  func obey(stop: @Sendable () -> Void) async {
    guard let session = session.withLock({ $0 }) else { return }
    let control = TrainingControl(folder: folder)
    for await event in session.events {
      switch event {
      case .resize: state.withLock { $0.isDirty = true }
      case .key(let key):
        switch (key.key, key.isControl) {
        case (.character("p"), false):
          attempt {
            if try !control.clear(.pause) { try control.ask(.pause) }
          }
        case (.character("s"), false):
          attempt {
            try control.ask(.save)
            say("saves after this step")
          }
        case (.character("q"), false), (.character("c"), true):
          state.withLock { $0.isStopping = true }
          stop()
        case (.character("l"), true): await session.redraw()
        default: continue
        }
      default: continue
      }
      present()
    }
    stop()
  }

  private func attempt(_ action: () throws -> Void) {
    do { try action() } catch { say(Failure(error).what) }
  }

  private func say(_ words: String) {
    state.withLock {
      $0.notice = words
      $0.noticeEnds = Date() + 4
    }
  }

  /// Reads the newest sheet when there is one that is not shown yet.
  private func lookForSamples() {
    guard let (path, date) = RunPictures.newestSheet(in: folder),
      state.withLock({ $0.sheetDate != date }), let sheet = RunPictures.sheet(path)
    else { return }
    state.withLock {
      $0.sheet = sheet
      $0.sheetDate = date
      $0.isDirty = true
    }
  }

  private func picture(_ request: PictureRequest) -> Picture? {
    guard case .training(let which, _) = request.key else { return nil }
    let (curves, sheet) = state.withLock { ($0.curves, $0.sheet) }
    return switch which {
    case .curves:
      RunPictures.curves(curves, size: request.size, ground: request.background)
    case .samples:
      sheet.map { RunPictures.samples($0, size: request.size, ground: request.background) }
    }
  }

  private func present() {
    guard let session = session.withLock({ $0 }) else { return }
    let now = state.withLock { state in
      if state.isDirty { state.revision += 1 }
      state.isDirty = false
      return state
    }
    session.present(screen(now, size: session.size.cells))
  }

  private func screen(_ now: State, size: CellSize) -> Screen {
    var screen = Screen(size: size)
    let process = TrainingProcess(folder: folder)
    func write(_ words: String, row: Int, _ style: Style) {
      screen.draw(SafeText(words), column: 1, row: row, style: style)
    }
    if let record = now.latest {
      let share = record.steps > 0 ? Double(record.step) / Double(record.steps) : 0
      let head = "\(record.stage)  \(record.step)/\(record.steps)  "
      screen.draw(SafeText(head), column: 1, row: 0, style: Style(.title, bold: true))
      let cells = max(0, min(40, size.columns - head.count - 8))
      let done = Int((min(1, max(0, share)) * Double(cells)).rounded(.down))
      let bar = screen.draw(
        SafeText(String(repeating: "█", count: done)), column: 1 + head.count, row: 0,
        style: Style(.progressDone))
      screen.draw(
        SafeText(String(repeating: "░", count: cells - done)), column: bar, row: 0,
        style: Style(.progressOpen))
      screen.draw(
        SafeText(" \(Int(share * 100)) %"), column: bar + cells - done, row: 0, style: Style(.text))
      var parts: [String] = []
      if process?.state == .paused { parts.append("paused") }
      if let rate = record.imagesPerSecond { parts.append("\(ProgressLine.short(rate)) images/s") }
      if let left = record.secondsLeft { parts.append("\(duration(left)) left") }
      parts.append("\(duration(record.cpuSeconds)) of CPU")
      write(parts.joined(separator: "  "), row: 1, Style(.text))
    } else {
      write("preparing", row: 0, Style(.title, bold: true))
      write("the first figures come after some steps", row: 1, Style(.faint))
    }
    let room = size.rows - 4
    if room >= 4 {
      let wide = now.sheet == nil ? size.columns - 2 : (size.columns - 2) * 3 / 5
      screen.place(
        .training(.curves, revision: now.revision),
        in: CellRect(column: 1, row: 3, columns: max(1, wide), rows: room))
      if now.sheet != nil {
        screen.place(
          .training(
            .samples, revision: Int((now.sheetDate?.timeIntervalSince1970 ?? 0) * 1000)),
          in: CellRect(
            column: 2 + wide, row: 3, columns: max(1, size.columns - 3 - wide), rows: room))
      }
    }
    write(lastLine(now, process), row: size.rows - 1, Style(.faint))
    return screen
  }

  /// What the run was asked, for as long as it stands; otherwise the keys.
  private func lastLine(_ now: State, _ process: TrainingProcess?) -> String {
    let control = TrainingControl(folder: folder)
    if now.isStopping || control.isAsked(.stop) { return "writes a checkpoint and stops" }
    if now.noticeEnds > Date() { return now.notice }
    if control.isAsked(.pause) {
      return process?.state == .paused ? "paused; p goes on   q stop" : "pauses after this step"
    }
    return "p pause or go on   s save now   q stop, everything is kept"
  }
}
