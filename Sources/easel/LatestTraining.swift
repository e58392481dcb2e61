import EaselImaging
import EaselKit
import Foundation
import Glibc

/// The training run that was started last: `easel train` leaves its process and folder in a small file.
struct LatestTraining: Sendable {
  private let file: String
  init(paths: Paths) { file = paths.state + "/training" }

  /// Says that this process trains in `folder`.
  func note(folder: String) throws {
    try makeFolder(Paths.parent(file))
    _ = try publish(
      Array("\(getpid())\n\(absolute(folder))\n".utf8), at: file, collision: .overwrite)
  }

  /// nil when nothing was trained yet.
  func read() -> (process: Int32, folder: String)? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    let lines = text.split(separator: "\n").map(String.init)
    guard lines.count >= 2, let process = Int32(lines[0]), process > 0 else { return nil }
    return (process, lines[1])
  }

  var folder: String? { read()?.folder }
}
