package import EaselKit
import Foundation

/// How a picture looks, in 56 bytes: enough to find pictures that a person would call the same.
///
/// `shape` says for each of the 64 lowest spatial frequencies of the grey picture whether it is above
/// their median: it hardly changes when a picture is scaled or compressed anew. It knows no colours, so
/// `colours`, the mean colour of each cell of a 4×4 grid, has a say as well: a red and a blue balloon
/// at the same place are two pictures.
///
/// Source for the shape: Zauner 2010, "Implementation and benchmarking of perceptual image hash
/// functions", section 3.2.1, with frequencies taken by diagonals instead of an 8×8 block.
package struct PictureLook: Hashable, Sendable {
  package var shape: UInt64
  /// 4×4×3 values, row by row.
  package var colours: [UInt8]

  /// How far two pictures may be apart in colour to count as the same: the mean over the grid, and
  /// its largest difference. Compressing as JPEG at quality 50 moves the mean by about 1.
  static let meanColour = 5.0, largestColour = 14

  /// - Parameter small: the picture as 32×32 pixels.
  package init(small: Picture) {
    precondition(
      small.width == Self.side && small.height == Self.side,
      "a look wants 32x32 pixels, got \(small.size)")
    let side = Self.side, n = Self.frequencies
    var grey = [Float](repeating: 0, count: side * side)
    var sums = [Int](repeating: 0, count: 48)
    for y in 0..<side {
      for x in 0..<side {
        let i = y * side + x
        let r = Int(small.pixels[i * 3]), g = Int(small.pixels[i * 3 + 1])
        let b = Int(small.pixels[i * 3 + 2])
        // ITU-R BT.601, in thousandths.
        grey[i] = Float(299 * r + 587 * g + 114 * b) / 1000
        let cell = (y / 8 * 4 + x / 8) * 3
        sums[cell] += r
        sums[cell + 1] += g
        sums[cell + 2] += b
      }
    }
    colours = sums.map { UInt8(($0 + 32) / 64) }
    // Two passes of the cosine transform, lowest frequencies only.
    var across = [Float](repeating: 0, count: side * n)
    for y in 0..<side {
      for u in 0..<n {
        var sum: Float = 0
        for x in 0..<side { sum += grey[y * side + x] * Self.waves[u * side + x] }
        across[y * n + u] = sum
      }
    }
    let values = Self.order.map { u, v in
      var sum: Float = 0
      for y in 0..<side { sum += across[y * n + u] * Self.waves[v * side + y] }
      // Rounding noise of a flat picture must not look like a shape.
      return abs(sum) < 32 ? 0 : sum
    }
    let sorted = values.sorted()
    let median = (sorted[31] + sorted[32]) / 2
    shape = 0
    for (i, value) in values.enumerated() where value > median { shape |= 1 << UInt64(i) }
  }

  package func distance(_ other: PictureLook) -> Int { (shape ^ other.shape).nonzeroBitCount }

  package func hasColours(of other: PictureLook) -> Bool {
    var sum = 0
    for i in 0..<48 {
      let difference = abs(Int(colours[i]) - Int(other.colours[i]))
      if difference > Self.largestColour { return false }
      sum += difference
    }
    return Double(sum) <= 48 * Self.meanColour
  }

  package static let side = 32
  private static let frequencies = 11
  private static let waves: [Float] = {
    var waves: [Float] = []
    for u in 0..<frequencies {
      for x in 0..<side {
        waves.append(Float(cos(Double(2 * x + 1) * Double(u) * .pi / Double(2 * side))))
      }
    }
    return waves
  }()
  /// (across, down) of the 64 lowest frequencies but the mean, diagonal by diagonal.
  private static let order: [(Int, Int)] = Array(
    (1..<frequencies).flatMap { sum in (0...sum).map { ($0, sum - $0) } }.prefix(64))
}
