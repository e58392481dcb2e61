import EaselKit
import EaselTestSupport
import Foundation
import Synchronization

/// When bytes arrive at a terminal, told apart from when an emulator has decoded them.
///
/// A thread of its own takes what the program writes and notes the time; the emulator reads it afterwards. One that
/// decodes a picture before it looks for a key's echo would count its own time as the program's.
final class Arrivals {
  private struct Chunk {
    var bytes: [UInt8]
    var time: ContinuousClock.Instant
  }
  private final class Inbox: Sendable {
    let chunks = Mutex<[Chunk]>([])
    let isOver = Mutex(false)

    func take() -> [Chunk] {
      chunks.withLock { all in
        defer { all = [] }
        return all
      }
    }
  }

  private let terminal: PseudoTerminal
  /// What has arrived, as the emulator shows it; without what `sendUntilFrame` left for later.
  private(set) var screen: VTScreen
  private var unread: [UInt8] = []
  private var lastArrival = ContinuousClock.now
  private let inbox = Inbox()
  private let reader: OwnThread<Void>

  /// From here on `terminal` is read by this alone.
  init(_ terminal: PseudoTerminal) {
    self.terminal = terminal
    screen = terminal.screen
    let master = terminal.master, inbox = inbox
    reader = OwnThread {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while !inbox.isOver.withLock({ $0 }) {
        var wait = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, 20) > 0 else { continue }
        let count = read(master, &buffer, buffer.count)
        guard count > 0 else { break }
        let chunk = Chunk(bytes: Array(buffer.prefix(count)), time: .now)
        inbox.chunks.withLock { $0.append(chunk) }
      }
    }
  }

  /// Ends the thread; the terminal reads for itself again.
  func end() throws {
    inbox.isOver.withLock { $0 = true }
    try reader.value()
  }

  /// Sends `keys` and reads until `isShown`; milliseconds from the one to the bytes that brought the other.
  func send(_ keys: String, until isShown: (VTScreen) -> Bool) throws -> Double {
    try send(keys) { chunk in
      screen.feed(chunk)
      return !screen.isBetweenFrames && isShown(screen)
    }
  }

  /// Sends `keys` and reads until the program says that the next frame is complete, pictures included. Nothing is
  /// decoded meanwhile: `catchUp` does it.
  func sendUntilFrame(_ keys: String) throws {
    var seen: [UInt8] = []
    let announcement = Array("]7770;idle;".utf8)
    _ = try send(keys) { chunk in
      unread += chunk
      // It may lie across the border of two chunks.
      seen = seen.suffix(announcement.count) + chunk
      return escapes(in: seen).contains { seen[($0 + 1)...].starts(with: announcement) }
    }
  }

  /// Where sequences begin: in a picture's bytes there are hardly any, so that few places have to be compared.
  private func escapes(in bytes: [UInt8]) -> [Int] {
    bytes.withUnsafeBufferPointer { bytes in bytes.indices.filter { bytes[$0] == 0x1B } }
  }

  /// Waits until nothing has come for a tenth of a second, and decodes what was left for later; when the last of it came.
  func catchUp() -> ContinuousClock.Instant {
    var last = lastArrival
    repeat {
      last = lastArrival
      // That nothing more comes is not announced, and can only be waited for; the wait is not part of a figure.
      Thread.sleep(forTimeInterval: 0.1)
      for chunk in inbox.take() {
        unread += chunk.bytes
        lastArrival = chunk.time
      }
    } while lastArrival > last
    screen.feed(unread)
    unread = []
    return last
  }

  private func send(_ keys: String, until isThere: ([UInt8]) -> Bool) throws -> Double {
    let start = ContinuousClock.now
    terminal.send(keys)
    let deadline = start + .seconds(30)
    while ContinuousClock.now < deadline {
      let chunks = inbox.take()
      // The reader's thread notes the time of what arrives: how late this one looks changes no figure.
      if chunks.isEmpty { usleep(200) }
      var arrival: ContinuousClock.Instant?
      for chunk in chunks {
        lastArrival = chunk.time
        if isThere(chunk.bytes), arrival == nil { arrival = chunk.time }
      }
      if let arrival { return (arrival - start) / .milliseconds(1) }
    }
    throw Failure(
      .internalError, "what a key brings did not arrive within 30 seconds", cause: screen.text)
  }
}
