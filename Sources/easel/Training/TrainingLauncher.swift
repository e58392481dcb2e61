import EaselApp
import EaselKit
import EaselMuse
import EaselTerminal
import Foundation

/// Starts `easel train` in processes of its own and follows the newest one until its run has begun.
struct TrainingLauncher: Sendable {
  private struct Start: Sendable {
    var program: DetachedProgram
    var folder: String
    /// Where its words begin in the file of outputs.
    var words: UInt64
  }
  private let executable: String
  private var newest: Start?
  /// Those that have begun: looked after, so that none stays a zombie.
  private var begun: [DetachedProgram] = []

  init(executable: String) { self.executable = executable }

  static func outputFile(_ folder: String) -> String { folder + "/output.log" }

  /// Starts a process that trains in `folder`.
  mutating func start(_ arguments: [String], in folder: String) throws {
    try makeFolder(folder)
    let output = Self.outputFile(folder)
    let attributes = try? FileManager.default.attributesOfItem(atPath: output)
    let program = try DetachedProgram(
      executable, arguments + ["--plain"], output: output)
    newest = Start(
      program: program, folder: folder, words: (attributes?[.size] as? NSNumber)?.uint64Value ?? 0)
  }

  /// What became of the newest start; nil once it has begun, and where nothing was started.
  mutating func look() -> TrainingNews.Start? {
    begun.removeAll { $0.status() != nil }
    guard let start = newest else { return nil }
    let status = start.program.status()
    // Written when everything is read and made: from here on the run speaks for itself. One of the same
    // number that is not alive while ours is was somebody else, long ago.
    if let training = TrainingProcess(folder: start.folder),
      training.process == start.program.process, training.isAlive || status != nil
    {
      newest = nil
      if status == nil { begun.append(start.program) }
      return nil
    }
    guard let status else { return .underWay }
    newest = nil
    return .refused(
      Self.complaint(in: start.folder, from: start.words)
        ?? Failure(
          .internalError, "easel train ended before it began",
          hint: "\(Self.outputFile(start.folder)) has what it said",
          cause: status > 128 ? "signal \(status - 128)" : "status \(status)"))
  }

  /// What a process that trained in `folder` complained of last, as `Console.complain` writes it: what
  /// happened, then indented what to do and, in parentheses, what lay underneath.
  static func complaint(in folder: String, from start: UInt64 = 0) -> Failure? {
    guard let file = FileHandle(forReadingAtPath: outputFile(folder)) else { return nil }
    defer { try? file.close() }
    // A long run says a lot; its complaint comes last.
    let longest: UInt64 = 16_384
    let size = (try? file.seekToEnd()) ?? 0
    try? file.seek(toOffset: max(start, size > longest ? size - longest : 0))
    guard let data = try? file.readToEnd() else { return nil }
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    let head = "easel: "
    guard
      let first = lines.lastIndex(where: {
        $0.hasPrefix(head) && !$0.hasPrefix("easel: warning: ")
      })
    else { return nil }
    var failure = Failure(.internalError, String(lines[first].dropFirst(head.count)))
    for line in lines[(first + 1)...].prefix(2) where line.hasPrefix("  ") {
      let words = line.drop { $0 == " " }
      if words.hasPrefix("("), words.hasSuffix(")") {
        failure.cause = String(words.dropFirst().dropLast())
      } else {
        failure.hint = String(words)
      }
    }
    return failure
  }
}
