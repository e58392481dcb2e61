public import EaselKit

/// Two pictures in one, for the eye to compare.
extension Picture {
  /// How far each channel lies from that of `other`, times `gain`, at most 255: black where they agree.
  ///
  /// Shapes: [H, W, 3] and [H, W, 3] → [H, W, 3].
  public func difference(from other: Picture, gain: Int) -> Picture {
    precondition(size == other.size, "the pictures to compare are \(size) and \(other.size)")
    var result = self
    for i in pixels.indices {
      let apart = abs(Int(pixels[i]) - Int(other.pixels[i]))
      result.pixels[i] = UInt8(min(255, apart * max(0, min(255, gain))))
    }
    return result
  }

  /// This picture in the columns below `edge`, `other` in the rest, and a line where they meet, two
  /// pixels wide, light beside dark so that it is seen on every ground. At either end there is no line.
  public func wiped(by other: Picture, edge: Int) -> Picture {
    precondition(size == other.size, "the pictures to compare are \(size) and \(other.size)")
    let edge = max(0, min(width, edge))
    guard edge < width else { return self }
    guard edge > 0 else { return other }
    var result = other
    for y in 0..<height {
      let row = y * width
      result.pixels.replaceSubrange(
        row * 3..<(row + edge) * 3, with: pixels[row * 3..<(row + edge) * 3])
      result.paint(edge - 1, y, 255)
      result.paint(edge, y, 0)
    }
    return result
  }

  /// Makes a pixel grey; one outside is no pixel.
  mutating func paint(_ x: Int, _ y: Int, _ value: UInt8) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let i = (y * width + x) * 3
    for c in 0..<3 { pixels[i + c] = value }
  }

  /// Mixes a pixel with a colour, `share` of it in 256ths.
  mutating func mix(_ x: Int, _ y: Int, _ colour: (Int, Int, Int), _ share: Int) {
    let i = (y * width + x) * 3
    let parts = [colour.0, colour.1, colour.2]
    for c in 0..<3 {
      pixels[i + c] = UInt8((Int(pixels[i + c]) * (256 - share) + parts[c] * share) / 256)
    }
  }
}
