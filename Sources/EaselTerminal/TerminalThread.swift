import CScheduling
import CScreen
import EaselKit
import Glibc
import Synchronization

/// A thread that runs the jobs of one actor and waits for descriptors in between.
///
/// It is also a task executor: a resumed continuation first needs a thread of its task's executor
/// and only then hops to the actor, so a task that shall stay quick while every core computes must
/// prefer this thread (`Task(executorPreference: thread.tasks)`); without it typing was measured to
/// freeze for seconds behind busy pool threads.
final class TerminalThread: SerialExecutor, @unchecked Sendable {
  // Unchecked: `queue` is locked, `watches` and `turn` are set before the thread starts or touched
  // on it only, the rest is constant.

  /// How long the thread may sleep when there are no jobs.
  enum Pause {
    case none, forever
    /// Until this time of the monotonic clock, in nanoseconds.
    case until(UInt64)
  }

  /// The same thread as a place for tasks.
  final class Tasks: TaskExecutor, @unchecked Sendable {
    // Unchecked: set once before the thread starts. Unowned: the thread owns this object.
    fileprivate unowned var thread: TerminalThread!
    func enqueue(_ job: consuming ExecutorJob) {
      thread.add(UnownedJob(job), isIsolated: false)
    }
  }

  private struct Queue {
    var jobs: [(job: UnownedJob, isIsolated: Bool)] = []
    var isWoken = false
    var isStopped = false
  }
  private let queue = Mutex(Queue())
  private let wakeup: Int32
  private var watches: [(fd: Int32, ready: () -> Void)] = []
  private var turn: () -> Pause = { .forever }
  let tasks = Tasks()

  init() {
    wakeup = cs_event_fd()
    tasks.thread = self
  }

  deinit { Glibc.close(wakeup) }

  /// Starts the thread. `turn` runs on it after every wake and says how long it may sleep; each
  /// watch runs when its descriptor has something to read (or was hung up).
  func start(
    watching: [(fd: Int32, ready: () -> Void)], turn: @escaping () -> Pause
  ) throws(Failure) {
    watches = watching
    self.turn = turn
    var thread = pthread_t()
    let me = Unmanaged.passRetained(self)
    let error = pthread_create(
      &thread, nil,
      { me in
        // The thread holds its own reference until its loop ends.
        if let me {
          let thread = Unmanaged<TerminalThread>.fromOpaque(me).takeRetainedValue()
          cs_mark_thread(me)
          // What it does for a key takes less than the slices of those that compute beside it.
          _ = scheduling_ask_slice(UInt64(SCHEDULING_SHORTEST_SLICE))
          thread.loop()
        }
        return nil
      }, me.toOpaque())
    if error != 0 {
      me.release()
      throw Failure(
        .internalError, "the terminal's thread could not be started",
        cause: String(cString: strerror(error)))
    }
    pthread_detach(thread)
  }

  /// Ends the loop once the jobs that are queued now have run.
  func stop() {
    queue.withLock { $0.isStopped = true }
    wake()
  }

  /// Makes the loop take a turn soon. From any thread.
  func wake() {
    let first = queue.withLock { q in
      let first = !q.isWoken
      q.isWoken = true
      return first
    }
    if first, !isCurrent { signal() }
  }

  /// Calls `ready` whenever the descriptor has something. On the thread.
  func watch(_ fd: Int32, _ ready: @escaping () -> Void) {
    unwatch(fd)
    watches.append((fd, ready))
  }

  /// Stops watching a descriptor: one that was hung up would be ready for ever. On the thread.
  func unwatch(_ fd: Int32) { watches.removeAll { $0.fd == fd } }

  func enqueue(_ job: consuming ExecutorJob) { add(UnownedJob(job), isIsolated: true) }

  var isCurrent: Bool {
    cs_thread_mark() == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
  }

  func checkIsolated() { precondition(isCurrent, "this must run on the terminal's thread") }
  func isIsolatingCurrentContext() -> Bool? { isCurrent }

  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private func add(_ job: UnownedJob, isIsolated: Bool) {
    let first = queue.withLock { q in
      q.jobs.append((job, isIsolated))
      let first = !q.isWoken
      q.isWoken = true
      return first
    }
    if first, !isCurrent { signal() }
  }

  private func signal() {
    var one: UInt64 = 1
    // An event counter accepts 2^64 - 2 wakes before it would refuse one.
    _ = Glibc.write(wakeup, &one, 8)
  }

  private func loop() {
    let serial = asUnownedSerialExecutor()
    let task = tasks.asUnownedTaskExecutor()
    while true {
      let (jobs, isStopped) = queue.withLock { q in
        let taken = q.jobs
        q.jobs = []
        q.isWoken = false
        return (taken, q.isStopped)
      }
      for (job, isIsolated) in jobs {
        if isIsolated {
          job.runSynchronously(isolatedTo: serial, taskExecutor: task)
        } else {
          job.runSynchronously(on: task)
        }
      }
      if isStopped, jobs.isEmpty { break }
      let pause = isStopped ? .none : turn()
      wait(pause)
    }
    watches = []
    turn = { .forever }
  }

  private func wait(_ pause: Pause) {
    let isWoken = queue.withLock { $0.isWoken }
    let now = Self.now()
    let timeout: Int32 =
      switch pause {
      case _ where isWoken: 0
      case .none: 0
      case .forever: -1
      case .until(let time):
        time <= now ? 0 : Int32(clamping: (time - now) / 1_000_000 + 1)
      }
    var polled = [pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)]
    for watch in watches { polled.append(pollfd(fd: watch.fd, events: Int16(POLLIN), revents: 0)) }
    // The wake flag is cleared when the queue is taken; a wake between the look above and the poll
    // has written to the descriptor, so it is not missed.
    let count = poll(&polled, nfds_t(polled.count), timeout)
    guard count > 0 else { return }
    if polled[0].revents != 0 {
      var sum: UInt64 = 0
      _ = read(wakeup, &sum, 8)
    }
    let ready = polled.dropFirst().filter { $0.revents != 0 }.map(\.fd)
    for watch in watches where ready.contains(watch.fd) { watch.ready() }
  }
}
