import CScreen
import EaselKit
import EaselScreen
import Glibc
import Synchronization

extension TerminalSession {
  /// The signal handlers wrote to the pipe.
  func readSignals() {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(signalPipe.read, &bytes, bytes.count)
    guard count > 0 else { return }
    let numbers = bytes.prefix(count).map { Int32($0) }
    for number in numbers where number != SIGWINCH { handle(number) }
    // A storm of sizes ends with the last one.
    if numbers.contains(SIGWINCH) { resized() }
  }

  private func handle(_ number: Int32) {
    switch number {
    case SIGTSTP: stopProcess()
    case SIGCONT:
      if expectsContinue {
        expectsContinue = false
      } else if isOnScreen {
        // Stopped and continued by others: who knows what the terminal shows by now. Leaving
        // first makes curses enter its screen again.
        leaveScreen()
        enterScreen()
      }
    case SIGINT where !isOnScreen:
      // Ctrl-C in the editor is the editor's.
      break
    default: finish(.signal(number))
    }
  }

  /// Gives the terminal back and stops the process until it is continued.
  func stopProcess() {
    let wasOnScreen = isOnScreen
    if wasOnScreen { leaveScreen() }
    expectsContinue = true
    cs_stop_self()
    if wasOnScreen { enterScreen() }
  }

  /// The shell's screen and modes, until `enterScreen`.
  func leaveScreen() {
    guard isOnScreen else { return }
    isOnScreen = false
    isSynchronized = false
    pieces = []
    _ = write(kitty.removeAll())
    _ = Modes(options).leave(options.output)
    cs_leave()
    var mode = cooked
    _ = cs_restore_mode(options.output, &mode)
    cs_disarm()
  }

  /// Takes the terminal (again) and draws everything.
  func enterScreen() {
    guard !isClosed else { return }
    var mode = cooked
    cs_arm(options.output, &mode, Modes(options).undo)
    cs_return()
    _ = Modes(options).enter(options.output)
    colourCursor()
    isOnScreen = true
    let window = Startup.windowSize(options.output)
    if window.cells != size.cells { resized() }
    forgetScreen()
    if let screen { draw(screen) }
    thread.wake()
  }

  /// The session must end: tell whoever reads the events.
  func finish(_ end: TerminalEnd) {
    shared.withLock { if $0.end == nil { $0.end = end } }
    continuation.finish()
  }

  func close(_ end: TerminalEnd) {
    guard !isClosed else { return }
    leaveScreen()
    isClosed = true
    for load in loads.values { load.cancel() }
    loads = [:]
    finish(end)
    thread.unwatch(options.input)
    thread.unwatch(signalPipe.read)
    if options.handlesSignals { cs_release_signals() }
    Glibc.close(signalPipe.read)
    Glibc.close(signalPipe.write)
    cs_close()
    // Curses restores what it found, which was the raw mode of the questions.
    var mode = cooked
    _ = cs_restore_mode(options.output, &mode)
    Startup.restoreErrors(savedErrors)
  }
}
