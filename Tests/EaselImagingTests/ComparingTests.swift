import EaselImaging
import EaselKit
import Testing

private func row(_ greys: [UInt8]) -> Picture {
  Picture(width: greys.count, height: 1, pixels: greys.flatMap { [$0, $0, $0] })
}

/// The grey of each pixel of a row; nil for one that has a colour.
private func greys(_ picture: Picture, row: Int = 0) -> [UInt8?] {
  (0..<picture.width).map { x in
    let i = (row * picture.width + x) * 3
    let (r, g, b) = (picture.pixels[i], picture.pixels[i + 1], picture.pixels[i + 2])
    return r == g && g == b ? r : nil
  }
}

@Suite struct ComparingTests {
  @Test func theDifferenceIsAbsoluteForEachChannelAndAmplified() {
    let a = Picture(width: 2, height: 1, pixels: [10, 200, 0, 50, 50, 50])
    let b = Picture(width: 2, height: 1, pixels: [13, 190, 100, 50, 50, 50])
    #expect(a.difference(from: b, gain: 1).pixels == [3, 10, 100, 0, 0, 0])
    #expect(b.difference(from: a, gain: 4).pixels == [12, 40, 255, 0, 0, 0])
    #expect(a.difference(from: a, gain: 32).pixels.allSatisfy { $0 == 0 })
  }

  @Test func aWipeShowsOneLeftAndTheOtherRightOfALine() {
    let a = row([10, 11, 12, 13, 14, 15]), b = row([20, 21, 22, 23, 24, 25])
    #expect(greys(a.wiped(by: b, edge: 3)) == [10, 11, 255, 0, 24, 25])
    // At the ends there is one picture and no line.
    #expect(a.wiped(by: b, edge: 0) == b)
    #expect(a.wiped(by: b, edge: 6) == a)
    #expect(a.wiped(by: b, edge: -4) == b && a.wiped(by: b, edge: 99) == a)
  }

  @Test func aMaskTintsWhatItCoversAndDrawsALineAroundIt() {
    let size = PixelSize(width: 8, height: 8)
    var mask = PictureMask(for: size)
    mask.stroke(from: (0.5, 0.5), to: (0.5, 0.5), diameter: 4.3, paints: true)
    let plain = Picture(width: 8, height: 8, red: 40, green: 40, blue: 40)
    let shown = plain.showing(mask)
    for y in 0..<8 {
      for x in 0..<8 {
        let i = (y * 8 + x) * 3
        let pixel = Array(shown.pixels[i..<i + 3])
        guard mask[x, y] else {
          #expect(pixel == [40, 40, 40])
          continue
        }
        let isInside = mask[x - 1, y] && mask[x + 1, y] && mask[x, y - 1] && mask[x, y + 1]
        // Inside more red than green; on the line as good as white.
        #expect(isInside ? pixel[0] > pixel[1] + 40 : pixel.allSatisfy { $0 > 200 })
      }
    }
    #expect(plain.showing(PictureMask(for: size)) == plain)
  }

  @Test func aPartUnderAMaskIsThatPartOfTheWhole() {
    let size = PixelSize(width: 32, height: 32)
    var mask = PictureMask(for: size)
    mask.stroke(from: (0.3, 0.4), to: (0.6, 0.5), diameter: 7, paints: true)
    let brush = MaskBrush(x: 0.4, y: 0.5, diameter: 0.3, erases: false)
    let plain = Picture(width: 32, height: 32, red: 40, green: 40, blue: 40)
    let part = PixelRect(x: 6, y: 9, width: 16, height: 16)
    // At twice the size: what is masked there, and nothing else, is tinted.
    let shown = Picture(width: 32, height: 32, red: 40, green: 40, blue: 40)
      .showing(mask, part: part, of: size)
    for y in 0..<32 {
      for x in 0..<32 {
        let isTinted = shown.pixels[(y * 32 + x) * 3] != 40
        #expect(isTinted == mask[6 + x / 2, 9 + y / 2], "\(x), \(y)")
      }
    }
    // The brush stands where it stands in the whole picture, as large.
    let none = PictureMask(for: size)
    let whole = plain.showing(none, brush: brush)
    let seen = Picture(width: 16, height: 16, red: 40, green: 40, blue: 40)
      .showing(none, brush: brush, part: part, of: size)
    #expect(whole.cropped(to: part) == seen && seen.pixels.contains(255))
    // Out of sight it is no trouble.
    let away = MaskBrush(x: 0.99, y: 0.99, diameter: 0.1, erases: true)
    #expect(
      shown.size == shown.showing(none, brush: away, part: part, of: size).size
        && plain.showing(none, brush: away, part: part, of: size) == plain)
  }

  @Test func theBrushIsARingAroundItsMiddleWithAPlusOrAMinus() {
    let plain = Picture(width: 40, height: 40, red: 90, green: 90, blue: 90)
    let none = PictureMask(for: plain.size)
    func changed(_ brush: MaskBrush) -> Set<[Int]> {
      let shown = plain.showing(none, brush: brush)
      var all: Set<[Int]> = []
      for y in 0..<40 {
        for x in 0..<40 where shown.pixels[(y * 40 + x) * 3] != 90 { all.insert([x, y]) }
      }
      return all
    }
    let paints = changed(MaskBrush(x: 0.5, y: 0.5, diameter: 0.5, erases: false))
    #expect(paints.contains([30, 20]) && paints.contains([20, 9]) && paints.contains([20, 20]))
    #expect(!paints.contains([25, 25]) && !paints.contains([20, 4]))
    #expect(paints.contains([20, 18]))
    let erases = changed(MaskBrush(x: 0.5, y: 0.5, diameter: 0.5, erases: true))
    #expect(erases.contains([18, 20]) && !erases.contains([20, 18]))
    // Half outside, and far outside, nothing breaks.
    #expect(!changed(MaskBrush(x: 0, y: 1, diameter: 0.3, erases: false)).isEmpty)
    #expect(changed(MaskBrush(x: 9, y: -3, diameter: 0.1, erases: false)).isEmpty)
  }

  @Test func aPictureThatGrowsKeepsItsPixelsAndHasALineWhereItEnds() {
    let plain = Picture(width: 8, height: 8, red: 200, green: 200, blue: 200)
    let grown = plain.showing(growth: Margins(right: 8), in: PixelSize(width: 16, height: 8))
    for y in 0..<8 {
      #expect(greys(grown, row: y)[0..<8].allSatisfy { $0 == 200 })
      #expect(greys(grown, row: y)[8] == 255)
      // What is to come is darker than the picture.
      for x in 9..<16 { #expect(grown.pixels[(y * 16 + x) * 3 + 1] < 150) }
    }
    // Drawn larger, the line is in the same place.
    let large = plain.showing(growth: Margins(left: 8), in: PixelSize(width: 64, height: 32))
    #expect(greys(large, row: 16)[31] == 255 && greys(large, row: 16)[40] == 200)
    let same = plain.showing(growth: Margins(), in: PixelSize(width: 8, height: 8))
    #expect(same == plain)
  }
}
