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
    #expect(terminal.screen.isAlternate)
    #expect(!terminal.isCooked)
    try play(terminal)
    #expect(terminal.isRestored, "modes left: \(terminal.screen.modes.sorted())")
    #expect(terminal.lineModes == before)
    #expect(terminal.screen.contains("test card") == false)
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

@Suite struct SignalTests {
  @Test func quittingGivesTheTerminalBack() async throws {
    try await withCard { terminal in
      terminal.send("q")
      #expect(try terminal.waitForExit() == .status(0))
      #expect(terminal.screen.contains("closed: closed"))
    }
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
  func anEndingSignalEndsTheEventsAndNothingIsLeftBehind(number: Int32) async throws {
    try await withCard(["--unguarded"]) { terminal in
      terminal.signal(number)
      #expect(try terminal.waitForExit() == .status(128 + Int(number)))
      #expect(terminal.screen.contains("closed: signal(\(number))"))
    }
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
  func aSignalToTheGuardReachesTheStudio(number: Int32) async throws {
    try await withCard { terminal in
      terminal.signal(number)
      #expect(try terminal.waitForExit() == .status(128 + Int(number)))
    }
  }

  @Test(arguments: [SIGKILL, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT])
  func howeverTheStudioDiesTheGuardRestoresAndDiesTheSameWay(number: Int32) async throws {
    try await withCard { terminal in
      kill(try studio(of: terminal), number)
      #expect(try terminal.waitForExit() == .signal(Int(number)))
    }
  }

  @Test(arguments: [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT])
  func aCrashWithoutAGuardRestoresTheTerminalToo(number: Int32) async throws {
    try await withCard(["--unguarded"]) { terminal in
      terminal.signal(number)
      #expect(try terminal.waitForExit() == .signal(Int(number)))
    }
  }

  @Test func aSwiftTrapRestoresTheTerminal() async throws {
    try await withCard { terminal in
      terminal.send("x")
      guard case .signal = try terminal.waitForExit() else {
        Issue.record("it ended without a signal")
        return
      }
    }
  }

  @Test func whenTheGuardIsKilledTheStudioEndsAndRestores() async throws {
    try await withCard { terminal in
      terminal.signal(SIGKILL)
      try terminal.read(until: "restored") { _ in terminal.isRestored }
      #expect(try terminal.waitForExit() == .signal(Int(SIGKILL)))
    }
  }

  @Test(arguments: [true, false])
  func stoppedTheTerminalIsTheShellsAndContinuedTheScreenIsBack(isKey: Bool) async throws {
    try await withCard { terminal in
      for _ in 0..<20 {
        // By the studio's own key, or by a signal to the process the shell knows.
        if isKey { terminal.send("z") } else { terminal.signal(SIGTSTP) }
        try terminal.waitUntilStopped()
        try #require(terminal.isRestored)
        let number = terminal.screen.idle
        terminal.signal(SIGCONT)
        try terminal.read(until: "the screen") { $0.isAlternate && $0.contains("q quits") }
        terminal.send("a")
        try terminal.readUntilIdle(after: number)
        try #require(terminal.screen.pictureCells == 24 * 12)
        try #require(!terminal.isCooked)
      }
      terminal.send("q")
      #expect(try terminal.waitForExit() == .status(0))
    }
  }

  @Test func aStopWithoutWarningIsRepairedAfterwards() async throws {
    try await withCard { terminal in
      kill(try studio(of: terminal), SIGSTOP)
      try terminal.waitUntilStopped()
      #expect(terminal.isRestored)
      terminal.signal(SIGCONT)
      try terminal.read(until: "the screen") { $0.isAlternate && $0.contains("q quits") }
      terminal.send("q")
      #expect(try terminal.waitForExit() == .status(0))
    }
  }

  @Test func anotherProgramHasTheTerminalAndThenTheScreenIsBack() async throws {
    try await withCard { terminal in
      terminal.recording = []
      terminal.send("e")
      try terminal.read(until: "the program ended with 3")
      let bytes = String(decoding: terminal.recording ?? [], as: UTF8.self)
      #expect(bytes.contains("from another program\r\n"))
      try terminal.read(until: "the picture") { $0.pictureCells == 24 * 12 }
      #expect(terminal.screen.modes.isSuperset(of: [1002, 1006, 2004, 8452]))
      terminal.send("q")
      #expect(try terminal.waitForExit() == .status(0))
    }
  }

  @Test func theClipboardGetsTextThroughTheTerminal() async throws {
    try await withCard { terminal in
      terminal.send("c")
      try terminal.read(until: "a copy") { $0.clipboard == ["copied é"] }
      terminal.send("q")
      #expect(try terminal.waitForExit() == .status(0))
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
      #expect(try terminal.waitForExit() == .status(0))
    }
  }
}

@Suite struct RefusalTests {
  @Test func withoutATerminalThereIsAReasonAndAHint() async throws {
    try await onOwnThread {
      let terminal = try PseudoTerminal()
      try terminal.start("sh", ["-c", "'\(builtProgram("screen-card"))' | cat"])
      _ = try terminal.waitForExit()
      #expect(terminal.screen.contains("standard output is none"))
      #expect(terminal.screen.contains("easel paint"))
      #expect(terminal.isRestored)
    }
  }

  @Test func aDumbTerminalIsRefusedWithAReason() async throws {
    try await onOwnThread {
      let terminal = try PseudoTerminal()
      try terminal.start(builtProgram("screen-card"), environment: ["TERM": "dumb"])
      #expect(try terminal.waitForExit() == .status(2))
      #expect(terminal.screen.contains("'dumb'"))
      #expect(terminal.isRestored)
    }
  }

  @Test func anUnknownTerminalTypeIsTakenForAnXterm() async throws {
    try await withCard(environment: ["TERM": "no-such-terminal"]) { terminal in
      terminal.send("q")
      #expect(try terminal.waitForExit() == .status(0))
    }
  }

  @Test(arguments: ["C", "POSIX", "no_SUCH.locale"])
  func withoutAUTF8LocaleTheTerminalItselfIsAsked(locale: String) async throws {
    try await withCard(environment: ["LC_ALL": locale]) { terminal in
      #expect(terminal.screen.contains("right of it é"))
      terminal.send("q")
      #expect(try terminal.waitForExit() == .status(0))
    }
  }

  @Test func noColorLeavesNoColourBehind() async throws {
    try await withCard(environment: ["NO_COLOR": "1"], profile: .plain) { terminal in
      #expect(terminal.screen.contains("shades none"))
      #expect(
        terminal.screen.cells.allSatisfy {
          $0.foreground == .default && $0.background == .default
        })
      #expect(terminal.screen.text.contains("▒"))
      terminal.send("q")
      #expect(try terminal.waitForExit() == .status(0))
    }
  }
}
