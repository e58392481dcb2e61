import EaselImaging
import EaselKit
import Testing

@Suite struct FillingTests {
  /// Columns of different greys.
  private func columns(_ values: [UInt8], height: Int) -> Picture {
    let row = values.flatMap { [$0, $0, $0] }
    return Picture(
      width: values.count, height: height, pixels: (0..<height).flatMap { _ in row })
  }

  @Test func whatIsTooWideIsCutOnBothSides() {
    let picture = columns([10, 20, 30, 40, 50, 60], height: 2)
    let filled = picture.filling(PixelSize(width: 2, height: 2))
    #expect(filled == columns([30, 40], height: 2))
  }

  @Test func everyShapeFillsEverySizeExactly() {
    for (width, height) in [(1, 1), (3, 200), (200, 3), (64, 64), (63, 65)] {
      let picture = Picture(width: width, height: height, red: 9, green: 8, blue: 7)
      for size in [PixelSize(width: 64, height: 64), PixelSize(width: 5, height: 17)] {
        let filled = picture.filling(size)
        #expect(filled.size == size)
        // No border of another colour.
        #expect(
          filled == Picture(width: size.width, height: size.height, red: 9, green: 8, blue: 7))
      }
    }
  }
}
