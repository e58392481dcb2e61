import Dispatch
import Glibc

/// Makes batches ahead of their use on a thread of its own.
///
/// What batch `i` holds depends on `i` alone, so a run that stops and resumes at batch `i` sees the
/// very same data. Memory is bounded: at most `ahead` batches wait.
final class BatchLoader<Batch: Sendable>: Sendable {
  private final class Shelf: @unchecked Sendable {
    // Guarded by `lock`; the semaphores count free places and waiting batches.
    var ready: [Batch] = []
    var isStopped = false
    let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    init() { pthread_mutex_init(lock, nil) }
    deinit {
      pthread_mutex_destroy(lock)
      lock.deallocate()
    }
    func locked<R>(_ body: (Shelf) -> R) -> R {
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      return body(self)
    }
  }
  private let shelf = Shelf()
  private let free: DispatchSemaphore
  private let filled = DispatchSemaphore(value: 0)

  /// Starts making `make(first)`, `make(first + 1)`, … at once.
  init(first: Int, ahead: Int = 4, make: @escaping @Sendable (Int) -> Batch) {
    // Counted up from nothing: a semaphore may not go away with fewer counts than it began with, and
    // the loader may go away while a batch is being made.
    free = DispatchSemaphore(value: 0)
    for _ in 0..<ahead { free.signal() }
    let shelf = shelf, free = free, filled = filled
    DispatchQueue(label: "easel.batches", qos: .userInitiated).async { @Sendable in
      var i = first
      while true {
        free.wait()
        if shelf.locked({ $0.isStopped }) { return }
        let batch = make(i)
        shelf.locked { $0.ready.append(batch) }
        filled.signal()
        i += 1
      }
    }
  }

  /// The next batch; waits until it is made.
  func next() -> Batch {
    filled.wait()
    let batch = shelf.locked { $0.ready.removeFirst() }
    free.signal()
    return batch
  }

  deinit {
    shelf.locked { $0.isStopped = true }
    free.signal()
  }
}

/// CPU time of this process so far, all threads, in seconds. Training schedules and logs count
/// compute and not wall time, which says nothing on a busy machine.
func cpuSeconds() -> Double {
  var t = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t)
  return Double(t.tv_sec) + Double(t.tv_nsec) * 1e-9
}
