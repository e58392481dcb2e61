import Dispatch
import Glibc

/// Makes batches ahead of their use on threads of its own.
///
/// What batch `i` holds depends on `i` alone and batches are handed out in order, so a run that stops and
/// resumes at batch `i` sees the very same data, whatever the number of threads. Memory is bounded: at most
/// `ahead` batches wait or are being made.
package final class BatchLoader<Batch: Sendable>: Sendable {
  private final class Shelf: @unchecked Sendable {
    // Guarded by `lock`; the semaphore counts free places.
    var ready: [Int: Batch] = [:]
    var wanted: Int
    var unmade: Int
    var isStopped = false
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    init(first: Int) {
      wanted = first
      unmade = first
      pthread_mutex_init(lock, nil)
      pthread_cond_init(arrival, nil)
    }
    deinit {
      pthread_mutex_destroy(lock)
      pthread_cond_destroy(arrival)
      lock.deallocate()
      arrival.deallocate()
    }
    func locked<R>(_ body: (Shelf) -> R) -> R {
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      return body(self)
    }

    func put(_ batch: Batch, _ number: Int) {
      locked { $0.ready[number] = batch }
      pthread_cond_broadcast(arrival)
    }

    /// Waits for the batch whose turn it is.
    func takeNext() -> Batch {
      locked { shelf in
        while true {
          if let batch = shelf.ready.removeValue(forKey: shelf.wanted) {
            shelf.wanted += 1
            return batch
          }
          pthread_cond_wait(arrival, lock)
        }
      }
    }
  }
  private let shelf: Shelf
  private let free: DispatchSemaphore
  private let producers: Int

  /// Starts making `make(first)`, `make(first + 1)`, … at once; `make` runs on several threads at a time.
  package init(
    first: Int, ahead: Int = 4, producers: Int = 2, make: @escaping @Sendable (Int) -> Batch
  ) {
    // Counted up from nothing: a semaphore may not go away with fewer counts than it began with, and
    // the loader may go away while a batch is being made.
    free = DispatchSemaphore(value: 0)
    for _ in 0..<ahead { free.signal() }
    self.producers = max(1, producers)
    let shelf = Shelf(first: first), free = free
    self.shelf = shelf
    for _ in 0..<self.producers {
      // A queue each: a shared pool may give all its threads to others.
      DispatchQueue(label: "easel.batches", qos: .userInitiated).async { @Sendable in
        while true {
          free.wait()
          // A free place is taken before a number is, so that whoever makes the batch that is waited for
          // has its place.
          let number = shelf.locked { shelf -> Int? in
            if shelf.isStopped { return nil }
            shelf.unmade += 1
            return shelf.unmade - 1
          }
          guard let number else { return }
          shelf.put(make(number), number)
        }
      }
    }
  }

  /// The next batch; waits until it is made.
  package func next() -> Batch {
    let batch = shelf.takeNext()
    free.signal()
    return batch
  }

  deinit {
    shelf.locked { $0.isStopped = true }
    for _ in 0..<producers { free.signal() }
  }
}

/// CPU time of this process so far, all threads, in seconds. Training schedules and logs count
/// compute and not wall time, which says nothing on a busy machine.
func cpuSeconds() -> Double {
  var t = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t)
  return Double(t.tv_sec) + Double(t.tv_nsec) * 1e-9
}
