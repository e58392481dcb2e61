import EaselImaging
import EaselKit
import Testing

/// What is quick against what is plain.
struct ColourMappingTests {
  @Test(arguments: [1, 2, 5, 31, 128, 256])
  func nearestIsNearest(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    // Half of them close together, as in a picture of one mood.
    let colours = (0..<count).map { i in
      SIMD3<Float>(
        (0..<3).map { _ in i % 2 == 0 ? random.nextFloat() * 255 : 90 + random.nextFloat() * 40 })
    }
    let search = NearestColour(colours)
    func distance(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float {
      ((a - b) * (a - b) * SIMD3(3, 6, 2)).sum()
    }
    for i in 0..<4000 {
      var asked = SIMD3<Float>((0..<3).map { _ in random.nextFloat() * 255 })
      if i % 3 == 0 { asked = SIMD3(80 + 60 * asked / 255) }
      if i < 8 { asked = SIMD3(i & 1 == 0 ? 0 : 255, i & 2 == 0 ? 0 : 255, i & 4 == 0 ? 0 : 255) }
      let found = distance(colours[search.nearest(asked.x, asked.y, asked.z)], asked)
      let least = colours.map { distance($0, asked) }.min() ?? 0
      #expect(found <= least * 1.0001 + 1e-3, "\(asked): \(found), \(least) is possible")
    }
  }

  @Test func ofEqualColoursItIsTheFirst() {
    let colours = [SIMD3<Float>(9, 9, 9), SIMD3(200, 10, 30), SIMD3(9, 9, 9), SIMD3(200, 10, 30)]
    #expect(NearestColour(colours).nearest(190, 20, 30) == 1)
    #expect(NearestColour(colours).nearest(0, 0, 0) == 0)
  }

  /// Errors only go down: rows do not depend on how many follow, and so not on how many are worked on side by side.
  @Test(arguments: [1, 2, 5, 6, 7, 40])
  func rowsSideBySideAreRowsAlone(width: Int) {
    let picture = samplePicture(width, 19, seed: UInt64(width))
    let palette = Palette(for: picture, limit: 16)
    func mapped(_ rows: Int) -> [UInt8] {
      var out = [UInt8](repeating: 0, count: width * rows)
      ErrorDiffusion(palette, .standard, width: width).map(picture.pixels, height: rows, to: &out)
      return out
    }
    let whole = mapped(19)
    for rows in 1..<19 {
      #expect(mapped(rows) == Array(whole.prefix(width * rows)), "\(rows) rows")
    }
  }
}
