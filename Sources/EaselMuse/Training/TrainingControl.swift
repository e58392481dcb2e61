public import EaselKit
import Foundation
import Glibc

/// What others ask of a run that trains in a folder: a small file for each word, which the trainer looks
/// for between steps. Nothing needs the other side to be there, so either may be killed at any moment, and
/// no word can overwrite another.
public struct TrainingControl: Sendable {
  public enum Word: String, Hashable, Sendable, CaseIterable { case pause, stop, save }

  private let folder: String
  public init(folder: String) { self.folder = folder }

  private func path(_ word: Word) -> String { "\(folder)/ask-\(word.rawValue)" }

  /// Asked between steps, thousands of times: mostly there is no file, and that is quick to know.
  public func isAsked(_ word: Word) -> Bool { access(path(word), F_OK) == 0 }

  public func ask(_ word: Word) throws {
    let path = path(word)
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard file >= 0 else { throw refused(path, errno) }
    close(file)
  }

  /// Takes back what was asked, or says that it is done. Whether it was asked: nobody else can be told
  /// so about the same file.
  @discardableResult
  public func clear(_ word: Word) throws -> Bool {
    let path = path(word)
    if unlink(path) == 0 { return true }
    guard errno == ENOENT else { throw refused(path, errno) }
    return false
  }

  public func clearAll() throws {
    for word in Word.allCases { try clear(word) }
  }

  private func refused(_ path: String, _ number: Int32) -> Failure {
    Failure(
      .readOnly, "\(path) cannot be written", hint: "a run is asked through its folder",
      cause: String(cString: strerror(number)))
  }
}

/// The right to train in a folder: an flock that the system drops when its process dies. Taken before
/// anything is prepared, so that of two that start at once one is turned away with nothing done.
public final class TrainingClaim: Sendable {
  private let descriptor: Int32

  /// Throws `libraryBusy` where another holds it.
  public init(folder: String) throws {
    let path = folder + "/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else {
      throw Failure(
        .readOnly, "\(path) cannot be written", hint: "choose another folder with --out",
        cause: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      // The number is a hint for people; the lock itself is what counts.
      let holder = (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
        Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      close(descriptor)
      guard number == EWOULDBLOCK else {
        throw Failure(
          .readOnly, "\(path) cannot be locked", hint: "choose another folder with --out",
          cause: String(cString: strerror(number)))
      }
      throw Failure(
        .libraryBusy,
        "\(holder.map { "process \($0)" } ?? "another process") is training in \(folder)",
        hint: "easel train stop --out \(folder) stops it")
    }
    let name = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, name, name.count, 0)
  }

  deinit { close(descriptor) }
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

  /// It ended without a word: somebody killed it, or the machine went down.
  public var isKilled: Bool { (state == .running || state == .paused) && !isAlive }

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
