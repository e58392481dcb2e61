import EaselApp
import EaselImaging
import EaselKit
import EaselMuse
import Foundation
import Glibc

/// The training run that was started last, for the Train screen. `easel train` leaves its process and
/// folder in a small file; the run's own log tells the rest.
struct LatestTraining: Sendable {
  private let file: String
  init(paths: Paths) { file = paths.state + "/training" }

  /// Says that this process trains in `folder`.
  func note(folder: String) throws {
    try makeFolder(Paths.parent(file))
    let full =
      folder.hasPrefix("/") ? folder : FileManager.default.currentDirectoryPath + "/" + folder
    _ = try publish(Array("\(getpid())\n\(full)\n".utf8), at: file, collision: .overwrite)
  }

  /// Of the run that was started last; nil when nothing was trained yet.
  var folder: String? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    let lines = text.split(separator: "\n").map(String.init)
    return lines.count >= 2 ? lines[1] : nil
  }

  /// nil when nothing was trained yet.
  func report() -> TrainingReport? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    let lines = text.split(separator: "\n").map(String.init)
    guard lines.count >= 2, let process = Int32(lines[0]) else { return nil }
    let records = Self.records(lines[1] + "/log.jsonl")
    guard let last = records.last else { return nil }
    var curves: [String: [TrainingReport.Point]] = [:]
    for record in records where record.stage == last.stage {
      for (name, value) in record.values {
        curves[name, default: []].append(.init(step: record.step, value: value))
      }
    }
    return TrainingReport(
      folder: lines[1], stage: last.stage, step: last.step, steps: last.steps,
      cpuSeconds: last.cpuSeconds,
      isRunning: TrainingProcess(folder: lines[1])?.isAlive
        ?? (kill(process, 0) == 0 && last.step < last.steps),
      curves: curves.keys.sorted().map { .init(name: $0, points: thinned(curves[$0] ?? [])) },
      log: records.suffix(12).map(\.line))
  }

  private struct Record {
    var stage: String
    var step: Int
    var steps: Int
    var cpuSeconds: Double
    var values: [(String, Double)]
    var line: String {
      "\(stage) \(step)/\(steps)  "
        + values.map { "\($0.0) \(String(format: "%.4g", $0.1))" }.joined(separator: "  ")
    }
  }

  private static func records(_ path: String) -> [Record] {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [] }
    return data.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard
        let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
        let stage = object["stage"] as? String
      else { return nil }
      func number(_ key: String) -> Double? { (object[key] as? NSNumber)?.doubleValue }
      let known: Set<String> = [
        "stage", "step", "steps", "images", "cpu_seconds", "time", "eta", "images_per_second",
      ]
      return Record(
        stage: stage, step: Int(number("step") ?? 0), steps: Int(number("steps") ?? 0),
        cpuSeconds: number("cpu_seconds") ?? 0,
        values: object.keys.sorted().filter { !known.contains($0) }
          .compactMap { key in number(key).map { (key, $0) } })
    }
  }

  /// At most about 200 points: more than a terminal has columns.
  private func thinned(_ points: [TrainingReport.Point]) -> [TrainingReport.Point] {
    let stride = max(1, points.count / 200)
    return points.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
  }
}
