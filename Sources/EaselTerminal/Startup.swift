import CScreen
import EaselKit
import EaselScreen
import Glibc

/// Everything that happens before the session's thread runs, in the order that keeps the terminal
/// recoverable: raw mode, questions, signals, curses.
enum Startup {
  struct Result {
    var capabilities: Capabilities
    var cooked: termios
    var decoder: InputDecoder
    /// Keys that came while the terminal was being asked.
    var early: [InputEvent]
    var window: Probe.WindowSize
    var signalPipe: (read: Int32, write: Int32)
    var savedErrors: Int32
    /// Whether `CSI 16 t` is answered.
    var tellsCell: Bool
  }

  static func run(_ options: TerminalOptions) throws(Failure) -> Result {
    try check(options)
    let isUTF8 = cs_locale()
    var cooked = termios()
    let eraseByte = UInt8(truncatingIfNeeded: cs_erase_byte(options.output))
    guard cs_make_raw(options.output, &cooked) else {
      throw Failure(.unsupported, "the terminal's mode cannot be set", cause: lastError())
    }
    let modes = Modes(options)
    cs_arm(options.output, &cooked, modes.undo)
    var pipe: [Int32] = [-1, -1]
    guard cs_pipe(&pipe) else {
      giveBack(options, &cooked)
      throw Failure(.internalError, "the studio could not start", cause: lastError())
    }
    if options.handlesSignals { cs_catch_signals(pipe[1]) }

    var decoder = InputDecoder(eraseByte: eraseByte == 0 ? 0x7F : eraseByte)
    var early: [InputEvent] = []
    let window = windowSize(options.output)
    let probe = ask(options, isUTF8: isUTF8, &decoder, &early)
    var setting = Probe.Setting(term: options.term)
    setting.colorTerm = options.colorTerm
    setting.noColor =
      options.colour == .never || (options.colour == .automatic && options.noColor)
    setting.isUTF8Locale = isUTF8
    setting.graphics = options.graphics
    setting.takesManyColours = options.takesManyColours
    setting.window = window
    var capabilities = probe.capabilities(setting)
    // The console of Linux has 256 or 512 glyphs.
    capabilities.symbols = options.symbols ?? (options.term == "linux" ? .halves : .quadrants)

    let types = terminalTypes(options.term, probe, capabilities)
    let opened = types.first { (type: String) in cs_open(type, options.input, options.output) }
    guard let opened, cs_can_move() else {
      if opened != nil { cs_close() }
      cs_release_signals()
      giveBack(options, &cooked)
      Glibc.close(pipe[0])
      Glibc.close(pipe[1])
      throw Failure(
        .unsupported, "a terminal of type '\(options.term)' cannot show the studio",
        hint: "set TERM to your terminal's type, such as xterm-256color")
    }
    capabilities.term = opened
    restrict(&capabilities, to: Int(cs_colors()), options)
    _ = modes.enter(options.output)
    let saved = redirectErrors(to: options.errorLog)
    return Result(
      capabilities: capabilities, cooked: cooked, decoder: decoder, early: early, window: window,
      signalPipe: (pipe[0], pipe[1]), savedErrors: saved, tellsCell: probe.tellsCell)
  }

  /// Takes back what `run` did when the session cannot start after all.
  static func undo(_ started: Result, _ options: TerminalOptions) {
    _ = Modes(options).leave(options.output)
    cs_close()
    var cooked = started.cooked
    restoreErrors(started.savedErrors)
    cs_release_signals()
    giveBack(options, &cooked)
  }

  /// The questions alone: raw mode around them, and the terminal as it was afterwards.
  static func askOnly(_ options: TerminalOptions) throws(Failure) -> Capabilities {
    try check(options)
    let isUTF8 = cs_locale()
    var cooked = termios()
    guard cs_make_raw(options.output, &cooked) else {
      throw Failure(.unsupported, "the terminal's mode cannot be set", cause: lastError())
    }
    cs_arm(options.output, &cooked, "")
    defer { giveBack(options, &cooked) }
    var decoder = InputDecoder(eraseByte: 0x7F)
    var early: [InputEvent] = []
    let probe = ask(options, isUTF8: isUTF8, &decoder, &early)
    var setting = Probe.Setting(term: options.term)
    setting.colorTerm = options.colorTerm
    setting.noColor = options.colour == .never || (options.colour == .automatic && options.noColor)
    setting.isUTF8Locale = isUTF8
    setting.graphics = options.graphics
    setting.takesManyColours = options.takesManyColours
    setting.window = windowSize(options.output)
    return probe.capabilities(setting)
  }

  private static func check(_ options: TerminalOptions) throws(Failure) {
    for (fd, name) in [(options.input, "input"), (options.output, "output")] where isatty(fd) == 0 {
      throw Failure(
        .unsupported, "the studio needs a terminal, and standard \(name) is none",
        hint: "use `easel paint` in scripts and pipes, or `easel --plain`, which speaks in lines")
    }
    if cs_is_open() {
      throw Failure(.internalError, "the terminal is in use by another part of the studio")
    }
    if options.term == "dumb" {
      throw Failure(
        .unsupported, "a terminal of type 'dumb' cannot show the studio",
        hint:
          "set TERM to your terminal's type; or use `easel --plain`, which speaks in lines, or `easel paint`"
      )
    }
  }

  private static func ask(
    _ options: TerminalOptions, isUTF8: Bool, _ decoder: inout InputDecoder,
    _ early: inout [InputEvent]
  ) -> Probe {
    var probe = Probe()
    let questions = Array(Probe.questions(term: options.term, isUTF8Locale: isUTF8).utf8)
    guard cs_write_all(options.output, questions, questions.count) else { return probe }
    decoder.expectsCursorReport = true
    let deadline = TerminalThread.now() + UInt64(max(0, options.secondsForAnswers) * 1e9)
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !probe.isDone {
      let now = TerminalThread.now()
      guard now < deadline else { break }
      let got = cs_pty_read(
        options.input, &buffer, buffer.count, Int32(clamping: (deadline - now) / 1_000_000 + 1))
      if got < 0 { break }
      for item in decoder.feed(buffer.prefix(got)) + decoder.endOfRead() {
        switch item {
        case .event(let event): early.append(event)
        case .report(let report): probe.take(report)
        }
      }
    }
    decoder.expectsCursorReport = false
    return probe
  }

  /// The terminal types to try, best first. The answers of the terminal say more than its name:
  /// xterm itself is called `xterm` by default, a type with eight colours.
  private static func terminalTypes(
    _ term: String, _ probe: Probe, _ c: Capabilities
  ) -> [String] {
    var types = [term, "xterm-256color"]
    if c.colours == .direct {
      types.insert("easel-direct", at: 0)
    } else if probe.hasIndexedColour, !term.contains("256color"), !term.contains("direct") {
      types.insert("\(term)-256color", at: 0)
    }
    return types
  }

  /// What curses can do for this terminal type bounds the colours of text; pictures may have more.
  private static func restrict(
    _ c: inout Capabilities, to colours: Int, _ options: TerminalOptions
  ) {
    guard c.colours == .indexed, colours < 256 else { return }
    c.colours = colours >= 8 ? .eight : options.colour == .always ? .indexed : .none
    if c.graphics == .blocks, c.colours == .none, options.graphics == nil { c.graphics = .shades }
  }

  static func windowSize(_ fd: Int32) -> Probe.WindowSize {
    var window = cs_window()
    var size = Probe.WindowSize()
    if cs_window_size(fd, &window), window.rows > 0, window.columns > 0 {
      // Nobody has a window of more cells; a wrong answer must not cost gigabytes.
      size.cells = CellSize(
        columns: min(2000, Int(window.columns)), rows: min(1000, Int(window.rows)))
      size.pixels = PixelSize(width: Int(window.width), height: Int(window.height))
    }
    return size
  }

  private static func giveBack(_ options: TerminalOptions, _ cooked: inout termios) {
    _ = cs_restore_mode(options.output, &cooked)
    cs_disarm()
  }

  private static func redirectErrors(to path: String?) -> Int32 {
    guard let path else { return -1 }
    let log = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { return -1 }
    let saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
    if saved >= 0 { dup2(log, STDERR_FILENO) }
    Glibc.close(log)
    return saved
  }

  static func restoreErrors(_ saved: Int32) {
    guard saved >= 0 else { return }
    dup2(saved, STDERR_FILENO)
    Glibc.close(saved)
  }

  private static func lastError() -> String { String(cString: strerror(errno)) }
}

/// The terminal modes that a session sets beside those of curses, and how to take them back.
struct Modes {
  private let hasMouse: Bool

  init(_ options: TerminalOptions) { hasMouse = options.hasMouse }

  /// Mouse with drags, SGR coordinates; focus; bracketed paste; after a sixel the cursor stays
  /// beside it, so that one at the bottom does not scroll; colours of a picture are its own. Meta and Alt send an
  /// escape before their key (1036, 1039): an xterm that was told nothing sends another letter. What the user had is
  /// kept by the terminal (XTSAVE) and comes back.
  func enter(_ fd: Int32) -> Bool {
    send(
      (hasMouse ? "\u{1B}[?1002h\u{1B}[?1006h" : "")
        + "\u{1B}[?1004h\u{1B}[?2004h\u{1B}[?8452h\u{1B}[?1070h"
        + "\u{1B}[?1036;1039s\u{1B}[?1036;1039h", fd)
  }

  func leave(_ fd: Int32) -> Bool { send(Self.off, fd) }

  private static let off =
    "\u{1B}[?2026l\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1004l\u{1B}[?2004l\u{1B}[?8452l"
    + "\u{1B}[?1036;1039r\u{1B}]112\u{1B}\\"

  /// For ends without a chance to ask curses: first the end of any string that was cut off.
  var undo: String {
    "\u{1B}\\" + Self.off + "\u{1B}[0m\u{1B}(B\u{1B}[?7h\u{1B}[?1l\u{1B}>\u{1B}[r\u{1B}[?1049l"
      + "\u{1B}[?25h"
  }

  private func send(_ text: String, _ fd: Int32) -> Bool {
    let bytes = Array(text.utf8)
    return cs_write_all(fd, bytes, bytes.count)
  }
}
