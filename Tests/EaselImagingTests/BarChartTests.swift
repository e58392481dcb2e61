import EaselImaging
import EaselKit
import Testing

@Suite("Pages of plots")
struct BarChartTests {
  private func ink(_ page: Picture, _ colour: (UInt8, UInt8, UInt8)) -> Int {
    stride(from: 0, to: page.pixels.count, by: 3).count {
      (page.pixels[$0], page.pixels[$0 + 1], page.pixels[$0 + 2]) == colour
    }
  }
  private let first: (UInt8, UInt8, UInt8) = (0, 114, 178)

  @Test("A bar of twice the value has about twice the ink")
  func bars() {
    func page(_ value: Double) -> Picture {
      plotPage([.bars(title: "t", groups: [BarGroup("a", [.init(value)])], series: [], top: 1)])
    }
    let low = ink(page(0.4), first), high = ink(page(0.8), first)
    #expect(low > 1000 && abs(Double(high) / Double(low) - 2) < 0.02, "\(low), \(high)")
    #expect(ink(page(5), first) == ink(page(1), first))
    #expect(ink(page(.nan), first) == 0)
  }

  @Test("Panels stand beside and below each other; values of one size have a curve too")
  func panels() {
    let one = PagePlot.histogram(title: "h", series: [("x", [1, 1, 1])], bins: 5)
    let empty = PagePlot.histogram(title: "h", series: [("x", [])], bins: 5)
    let single = plotPage([one], columns: 2)
    let three = plotPage([one, empty, one], columns: 2)
    #expect(three.width == 2 * single.width && three.height == 2 * single.height)
    // The square of the legend is 14 pixels wide.
    #expect(ink(single, first) > 14 * 14)
    #expect(ink(plotPage([empty]), first) == 14 * 14)
  }
}
