import EaselKit

extension Picture {
  /// This painting, lightened or darkened around `inside` so that it meets `kept` without an edge.
  ///
  /// A decoder paints the same tokens a little differently beside other ones. How much, is seen where the
  /// painting shows what is kept; that difference, averaged along the border, is added outside and fades
  /// over a few tokens.
  ///
  /// - Parameters:
  ///   - kept: of the same size.
  ///   - mask: dark where `kept` is kept.
  func meeting(_ kept: Picture, mask: Picture, inside: PixelRect) -> Picture {
    let reach = 24, radius = 5
    var result = self
    var known: [Int: [Int]] = [:]
    /// Mean difference around a pixel of the border.
    func difference(_ x: Int, _ y: Int) -> [Int] {
      if let found = known[y * width + x] { return found }
      var sums = [0, 0, 0], count = 0
      for row in max(inside.y, y - radius)...min(inside.y + inside.height - 1, y + radius) {
        for column in max(inside.x, x - radius)...min(inside.x + inside.width - 1, x + radius)
        where !mask.isLight(x: column, y: row) {
          let i = (row * width + column) * 3
          for c in 0..<3 { sums[c] += Int(kept.pixels[i + c]) - Int(pixels[i + c]) }
          count += 1
        }
      }
      let means = sums.map { count > 0 ? $0 / count : 0 }
      known[y * width + x] = means
      return means
    }
    let right = inside.x + inside.width - 1, bottom = inside.y + inside.height - 1
    for y in max(0, inside.y - reach)..<min(height, bottom + reach + 1) {
      for x in max(0, inside.x - reach)..<min(width, right + reach + 1) {
        let near = (x: max(inside.x, min(right, x)), y: max(inside.y, min(bottom, y)))
        // Along the diagonal at corners.
        let distance = max(abs(x - near.x), abs(y - near.y))
        guard distance > 0 else { continue }
        let shift = difference(near.x, near.y)
        let i = (y * width + x) * 3
        for c in 0..<3 {
          let value = Int(pixels[i + c]) + shift[c] * (reach + 1 - distance) / (reach + 1)
          result.pixels[i + c] = UInt8(max(0, min(255, value)))
        }
      }
    }
    return result
  }
}
