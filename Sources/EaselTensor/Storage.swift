import CKernels
import Glibc
import Synchronization

/// Memory of one or more tensors: a buffer from the pool, a part of a mapped file, or values of a weight
/// file that are converted to fp32 when somebody first asks for them.
final class Storage: Sendable {
  let count: Int
  /// Address of the floats; 0 while they have not been asked for.
  private let address: Atomic<UInt>
  /// Keeps a mapped file alive; nil for memory of the pool.
  private let owner: (any Sendable & AnyObject)?
  private let stored: StoredValues?
  private static let converting = Mutex(())

  /// Uninitialised floats, 64-byte aligned.
  init(count: Int) {
    self.count = count
    owner = nil
    stored = nil
    address = Atomic(UInt(bitPattern: Pool.take(floats: count)))
  }

  init(
    pointer: UnsafeMutablePointer<Float>, count: Int, owner: any Sendable & AnyObject
  ) {
    self.count = count
    self.owner = owner
    stored = nil
    address = Atomic(UInt(bitPattern: pointer))
  }

  init(stored: StoredValues) {
    count = stored.count
    owner = nil
    self.stored = stored
    address = Atomic(0)
  }

  var pointer: UnsafeMutablePointer<Float> {
    UnsafeMutablePointer(bitPattern: address.load(ordering: .acquiring)) ?? converted()
  }

  private func converted() -> UnsafeMutablePointer<Float> {
    Self.converting.withLock { _ in
      if let made = UnsafeMutablePointer<Float>(bitPattern: address.load(ordering: .acquiring)) {
        return made
      }
      let made = Pool.take(floats: count)
      stored?.read(0..<count, into: made)
      address.store(UInt(bitPattern: made), ordering: .releasing)
      return made
    }
  }

  /// Copies a part, without converting the rest.
  func read(_ range: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    if let stored, address.load(ordering: .acquiring) == 0 {
      stored.read(range, into: target)
    } else {
      target.update(from: pointer + range.lowerBound, count: range.count)
    }
  }

  /// Gives the values to `body` and does not keep them when they were converted for it.
  func withTransientValues<R>(_ body: (UnsafeMutablePointer<Float>) throws -> R) rethrows -> R {
    guard let stored, address.load(ordering: .acquiring) == 0 else { return try body(pointer) }
    let values = Pool.take(floats: count)
    defer { Pool.giveBack(values, floats: count) }
    stored.read(0..<count, into: values)
    return try body(values)
  }

  /// Tells the system that the pages of a mapped file are not needed for now; they are read again
  /// when they are.
  func releasePages() {
    stored?.releasePages()
    if owner != nil {
      EaselTensor.releasePages(address.load(ordering: .acquiring), bytes: count * 4)
    }
  }

  deinit {
    let made = UnsafeMutablePointer<Float>(bitPattern: address.load(ordering: .acquiring))
    if owner == nil, let made { Pool.giveBack(made, floats: count) }
  }
}

/// Whole pages of a mapping that nobody writes to.
func releasePages(_ address: UInt, bytes: Int) {
  let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
  let start = (address + page - 1) / page * page, end = (address + UInt(bytes)) / page * page
  guard end > start, let pointer = UnsafeMutableRawPointer(bitPattern: start) else { return }
  madvise(pointer, Int(end - start), MADV_DONTNEED)
}

/// Buffers that were used before, by size: a step of training or painting asks for the same sizes
/// again and again, and fresh pages from the system cost more than the arithmetic on them.
enum Pool {
  private struct State: Sendable {
    var free: [Int: [UInt]] = [:]
    var bytesFree = 0
  }
  private static let state = Mutex(State())
  /// Above this, freed buffers go back to the system.
  private static let limit = Atomic<Int>(192 << 20)

  /// Large sizes in steps of an eighth: in training the number of masked tokens, and with it the size of
  /// the largest buffers, is another at every step. What is only rounding is never touched.
  private static func rounded(_ floats: Int) -> Int {
    guard floats > 16_384 else { return max(16, (floats + 15) & ~15) }
    let step = 1 << (Int.bitWidth - 1 - floats.leadingZeroBitCount - 3)
    return (floats + step - 1) & ~(step - 1)
  }

  static func take(floats: Int) -> UnsafeMutablePointer<Float> {
    let size = rounded(floats)
    let reused: UInt? = state.withLock { s in
      guard let address = s.free[size]?.popLast() else { return nil }
      s.bytesFree -= size * 4
      return address
    }
    if let reused, let pointer = UnsafeMutablePointer<Float>(bitPattern: reused) { return pointer }
    var raw = ck_allocate(size * 4)
    if raw == nil {
      trim()
      raw = ck_allocate(size * 4)
    }
    guard let raw else {
      // There is no way to go on in the middle of a network without memory for its result.
      fatalError("out of memory: \(size * 4) bytes for a tensor")
    }
    return raw.bindMemory(to: Float.self, capacity: size)
  }

  static func giveBack(_ pointer: UnsafeMutablePointer<Float>, floats: Int) {
    let size = rounded(floats)
    let bound = limit.load(ordering: .relaxed)
    let kept = state.withLock { s in
      // One large buffer would keep out many small ones, whose fresh pages cost more beside their use.
      guard s.bytesFree + size * 4 <= bound, size * 4 <= bound / 4 else { return false }
      s.bytesFree += size * 4
      s.free[size, default: []].append(UInt(bitPattern: pointer))
      return true
    }
    if !kept { free(pointer) }
  }

  /// Gives all unused buffers back to the system.
  static func trim() {
    let all = state.withLock { s in
      let all = s.free.values.flatMap { $0 }
      s.free.removeAll()
      s.bytesFree = 0
      return all
    }
    for address in all { free(UnsafeMutableRawPointer(bitPattern: address)) }
  }

  static func setLimit(bytes: Int) { limit.store(bytes, ordering: .relaxed) }
}

/// Memory that tensors used and that waits to be used again.
public enum TensorMemory {
  /// Gives unused buffers back to the system; for an engine that falls idle.
  public static func trim() { Pool.trim() }
  /// The same, and what else was freed.
  public static func trimAll() {
    Pool.trim()
    ck_trim_memory()
  }
  /// Bytes of unused buffers that may be kept; training wants as much as one of its steps uses.
  public static func keep(atMost bytes: Int) { Pool.setLimit(bytes: bytes) }
}

func logarithm(_ x: Double) -> Double { log(x) }
func cosine(_ x: Double) -> Double { cos(x) }
func sine(_ x: Double) -> Double { sin(x) }
