import CDispatch
import CScheduling
import Dispatch
import Glibc
import Synchronization

/// A thread that runs an actor's jobs in order, so that seconds of arithmetic never sit on the threads
/// that everything else shares. It lives as long as the process: an engine is made once.
final class EngineThread: SerialExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let wake = DispatchSemaphore(value: 0)

  init() {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    // Deep networks make deep closures; the default of some systems is small.
    pthread_attr_setstacksize(&attributes, 8 << 20)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { raw in
        guard let raw else { return nil }
        Unmanaged<EngineThread>.fromOpaque(raw).takeRetainedValue().loop()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    pthread_attr_destroy(&attributes)
    // Without a thread there is no engine and nothing to fall back on.
    precondition(status == 0, "a thread could not be started: \(String(cString: strerror(status)))")
  }

  /// The calling thread, and those it starts from now on, leave the processor to others that want it. On it.
  func giveWay() {
    // Of the calling thread only: Linux keeps this for each one. A refusal changes nothing.
    let thread = __priority_which_t(PRIO_PROCESS.rawValue)
    let niceness = min(19, getpriority(thread, 0) + 5)
    _ = setpriority(thread, 0, niceness)
    _ = scheduling_ask_slice(UInt64(SCHEDULING_LONGEST_SLICE))
  }

  private func loop() {
    while true {
      wake.wait()
      guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { continue }
      job.runSynchronously(on: asUnownedSerialExecutor())
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    jobs.withLock { $0.append(unowned) }
    wake.signal()
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
