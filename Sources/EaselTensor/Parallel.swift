import CKernels
import Synchronization

/// Splits loops over the processor's cores.
///
/// Two ways, chosen so that no result depends on the number of threads: `rows`, where every row is
/// computed alone, and `chunks`, a fixed division for sums whose parts are added in order.
public enum Parallel {
  private static let chosen = Atomic<Int>(0)
  private static let available = max(1, Int(ck_cores()))

  /// Threads that operations use; the number of cores this process may run on unless set.
  public static var threads: Int {
    get {
      let n = chosen.load(ordering: .relaxed)
      return n > 0 ? n : available
    }
    set { chosen.store(max(0, newValue), ordering: .relaxed) }
  }

  /// Runs `body` over parts of 0..<n of at least `grain` rows, each a multiple of `grain` but the last.
  public static func rows(_ n: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    guard n > 0 else { return }
    let grain = max(1, grain)
    let grains = (n + grain - 1) / grain
    // More parts than threads, so that a core that something else uses does not hold up the rest.
    let parts = threads == 1 ? 1 : min(grains, threads * 3)
    guard parts > 1 else { return body(0..<n) }
    perform(parts) { i in
      let first = grains * i / parts * grain
      let last = min(n, grains * (i + 1) / parts * grain)
      if first < last { body(first..<last) }
    }
  }

  /// What `make` gives for each of 0..<n, in order; for work that is worth a thread of its own each time.
  public static func map<T: Sendable>(_ n: Int, _ make: (Int) -> T) -> [T] {
    Array(unsafeUninitializedCapacity: n) { out, count in
      // Each place is written once, by one thread, and nobody reads before all are done.
      if let first = out.baseAddress {
        rows(n, grain: 1) { range in
          for i in range { (first + i).initialize(to: make(i)) }
        }
      }
      count = n
    }
  }

  /// Runs `body(i, range)` over `count` parts of 0..<n; the division depends on n and count alone.
  static func chunks(_ n: Int, _ count: Int, _ body: (Int, Range<Int>) -> Void) {
    let count = max(1, min(n, count))
    perform(count) { i in body(i, n * i / count..<n * (i + 1) / count) }
  }

  /// The bodies write to disjoint rows through pointers, which the compiler cannot see; and the team
  /// returns only after all of them did.
  private static func perform(_ parts: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      let box = Box(body)
      ck_team_run(Int32(parts), Int32(threads), Unmanaged.passUnretained(box).toOpaque()) {
        context, part in
        guard let context else { return }
        Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().body(Int(part))
      }
      withExtendedLifetime(box) {}
    }
  }
  private final class Box {
    let body: (Int) -> Void
    init(_ body: @escaping (Int) -> Void) { self.body = body }
  }
}

/// Rows of `c` floats that are worth a thread of their own in a memory-bound loop.
func elementwiseGrain(_ c: Int) -> Int { max(1, 16_384 / max(1, c)) }
