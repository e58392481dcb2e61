import EaselMuse
import Foundation

/// What stands in the `log.jsonl` of a run: the one place that reads it.
///
/// Only whole lines count, since the last one may be half written; what is no record is left out. Reading
/// again reads what was appended since.
struct RunLog: Sendable {
  private(set) var records: [TrainingRecord] = []
  /// Of the newest stage.
  private(set) var curves = TrainingCurves()
  private let path: String
  /// Bytes that were read, all of them whole lines.
  private var read = 0

  /// Reads what is there now; nothing where there is no log.
  init(folder: String) {
    path = folder + "/log.jsonl"
    update()
  }

  var last: TrainingRecord? { records.last }

  /// Reads what is new; false where there is nothing.
  @discardableResult
  mutating func update() -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    guard let size = try? file.seekToEnd() else { return false }
    if size < read {
      // Another log has taken its place.
      read = 0
      records = []
      curves = TrainingCurves()
    }
    guard size > read, (try? file.seek(toOffset: UInt64(read))) != nil,
      let new = try? file.readToEnd(), let end = new.lastIndex(of: UInt8(ascii: "\n"))
    else { return false }
    let whole = new[new.startIndex...end]
    read += whole.count
    for line in whole.split(separator: UInt8(ascii: "\n")) {
      guard let record = TrainingRecord(logged: Data(line)) else { continue }
      records.append(record)
      curves.add(record)
    }
    return true
  }
}

extension TrainingRecord {
  /// A line of `log.jsonl`; nil for what is none. The values come in the order of their names.
  fileprivate init?(logged line: Data) {
    guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any],
      let stage = object["stage"] as? String
    else { return nil }
    func number(_ name: String) -> Double? { (object[name] as? NSNumber)?.doubleValue }
    func whole(_ name: String) -> Int { (object[name] as? NSNumber)?.intValue ?? 0 }
    let known: Set<String> = [
      "stage", "step", "steps", "images", "cpu_seconds", "time", "eta", "images_per_second",
    ]
    self.init(
      stage: stage, step: whole("step"), steps: whole("steps"), images: whole("images"),
      cpuSeconds: number("cpu_seconds") ?? 0,
      values: object.keys.sorted().filter { !known.contains($0) }.compactMap { name in
        number(name).map { (name, $0) }
      })
    time = number("time")
    imagesPerSecond = number("images_per_second")
    secondsLeft = number("eta")
  }
}
