/// Finds the nearest of at most 256 colours: squared distance with the eye's weights, four colours at a time.
///
/// Colours are kept in the order of their brightness, and a search goes from the brightness that is asked for to both
/// sides, until brightness alone is farther away than the best colour found: some six of 32 fours are looked at.
///
/// Layout: of every four colours red, green and blue, each times the root of its weight, and their numbers; padded with
/// colours that are never nearest. A distance and the number of its colour are one float: the number stands in the
/// lowest eight bits, so that the least of them is the nearest colour and the lowest of equals. Distances are told
/// apart to one part in 65,000.
package struct NearestColour {
  private struct Four {
    var red = SIMD4<Float>(repeating: 1e6)
    var green = SIMD4<Float>(repeating: 1e6)
    var blue = SIMD4<Float>(repeating: 1e6)
    var numbers = SIMD4<UInt32>.zero
    /// The least and the greatest brightness of them.
    var darkest = Float.infinity
    var brightest = -Float.infinity
  }
  /// Between two that no search goes past.
  private var fours: [Four] = []
  /// Of each 64th part of all brightnesses, the four where a search begins.
  private var starts: [Int] = []

  /// The eye tells greens apart best, blues worst: roots of 3, 6 and 2.
  private static let roots = SIMD3<Float>(1.7320508, 2.4494897, 1.4142135)
  /// The direction in which brightness grows, of length 1: two colours are never nearer than their brightnesses.
  private static let direction = roots / Float(11).squareRoot()
  private static let parts: Float = 64, brightest: Float = 846

  package init(_ colours: [SIMD3<Float>]) {
    precondition((1...256).contains(colours.count), "1...256 colours, got \(colours.count)")
    let scaled = colours.map { $0 * Self.roots }
    let brightness = scaled.map { ($0 * Self.direction).sum() }
    let order = colours.indices.sorted { (brightness[$0], $0) < (brightness[$1], $1) }
    fours.append(Four())
    for start in stride(from: 0, to: order.count, by: 4) {
      var four = Four()
      for (place, i) in order[start..<min(start + 4, order.count)].enumerated() {
        (four.red[place], four.green[place], four.blue[place]) =
          (scaled[i].x, scaled[i].y, scaled[i].z)
        four.numbers[place] = UInt32(i)
        four.darkest = min(four.darkest, brightness[i])
        four.brightest = max(four.brightest, brightness[i])
      }
      fours.append(four)
    }
    fours.append(Four())
    var first = 1
    for part in 0..<Int(Self.parts) {
      let asked = (Float(part) + 0.5) * Self.brightest / Self.parts
      while first < fours.count - 2, fours[first].brightest < asked { first += 1 }
      starts.append(first)
    }
  }

  init(_ palette: Palette) {
    self.init(
      stride(from: 0, to: palette.colours.count, by: 3).map {
        SIMD3(
          Float(palette.colours[$0]), Float(palette.colours[$0 + 1]),
          Float(palette.colours[$0 + 2]))
      })
  }

  /// Index of the nearest colour, the lowest of equals. Each channel is in 0...255.
  package func nearest(_ red: Float, _ green: Float, _ blue: Float) -> Int {
    let colour = SIMD3(red, green, blue) * Self.roots
    let brightness = (colour * Self.direction).sum()
    let red = SIMD4(repeating: colour.x), green = SIMD4(repeating: colour.y),
      blue = SIMD4(repeating: colour.z)
    return fours.withUnsafeBufferPointer { fours in
      var up = starts[Int(brightness * (Self.parts / Self.brightest))]
      var down = up - 1
      var best = SIMD4<Float>(repeating: .infinity), bound = Float.infinity
      while true {
        let below = brightness - fours[down].brightest, above = fours[up].darkest - brightness
        let gap = min(below, above)
        // A little more, for what rounding and the numbers in the lowest bits change.
        if gap > 0, gap * gap > bound * 1.001 { break }
        if gap == .infinity { break }
        let i = below < above ? down : up
        down -= below < above ? 1 : 0
        up += below < above ? 0 : 1
        let r = fours[i].red - red, g = fours[i].green - green, b = fours[i].blue - blue
        let bits = unsafeBitCast(r * r + g * g + b * b, to: SIMD4<UInt32>.self)
        let marked = unsafeBitCast(
          bits & SIMD4(repeating: ~255) | fours[i].numbers, to: SIMD4<Float>.self)
        best.replace(with: marked, where: marked .< best)
        bound = min(min(best.x, best.y), min(best.z, best.w))
      }
      return Int(bound.bitPattern & 255)
    }
  }
}
