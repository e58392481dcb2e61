import EaselImaging
import EaselMuse

/// What a run has logged of its newest stage, as curves.
struct TrainingCurves: Sendable {
  private(set) var stage = ""
  private var lines: [String: [LineChart.Point]] = [:]

  mutating func add(_ record: TrainingRecord) {
    if record.stage != stage {
      stage = record.stage
      lines = [:]
    }
    var values = record.values
    if let rate = record.imagesPerSecond { values.append(("images_per_second", rate)) }
    let x = Double(record.step)
    for (name, value) in values where Self.known.contains(name) {
      // A run that was killed goes on from its checkpoint: what it had done after is done again.
      while let last = lines[name]?.last, last.x >= x { lines[name]?.removeLast() }
      lines[name, default: []].append(.init(x: x, y: value))
    }
  }

  private static let groups: [(title: String, names: [String])] = [
    ("loss", ["loss", "contrast", "validation", "uncaptioned", "l1"]),
    (
      "right answers", ["noun_right", "colour_right", "picture_to_text", "text_to_picture"]
    ),
    ("psnr in db", ["psnr"]), ("critic balance", ["adversarial", "critic"]),
    ("codebook", ["codes", "restarted", "moved"]), ("images a second", ["images_per_second"]),
    ("learning rate", ["rate"]),
  ]
  /// What people look for first comes first.
  static let order = groups.flatMap(\.names)
  private static let known = Set(order)
  /// Measured on the same pictures each time, or chosen.
  private static let steady: Set = [
    "validation", "uncaptioned", "rate", "noun_right", "colour_right", "picture_to_text",
    "text_to_picture",
  ]

  /// One chart a group of values that the stage has.
  var charts: [LineChart] {
    Self.groups.compactMap { group in
      let found = group.names.compactMap { name in
        lines[name].map {
          LineChart.Line(
            name: name, points: $0,
            isNoisy: !Self.steady.contains(name))
        }
      }
      return found.isEmpty ? nil : LineChart(title: group.title, lines: found)
    }
  }
}
