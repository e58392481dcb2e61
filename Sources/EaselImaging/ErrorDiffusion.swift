/// Maps rows of pixels to a palette; what rounding loses is passed on to the pixels around.
///
/// 7/16 of a pixel's error go to the next, 3, 5 and 1 to the three below, all of them scaled by
/// `SixelQuality.diffusion`. Four rows are worked on side by side, each two pixels behind the one above: each pixel waits
/// for the one before it, and a processor does several such chains in the time of one.
/// Source: Floyd & Steinberg 1976, "An adaptive algorithm for spatial greyscale".
package struct ErrorDiffusion: ~Copyable {
  private let width: Int
  private let search: NearestColour
  /// Where colours lie close together, cells are smaller.
  private let isFine: Bool
  private let share: Float
  private let sameness: Float
  private let colours: UnsafeMutablePointer<SIMD4<Float>>
  /// Nearest colours of 32×32×32 cells (`isFine`: 64×64×64), plus 1; 0 is "not asked yet".
  private let table: UnsafeMutablePointer<UInt16>
  /// A row above those that have none.
  private let zeros: UnsafeMutablePointer<UInt8>
  /// Errors that reach each pixel of five rows, one spare pixel at either end.
  private let errors: UnsafeMutablePointer<SIMD4<Float>>

  package init(_ palette: Palette, _ quality: SixelQuality, width: Int) {
    self.width = width
    search = NearestColour(palette)
    share = quality.diffusion / 16
    // Below 0 no neighbour is asked.
    sameness = quality.sameness > 0 ? Float(quality.sameness) : -1
    colours = .allocate(capacity: palette.count)
    for i in 0..<palette.count {
      (colours + i).initialize(
        to: SIMD4(
          Float(palette.colours[i * 3]), Float(palette.colours[i * 3 + 1]),
          Float(palette.colours[i * 3 + 2]), 0))
    }
    isFine = palette.count > 160
    table = .allocate(capacity: isFine ? 1 << 18 : 1 << 15)
    table.initialize(repeating: 0, count: isFine ? 1 << 18 : 1 << 15)
    zeros = .allocate(capacity: width)
    zeros.initialize(repeating: 0, count: width)
    errors = .allocate(capacity: 5 * (width + 2))
    errors.initialize(repeating: .zero, count: 5 * (width + 2))
  }

  deinit {
    colours.deallocate()
    table.deallocate()
    zeros.deallocate()
    errors.deallocate()
  }

  /// A row at work.
  private struct Row {
    let source: UnsafePointer<UInt8>
    let out: UnsafeMutablePointer<UInt8>
    /// What the row above left, and what this one leaves, from the spare pixel on.
    let errors: UnsafeMutablePointer<SIMD4<Float>>
    let below: UnsafeMutablePointer<SIMD4<Float>>
    /// The row above, where it is of the same band of six rows: runs live within one. Elsewhere anything.
    let above: UnsafePointer<UInt8>
    /// Added to the distance of the colour above: infinite where there is none.
    let aboveCost: Float
    var ahead = SIMD4<Float>.zero
    /// Of the pixels below this one and the next: what they have so far.
    var belowHere = SIMD4<Float>.zero
    var belowNext = SIMD4<Float>.zero
    /// The pixel before: its colour, and the same in numbers.
    var before = 0
    var colourBefore = SIMD4<Float>(repeating: 1e9)
  }

  /// - Parameters:
  ///   - source: width × height pixels of three bytes.
  ///   - out: room for as many numbers of colours.
  package func map(
    _ source: UnsafePointer<UInt8>, height: Int, to out: UnsafeMutablePointer<UInt8>
  ) {
    if isFine {
      map(source, height: height, to: out, isFine: true)
    } else {
      map(source, height: height, to: out, isFine: false)
    }
  }

  /// With `isFine` known to the compiler.
  @inline(__always)
  private func map(
    _ source: UnsafePointer<UInt8>, height: Int, to out: UnsafeMutablePointer<UInt8>,
    isFine: Bool
  ) {
    let line = width + 2, lines = 5
    func row(_ y: Int) -> Row {
      let hasAbove = y % 6 != 0
      return Row(
        source: source + y * width * 3, out: out + y * width, errors: errors + y % lines * line,
        below: errors + (y + 1) % lines * line,
        above: UnsafePointer(hasAbove ? out + (y - 1) * width : zeros),
        aboveCost: hasAbove ? 0 : .infinity)
    }
    var y = 0
    while y + 3 < height {
      var first = row(y), second = row(y + 1), third = row(y + 2), fourth = row(y + 3)
      for x in 0..<(width + 6) {
        if x < width { place(x, &first, isFine) }
        if x == width { finish(first) }
        if x >= 2, x < width + 2 { place(x - 2, &second, isFine) }
        if x == width + 2 { finish(second) }
        if x >= 4, x < width + 4 { place(x - 4, &third, isFine) }
        if x == width + 4 { finish(third) }
        if x >= 6 { place(x - 6, &fourth, isFine) }
      }
      finish(fourth)
      y += 4
    }
    while y < height {
      var last = row(y)
      for x in 0..<width { place(x, &last, isFine) }
      finish(last)
      y += 1
    }
  }

  private func finish(_ row: borrowing Row) { row.below[width] = row.belowHere }

  @inline(__always)
  private func place(_ x: Int, _ row: inout Row, _ isFine: Bool) {
    let pixel = row.source + x &* 3
    var wanted = SIMD4<Float>(Float(pixel[0]), Float(pixel[1]), Float(pixel[2]), 0)
    wanted += row.errors[x &+ 1] + row.ahead
    wanted.replace(with: 255, where: wanted .> 255)
    wanted.replace(with: 0, where: wanted .< 0)
    // 2²³ and a small number: its whole part stands in the lowest bits.
    let bits = unsafeBitCast(wanted + 0x1p23, to: SIMD4<UInt32>.self)
    let key =
      isFine
      ? Int((bits.x & 0xFC) << 10 | (bits.y & 0xFC) << 4 | (bits.z & 0xFC) >> 2)
      : Int((bits.x & 0xF8) << 7 | (bits.y & 0xF8) << 2 | (bits.z & 0xF8) >> 3)
    var index = Int(table[key]) &- 1
    if index < 0 { index = look(key, isFine) }
    var colour = colours[index]
    if sameness >= 0 {
      // Which of the three it is cannot be foretold: all are tried, and nothing is jumped over.
      let above = Int(row.above[x])
      let colourAbove = colours[above]
      let bound = square(wanted - colour) + sameness
      let takesAbove = square(wanted - colourAbove) + row.aboveCost <= bound
      let takesBefore = square(wanted - row.colourBefore) <= bound
      index = choose(takesAbove, above, index)
      index = choose(takesBefore, row.before, index)
      colour = colours[index]
    }
    row.out[x] = UInt8(truncatingIfNeeded: index)
    row.before = index
    row.colourBefore = colour
    var error = wanted - colour
    error *= share
    row.ahead = error * 7
    row.below[x] = row.belowHere + error * 3
    row.belowHere = row.belowNext + error * 5
    row.belowNext = error
  }

  private func look(_ key: Int, _ isFine: Bool) -> Int {
    let index =
      isFine
      ? search.nearest(
        Float(key >> 12) * 4 + 1.5, Float(key >> 6 & 63) * 4 + 1.5, Float(key & 63) * 4 + 1.5)
      : search.nearest(
        Float(key >> 10) * 8 + 3.5, Float(key >> 5 & 31) * 8 + 3.5, Float(key & 31) * 8 + 3.5)
    table[key] = UInt16(index + 1)
    return index
  }
}

/// `yes` or `no`, without a jump.
@inline(__always)
private func choose(_ isYes: Bool, _ yes: Int, _ no: Int) -> Int {
  no ^ ((yes ^ no) & -(isYes ? 1 : 0))
}

@inline(__always)
private func square(_ x: SIMD4<Float>) -> Float {
  let y = x * x
  return y.x + y.y + y.z
}
