/// Finds the nearest of at most 256 colours: squared distance with the eye's weights, eight
/// colours at a time.
///
/// Layout: three planes of Float (red, green, blue), padded with colours that are never nearest.
struct NearestColour {
  private var planes: [SIMD8<Float>] = []
  private let blocks: Int

  init(_ colours: [SIMD3<Float>]) {
    blocks = (colours.count + 7) / 8
    for axis in 0..<3 {
      for block in 0..<blocks {
        var lane = SIMD8<Float>(repeating: 1e6)
        for i in 0..<min(8, colours.count - block * 8) { lane[i] = colours[block * 8 + i][axis] }
        planes.append(lane)
      }
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
    planes.withUnsafeBufferPointer { planes in
      var best = SIMD8<Float>(repeating: .infinity)
      var at = SIMD8<Int32>(repeating: 0)
      for block in 0..<blocks {
        let r = planes[block] - red
        let g = planes[blocks + block] - green
        let b = planes[2 * blocks + block] - blue
        let distance = 3 * r * r + 6 * g * g + 2 * b * b
        let isNearer = distance .< best
        best.replace(with: distance, where: isNearer)
        at.replace(with: SIMD8(repeating: Int32(block)), where: isNearer)
      }
      var nearest = 0
      for lane in 1..<8
      where best[lane] < best[nearest] || best[lane] == best[nearest] && at[lane] < at[nearest] {
        nearest = lane
      }
      return Int(at[nearest]) * 8 + nearest
    }
  }
}
