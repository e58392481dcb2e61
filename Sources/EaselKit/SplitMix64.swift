/// A small seeded generator whose numbers are the same on every machine and in every version.
///
/// Source: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators" (SplitMix).
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
  public var state: UInt64
  public init(seed: UInt64) { state = seed }
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  /// Uniform in [0, 1), 24 bits.
  public mutating func nextFloat() -> Float { Float(next() >> 40) * 0x1p-24 }
  /// Uniform in [0, 1), 53 bits.
  public mutating func nextDouble() -> Double { Double(next() >> 11) * 0x1p-53 }
  /// Uniform in 0..<bound.
  public mutating func nextInt(_ bound: Int) -> Int {
    precondition(bound > 0)
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
