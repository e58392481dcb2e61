import CScreen
public import EaselScreen
import Glibc

/// How a session is opened.
public struct TerminalOptions: Sendable {
  /// Whether text is coloured.
  public enum ColourChoice: String, Hashable, Sendable, CaseIterable {
    case automatic, always, never
  }

  public var theme: Theme
  /// nil: the best that the terminal has.
  public var graphics: Capabilities.Graphics?
  /// Block elements to draw with where there are no pixels; nil: those that nearly every font has.
  public var symbols: SymbolGrid.Repertoire?
  /// Whether finished sixels have palettes for every few rows; nil: where the terminal is known to take them.
  public var takesManyColours: Bool?
  public var colour: ColourChoice
  public var hasMouse: Bool
  /// Seconds that the answers to the questions at the start may take in all; a terminal that
  /// answers ends the wait after one round trip.
  public var secondsForAnswers: Double
  /// A file that takes what is written to standard error while the screen is in use.
  public var errorLog: String?
  /// Announce after every finished frame that it is finished (`ESC ] 7770 ; idle ; n ESC \`), so
  /// that tests can wait for facts instead of time; `ESC ] 7770 ; cells ESC \` and `written` enclose a frame's cells.
  public var announcesIdle: Bool
  public var term: String
  public var colorTerm: String?
  public var noColor: Bool
  /// The terminal's descriptors.
  public var input: Int32
  public var output: Int32
  /// Whether signals of the process are this session's business.
  public var handlesSignals: Bool

  /// Everything from the environment: TERM, COLORTERM, NO_COLOR, EASEL_TEST_IDLE.
  public init(theme: Theme) {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    self.theme = theme
    colour = .automatic
    hasMouse = true
    announcesIdle = variable("EASEL_TEST_IDLE") == "1"
    // A test's terminal does answer, however busy the machine is.
    secondsForAnswers = announcesIdle ? 30 : 1
    term = variable("TERM") ?? ""
    colorTerm = variable("COLORTERM")
    noColor = !(variable("NO_COLOR") ?? "").isEmpty
    input = STDIN_FILENO
    output = STDOUT_FILENO
    handlesSignals = true
  }
}

/// Why a session's events ended.
public enum TerminalEnd: Hashable, Sendable {
  /// The program closed it.
  case closed
  /// A signal asked the process to end; its exit status is `exitCode`.
  case signal(Int32)
  /// The terminal is gone.
  case hangUp

  public var exitCode: Int32 {
    switch self {
    case .closed: 0
    case .signal(let number): 128 + number
    case .hangUp: 128 + SIGHUP
    }
  }
}
