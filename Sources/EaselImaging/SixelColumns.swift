/// Compares the pixels of each column of a band with one another and with those of the columns beside it, sixteen
/// columns at a time.
///
/// Layout: rows lie `stride` apart; the number at `row * stride + x` is that of column x. Colours stand one further,
/// since one column has room before the first, and sixteen have room behind the last.
struct SixelColumns: ~Copyable {
  let stride: Int
  let colours: UnsafeMutablePointer<UInt8>
  /// The rows of the column with the colour of this row, a bit each.
  let same: UnsafeMutablePointer<UInt8>
  /// 1 where no row above has the colour, 0 elsewhere.
  let first: UnsafeMutablePointer<UInt8>
  /// Not 0 where a column beside this one has the colour too.
  let joined: UnsafeMutablePointer<UInt8>
  private let width: Int

  init(width: Int) {
    self.width = width
    let stride = (width + 15) / 16 * 16 + 32
    self.stride = stride
    func room() -> UnsafeMutablePointer<UInt8> {
      let pointer = UnsafeMutablePointer<UInt8>.allocate(capacity: 6 * stride)
      pointer.initialize(repeating: 0, count: 6 * stride)
      return pointer
    }
    (colours, same, first, joined) = (room(), room(), room(), room())
  }

  deinit {
    colours.deallocate()
    same.deallocate()
    first.deallocate()
    joined.deallocate()
  }

  /// - Parameter indices: `rows` × width colours of the band, row by row.
  func compare(_ indices: UnsafePointer<UInt8>, rows: Int) {
    for row in 0..<rows {
      (colours + row * stride + 1).update(from: indices + row * width, count: width)
    }
    let ones = SIMD16<UInt8>(repeating: 1)
    for x in Swift.stride(from: 0, to: width, by: 16) {
      for row in 0..<rows {
        let here = load(row, x)
        var rowsHere = SIMD16<UInt8>.zero, earlier = SIMD16<UInt8>.zero
        var beside = SIMD16<UInt8>.zero
        for other in 0..<rows {
          let equals = equal(here, load(other, x))
          rowsHere |= equals & SIMD16(repeating: 1 &<< UInt8(truncatingIfNeeded: other))
          if other < row { earlier |= equals }
          beside |= equal(here, load(other, x &- 1)) | equal(here, load(other, x &+ 1))
        }
        let at = row &* stride &+ x
        UnsafeMutableRawPointer(same + at).storeBytes(of: rowsHere, as: SIMD16<UInt8>.self)
        UnsafeMutableRawPointer(first + at).storeBytes(of: ones & ~earlier, as: SIMD16<UInt8>.self)
        UnsafeMutableRawPointer(joined + at).storeBytes(of: beside, as: SIMD16<UInt8>.self)
      }
    }
    mendEnds(rows: rows)
  }

  /// What stands beside the first and the last column is no column.
  private func mendEnds(rows: Int) {
    for (x, inside) in [(0, 1), (width - 1, width - 2)] {
      for row in 0..<rows {
        let colour = colours[row * stride + x + 1]
        let isJoined =
          width > 1 && (0..<rows).contains { colours[$0 * stride + inside + 1] == colour }
        joined[row * stride + x] = isJoined ? 1 : 0
      }
    }
  }

  @inline(__always)
  private func load(_ row: Int, _ x: Int) -> SIMD16<UInt8> {
    UnsafeRawPointer(colours + (row &* stride &+ x &+ 1)).loadUnaligned(as: SIMD16<UInt8>.self)
  }
}

/// All bits where both are equal.
@inline(__always)
private func equal(_ a: SIMD16<UInt8>, _ b: SIMD16<UInt8>) -> SIMD16<UInt8> {
  unsafeBitCast(a .== b, to: SIMD16<UInt8>.self)
}
