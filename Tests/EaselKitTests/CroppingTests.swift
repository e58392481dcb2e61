import EaselKit
import Testing

private let numbered = Picture(
  width: 4, height: 3, pixels: (0..<12).flatMap { [UInt8($0), 0, 255] })

@Test func croppingKeepsExactlyTheseRowsAndColumns() throws {
  let cut = try #require(numbered.cropped(to: PixelRect(x: 1, y: 1, width: 2, height: 2)))
  #expect(cut.size == PixelSize(width: 2, height: 2))
  #expect(cut.pixels == [5, 6, 9, 10].flatMap { [$0, 0, 255] })
}

@Test func croppingLeavesOutWhatLiesOutside() throws {
  let cut = try #require(numbered.cropped(to: PixelRect(x: -2, y: 2, width: 4, height: 9)))
  #expect(cut.pixels == [8, 9].flatMap { [$0, 0, 255] })
  #expect(numbered.cropped(to: PixelRect(x: 4, y: 0, width: 1, height: 1)) == nil)
  #expect(numbered.cropped(to: PixelRect(x: 0, y: 0, width: 4, height: 3)) == numbered)
}
