import CScreen
import EaselKit
import Glibc

/// Another program on the same terminal.
enum Program {
  /// Starts it with default signals and waits on a thread of its own, so that no thread that others
  /// need is blocked.
  static func run(_ program: String, _ arguments: [String]) async throws -> Int32 {
    let words = [program] + arguments
    let pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    let child = pointers.withUnsafeBufferPointer { cs_spawn(program, $0.baseAddress) }
    guard child > 0 else {
      throw Failure(
        .notFound, "'\(program)' could not be started", hint: "set EDITOR to a program you have",
        cause: String(cString: strerror(errno)))
    }
    return await withCheckedContinuation { continuation in
      let waiting = Unmanaged.passRetained(Waiting(child, continuation))
      var thread = pthread_t()
      let error = pthread_create(
        &thread, nil,
        { pointer in
          if let pointer {
            let waiting = Unmanaged<Waiting>.fromOpaque(pointer).takeRetainedValue()
            waiting.continuation.resume(returning: cs_wait(waiting.child))
          }
          return nil
        }, waiting.toOpaque())
      if error == 0 {
        pthread_detach(thread)
      } else {
        waiting.release()
        continuation.resume(returning: cs_wait(child))
      }
    }
  }

  private final class Waiting {
    let child: pid_t
    let continuation: CheckedContinuation<Int32, Never>
    init(_ child: pid_t, _ continuation: CheckedContinuation<Int32, Never>) {
      self.child = child
      self.continuation = continuation
    }
  }
}

/// Base64 with padding (RFC 4648, section 4).
func base64(_ bytes: [UInt8]) -> String {
  let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var out: [UInt8] = []
  out.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    var bits = 0
    for (i, byte) in group.enumerated() { bits |= Int(byte) << (16 - 8 * i) }
    for i in 0..<4 {
      out.append(i <= group.count ? letters[bits >> (18 - 6 * i) & 63] : UInt8(ascii: "="))
    }
  }
  return String(decoding: out, as: UTF8.self)
}
