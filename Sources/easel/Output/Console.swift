import EaselKit
import EaselScreen
import EaselTerminal
import FoundationEssentials
import Glibc
import Synchronization

/// Results on stdout, everything else on stderr; text from outside passes `SafeText` first.
enum Console {
  /// When to use colours: `--color` beats `NO_COLOR`, which beats what the terminal can.
  enum ColourChoice: String, CaseIterable, Sendable { case auto, always, never }

  private static let choice = Mutex(ColourChoice.auto)
  static func use(_ colours: ColourChoice) { choice.withLock { $0 = colours } }

  /// The same choice for what draws on the whole screen.
  static var terminalColours: TerminalOptions.ColourChoice {
    switch choice.withLock({ $0 }) {
    case .auto: .automatic
    case .always: .always
    case .never: .never
    }
  }

  static let isOutputTerminal = isatty(STDOUT_FILENO) == 1
  static let isErrorTerminal = isatty(STDERR_FILENO) == 1

  private static let environment = ProcessInfo.processInfo.environment
  static var isDumb: Bool { (environment["TERM"] ?? "dumb") == "dumb" }

  static func hasColours(isTerminal: Bool) -> Bool {
    switch choice.withLock({ $0 }) {
    case .always: true
    case .never: false
    case .auto: isTerminal && !isDumb && (environment["NO_COLOR"] ?? "").isEmpty
    }
  }

  /// How many colours an escape sequence may name: 24 bits, or the 256 of the palette.
  static var hasDirectColours: Bool {
    let word = environment["COLORTERM"] ?? ""
    return word == "truecolor" || word == "24bit" || (environment["TERM"] ?? "").hasSuffix("direct")
  }

  /// Whether letters beyond ASCII can be expected to be shown.
  static var isUnicode: Bool {
    let locale =
      ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    return locale.lowercased().contains("utf-8") || locale.lowercased().contains("utf8")
  }

  /// One line of result. `text` is the program's own words and `SafeText`.
  static func out(_ text: String) { write(text + "\n", STDOUT_FILENO) }
  static func err(_ text: String) { write(text + "\n", STDERR_FILENO) }
  static func json(_ fields: [JSON.Field]) { out(JSON.object(fields).line) }

  /// What went wrong, what to do, what lay underneath.
  static func complain(_ failure: Failure) { say(failure, kind: "easel", colour: "1;31") }
  /// Something that did not stop the command.
  static func warn(_ failure: Failure) { say(failure, kind: "easel: warning", colour: "1;33") }

  private static func say(_ failure: Failure, kind: String, colour: String) {
    ProgressLine.clear()
    let colours = hasColours(isTerminal: isErrorTerminal)
    let head = colours ? "\u{1B}[\(colour)m\(kind):\u{1B}[m " : "\(kind): "
    err(head + SafeText(failure.what).description)
    if let hint = failure.hint { err("  " + SafeText(hint).description) }
    if let cause = failure.cause { err("  (\(SafeText(cause).description))") }
  }

  /// `text` in a colour (an SGR number) where stdout has colours.
  static func painted(_ text: String, _ sgr: String) -> String {
    hasColours(isTerminal: isOutputTerminal) ? "\u{1B}[\(sgr)m\(text)\u{1B}[m" : text
  }

  static func write(_ text: String, _ descriptor: Int32) {
    write(Array(text.utf8), descriptor)
  }

  /// All of it, or as much as the reader wanted.
  static func write(_ bytes: [UInt8], _ descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&entry, 1, -1)
        } else if errno != EINTR {
          return
        }
      }
    }
  }

  /// Width of the terminal on stdout in cells; nil where there is none.
  static var outputColumns: Int? {
    isOutputTerminal ? TerminalSize(descriptor: STDOUT_FILENO)?.cells.columns ?? 80 : nil
  }

  /// Width of the terminal on stderr in cells, 80 where it does not tell.
  static var errorColumns: Int {
    Int(environment["COLUMNS"] ?? "") ?? 80
  }
}
