public import EaselKit

/// A picture in letters of block elements: each cell has one symbol and two colours, those that come nearest to the
/// pixels under it.
///
/// Source: Unicode 16, charts "Block Elements" and "Symbols for Legacy Computing" (sextants).
public struct SymbolGrid: Hashable, Sendable {
  /// What a font has.
  public enum Repertoire: String, Hashable, Sendable, CaseIterable, Codable {
    /// Upper half blocks only.
    case halves
    /// Quarters of a cell.
    case quadrants
    /// Sixths too, which not every font has.
    case sextants
  }
  public struct Cell: Hashable, Sendable {
    public var symbol: Unicode.Scalar
    public var foreground: RGB
    public var background: RGB
    /// Of all its pixels.
    public var mean: RGB
  }

  /// Pixels of a picture to a cell: they divide by the parts of every symbol, and are about square in cells twice as
  /// high as wide.
  public static let pixelsPerCell = PixelSize(width: 6, height: 12)

  public let columns: Int
  public let rows: Int
  /// Row by row.
  public let cells: [Cell]

  public subscript(column: Int, row: Int) -> Cell { cells[row * columns + column] }

  /// `picture` has `pixelsPerCell` pixels for each cell; what is left over at its edges is cut off.
  public init(_ picture: Picture, _ repertoire: Repertoire) {
    let cell = Self.pixelsPerCell
    let columns = picture.width / cell.width, rows = picture.height / cell.height
    let shapes = Shape.all(repertoire)
    var cells: [Cell] = []
    cells.reserveCapacity(columns * rows)
    for row in 0..<rows {
      for column in 0..<columns {
        let parts = Parts(picture, column * cell.width, row * cell.height)
        cells.append(parts.fitted(shapes))
      }
    }
    self.columns = columns
    self.rows = rows
    self.cells = cells
  }
}

/// A symbol by the parts of the cell it fills: bit `2 * y + x` of a grid of two by six.
private struct Shape {
  var symbol: Unicode.Scalar
  var mask: UInt16

  static func all(_ repertoire: SymbolGrid.Repertoire) -> [Shape] {
    switch repertoire {
    case .halves: halves
    case .quadrants: halves + quadrants
    case .sextants: halves + quadrants + sextants
    }
  }

  private static let halves = [Shape(symbol: "▀", mask: mask(upper: 3, lower: 0))]

  /// One of each two that complete each other. Bit 0 is the left half.
  private static let quadrants = [
    Shape(symbol: "▌", mask: mask(upper: 1, lower: 1)),
    Shape(symbol: "▘", mask: mask(upper: 1, lower: 0)),
    Shape(symbol: "▝", mask: mask(upper: 2, lower: 0)),
    Shape(symbol: "▖", mask: mask(upper: 0, lower: 1)),
    Shape(symbol: "▗", mask: mask(upper: 0, lower: 2)),
    Shape(symbol: "▚", mask: mask(upper: 1, lower: 2)),
  ]

  /// Numbered by their six parts, of which the two halves of a cell are left out: they have symbols of their own.
  private static let sextants: [Shape] = (1...31).filter { $0 != 21 }.compactMap { parts in
    guard let symbol = Unicode.Scalar(0x1FB00 + UInt32(parts - (parts > 21 ? 2 : 1))) else {
      return nil
    }
    var mask: UInt16 = 0
    for part in 0..<6 where parts >> part & 1 == 1 {
      let x = part % 2, y = part / 2 * 2
      mask |= 1 << UInt16(2 * y + x) | 1 << UInt16(2 * (y + 1) + x)
    }
    return Shape(symbol: symbol, mask: mask)
  }

  private static func mask(upper: UInt16, lower: UInt16) -> UInt16 {
    (0..<3).reduce(0) { $0 | upper << UInt16(2 * $1) | lower << UInt16(2 * $1 + 6) }
  }
}

/// The pixels under a cell, as sums over a grid of two by six.
private struct Parts {
  /// Each of 6 pixels.
  var sums: [SIMD3<Float>] = []
  var total = SIMD3<Float>.zero

  init(_ picture: Picture, _ left: Int, _ top: Int) {
    sums.reserveCapacity(12)
    picture.pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<6 {
        for x in 0..<2 {
          var sum = SIMD3<Float>.zero
          for row in (top + 2 * y)..<(top + 2 * y + 2) {
            for column in (left + 3 * x)..<(left + 3 * x + 3) {
              let i = (row * picture.width + column) * 3
              sum += SIMD3(Float(pixels[i]), Float(pixels[i + 1]), Float(pixels[i + 2]))
            }
          }
          sums.append(sum)
          total += sum
        }
      }
    }
  }

  /// The eye looks at green first.
  private static let weights = SIMD3<Float>(2, 4, 3)
  /// A finer shape must be worth it: less than so much (weighted square of a code value) is not seen, and would
  /// flicker from preview to preview.
  private static let threshold: Float = 9 * 9 * 72

  func fitted(_ shapes: [Shape]) -> SymbolGrid.Cell {
    var best = shapes[0], bestGain: Float = 0, bestSum = SIMD3<Float>.zero
    for (i, shape) in shapes.enumerated() {
      var sum = SIMD3<Float>.zero
      for part in 0..<12 where shape.mask >> UInt16(part) & 1 == 1 { sum += sums[part] }
      // What two colours explain of the squares; the rest is error.
      let inside = Float(shape.mask.nonzeroBitCount * 6), outside = 72 - inside
      let rest = total - sum
      let gain =
        (Self.weights * sum * sum).sum() / inside + (Self.weights * rest * rest).sum() / outside
      if i == 0 || gain > bestGain + Self.threshold {
        (best, bestGain, bestSum) = (shape, gain, sum)
      }
    }
    let inside = Float(best.mask.nonzeroBitCount * 6)
    return SymbolGrid.Cell(
      symbol: best.symbol, foreground: Self.colour(bestSum / inside),
      background: Self.colour((total - bestSum) / (72 - inside)), mean: Self.colour(total / 72))
  }

  private static func colour(_ value: SIMD3<Float>) -> RGB {
    func byte(_ x: Float) -> UInt8 { UInt8(max(0, min(255, x.rounded()))) }
    return RGB(byte(value.x), byte(value.y), byte(value.z))
  }
}
