import EaselKit
import EaselScreen

/// Makes the bytes that draw a piece of a picture. Every sequence saves the cursor and its colours
/// and restores them, so curses never notices; where a terminal leaves the cursor after a sixel
/// differs in every one of them.
struct PicturePainter {
  let graphics: Capabilities.Graphics
  let colours: Capabilities.Colours
  let isUnicode: Bool
  var cell: PixelSize
  let supply: PictureSupply
  /// Pixels in one sequence: a terminal cannot do anything else while it parses one. A preview's are quickly done,
  /// and most of its bytes are colours, which every sequence defines anew.
  static func pixelsInStrip(_ key: PictureKey) -> Int {
    if case .preview = key { 192_000 } else { 48_000 }
  }

  static func rowsPerStrip(_ key: PictureKey, columns: Int, cell: PixelSize) -> Int {
    max(1, pixelsInStrip(key) / max(1, columns * cell.width * cell.height))
  }

  /// The same piece as pieces of few enough rows, at the borders of the picture's bands.
  func strips(_ piece: PicturePlan.Piece, _ picture: PreparedPicture?) -> [PicturePlan.Piece] {
    guard graphics.isPixels, piece.picture != nil, let picture, let band = picture.rowsPerStrip
    else { return [piece] }
    // Bands lie over the whole width; what is narrower has its own, where the colours allow that.
    let isFree = !picture.hasBandsOfColours && piece.part.columns < piece.size.columns
    let rows = isFree ? max(1, band * piece.size.columns / max(1, piece.part.columns)) : band
    let first = isFree ? piece.part.row : 0
    var all: [PicturePlan.Piece] = []
    var row = piece.part.row
    while row < piece.part.endRow {
      let end = min(piece.part.endRow, first + ((row - first) / rows + 1) * rows)
      var strip = piece
      strip.at.row += row - piece.part.row
      strip.part.row = row
      strip.part.rows = end - row
      all.append(strip)
      row = end
    }
    return all
  }

  /// `kitty` knows what lies over the cells, and learns what comes and goes. `lost`: cells whose pictures went
  /// although the piece does not cover them.
  func bytes(
    _ piece: PicturePlan.Piece, _ picture: PreparedPicture?, background: RGB,
    kitty: inout KittyGraphics, lost: inout [CellRect]
  ) -> [UInt8] {
    var out: [UInt8] = [0x1B, 0x37]
    let place = CellRect(
      column: piece.at.column, row: piece.at.row, columns: piece.part.columns,
      rows: piece.part.rows)
    switch picture {
    case .sixel(let indexed, let strips, let rows):
      move(piece.at, &out)
      out += strip(piece, strips, rows) ?? supply.sixel(indexed, pixels(piece)) ?? []
    case .files(let whole, let strips, let rows):
      guard let file = strip(piece, strips, rows) ?? supply.file(whole, pixels(piece)) else {
        break
      }
      move(piece.at, &out)
      if graphics == .kitty {
        lost += kitty.place(file, over: place, &out)
      } else {
        ITerm2Graphics.place(file, columns: place.columns, rows: place.rows, &out)
      }
    case .blocks(let grid): blocks(piece, grid, &out)
    case nil:
      lost += kitty.remove(under: { $0.intersects(place) }, &out)
      for row in 0..<piece.part.rows {
        move(CellPoint(column: piece.at.column, row: piece.at.row + row), &out)
        colour(background, isBackground: true, &out)
        out += Array(repeating: 0x20, count: piece.part.columns)
      }
    }
    out += [0x1B, 0x38]
    return out
  }

  /// The prepared band that a piece is, if it is one.
  private func strip(
    _ piece: PicturePlan.Piece, _ strips: [[UInt8]], _ rows: Int
  ) -> [UInt8]? {
    let isWhole =
      piece.part.column == 0 && piece.part.columns == piece.size.columns
      && piece.part.row % rows == 0
      && (piece.part.rows == rows || piece.part.endRow == piece.size.rows)
    guard isWhole, piece.part.row / rows < strips.count, piece.part.rows <= rows else { return nil }
    let strip = strips[piece.part.row / rows]
    return strip.isEmpty ? nil : strip
  }

  private func pixels(_ piece: PicturePlan.Piece) -> PixelRect {
    PixelRect(
      x: piece.part.column * cell.width, y: piece.part.row * cell.height,
      width: piece.part.columns * cell.width, height: piece.part.rows * cell.height)
  }

  private func move(_ at: CellPoint, _ out: inout [UInt8]) {
    out += "\u{1B}[\(at.row + 1);\(at.column + 1)H".utf8
  }

  // MARK: Block elements and shades

  private func blocks(_ piece: PicturePlan.Piece, _ grid: SymbolGrid, _ out: inout [UInt8]) {
    for row in 0..<piece.part.rows {
      move(CellPoint(column: piece.at.column, row: piece.at.row + row), &out)
      var ink: RGB?
      var ground: RGB?
      for column in 0..<piece.part.columns {
        let x = piece.part.column + column, y = piece.part.row + row
        let cell = grid[x, y]
        if colours == .none {
          out += shade(ColourMapping.luminance(cell.mean))
          continue
        }
        let background = shown(isUnicode ? cell.background : cell.mean, x, 2 * y + 1)
        if background != ground { colour(background, isBackground: true, &out) }
        ground = background
        guard isUnicode else {
          out.append(0x20)
          continue
        }
        let foreground = shown(cell.foreground, x, 2 * y)
        if foreground != ink { colour(foreground, isBackground: false, &out) }
        ink = foreground
        out += String(cell.symbol).utf8
      }
    }
  }

  /// A colour that the terminal has: with few colours, dithered by an ordered pattern, which stays still from preview
  /// to preview. Where one of 256 colours is near enough, halves of a cell look better in it than in a pattern.
  private func shown(_ c: RGB, _ x: Int, _ y: Int) -> RGB {
    switch colours {
    case .direct, .none: return c
    case .indexed, .eight:
      if colours == .indexed {
        let near = ColourMapping.colour(ColourMapping.indexed(c))
        let off = [(near.red, c.red), (near.green, c.green), (near.blue, c.blue)]
        if off.allSatisfy({ abs(Int($0) - Int($1)) <= 20 }) { return near }
      }
      // Bayer 1973: thresholds of a 4x4 cell, here -7.5...7.5 sixteenths of a step.
      let step = colours == .indexed ? 40 : 128
      let offset = (2 * Self.bayer[(y & 3) * 4 + (x & 3)] - 15) * step / 32
      func moved(_ v: UInt8) -> UInt8 { UInt8(min(255, max(0, Int(v) + offset))) }
      return RGB(moved(c.red), moved(c.green), moved(c.blue))
    }
  }
  private static let bayer = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

  private func shade(_ luminance: Int) -> [UInt8] {
    if isUnicode {
      let steps = [" ", "░", "▒", "▓", "█"]
      return Array(steps[min(4, luminance * 5 / 256)].utf8)
    }
    let steps = [UInt8](" .:-=+*#%@".utf8)
    return [steps[min(9, luminance * 10 / 256)]]
  }

  private func colour(_ c: RGB, isBackground: Bool, _ out: inout [UInt8]) {
    switch colours {
    case .none: break
    case .eight: out += "\u{1B}[\((isBackground ? 40 : 30) + ColourMapping.eight(c))m".utf8
    case .indexed:
      out += "\u{1B}[\(isBackground ? 48 : 38);5;\(ColourMapping.indexed(c))m".utf8
    case .direct:
      out += "\u{1B}[\(isBackground ? 48 : 38);2;\(c.red);\(c.green);\(c.blue)m".utf8
    }
  }
}
