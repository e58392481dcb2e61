import EaselKit
import Foundation
import Synchronization

/// Tells how far something is, ten times a second at most, and how fast it went in the last seconds.
///
/// Guarded by a lock: pieces of a transfer arrive on another thread than the one that installs.
final class ProgressMeter: Sendable {
  private struct State {
    var progress = ModelProgress(.asking)
    var samples: [(time: Double, done: Int)] = []
    var lastTold = -Double.infinity
  }
  private let report: @Sendable (ModelProgress) -> Void
  private let state = Mutex(State())
  private static let window = 5.0, interval = 0.1

  init(_ report: @escaping @Sendable (ModelProgress) -> Void) { self.report = report }

  /// Something else begins, or the same goes on after an interlude.
  func begin(_ phase: ModelProgress.Phase, done: Int = 0, total: Int? = nil) {
    state.withLock {
      $0.progress = ModelProgress(phase, done: done, total: total)
      $0.samples = []
    }
    advance(to: done, total: total, atOnce: true)
  }

  /// - Parameter total: nil leaves it as it is.
  func advance(to done: Int, total: Int? = nil, atOnce: Bool = false) {
    let now = Double(DispatchTime.now().uptimeNanoseconds) / 1e9
    let told: ModelProgress? = state.withLock { s in
      s.progress.done = done
      s.progress.total = total ?? s.progress.total
      // A transfer that began anew is slower than nothing otherwise.
      if let last = s.samples.last, done < last.done { s.samples = [] }
      let isDue = atOnce || now - s.lastTold >= Self.interval || done == s.progress.total
      guard isDue else { return nil }
      s.samples.append((now, done))
      s.samples.removeAll { now - $0.time > Self.window }
      if let first = s.samples.first, now - first.time >= 0.5 {
        s.progress.bytesPerSecond = Double(done - first.done) / (now - first.time)
      }
      s.lastTold = now
      return s.progress
    }
    if let told { report(told) }
  }
}
