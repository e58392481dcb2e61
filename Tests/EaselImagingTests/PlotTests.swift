import EaselImaging
import EaselKit
import Testing

@Suite struct PlotTests {
  private func chart(_ ys: [Double], noisy: Bool = false) -> LineChart {
    let points = ys.enumerated().map { LineChart.Point(x: Double($0.offset), y: $0.element) }
    return LineChart(
      title: "loss", lines: [LineChart.Line(name: "loss", points: points, isNoisy: noisy)])
  }

  /// Pixels of the first line's colour, whole.
  private func inked(_ picture: Picture) -> [(x: Int, y: Int)] {
    let c = PlotColours.dark.lines[0]
    return (0..<picture.width * picture.height).compactMap { i in
      Array(picture.pixels[i * 3..<i * 3 + 3]) == [c.red, c.green, c.blue]
        ? (i % picture.width, i / picture.width) : nil
    }
  }

  @Test func aFallingLossFallsFromTheTopLeftToTheBottomRight() throws {
    let picture = drawPlots([chart((0..<50).map { Double(50 - $0) })], width: 300, height: 200)
    let ink = inked(picture)
    let first = try #require(ink.min { $0.x < $1.x }), last = try #require(ink.max { $0.x < $1.x })
    #expect(first.y < 60 && last.y > 150)
    #expect(first.x < 60 && last.x > 280)
    // Joined: every column between has a pixel of the line in some strength.
    let ground = PlotColours.dark.ground
    for x in first.x...last.x {
      #expect(
        (0..<picture.height).contains { y in
          let i = (y * picture.width + x) * 3
          return picture.pixels[i + 2] > ground.blue &+ 100
        }, "column \(x)")
    }
  }

  @Test func edgesOfALineAreSmooth() {
    let picture = drawPlots([chart([0, 1])], width: 300, height: 200)
    // Blues between the ground and the line come only from pixels that are covered in part.
    let shades = Set(
      stride(from: 2, to: picture.pixels.count, by: 3).map { picture.pixels[$0] })
    #expect(shades.count > 30)
  }

  @Test func whatIsNotANumberLeavesAGap() {
    let whole = inked(drawPlots([chart([1, 2, 3, 4, 5])], width: 300, height: 200))
    let broken = inked(drawPlots([chart([1, 2, .nan, 4, 5])], width: 300, height: 200))
    #expect(!broken.isEmpty && broken.count < whole.count * 3 / 4)
  }

  @Test(
    arguments: [
      [], [3], [.nan], [.infinity, -.infinity], [0, 0, 0], [1e300, -1e300], [1e-310, 0],
      [-5, -5.000_000_001], [1e15, 1e15 + 1],
    ] as [[Double]])
  func nothingStopsAPlot(_ values: [Double]) {
    for (width, height) in [(1, 1), (20, 12), (90, 50), (300, 200)] {
      for noisy in [false, true] {
        let picture = drawPlots([chart(values, noisy: noisy)], width: width, height: height)
        #expect(picture.width == width && picture.height == height)
      }
    }
  }

  @Test func onePointIsSeenAndNoneIsSaid() {
    #expect(!inked(drawPlots([chart([3])], width: 300, height: 200)).isEmpty)
    let empty = drawPlots([chart([])], width: 300, height: 200)
    let other = drawPlots([LineChart(title: "loss", lines: [])], width: 300, height: 200)
    #expect(inked(empty).isEmpty)
    #expect(empty == other)
  }

  @Test func panelsStandBesideEachOtherAndDoNotTouch() throws {
    let one = chart([0, 1, 0, 1])
    let picture = drawPlots([one, one], width: 600, height: 200)
    let ink = inked(picture)
    #expect(ink.contains { $0.x < 300 } && ink.contains { $0.x >= 300 })
    let left = try #require(picture.cropped(to: PixelRect(x: 0, y: 0, width: 300, height: 200)))
    let right = try #require(picture.cropped(to: PixelRect(x: 300, y: 0, width: 300, height: 200)))
    #expect(left == right)
  }

  @Test func noisyValuesAreFaintAndTheirMeanIsNot() {
    let values = (0..<200).map { Double($0 % 2) }
    let ink = inked(drawPlots([chart(values, noisy: true)], width: 300, height: 200))
    // The mean of noughts and ones, once it has settled, stays in the middle.
    let settled = ink.filter { $0.x > 150 }
    #expect(!settled.isEmpty && settled.allSatisfy { (60...140).contains($0.y) })
  }
}
