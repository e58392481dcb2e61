import CScreen
public import EaselKit
import Glibc

/// A program that was started here and goes on when we end: in a session of its own, with no terminal.
public struct DetachedProgram: Sendable, Hashable {
  public let process: Int32

  /// - Parameters:
  ///   - path: of the program; `arguments` are the words after its name.
  ///   - output: the file that both its outputs are appended to.
  public init(_ path: String, _ arguments: [String], output: String) throws(Failure) {
    let pointers = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    let child = pointers.withUnsafeBufferPointer {
      cs_spawn_detached(path, $0.baseAddress, output)
    }
    guard child > 0 else {
      throw Failure(
        .readOnly, "'\(path)' could not be started with its output in \(output)",
        cause: String(cString: strerror(errno)))
    }
    process = child
  }

  /// As a shell tells it, once it has ended: more than 128 for a signal. Told once; nil while it lives.
  public func status() -> Int32? {
    let status = cs_ended(process)
    return status < 0 ? nil : status
  }
}
