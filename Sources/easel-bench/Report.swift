import EaselKit
import Foundation
import Synchronization

/// One figure: what `make bench` prints and what a line of `bench.jsonl` holds.
struct Figure: Hashable, Sendable {
  enum Better: String, Sendable { case lower, higher }
  /// `group.thing.unit`, lower case.
  var name: String
  var value: Double
  var unit: String
  var better: Better
  /// Another program that does the same, and what it needs; nil where it is not installed.
  var peer: String?
  var peerValue: Double?

  var json: String {
    var fields = [
      "\"name\": \"\(name)\"", "\"value\": \(Self.number(value))", "\"unit\": \"\(unit)\"",
    ]
    if let peer, let peerValue {
      fields += ["\"peer\": \"\(peer)\"", "\"peer_value\": \(Self.number(peerValue))"]
    }
    fields.append("\"better\": \"\(better.rawValue)\"")
    return "{" + fields.joined(separator: ", ") + "}"
  }

  /// Four significant digits.
  static func number(_ x: Double) -> String {
    if x.rounded() == x, abs(x) < 1e15 { return "\(Int(x))" }
    return String(format: "%.4g", x)
  }
}

/// Collects the figures of a group.
final class Report: Sendable {
  let group: String
  private let figures = Mutex<[Figure]>([])
  init(group: String) { self.group = group }

  func add(
    _ name: String, _ value: Double, _ unit: String, better: Figure.Better = .lower,
    peer: (name: String, value: Double)? = nil
  ) {
    let figure = Figure(
      name: "\(group).\(name)", value: value, unit: unit, better: better, peer: peer?.name,
      peerValue: peer?.value)
    figures.withLock { $0.append(figure) }
  }

  func printTable() {
    let all = figures.withLock { $0 }
    let width = all.map(\.name.count).max() ?? 0
    for figure in all {
      let name = figure.name.padding(toLength: width, withPad: " ", startingAt: 0)
      let value =
        String(repeating: " ", count: max(0, 12 - Figure.number(figure.value).count))
        + Figure.number(figure.value)
      var line = "  \(name)  \(value) \(figure.unit)"
      if let peer = figure.peer, let value = figure.peerValue {
        line += "   (\(peer): \(Figure.number(value)) \(figure.unit))"
      }
      print(line)
    }
  }

  func append(to path: String) throws {
    let lines = figures.withLock { $0.map { $0.json + "\n" }.joined() }
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    defer { try? file.close() }
    try file.seekToEnd()
    try file.write(contentsOf: Data(lines.utf8))
  }
}

/// The group of SixelBench.swift.
func measureSixel(_ report: Report) throws {
  try sixelBench { name, value, unit in
    let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let name = words.first == "sixel" ? words.dropFirst() : words[...]
    report.add(name.joined(separator: "_") + "." + unit, value, unit)
  }
}

/// The group of LibraryBench.swift.
func measureLibrary(_ report: Report) async throws {
  try await libraryBench(count: 20_000) { name, value, unit in
    let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let name = words.first == "library" ? words.dropFirst() : words[...]
    report.add(name.joined(separator: "_") + "." + unit.lowercased(), value, unit)
  }
}
