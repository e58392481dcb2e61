import EaselKit
import Glibc

/// One line of a run's log. Written as a JSON object a line to `log.jsonl` in the run's folder.
public struct TrainingRecord: Sendable {
  public var stage: String
  public var step: Int
  public var steps: Int
  public var images: Int
  /// CPU seconds this stage has consumed, over all its sittings.
  public var cpuSeconds: Double
  public var values: [(name: String, value: Double)]
  /// Seconds since 1970.
  public var time: Double?
  /// By the clock on the wall, pauses left out.
  public var imagesPerSecond: Double?
  public var secondsLeft: Double?

  public init(
    stage: String, step: Int, steps: Int, images: Int, cpuSeconds: Double,
    values: [(name: String, value: Double)]
  ) {
    self.stage = stage
    self.step = step
    self.steps = steps
    self.images = images
    self.cpuSeconds = cpuSeconds
    self.values = values
  }

  public var json: String {
    var fields = [
      "\"stage\":\"\(stage)\"", "\"step\":\(step)", "\"steps\":\(steps)", "\"images\":\(images)",
      "\"cpu_seconds\":\(Self.short(cpuSeconds))",
    ]
    if let time { fields.append("\"time\":\(Int(time))") }
    if let imagesPerSecond { fields.append("\"images_per_second\":\(Self.short(imagesPerSecond))") }
    if let secondsLeft { fields.append("\"eta\":\(Self.short(secondsLeft))") }
    for (name, value) in values { fields.append("\"\(name)\":\(Self.short(value))") }
    return "{" + fields.joined(separator: ",") + "}"
  }

  public var line: String {
    let shown = values.map { "\($0.name) \(Self.short($0.value))" }.joined(separator: "  ")
    let rate = cpuSeconds > 0 ? Double(images) / cpuSeconds : 0
    return
      "\(stage) \(step)/\(steps)  \(shown)  \(Self.short(rate)) images/CPU-s  \(Int(cpuSeconds)) CPU-s"
  }

  /// Five significant digits; JSON has no infinities, so what is not finite becomes null.
  static func short(_ x: Double) -> String {
    guard x.isFinite else { return "null" }
    if x == 0 { return "0" }
    var scale = 1.0
    while abs(x) * scale < 10_000, scale < 1e8 { scale *= 10 }
    return "\((x * scale).rounded() / scale)"
  }
}

/// Appends to `log.jsonl`.
final class TrainingLog {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 {
      throw Failure(
        .readOnly, "the log \(path) cannot be written", hint: "choose another folder with --out",
        cause: String(cString: strerror(errno)))
    }
  }
  deinit { close(descriptor) }

  func append(_ record: TrainingRecord) {
    var line = Array((record.json + "\n").utf8)
    // A log line that cannot be written (full disk) must not stop hours of training.
    _ = write(descriptor, &line, line.count)
  }
}
