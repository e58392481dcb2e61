import EaselImaging
import EaselMuse
import Foundation

/// What a run has logged of its newest stage, as curves.
struct TrainingCurves: Sendable {
  private(set) var stage = ""
  private var lines: [String: [LineChart.Point]] = [:]

  /// Reads the log of a run; what is no whole line of it is left out. Empty where there is none.
  init(folder: String) {
    guard let data = try? Data(contentsOf: URL(filePath: folder + "/log.jsonl")) else { return }
    for line in data.split(separator: UInt8(ascii: "\n")) {
      guard
        let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
        let stage = object["stage"] as? String, let step = (object["step"] as? NSNumber)?.intValue
      else { continue }
      add(
        stage: stage, step: step,
        object.compactMap { name, value in (value as? NSNumber).map { (name, $0.doubleValue) } })
    }
  }

  mutating func add(_ record: TrainingRecord) {
    var values = record.values
    if let rate = record.imagesPerSecond { values.append(("images_per_second", rate)) }
    add(stage: record.stage, step: record.step, values)
  }

  private mutating func add(stage: String, step: Int, _ values: [(name: String, value: Double)]) {
    if stage != self.stage {
      self.stage = stage
      lines = [:]
    }
    let x = Double(step)
    for (name, value) in values where Self.known.contains(name) {
      // A run that was killed goes on from its checkpoint: what it had done after is done again.
      while let last = lines[name]?.last, last.x >= x { lines[name]?.removeLast() }
      lines[name, default: []].append(.init(x: x, y: value))
    }
  }

  private static let groups: [(title: String, names: [String])] = [
    ("loss", ["loss", "contrast", "validation", "uncaptioned", "l1"]),
    ("psnr in db", ["psnr"]), ("critic balance", ["adversarial", "critic"]),
    ("codebook", ["codes", "restarted", "moved"]), ("images a second", ["images_per_second"]),
    ("learning rate", ["rate"]),
  ]
  private static let known = Set(groups.flatMap(\.names))

  /// One chart a group of values that the stage has.
  var charts: [LineChart] {
    Self.groups.compactMap { group in
      let found = group.names.compactMap { name in
        lines[name].map {
          LineChart.Line(
            name: name, points: $0,
            isNoisy: !["validation", "uncaptioned", "rate"].contains(name))
        }
      }
      return found.isEmpty ? nil : LineChart(title: group.title, lines: found)
    }
  }
}
