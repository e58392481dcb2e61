import Glibc
import Synchronization

/// Memory of one or more tensors: a buffer from the pool, or a part of a mapped file.
final class Storage {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int
  /// Keeps a mapped file alive; nil for memory of the pool.
  private let owner: AnyObject?

  /// Uninitialised floats, 64-byte aligned.
  init(count: Int) {
    self.count = count
    owner = nil
    pointer = Pool.take(floats: count)
  }

  init(pointer: UnsafeMutablePointer<Float>, count: Int, owner: AnyObject) {
    self.pointer = pointer
    self.count = count
    self.owner = owner
  }

  deinit {
    if owner == nil { Pool.giveBack(pointer, floats: count) }
  }
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
  private static let limit = Atomic<Int>(1 << 30)

  private static func rounded(_ floats: Int) -> Int { max(16, (floats + 15) & ~15) }

  static func take(floats: Int) -> UnsafeMutablePointer<Float> {
    let size = rounded(floats)
    let reused: UInt? = state.withLock { s in
      guard let address = s.free[size]?.popLast() else { return nil }
      s.bytesFree -= size * 4
      return address
    }
    if let reused, let pointer = UnsafeMutablePointer<Float>(bitPattern: reused) { return pointer }
    var raw: UnsafeMutableRawPointer?
    if posix_memalign(&raw, 64, size * 4) != 0 {
      trim()
      raw = nil
      _ = posix_memalign(&raw, 64, size * 4)
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
      guard s.bytesFree + size * 4 <= bound else { return false }
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
  /// Bytes of unused buffers that may be kept; training wants as much as one of its steps uses.
  public static func keep(atMost bytes: Int) { Pool.setLimit(bytes: bytes) }
}

func logarithm(_ x: Double) -> Double { log(x) }
func cosine(_ x: Double) -> Double { cos(x) }
func sine(_ x: Double) -> Double { sin(x) }
