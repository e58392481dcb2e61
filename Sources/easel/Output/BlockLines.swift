import EaselImaging
import EaselKit
import EaselScreen
import EaselTerminal

/// A picture in lines of block elements: two colours a cell, or shades where there are no colours.
enum BlockLines {
  enum Colours: Sendable { case direct, indexed, none }

  /// `picture` fitted into `columns` × `rows` cells, whose pixels are about square.
  static func lines(
    _ picture: Picture, columns: Int, rows: Int, _ symbols: SymbolGrid.Repertoire,
    colours: Colours
  ) -> [String] {
    let cell = SymbolGrid.pixelsPerCell
    let box = PixelSize(width: max(1, columns) * cell.width, height: max(1, rows) * cell.height)
    let fitted = picture.size.fitted(in: box)
    func whole(_ pixels: Int, _ cell: Int) -> Int { max(1, (pixels + cell / 2) / cell) * cell }
    let size = PixelSize(
      width: whole(fitted.width, cell.width), height: whole(fitted.height, cell.height))
    let grid = SymbolGrid(picture.scaled(to: size), symbols)
    return (0..<grid.rows).map { line(grid, $0, colours) }
  }

  private static func line(_ grid: SymbolGrid, _ row: Int, _ colours: Colours) -> String {
    var out = ""
    var last = ""
    for column in 0..<grid.columns {
      let cell = grid[column, row]
      switch colours {
      case .none:
        out.append(shades[min(shades.count - 1, luma(cell.mean) * shades.count / 256)])
      case .direct, .indexed:
        let look =
          "\u{1B}[" + code(cell.foreground, 38, colours) + ";" + code(cell.background, 48, colours)
          + "m"
        // Neighbours are often alike: say a colour only where it changes.
        if look != last { out += look }
        last = look
        out.unicodeScalars.append(cell.symbol)
      }
    }
    return colours == .none ? out : out + "\u{1B}[m"
  }

  private static let shades: [Character] = Array(" .:-=+*#%@")

  /// Rec. 601 weights.
  private static func luma(_ c: RGB) -> Int {
    (299 * Int(c.red) + 587 * Int(c.green) + 114 * Int(c.blue)) / 1000
  }

  private static func code(_ c: RGB, _ base: Int, _ colours: Colours) -> String {
    colours == .direct
      ? "\(base);2;\(c.red);\(c.green);\(c.blue)" : "\(base);5;\(ColourMapping.indexed(c))"
  }
}
