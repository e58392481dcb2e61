/// The 64-bit hash that guards prepared sets against damage and tells pictures apart. It is quick (a
/// few GB/s) and the same on every machine; against somebody who wants two things to collide it is no
/// protection, and nothing here needs one.
///
/// Source: Collet, "xxHash fast digest algorithm", draft-collet-xxhash (XXH64).
package struct XXHash64: Sendable {
  private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
    0x27D4_EB2F_1656_67C5
  )
  private var lanes: (UInt64, UInt64, UInt64, UInt64)
  private let seed: UInt64
  private var length: UInt64 = 0
  /// What did not fill 32 bytes yet.
  private var rest: [UInt8] = []

  package init(seed: UInt64 = 0) {
    let p = Self.primes
    self.seed = seed
    lanes = (seed &+ p.0 &+ p.1, seed &+ p.1, seed, seed &- p.0)
    rest.reserveCapacity(32)
  }

  package static func of(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
    var hash = XXHash64(seed: seed)
    hash.update(bytes)
    return hash.value
  }

  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var at = 0
    if !rest.isEmpty {
      at = min(32 - rest.count, bytes.count)
      rest += bytes[..<at]
      guard rest.count == 32 else { return }
      rest.withUnsafeBytes { block in lanes = Self.mixed(lanes, block, 0) }
      rest.removeAll(keepingCapacity: true)
    }
    var state = lanes
    while at + 32 <= bytes.count {
      state = Self.mixed(state, bytes, at)
      at += 32
    }
    lanes = state
    rest += bytes[at...]
  }

  package var value: UInt64 {
    let p = Self.primes
    var hash: UInt64
    if length >= 32 {
      hash =
        Self.rotated(lanes.0, 1) &+ Self.rotated(lanes.1, 7) &+ Self.rotated(lanes.2, 12)
        &+ Self.rotated(lanes.3, 18)
      for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
        hash = (hash ^ Self.round(0, lane)) &* p.0 &+ p.3
      }
    } else {
      hash = seed &+ p.4
    }
    hash &+= length
    rest.withUnsafeBytes { tail in
      var at = 0
      while at + 8 <= tail.count {
        hash = Self.rotated(hash ^ Self.round(0, Self.word(tail, at)), 27) &* p.0 &+ p.3
        at += 8
      }
      if at + 4 <= tail.count {
        let half = UInt64(
          UInt32(littleEndian: tail.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
        hash = Self.rotated(hash ^ (half &* p.0), 23) &* p.1 &+ p.2
        at += 4
      }
      while at < tail.count {
        hash = Self.rotated(hash ^ (UInt64(tail[at]) &* p.4), 11) &* p.0
        at += 1
      }
    }
    hash = (hash ^ (hash >> 33)) &* p.1
    hash = (hash ^ (hash >> 29)) &* p.2
    return hash ^ (hash >> 32)
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }
  private static func rotated(_ x: UInt64, _ by: UInt64) -> UInt64 { x << by | x >> (64 - by) }
  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotated(lane &+ word &* primes.1, 31) &* primes.0
  }
  private static func mixed(
    _ lanes: (UInt64, UInt64, UInt64, UInt64), _ bytes: UnsafeRawBufferPointer, _ at: Int
  ) -> (UInt64, UInt64, UInt64, UInt64) {
    (
      round(lanes.0, word(bytes, at)), round(lanes.1, word(bytes, at + 8)),
      round(lanes.2, word(bytes, at + 16)), round(lanes.3, word(bytes, at + 24))
    )
  }
}
