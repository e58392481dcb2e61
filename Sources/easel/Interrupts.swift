import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and its relatives: the first one cancels the command, which ends in order and leaves
/// nothing half written; the second one ends the process.
enum Interrupts {
  private static let signal = Atomic<Int32>(0)

  /// The signal that stopped the command; nil when none did.
  static var caught: Int32? {
    let number = signal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  static func watch(_ task: Task<Void, Never>) {
    watch {
      task.cancel()
      return false
    }
  }

  /// The same for a program that goes on: Ctrl-C is forgiven where `body` says true, and does not count.
  static func watch(forgiving body: @escaping @Sendable () -> Bool) {
    // A queue of its own: the shared threads may all be computing.
    let queue = DispatchQueue(label: "interrupts", qos: .userInteractive)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // A source hears of a signal that is otherwise ignored.
      Glibc.signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        let before = signal.exchange(number, ordering: .relaxed)
        if before != 0 { _exit(128 + number) }
        if body(), number == SIGINT {
          signal.store(0, ordering: .relaxed)
        } else if number != SIGINT {
          // Somebody wants the process gone: a command ends in order, and no later than a moment.
          queue.asyncAfter(deadline: .now() + 2) { _exit(128 + number) }
        }
      }
      source.activate()
      // Kept for as long as the process lives.
      _ = Unmanaged.passRetained(source as AnyObject)
    }
  }
}
