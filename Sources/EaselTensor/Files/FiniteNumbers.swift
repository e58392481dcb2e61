/// The place of the first number that is infinite or no number (NaN) at all; nil where every one is
/// finite, and for whole numbers.
///
/// A number is one of the two where all bits of its exponent are set: added to the lowest of them, the
/// exponent then carries into the place of the sign. So a number costs an
/// and, an addition and an or, which compilers do for many at once.
public func firstNonFinite(in bytes: UnsafeRawBufferPointer, type: WeightType) -> Int? {
  switch type {
  case .f32: first(in: bytes, exponent: 0x7F80_0000 as UInt32, lowest: 0x0080_0000)
  case .bf16: first(in: bytes, exponent: 0x7F80 as UInt16, lowest: 0x0080)
  case .f16: first(in: bytes, exponent: 0x7C00 as UInt16, lowest: 0x0400)
  case .f64: first(in: bytes, exponent: 0x7FF0 << 48 as UInt64, lowest: 0x0010 << 48)
  case .i8, .i64, .i32, .i16, .u8, .u16, .u32, .u64, .bool: nil
  }
}

/// Bits of an unaligned array.
@inline(__always)
private func first<Bits: FixedWidthInteger & UnsignedInteger>(
  in bytes: UnsafeRawBufferPointer, exponent: Bits, lowest: Bits
) -> Int? {
  guard let base = bytes.baseAddress else { return nil }
  let size = MemoryLayout<Bits>.size, count = bytes.count / size
  let sign = exponent &+ lowest
  func carries(_ i: Int) -> Bits {
    (base.loadUnaligned(fromByteOffset: i * size, as: Bits.self) & exponent) &+ lowest
  }
  let block = 4096
  var start = 0
  while start < count {
    let end = min(start + block, count)
    var carried: Bits = 0
    for i in start..<end { carried |= carries(i) }
    if carried & sign != 0 { return (start..<end).first { carries($0) & sign != 0 } }
    start = end
  }
  return nil
}
