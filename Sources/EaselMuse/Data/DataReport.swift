import EaselKit
import Foundation

/// What was left out of a prepared set and why: one JSON object a line, beside the set.
///
/// ```
/// {"name":"a/b.jpg","what":"skipped","why":"the JPEG file is damaged","cause":"…"}
/// {"name":"c.png","of":"a/d.png","what":"duplicate"}
/// {"distance":4,"name":"e.png","of":"a/d.png","what":"near duplicate"}
/// {"captions":2,"name":"f.png","what":"captions cut"}
/// ```
final class DataReport {
  private let file: PendingFile
  private let encoder: JSONEncoder

  private struct Line: Encodable {
    var name: String
    var what: String
    var why: String?
    var hint: String?
    var cause: String?
    var of: String?
    var distance: Int?
    var captions: Int?
  }

  init(path: String) throws {
    file = try PendingFile(for: path)
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  func skipped(_ name: String, _ failure: Failure) throws {
    try write(
      Line(
        name: name, what: "skipped", why: failure.what, hint: failure.hint, cause: failure.cause))
  }

  func duplicate(_ name: String, of other: String, distance: Int?) throws {
    try write(
      Line(
        name: name, what: distance == nil ? "duplicate" : "near duplicate", of: other,
        distance: distance))
  }

  func cut(_ name: String, captions: Int) throws {
    try write(Line(name: name, what: "captions cut", captions: captions))
  }

  private func write(_ line: Line) throws {
    try file.append(Array(try encoder.encode(line)) + [UInt8(ascii: "\n")])
  }

  /// The report of an earlier set of the same name is replaced.
  func publish() throws { try file.publish(overwriting: true) }
}
