import EaselKit
import Foundation

/// Tells how far something is, ten times a second at most, and how fast it went in the last seconds.
///
/// Guarded by a lock: pieces of a transfer arrive on another thread than the one that installs.
final class ProgressMeter: @unchecked Sendable {
  private let report: @Sendable (ModelProgress) -> Void
  private let lock = NSLock()
  private var progress = ModelProgress(.asking)
  private var samples: [(time: Double, done: Int)] = []
  private var lastTold = -Double.infinity
  private static let window = 5.0, interval = 0.1

  init(_ report: @escaping @Sendable (ModelProgress) -> Void) { self.report = report }

  /// Something else begins, or the same goes on after an interlude.
  func begin(_ phase: ModelProgress.Phase, done: Int = 0, total: Int? = nil) {
    lock.withLock {
      progress = ModelProgress(phase, done: done, total: total)
      samples = []
    }
    advance(to: done, total: total, atOnce: true)
  }

  /// - Parameter total: nil leaves it as it is.
  func advance(to done: Int, total: Int? = nil, atOnce: Bool = false) {
    let now = Double(DispatchTime.now().uptimeNanoseconds) / 1e9
    let told: ModelProgress? = lock.withLock {
      progress.done = done
      progress.total = total ?? progress.total
      // A transfer that began anew is slower than nothing otherwise.
      if let last = samples.last, done < last.done { samples = [] }
      let isDue = atOnce || now - lastTold >= Self.interval || done == progress.total
      guard isDue else { return nil }
      samples.append((now, done))
      samples.removeAll { now - $0.time > Self.window }
      if let first = samples.first, now - first.time >= 0.5 {
        progress.bytesPerSecond = Double(done - first.done) / (now - first.time)
      }
      lastTold = now
      return progress
    }
    if let told { report(told) }
  }
}
