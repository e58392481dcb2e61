import CScreen

/// The small parent process that gives the terminal back whatever happens to the studio, even when
/// it is killed without a chance to clean up.
public enum TerminalGuard {
  public enum Result: Sendable {
    /// The caller is the studio now, and watched over.
    case guarded
    /// Standard input or output is not a terminal: nothing to guard.
    case noTerminal
    /// Too late: the process already has threads, which do not survive a split.
    case tooLate
    /// The system has no process or memory left; the studio can go on without.
    case unavailable
  }

  /// Splits the process: this call returns in the child, while the parent waits for its end,
  /// restores the terminal if the child could not, and ends with the child's status.
  ///
  /// Call it first thing in `main`, before any task, thread or dispatch queue exists. Stopping
  /// (Ctrl-Z), continuing and signals sent to the parent are passed on; if the parent is killed the
  /// child receives SIGTERM, ends in order and restores the terminal itself.
  @discardableResult
  public static func enter() -> Result {
    switch cs_guard_enter() {
    case CS_GUARD_STUDIO: .guarded
    case CS_GUARD_NO_TERMINAL: .noTerminal
    case CS_GUARD_THREADS: .tooLate
    default: .unavailable
    }
  }
}
