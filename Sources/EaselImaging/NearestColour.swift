/// Finds the nearest of at most 256 colours: squared distance with the eye's weights, four colours at a time.
///
/// Layout: of every four colours red, green and blue, each times the root of its weight, and their numbers; padded with
/// colours that are never nearest. A distance and the number of its colour are one float: the number stands in the
/// lowest eight bits, so that the least of them is the nearest colour and the lowest of equals. Distances are told
/// apart to one part in 65,000.
struct NearestColour {
  private struct Four {
    var red: SIMD4<Float>
    var green: SIMD4<Float>
    var blue: SIMD4<Float>
    var numbers: SIMD4<UInt32>
  }
  private var fours: [Four] = []

  /// The eye tells greens apart best, blues worst: roots of 3, 6 and 2.
  private static let roots = SIMD3<Float>(1.7320508, 2.4494897, 1.4142135)

  init(_ colours: [SIMD3<Float>]) {
    precondition((1...256).contains(colours.count), "1...256 colours, got \(colours.count)")
    for start in stride(from: 0, to: colours.count, by: 4) {
      var four = Four(
        red: .init(repeating: 1e6), green: .init(repeating: 1e6), blue: .init(repeating: 1e6),
        numbers: .zero)
      for i in 0..<min(4, colours.count - start) {
        let colour = colours[start + i] * Self.roots
        (four.red[i], four.green[i], four.blue[i]) = (colour.x, colour.y, colour.z)
        four.numbers[i] = UInt32(start + i)
      }
      fours.append(four)
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

  /// Index of the nearest colour, the lowest of equals.
  func nearest(_ red: Float, _ green: Float, _ blue: Float) -> Int {
    let red = SIMD4(repeating: red * Self.roots.x), green = SIMD4(repeating: green * Self.roots.y),
      blue = SIMD4(repeating: blue * Self.roots.z)
    return fours.withUnsafeBufferPointer { fours in
      var best = SIMD4<Float>(repeating: .infinity)
      for i in fours.indices {
        let r = fours[i].red - red, g = fours[i].green - green, b = fours[i].blue - blue
        let bits = unsafeBitCast(r * r + g * g + b * b, to: SIMD4<UInt32>.self)
        let marked = unsafeBitCast(
          bits & SIMD4(repeating: ~255) | fours[i].numbers, to: SIMD4<Float>.self)
        best.replace(with: marked, where: marked .< best)
      }
      let nearest = min(min(best.x, best.y), min(best.z, best.w))
      return Int(nearest.bitPattern & 255)
    }
  }
}
