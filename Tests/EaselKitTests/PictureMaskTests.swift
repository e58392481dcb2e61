import EaselKit
import Testing

@Suite struct PictureMaskTests {
  private func drawn(_ mask: PictureMask) -> [String] {
    (0..<mask.rows).map { row in
      String((0..<mask.columns).map { mask[$0, row] ? "#" : "." })
    }
  }

  @Test func aMaskHasTheShapeOfItsPictureAndAtMost256Squares() {
    let small = PictureMask(for: PixelSize(width: 64, height: 40))
    #expect(small.side == 1 && small.columns == 64 && small.rows == 40)
    let large = PictureMask(for: PixelSize(width: 1000, height: 300))
    #expect(large.side == 4 && large.columns == 250 && large.rows == 75)
  }

  @Test func aBrushDrawsADiscAndALineOfDiscs() {
    var mask = PictureMask(for: PixelSize(width: 9, height: 5))
    mask.stroke(from: (0.5, 0.5), to: (0.5, 0.5), diameter: 3, paints: true)
    #expect(drawn(mask) == [".........", "...###...", "...###...", "...###...", "........."])
    mask.stroke(from: (0, 0.5), to: (1, 0.5), diameter: 1, paints: true)
    #expect(drawn(mask)[2] == "#########" && mask.count == 15)
    mask.stroke(from: (0.5, 0), to: (0.5, 1), diameter: 1, paints: false)
    #expect(drawn(mask) == [".........", "...#.#...", "####.####", "...#.#...", "........."])
  }

  @Test func theThinnestBrushLeavesNoGapOnASlope() {
    var mask = PictureMask(for: PixelSize(width: 32, height: 32))
    mask.stroke(from: (0.02, 0.05), to: (0.98, 0.6), diameter: 0, paints: true)
    for column in 1..<31 {
      #expect((0..<32).contains { mask[column, $0] })
    }
  }

  @Test func invertingTwiceIsNothingAndTheRestOfTheLastWordStaysEmpty() {
    var mask = PictureMask(for: PixelSize(width: 9, height: 5))
    let empty = mask
    mask.invert()
    #expect(mask.count == 45 && mask.share == 1)
    mask.invert()
    #expect(mask == empty && mask.isEmpty)
  }

  @Test func outsideAndNonsenseChangeNothing() {
    var mask = PictureMask(for: PixelSize(width: 9, height: 5))
    mask.stroke(from: (-3, -3), to: (-2, 7), diameter: 2, paints: true)
    mask.stroke(from: (.nan, 0), to: (0, .infinity), diameter: 2, paints: true)
    #expect(mask.isEmpty && !mask[-1, 0] && !mask[9, 0])
  }

  @Test func asAPictureItIsWhiteWhereItIsSet() {
    var mask = PictureMask(for: PixelSize(width: 2, height: 2))
    mask.stroke(from: (0.75, 0.25), to: (0.75, 0.25), diameter: 0, paints: true)
    let picture = mask.picture(PixelSize(width: 4, height: 2))
    #expect((0..<4).map { picture.isLight(x: $0, y: 0) } == [false, false, true, true])
    #expect((0..<4).allSatisfy { !picture.isLight(x: $0, y: 1) })
  }
}
