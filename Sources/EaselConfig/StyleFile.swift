public import EaselApp
public import EaselKit
import Foundation
import TOMLKit

/// The user's own styles, `styles.toml`: a table for each.
///
/// ```toml
/// ["dusty film"]
/// words = "faded colours"
/// avoid = "text"
/// ```
public struct StyleFile: Sendable {
  public let path: String
  public init(path: String) { self.path = path }

  /// The styles by name, and what is wrong with the file. What is right counts; a damaged file is left as it is.
  public func read() -> (styles: [StylePreset], problems: [Failure]) {
    guard FileManager.default.fileExists(atPath: path) else { return ([], []) }
    let table: TOMLTable
    do {
      table = try TOMLTable(string: String(contentsOf: URL(filePath: path), encoding: .utf8))
    } catch {
      return (
        [],
        [
          Failure(
            .badInput, "the styles in \(path) cannot be read",
            hint: "correct or move the file; it was left as it is", cause: "\(error)")
        ]
      )
    }
    var styles: [StylePreset] = []
    var problems: [Failure] = []
    for name in table.keys.sorted() {
      guard let entry = table[name]?.table else {
        problems.append(
          Failure(
            .badInput, "the style '\(name)' is not a table",
            hint: "write [\"\(name)\"] and below it words = \"…\"", cause: path))
        continue
      }
      for key in entry.keys where !["words", "avoid"].contains(key) {
        var failure = Failure.unknown("part of a style", key, known: ["words", "avoid"])
        failure.cause = "\(path), style '\(name)'"
        problems.append(failure)
      }
      let style = StylePreset(
        name, suffix: entry["words"]?.string ?? "", avoid: entry["avoid"]?.string ?? "")
      if style.isBuiltIn {
        problems.append(
          Failure(
            .badInput, "the style '\(name)' comes with Easel", hint: "give yours another name",
            cause: path))
      } else {
        styles.append(style)
      }
    }
    return (styles, problems)
  }

  /// Writes all of them in one step. A file that cannot be read is not overwritten.
  public func write(_ styles: [StylePreset]) throws {
    if let problem = read().problems.first(where: { $0.what.contains("cannot be read") }) {
      throw problem
    }
    let root = TOMLTable()
    for style in styles {
      let entry = TOMLTable()
      entry["words"] = style.suffix
      if !style.avoid.isEmpty { entry["avoid"] = style.avoid }
      root[style.name] = entry
    }
    do {
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      let text = "# Styles of your own: words for the end of a prompt, and what to avoid.\n\n"
      try Data((text + root.convert(to: .toml) + "\n").utf8).write(
        to: URL(filePath: path), options: .atomic)
    } catch {
      throw Failure(
        .readOnly, "the styles could not be saved", hint: "check \(path) and its folder",
        cause: "\(error)")
    }
  }
}
