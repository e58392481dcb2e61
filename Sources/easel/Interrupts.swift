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
    // A queue of its own: the shared threads may all be computing.
    let queue = DispatchQueue(label: "interrupts", qos: .userInteractive)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // A source hears of a signal that is otherwise ignored.
      Glibc.signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        let before = signal.exchange(number, ordering: .relaxed)
        if before != 0 { _exit(128 + number) }
        task.cancel()
      }
      source.activate()
      // Kept for as long as the process lives.
      _ = Unmanaged.passRetained(source as AnyObject)
    }
  }
}
