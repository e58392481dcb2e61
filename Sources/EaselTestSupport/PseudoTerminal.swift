import CScreen
import EaselKit
public import EaselScreen
import Glibc

/// A terminal without a window: a program runs on it, keys go in, and what it draws can be asked.
///
/// Reading waits for facts (a predicate on the screen, an idle announcement, the end) and never for
/// time; the deadline only ends a test that would hang. A class because it owns descriptors and a
/// child; used from one task at a time.
public final class PseudoTerminal {
  public struct TimedOut: Error, CustomStringConvertible {
    public var waitedFor: String
    public var screen: String
    public var description: String { "waited in vain for \(waitedFor); the screen:\n\(screen)" }
  }
  public enum Exit: Hashable, Sendable {
    case status(Int)
    case signal(Int)
  }

  public private(set) var screen: VTScreen
  /// The path of the program's side.
  public let path: String
  /// The program's side, held open so that modes can be asked after the program's end.
  public let slave: Int32
  public let master: Int32
  /// The program, when one was started here.
  public private(set) var child: Int32 = -1
  public private(set) var exit: Exit?
  /// Seconds that any one wait may take.
  public var patience: Double = 30
  /// Every byte received, when recording was asked for.
  public var recording: [UInt8]?

  public init(
    size: CellSize = CellSize(columns: 80, rows: 24), profile: TerminalProfile = .full
  ) throws {
    screen = VTScreen(size: size, profile: profile)
    var name = [CChar](repeating: 0, count: 256)
    master = cs_pty_open(Self.window(size, profile), &name, name.count)
    path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard master >= 0 else { throw Failure(.internalError, "no pseudo-terminal is left") }
    slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard slave >= 0 else { throw Failure(.internalError, "\(path) cannot be opened") }
  }

  /// Starts `program` on a new pseudo-terminal. `environment` is all it sees, plus PATH, HOME and
  /// what keeps a crash from asking questions.
  public convenience init(
    running program: String, _ arguments: [String] = [], environment: [String: String] = [:],
    size: CellSize = CellSize(columns: 80, rows: 24), profile: TerminalProfile = .full
  ) throws {
    try self.init(size: size, profile: profile)
    try start(program, arguments, environment: environment)
  }

  deinit {
    if child > 0, exit == nil {
      kill(child, SIGKILL)
      _ = cs_pty_wait(child, true)
    }
    close(slave)
    close(master)
  }

  public func start(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws {
    var all = [
      "TERM": "xterm-256color", "LANG": "C.UTF-8", "EASEL_TEST_IDLE": "1",
      "SWIFT_BACKTRACE": "enable=no",
    ]
    for name in ["PATH", "HOME", "LD_LIBRARY_PATH"] {
      if let value = getenv(name) { all[name] = String(cString: value) }
    }
    for (name, value) in environment { all[name] = value }
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = all.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    child = words.withUnsafeBufferPointer { words in
      variables.withUnsafeBufferPointer { variables in
        cs_pty_spawn(path, program, words.baseAddress, variables.baseAddress)
      }
    }
    guard child > 0 else {
      throw Failure(.notFound, "\(program) could not be started")
    }
  }

  // MARK: In

  public func send(_ bytes: [UInt8]) {
    _ = cs_write_all(master, bytes, bytes.count)
  }
  public func send(_ text: String) { send(Array(text.utf8)) }
  /// A paste between its marks.
  public func paste(_ text: String) { send("\u{1B}[200~\(text)\u{1B}[201~") }
  /// Presses and releases the left button.
  public func click(column: Int, row: Int) {
    send("\u{1B}[<0;\(column + 1);\(row + 1)M\u{1B}[<0;\(column + 1);\(row + 1)m")
  }
  public func wheel(up: Bool, column: Int, row: Int) {
    send("\u{1B}[<\(up ? 64 : 65);\(column + 1);\(row + 1)M")
  }

  /// Another window size; the program receives SIGWINCH.
  public func resize(_ size: CellSize) {
    screen.resize(size)
    _ = cs_set_window_size(master, Self.window(size, screen.profile))
  }

  private static func window(_ size: CellSize, _ profile: TerminalProfile) -> cs_window {
    cs_window(
      rows: Int32(size.rows), columns: Int32(size.columns),
      width: profile.tellsPixels ? Int32(size.columns * profile.cell.width) : 0,
      height: profile.tellsPixels ? Int32(size.rows * profile.cell.height) : 0)
  }

  // MARK: Out

  /// Reads until `condition` holds for a whole frame: in half of one, the old footer may stand below the new words.
  ///
  /// `polling`: the condition looks at something beside the screen, which no byte announces.
  public func read(
    until what: String, polling: Bool = false, _ condition: (VTScreen) -> Bool
  ) throws {
    let deadline = Self.now() + patience
    while screen.isBetweenFrames || !condition(screen) {
      let left = deadline - Self.now()
      let longest: Double = polling ? 5 : 1000
      guard left > 0, try receive(milliseconds: Int32(min(left * 1000, longest)) + 1) else {
        // The last frame of a program that was killed may be cut short.
        if !screen.isBetweenFrames || poll(), condition(screen) { return }
        throw TimedOut(waitedFor: what, screen: screen.text)
      }
    }
  }

  /// Reads until the screen shows `text`.
  public func read(until text: String) throws {
    try read(until: "'\(text)'") { $0.contains(text) }
  }

  /// Reads until a frame after the `number`th is complete (the next one when nil).
  @discardableResult
  public func readUntilIdle(after number: Int? = nil) throws -> Int {
    let number = number ?? screen.idle
    try read(until: "idle after \(number)") { $0.idle > number }
    return screen.idle
  }

  /// Takes what is there without waiting.
  public func drain() { while (try? receive(milliseconds: 0, countsSilence: true)) == true {} }

  /// One read; false when the other side is gone (or, with `countsSilence`, nothing was there).
  private func receive(milliseconds: Int32, countsSilence: Bool = false) throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = cs_pty_read(master, &buffer, buffer.count, milliseconds)
    if count < 0 { return false }
    if count > 0 {
      recording?.append(contentsOf: buffer.prefix(count))
      screen.feed(buffer.prefix(count))
      if !screen.replies.isEmpty { send(screen.takeReplies()) }
    }
    if count == 0 {
      if countsSilence { return false }
      if child > 0, exit == nil, poll() { return false }
    }
    return true
  }

  // MARK: The end

  public func signal(_ number: Int32) { if child > 0, exit == nil { kill(child, number) } }

  /// Looks whether the program has ended.
  @discardableResult
  public func poll() -> Bool {
    guard exit == nil, child > 0 else { return exit != nil }
    let end = cs_pty_wait(child, false)
    if end.status >= 0 {
      exit = end.signal > 0 ? .signal(Int(end.signal)) : .status(Int(end.status))
    }
    return exit != nil
  }

  /// Reads until the program has ended, so that it never blocks on its last words.
  public func waitForExit() throws -> Exit {
    let deadline = Self.now() + patience
    while !poll() {
      guard Self.now() < deadline else {
        throw TimedOut(waitedFor: "the end", screen: screen.text)
      }
      _ = try receive(milliseconds: 20)
    }
    drain()
    return exit ?? .status(0)
  }

  /// Reads until the program is stopped (as by Ctrl-Z).
  public func waitUntilStopped() throws {
    let deadline = Self.now() + patience
    while !cs_is_stopped(child) {
      guard Self.now() < deadline else {
        throw TimedOut(waitedFor: "the stop", screen: screen.text)
      }
      _ = try receive(milliseconds: 20)
    }
    drain()
  }

  /// The modes of the line (input, output, control, local flags): what a shell would find.
  public var lineModes: [UInt32] {
    var mode = termios()
    tcgetattr(slave, &mode)
    return [mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag]
  }
  /// Echo, line editing and keys that send signals are all on.
  public var isCooked: Bool {
    let wanted = UInt32(ECHO | ICANON | ISIG)
    return lineModes[3] & wanted == wanted
  }
  /// The terminal is as a shell wants it: cooked, main screen, cursor, no reports of ours.
  public var isRestored: Bool {
    isCooked && !screen.isAlternate && screen.modes.contains(25)
      && screen.modes.isDisjoint(with: [1000, 1002, 1003, 1004, 1006, 1036, 1039, 2004, 2026, 8452])
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

extension VTScreen {
  /// The answers that are due, handed over once.
  mutating func takeReplies() -> [UInt8] {
    defer { replies = [] }
    return replies
  }
}
