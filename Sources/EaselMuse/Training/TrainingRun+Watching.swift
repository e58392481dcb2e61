import EaselKit
import Foundation
import Glibc

/// What a run shows of itself and what it lets itself be told, between steps.
extension TrainingRun {
  /// Carries out what was asked through the folder. Waits, without computing, while the run is paused.
  /// True when it is to stop.
  func obey() -> Bool {
    guard control.isAsked(.pause) else { return control.isAsked(.stop) }
    let start = monotonicSeconds()
    TrainingProcess(.paused).write(to: folder)
    // A thread of its own that has nothing else to do, and a file that another process makes: looking five
    // times a second costs nothing and needs no watch that some file systems do not have.
    while control.isAsked(.pause), !control.isAsked(.stop), !isStopped { usleep(200_000) }
    pausedSeconds += monotonicSeconds() - start
    TrainingProcess(.running).write(to: folder)
    return control.isAsked(.stop)
  }

  /// Whether a checkpoint is due after this step: every so often, before a pause, and when asked for.
  func savesNow(_ step: Int) -> Bool {
    // One that cannot be taken back (folder turned read-only) must not save after every step.
    let isAsked = (try? control.clear(.save)) ?? false
    return step % settings.checkpointEvery == 0 || isAsked || control.isAsked(.pause)
  }

  /// Images a second since the record before, and seconds that are left at the mean rate of this
  /// sitting; nil for the first record of a stage.
  func pace(_ stage: String, _ step: Int, _ steps: Int, images: Int) -> (Double, Double)? {
    let now = Pace(stage: stage, step: step, images: images, at: monotonicSeconds() - pausedSeconds)
    defer { newest = now }
    guard let before = newest, let first = firstOfSitting, first.stage == stage else {
      firstOfSitting = now
      return nil
    }
    let since = now.at - before.at, whole = now.at - first.at
    guard since > 0, whole > 0, step > first.step else { return nil }
    return (
      Double(images - before.images) / since,
      Double(max(0, steps - step)) * whole / Double(step - first.step)
    )
  }

  struct Pace {
    var stage: String
    var step: Int
    var images: Int
    var at: Double
  }

  /// Replaces `NAME.png` in the run's folder, and now and then keeps one of that step in `samples/`:
  /// each a fifth further than the one before, so that a long run keeps a few dozen.
  func writeSheet(_ picture: Picture, _ name: String, step: Int) throws {
    guard let png else {
      return try writePortablePixmap(picture, to: "\(folder)/\(name).ppm")
    }
    let data = Data(try png(picture))
    try data.write(to: URL(filePath: "\(folder)/\(name).png"), options: .atomic)
    let history = folder + "/samples"
    let prefix = name == "samples" ? "" : name + "-"
    let kept = ((try? FileManager.default.contentsOfDirectory(atPath: history)) ?? [])
      .compactMap { file -> Int? in
        guard file.hasPrefix(prefix), file.hasSuffix(".png") else { return nil }
        return Int(file.dropFirst(prefix.count).dropLast(4))
      }
    guard step > 0, step >= (kept.max() ?? 0) * 6 / 5, !kept.contains(step) else { return }
    try FileManager.default.createDirectory(
      atPath: history, withIntermediateDirectories: true)
    try data.write(to: URL(filePath: "\(history)/\(prefix)\(step).png"), options: .atomic)
  }
}
