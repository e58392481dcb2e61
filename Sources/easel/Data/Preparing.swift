import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen
import Foundation
import Glibc

/// Prepares sets for commands: progress, the question, the sheet, the summary.
struct Preparing {
  var settings: PreparationSettings
  var keepsGoing = false
  var isQuiet = false

  /// Prepares `source` into `path`, with its report and its sheet beside it.
  func prepare(
    _ source: any DataSource, to path: String, overwriting: Bool
  ) throws -> (done: Preparation, sheet: String, seconds: Double) {
    let start = steadySeconds()
    let (keepsGoing, isQuiet) = (keepsGoing, isQuiet)
    let preparer = DataPreparer(
      settings: settings, tools: .imaging,
      approve: { bad in keepsGoing ? true : try Self.ask(bad) },
      told: { seen, expected in
        try Task.checkCancellation()
        if !isQuiet { ProgressLine.show(Self.progress(seen, expected, since: start)) }
      })
    let done = try preparer.prepare(source, to: path, overwriting: overwriting)
    let sheet = Self.sheet(of: path)
    _ = try publish(
      encodePNG(contactSheet(PreparedFile(path), count: 48)), at: sheet, collision: .overwrite)
    ProgressLine.clear()
    return (done, sheet, steadySeconds() - start)
  }

  /// Where the sheet of a set lies.
  static func sheet(of path: String) -> String {
    (path.hasSuffix(".easeldata") ? String(path.dropLast(10)) : path) + ".sheet.png"
  }

  static func progress(_ seen: Int, _ expected: Int?, since start: Double) -> String {
    let seconds = max(0.001, steadySeconds() - start)
    var parts = ["prepared \(seen)" + (expected.map { " of \($0)" } ?? "")]
    if let expected, expected > 0 {
      parts.append(ProgressLine.bar(Double(seen) / Double(expected), cells: 24))
    }
    let rate = Double(seen) / seconds
    parts.append("\(ProgressLine.short(rate)) pictures/s")
    if let expected, rate > 0 {
      parts.append("\(ProgressLine.short(Double(max(0, expected - seen)) / rate)) s left")
    }
    return parts.joined(separator: "  ")
  }

  /// Asks on a terminal; without one, the answer is no, and the failure tells what to do.
  private static func ask(_ bad: BadShare) throws -> Bool {
    guard isatty(STDIN_FILENO) == 1, Console.isErrorTerminal else { return false }
    ProgressLine.clear()
    Console.err("\(bad.bad) of the first \(bad.records) records cannot be used, for instance:")
    for example in bad.examples { Console.err("  \(SafeText(example))") }
    Console.write("Go on without them? [y/N] ", STDERR_FILENO)
    var answer: [UInt8] = []
    while true {
      try Task.checkCancellation()
      // Looked at five times a second, so that Ctrl-C is heard.
      var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 200) > 0 else { continue }
      var byte: UInt8 = 0
      guard read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") else { break }
      answer.append(byte)
    }
    let word = String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    return ["y", "yes"].contains(word.lowercased())
  }
}

/// Pictures of a set at even distances, each with its first caption.
func contactSheet(_ file: PreparedFile, count: Int) throws -> Picture {
  let shown = min(max(1, count), file.count)
  let tiles = try (0..<shown).map { i in
    let number = i * file.count / shown
    return (picture: try file.picture(number), caption: try file.texts(number).captions[0])
  }
  return captionedSheet(tiles, columns: 8)
}

extension DataStatistics {
  /// For scripts; the keys are a contract.
  var fields: [JSON.Field] {
    [
      .init("source", source), .init("records", records), .init("pictures", pictures),
      .init("training", training), .init("held_out", heldOut), .init("captions", captions),
      .init("skipped", skipped), .init("duplicates", duplicates),
      .init("near_duplicates", nearDuplicates), .init("captions_cut", captionsCut),
      .init("captions_dropped", captionsDropped), .init("enlarged", enlarged),
    ]
  }

  private func many(_ count: Int, _ what: String) -> String {
    count == 1 ? "1 \(what)" : "\(count) \(what)s"
  }

  /// A few lines for people.
  var lines: [String] {
    var lines = [
      "\(many(pictures, "picture")), \(many(captions, "caption")): \(training) to learn from, "
        + "\(heldOut) held out",
      "of \(many(records, "record")): \(skipped) skipped, \(many(duplicates, "duplicate")), "
        + many(nearDuplicates, "near duplicate"),
    ]
    for reason in reasons.prefix(5) {
      lines.append("  \(reason.count) skipped: \(SafeText(reason.text))")
    }
    return lines
  }
}
