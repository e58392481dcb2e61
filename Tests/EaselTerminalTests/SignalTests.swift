import EaselKit
import EaselScreen
import EaselTestSupport
import Glibc
import Testing

/// A program with a session, on a pseudo-terminal, treated as users, shells and kernels do.
private func withCard(
  _ arguments: [String] = [], environment: [String: String] = [:],
  profile: TerminalProfile = .full, _ play: @escaping @Sendable (PseudoTerminal) throws -> Void
) async throws {
  try await onOwnThread {
    let terminal = try PseudoTerminal(profile: profile)
    let before = terminal.lineModes
    try terminal.start(builtProgram("screen-card"), arguments, environment: environment)
    try terminal.readUntilIdle()
    try demand(terminal.screen.isAlternate && !terminal.isCooked, "it has no screen")
    try play(terminal)
    try demand(terminal.isRestored, "modes left: \(terminal.screen.modes.sorted())")
    try demandEqual(terminal.lineModes, before)
    try demand(!terminal.screen.contains("test card"), "the card is still there")
  }
}

/// The process that has the session: the guard's child, or the program itself.
private func studio(of terminal: PseudoTerminal) throws -> pid_t {
  let path = "/proc/\(terminal.child)/task/\(terminal.child)/children"
  guard let file = fopen(path, "r") else { throw CancellationError() }
  defer { fclose(file) }
  var text = [CChar](repeating: 0, count: 256)
  guard fgets(&text, 256, file) != nil else { return terminal.child }
  return pid_t(atoi(text))
}

extension PseudoTerminal {
  fileprivate func expectExit(_ expected: Exit, line: Int = #line) throws {
    try demandEqual(try waitForExit(), expected, line: line)
  }
}

@Suite struct SignalTests {
  @Test func quittingGivesTheTerminalBack() async throws {
    try await withCard { terminal in
      terminal.send("q")
      try terminal.expectExit(.status(0))
      try demand(terminal.screen.contains("closed: closed"), terminal.screen.text)
    }
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
  func anEndingSignalEndsTheEventsAndNothingIsLeftBehind(number: Int32) async throws {
    try await withCard(["--unguarded"]) { terminal in
      terminal.signal(number)
      try terminal.expectExit(.status(128 + Int(number)))
      try demand(terminal.screen.contains("closed: signal(\(number))"), terminal.screen.text)
    }
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
  func aSignalToTheGuardReachesTheStudio(number: Int32) async throws {
    try await withCard { terminal in
      terminal.signal(number)
      try terminal.expectExit(.status(128 + Int(number)))
    }
  }

  @Test(arguments: [SIGKILL, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT])
  func howeverTheStudioDiesTheGuardRestoresAndDiesTheSameWay(number: Int32) async throws {
    try await withCard { terminal in
      kill(try studio(of: terminal), number)
      try terminal.expectExit(.signal(Int(number)))
    }
  }

  @Test(arguments: [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT])
  func aCrashWithoutAGuardRestoresTheTerminalToo(number: Int32) async throws {
    try await withCard(["--unguarded"]) { terminal in
      terminal.signal(number)
      try terminal.expectExit(.signal(Int(number)))
    }
  }

  @Test func aSwiftTrapRestoresTheTerminal() async throws {
    try await withCard { terminal in
      terminal.send("x")
      guard case .signal = try terminal.waitForExit() else {
        throw Wrong(description: "it ended without a signal")
      }
    }
  }

  @Test func whenTheGuardIsKilledTheStudioEndsAndRestores() async throws {
    try await withCard { terminal in
      terminal.signal(SIGKILL)
      try terminal.read(until: "restored") { _ in terminal.isRestored }
      try terminal.expectExit(.signal(Int(SIGKILL)))
    }
  }

  @Test(arguments: [true, false])
  func stoppedTheTerminalIsTheShellsAndContinuedTheScreenIsBack(isKey: Bool) async throws {
    try await withCard { terminal in
      for _ in 0..<20 {
        // By the studio's own key, or by a signal to the process the shell knows.
        if isKey { terminal.send("z") } else { terminal.signal(SIGTSTP) }
        try terminal.waitUntilStopped()
        try demand(terminal.isRestored, "not the shell's")
        let number = terminal.screen.idle
        terminal.signal(SIGCONT)
        try terminal.read(until: "the screen") { $0.isAlternate && $0.contains("q quits") }
        terminal.send("a")
        try terminal.readUntilIdle(after: number)
        try demandEqual(terminal.screen.pictureCells, 24 * 12)
        try demand(!terminal.isCooked, "cooked")
      }
      terminal.send("q")
      try terminal.expectExit(.status(0))
    }
  }

  @Test func aStopWithoutWarningIsRepairedAfterwards() async throws {
    try await withCard { terminal in
      kill(try studio(of: terminal), SIGSTOP)
      try terminal.waitUntilStopped()
      try demand(terminal.isRestored, "not restored")
      terminal.signal(SIGCONT)
      try terminal.read(until: "the screen") { $0.isAlternate && $0.contains("q quits") }
      terminal.send("q")
      try terminal.expectExit(.status(0))
    }
  }

  @Test func anotherProgramHasTheTerminalAndThenTheScreenIsBack() async throws {
    try await withCard { terminal in
      terminal.recording = []
      terminal.send("e")
      try terminal.read(until: "the program ended with 3")
      let bytes = String(decoding: terminal.recording ?? [], as: UTF8.self)
      try demand(bytes.contains("from another program\r\n"), "no output of the program")
      try terminal.read(until: "the picture") { $0.pictureCells == 24 * 12 }
      try demand(
        terminal.screen.modes.isSuperset(of: [1002, 1006, 1036, 1039, 2004, 8452]),
        "modes are missing")
      terminal.send("q")
      try terminal.expectExit(.status(0))
    }
  }

  @Test func theClipboardGetsTextThroughTheTerminal() async throws {
    try await withCard { terminal in
      terminal.send("c")
      try terminal.read(until: "a copy") { $0.clipboard == ["copied é"] }
      terminal.send("q")
      try terminal.expectExit(.status(0))
    }
  }

  @Test func aResizedWindowIsLaidOutAnew() async throws {
    try await withCard { terminal in
      for columns in [60, 100, 20, 1, 80] {
        terminal.resize(CellSize(columns: columns, rows: max(1, columns / 3)))
        try terminal.read(until: "\(columns) columns") { screen in
          columns < 40 || screen.contains("\(columns)x\(columns / 3)")
        }
      }
      try terminal.read(until: "the picture") { $0.pictureCells == 24 * 12 }
      terminal.send("q")
      try terminal.expectExit(.status(0))
    }
  }
}

@Suite struct RefusalTests {
  @Test func withoutATerminalThereIsAReasonAndAHint() async throws {
    try await onOwnThread {
      let terminal = try PseudoTerminal(size: CellSize(columns: 200, rows: 24))
      try terminal.start("sh", ["-c", "'\(builtProgram("screen-card"))' | cat"])
      _ = try terminal.waitForExit()
      try demand(terminal.screen.contains("standard output is none"), terminal.screen.text)
      try demand(terminal.screen.contains("easel paint"), terminal.screen.text)
      try demand(terminal.isRestored, "not restored")
    }
  }

  @Test func aDumbTerminalIsRefusedWithAReason() async throws {
    try await onOwnThread {
      let terminal = try PseudoTerminal()
      try terminal.start(builtProgram("screen-card"), environment: ["TERM": "dumb"])
      try terminal.expectExit(.status(2))
      try demand(terminal.screen.contains("'dumb'"), terminal.screen.text)
      try demand(terminal.isRestored, "not restored")
    }
  }

  @Test func anUnknownTerminalTypeIsTakenForAnXterm() async throws {
    try await withCard(environment: ["TERM": "no-such-terminal"]) { terminal in
      terminal.send("q")
      try terminal.expectExit(.status(0))
    }
  }

  @Test(arguments: ["C", "POSIX", "no_SUCH.locale"])
  func withoutAUTF8LocaleTheTerminalItselfIsAsked(locale: String) async throws {
    try await withCard(environment: ["LC_ALL": locale]) { terminal in
      try demand(terminal.screen.contains("right of it é"), terminal.screen.text)
      terminal.send("q")
      try terminal.expectExit(.status(0))
    }
  }

  @Test func noColorLeavesNoColourBehind() async throws {
    try await withCard(environment: ["NO_COLOR": "1"], profile: .plain) { terminal in
      try demand(terminal.screen.contains("shades none"), terminal.screen.text)
      let isPlain = terminal.screen.cells.allSatisfy {
        $0.foreground == .default && $0.background == .default
      }
      try demand(isPlain, "there are colours")
      try demand(terminal.screen.text.contains { "░▒▓█".contains($0) }, terminal.screen.text)
      terminal.send("q")
      try terminal.expectExit(.status(0))
    }
  }
}
