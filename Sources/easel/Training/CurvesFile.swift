import EaselImaging
import EaselMuse
import Foundation
import Synchronization

/// `curves.png` of a run, for who watches its folder: drawn anew when there is news, at most every ten
/// seconds.
final class CurvesFile: Sendable {
  private struct State {
    var curves: TrainingCurves
    var written = Date.distantPast
    var isDirty = false
  }
  private let state: Mutex<State>
  private let path: String

  init(folder: String) {
    path = folder + "/curves.png"
    state = Mutex(State(curves: RunLog(folder: folder).curves))
  }

  func add(_ record: TrainingRecord) {
    let isDue = state.withLock { state in
      state.curves.add(record)
      state.isDirty = true
      return Date().timeIntervalSince(state.written) >= 10
    }
    if isDue { write() }
  }

  /// A picture that cannot be written (full disk) does not stop hours of training.
  func write() {
    let charts = state.withLock { state -> [LineChart]? in
      guard state.isDirty else { return nil }
      state.isDirty = false
      state.written = Date()
      return state.curves.charts
    }
    guard let charts, let png = try? encodePNG(drawPlots(charts, width: 960, height: 540)) else {
      return
    }
    _ = try? publish(png, at: path, collision: .overwrite)
  }
}
