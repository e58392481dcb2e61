import EaselKit
import EaselScreen
import Testing

private let red = RGB(255, 0, 0), blue = RGB(0, 0, 255)

/// One cell whose pixels `isRed` says.
private func cell(
  _ repertoire: SymbolGrid.Repertoire, _ isRed: (_ x: Int, _ y: Int) -> Bool
) -> SymbolGrid.Cell {
  let size = SymbolGrid.pixelsPerCell
  var picture = Picture(width: size.width, height: size.height)
  for y in 0..<size.height {
    for x in 0..<size.width {
      let i = (y * size.width + x) * 3
      picture.pixels[i] = isRed(x, y) ? 255 : 0
      picture.pixels[i + 2] = isRed(x, y) ? 0 : 255
    }
  }
  return SymbolGrid(picture, repertoire)[0, 0]
}

/// Which of the two colours a part of the cell is shown in.
private func isRed(_ cell: SymbolGrid.Cell, _ isInk: Bool) -> Bool {
  (isInk ? cell.foreground : cell.background) == red
}

/// Quarters that are filled: bit 0 upper left, 1 upper right, 2 lower left, 3 lower right.
@Test(arguments: [
  ("▀", 0b0011), ("▌", 0b0101), ("▘", 0b0001), ("▝", 0b0010), ("▖", 0b0100), ("▗", 0b1000),
  ("▚", 0b1001),
])
func quartersOfACellAreShownExactly(symbol: String, quarters: Int) {
  func isFilled(_ x: Int, _ y: Int) -> Bool { quarters >> (y / 6 * 2 + x / 3) & 1 == 1 }
  let found = cell(.quadrants, isFilled)
  #expect(String(Character(found.symbol)) == symbol)
  #expect(found.foreground == red && found.background == blue)
  // What completes it is the same symbol with its colours changed about.
  let other = cell(.quadrants) { !isFilled($0, $1) }
  #expect(String(Character(other.symbol)) == symbol)
  #expect(other.foreground == blue && other.background == red)
}

/// All 64 patterns of sixths, each of which has a symbol that shows it.
@Test(arguments: 0..<64) func sixthsOfACellAreShownExactly(parts: Int) {
  let found = cell(.sextants) { x, y in parts >> (y / 4 * 2 + x / 3) & 1 == 1 }
  if parts == 0 || parts == 63 {
    #expect(found.foreground == found.background)
    return
  }
  // The parts that the symbol fills, from its number in Unicode's chart.
  let ink: Int
  switch String(Character(found.symbol)) {
  case "▌": ink = 0b010101
  default:
    let number = Int(found.symbol.value) - 0x1FB00 + 1
    ink = number >= 21 ? number + 1 : number
  }
  for part in 0..<6 {
    #expect(isRed(found, ink >> part & 1 == 1) == (parts >> part & 1 == 1))
  }
}

@Test func halvesAreAllThatSomeFontsHave() {
  let found = cell(.halves) { x, _ in x < 3 }
  #expect(found.symbol == "▀")
  #expect(found.foreground == RGB(128, 0, 128) && found.background == RGB(128, 0, 128))
  #expect(found.mean == RGB(128, 0, 128))
}

/// Finer shapes for what nobody sees would flicker while a picture is being painted.
@Test func whatHardlyDiffersStaysPlain() {
  let size = SymbolGrid.pixelsPerCell
  var picture = Picture(width: size.width, height: size.height, red: 100, green: 100, blue: 100)
  for y in 0..<size.height { picture.pixels[y * size.width * 3] = 104 }
  #expect(SymbolGrid(picture, .sextants)[0, 0].symbol == "▀")
}

/// Left-over pixels at the edges belong to no cell.
@Test func edgesThatFillNoCellAreCutOff() {
  let grid = SymbolGrid(Picture(width: 20, height: 30), .quadrants)
  #expect(grid.columns == 3 && grid.rows == 2 && grid.cells.count == 6)
  #expect(SymbolGrid(Picture(width: 2, height: 2), .quadrants).cells.isEmpty)
}
