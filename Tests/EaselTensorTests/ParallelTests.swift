import EaselTensor
import Foundation
import Synchronization
import Testing

@Suite("Loops on all threads", .serialized)
struct ParallelTests {
  /// How often each of `n` rows was computed.
  private func counts(_ n: Int, grain: Int) -> [Int] {
    let counts = Mutex([Int](repeating: 0, count: n))
    Parallel.rows(n, grain: grain) { range in
      counts.withLock { for i in range { $0[i] += 1 } }
    }
    return counts.withLock { $0 }
  }

  private func withThreads(_ n: Int, _ body: () -> Void) {
    let before = Parallel.threads
    Parallel.threads = n
    defer { Parallel.threads = before }
    body()
  }

  @Test("Every row is computed once, whatever the threads, in thousands of short loops")
  func once() {
    for threads in [1, 2, 3, 7] {
      withThreads(threads) {
        for n in [0, 1, 2, 5, 64, 1000] {
          for grain in [1, 3, 64] {
            #expect(counts(n, grain: grain) == [Int](repeating: 1, count: n))
          }
        }
        let sum = Atomic<Int>(0)
        for _ in 0..<5000 {
          Parallel.rows(8, grain: 1) { sum.add($0.count, ordering: .relaxed) }
        }
        #expect(sum.load(ordering: .relaxed) == 40_000)
      }
    }
  }

  @Test("Loops go on after the threads have gone to sleep")
  func sleep() {
    withThreads(3) {
      for _ in 0..<5 {
        Thread.sleep(forTimeInterval: 0.01)
        #expect(counts(100, grain: 1) == [Int](repeating: 1, count: 100))
      }
    }
  }

  @Test("Loops inside loops, and loops of several threads at once, are whole")
  func together() {
    withThreads(3) {
      let total = Atomic<Int>(0)
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        for _ in 0..<300 {
          Parallel.rows(6, grain: 1) { outer in
            for _ in outer {
              Parallel.rows(5, grain: 1) { total.add($0.count, ordering: .relaxed) }
            }
          }
        }
      }
      #expect(total.load(ordering: .relaxed) == 4 * 300 * 6 * 5)
    }
  }
}
