import EaselKit
import EaselScreen
import EaselTerminal
import EaselTestSupport

/// Every role in two colours; enough to see what goes where.
func plainTheme(_ isDark: Bool = true) -> Theme {
  let ink = isDark ? RGB(230, 230, 230) : RGB(20, 20, 20)
  let paper = isDark ? RGB(24, 24, 32) : RGB(245, 245, 240)
  var looks: [Role: Theme.Look] = [:]
  for role in Role.allCases { looks[role] = Theme.Look(foreground: ink, background: paper) }
  looks[.popup] = Theme.Look(foreground: paper, background: RGB(90, 140, 220))
  return Theme(name: "plain", isDark: isDark, looks: looks)
}

let testSupply = PictureSupply(
  indexed: { TestPictures.indexed($0.key, size: $0.size, bandHeight: $0.bandHeight) },
  picture: { TestPictures.picture($0.key, size: $0.size) },
  sixel: TestPictures.sixel, file: TestPictures.file)

/// A session of this process on an emulated terminal. Used inside `onOwnThread`, since it waits.
final class Stage {
  let terminal: PseudoTerminal
  let session: TerminalSession
  private var presented = 0

  init(
    size: CellSize, profile: TerminalProfile = .full, supply: PictureSupply = testSupply,
    _ change: (inout TerminalOptions) -> Void = { _ in }
  ) throws {
    terminal = try PseudoTerminal(size: size, profile: profile)
    var options = TerminalOptions(theme: plainTheme())
    options.input = terminal.slave
    options.output = terminal.slave
    options.term = "xterm-256color"
    options.colorTerm = nil
    options.noColor = false
    options.announcesIdle = true
    options.handlesSignals = false
    options.secondsForAnswers = profile.answers ? 20 : 0
    terminal.patience = 10
    change(&options)
    let opening = options
    // Opening asks the terminal, which must answer meanwhile: from this thread.
    let opened = OwnThread { try TerminalSession.open(opening, pictures: supply) }
    try terminal.read(until: "the session") {
      $0.modes.contains(1070) || opened.isDone
    }
    session = try opened.value()
  }

  /// Presents and reads until the terminal shows it.
  func show(_ screen: Screen) throws {
    session.present(screen)
    presented += 1
    let number = presented
    try terminal.read(until: "frame \(number)") { $0.idle >= number }
  }

  /// Another window size. Signals are not the session's business here, so it is told by hand.
  func resize(_ size: CellSize) throws {
    guard size != terminal.screen.size else { return }
    terminal.resize(size)
    session.windowChanged()
  }
}

/// Opens a stage and plays on it, on a thread of its own; closes the session whatever happens.
func withStage(
  _ open: @escaping @Sendable () throws -> Stage, _ play: @escaping @Sendable (Stage) throws -> Void
) async throws {
  let (session, result) = try await onOwnThread {
    let stage = try open()
    let result = Result { try play(stage) }
    return (stage.session, result)
  }
  await session.close()
  try result.get()
}

/// What a check on another thread found wrong. (Expectations there would not know their test.)
struct Wrong: Error, CustomStringConvertible {
  let description: String
}

func demand(
  _ isRight: Bool, _ words: @autoclosure () -> String, line: Int = #line
) throws {
  if !isRight { throw Wrong(description: "line \(line): \(words())") }
}

func demandEqual<Value: Equatable>(_ a: Value, _ b: Value, line: Int = #line) throws {
  try demand(a == b, "\(a) is not \(b)", line: line)
}
