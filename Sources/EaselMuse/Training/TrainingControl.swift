public import EaselKit
import Foundation
import Glibc

/// What others ask of a run that trains in a folder: one word in a small file, which the trainer looks
/// at between steps. Nothing needs the other side to be there, so either may be killed at any moment.
public struct TrainingControl: Sendable {
  public enum Word: String, Hashable, Sendable, CaseIterable { case pause, stop, save }

  private let path: String
  public init(folder: String) { path = folder + "/control" }

  /// What is asked; nil when nothing is.
  public var word: Word? {
    // Between steps, thousands of times: mostly there is no file, and that is quick to know.
    guard access(path, F_OK) == 0, let text = try? String(contentsOfFile: path, encoding: .utf8)
    else { return nil }
    return Word(rawValue: text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// nil takes back what was asked.
  public func ask(_ word: Word?) throws {
    guard let word else {
      guard unlink(path) == 0 || errno == ENOENT else { throw refused(errno) }
      return
    }
    do {
      try Data((word.rawValue + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
    } catch { throw refused(errno) }
  }

  private func refused(_ number: Int32) -> Failure {
    Failure(
      .readOnly, "\(path) cannot be written", hint: "a run is asked through its folder",
      cause: String(cString: strerror(number)))
  }
}

/// Which process trains in a folder, and how far it says it is: a small file beside the log.
///
/// A number alone may belong to another program by now: with it stands when that process started, which
/// the system tells (`/proc/PID/stat`, field 22), and the name of this boot.
public struct TrainingProcess: Sendable, Hashable {
  public enum State: String, Hashable, Sendable {
    case running, paused
    /// Asked to stop before the last step.
    case stopped
    case finished, failed
  }
  public var process: Int32
  public var state: State
  private var birth: String

  /// This process.
  public init(_ state: State) {
    process = getpid()
    self.state = state
    birth = Self.birth(of: process) ?? ""
  }

  /// What stands in `folder`; nil where nothing, or nothing readable, does.
  public init?(folder: String) {
    guard let text = try? String(contentsOfFile: Self.path(folder), encoding: .utf8) else {
      return nil
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count >= 3, let number = Int32(lines[0]), number > 0,
      let state = State(rawValue: lines[1])
    else { return nil }
    process = number
    self.state = state
    birth = lines[2]
  }

  /// Whether that very process still lives and has not ended its training.
  public var isAlive: Bool {
    (state == .running || state == .paused) && !birth.isEmpty && Self.birth(of: process) == birth
  }

  /// A run goes on whether or not this can be written.
  public func write(to folder: String) {
    try? Data("\(process)\n\(state.rawValue)\n\(birth)\n".utf8).write(
      to: URL(filePath: Self.path(folder)), options: .atomic)
  }

  private static func path(_ folder: String) -> String { folder + "/process" }

  private static func birth(of process: Int32) -> String? {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      // The name in parentheses may hold anything; fields are counted after it.
      let close = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: close)...].split(separator: " ")
    // A zombie has ended, though its number is still taken.
    guard fields.count > 19, fields[0] != "Z" else { return nil }
    let boot =
      (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    return fields[19] + " " + boot.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
