import EaselKit
public import EaselScreen

/// A small terminal emulator: cells, attributes, modes, and a plane of sixel pixels. Writing a cell
/// erases the pixels under it, as real terminals do, so that stale or missing pixels show.
///
/// Source: ECMA-48 and xterm's "Control Sequences"; sixel placement as measured in xterm, mlterm
/// and foot.
public struct VTScreen: Sendable {
  public struct Cell: Hashable, Sendable {
    /// The grapheme; empty in the right half of a wide one.
    public var text: String = " "
    public var foreground: Colour = .default
    public var background: Colour = .default
    public var isBold = false
    public var isUnderlined = false
    public var isReversed = false
  }
  public enum Colour: Hashable, Sendable {
    case `default`
    case indexed(Int)
    case direct(RGB)
  }

  public let profile: TerminalProfile
  public internal(set) var size: CellSize
  public internal(set) var cells: [Cell]
  /// 0xFFRRGGBB, or 0 where no picture is; `size` times the cell's size, row by row.
  public internal(set) var pixels: [UInt32]
  public internal(set) var cursor = CellPoint(column: 0, row: 0)
  /// Private modes (`CSI ? n h`) that are set.
  public internal(set) var modes: Set<Int> = [7, 25]
  /// Answers that the program under test has not been sent yet.
  public internal(set) var replies: [UInt8] = []
  /// The number of the last `idle` announcement.
  public internal(set) var idle = 0
  /// Whether a frame's cells have arrived in part: old and new words stand side by side.
  public internal(set) var isBetweenFrames = false
  /// What programs put on the clipboard, decoded.
  public internal(set) var clipboard: [String] = []
  public internal(set) var sixels = 0
  /// Pictures that came while the cursor could be seen: it may blink where they begin, and wipe them there.
  public internal(set) var sixelsUnderCursor = 0
  public internal(set) var sixelBytes = 0
  /// Pixels of all sixels.
  public internal(set) var sixelPixels = 0
  public internal(set) var bytes = 0
  /// Sequences that this emulator does not know; a test can demand that there are none.
  public internal(set) var unknown: [String] = []
  /// Times the screen scrolled.
  public internal(set) var scrolls = 0

  var pen = Cell()
  var saved: (cursor: CellPoint, pen: Cell) = (CellPoint(column: 0, row: 0), Cell())
  /// By XTSAVE.
  var savedModes: [Int: Bool] = [:]
  var main: (cells: [Cell], pixels: [UInt32], cursor: CellPoint)?
  var wrapsNext = false
  var region: Range<Int>
  var lastText = " "
  var isLineDrawing = false
  var parser = Parser()
  var placements: [Placement] = []
  /// Of the kitty picture that comes in pieces.
  var fileKeys: [String: String] = [:]
  var fileText = ""

  public init(size: CellSize, profile: TerminalProfile = .full) {
    self.size = size
    self.profile = profile
    cells = Array(repeating: Cell(), count: size.columns * size.rows)
    pixels = Array(
      repeating: 0, count: size.columns * size.rows * profile.cell.width * profile.cell.height)
    region = 0..<size.rows
  }

  public subscript(column: Int, row: Int) -> Cell { cells[row * size.columns + column] }

  /// The text of a row, trailing spaces cut.
  public func line(_ row: Int) -> String {
    var text = (0..<size.columns).map { self[$0, row].text }.joined()
    while text.last == " " || text.last == "\u{A0}" { text.removeLast() }
    return text
  }

  /// All rows.
  public var text: String { (0..<size.rows).map(line).joined(separator: "\n") }

  /// Whether a row shows `text`. Asked after everything that arrives, so that it looks at the cells as they are.
  public func contains(_ text: String) -> Bool {
    let glyphs = text.map { String($0) }
    guard let first = glyphs.first else { return true }
    return cells.withUnsafeBufferPointer { cells in
      for start in cells.indices where cells[start].text == first {
        let end = (start / size.columns + 1) * size.columns
        var at = start
        let isThere = glyphs.allSatisfy { glyph in
          // The right half of a wide glyph.
          while at < end, cells[at].text.isEmpty { at += 1 }
          defer { at += 1 }
          return at < end && cells[at].text == glyph
        }
        if isThere { return true }
      }
      return false
    }
  }

  public var isAlternate: Bool { main != nil }

  /// The pixels of one cell, row by row; nil when it has none.
  public func pixels(column: Int, row: Int) -> [UInt32]? {
    if let placed = placed(column: column, row: row) { return placed }
    let w = profile.cell.width, h = profile.cell.height
    var all: [UInt32] = []
    for y in 0..<h {
      let start = (row * h + y) * size.columns * w + column * w
      all += pixels[start..<(start + w)]
    }
    return all.allSatisfy { $0 == 0 } ? nil : all
  }

  private func hasPixels(_ column: Int, _ row: Int) -> Bool {
    if placements.contains(where: { $0.rect.contains(CellPoint(column: column, row: row)) }) {
      return true
    }
    let w = profile.cell.width, h = profile.cell.height
    return (0..<h).contains { y in
      let start = (row * h + y) * size.columns * w + column * w
      return pixels[start..<(start + w)].contains { $0 != 0 }
    }
  }

  /// Cells that show a picture.
  public var pictureCells: Int {
    var count = 0
    for row in 0..<size.rows {
      for column in 0..<size.columns where hasPixels(column, row) { count += 1 }
    }
    return count
  }

  /// The window gets another size; cells and pixels keep their places, as in xterm.
  public mutating func resize(_ new: CellSize) {
    guard new != size else { return }
    (cells, pixels) = resized(cells, pixels, to: new)
    if let old = main {
      let (cells, pixels) = resized(old.cells, old.pixels, to: new)
      main = (cells, pixels, old.cursor)
    }
    size = new
    region = 0..<new.rows
    cursor.column = min(cursor.column, new.columns - 1)
    cursor.row = min(cursor.row, new.rows - 1)
  }

  private func resized(
    _ cells: [Cell], _ pixels: [UInt32], to new: CellSize
  ) -> ([Cell], [UInt32]) {
    let w = profile.cell.width, h = profile.cell.height
    var newCells = Array(repeating: Cell(), count: new.columns * new.rows)
    var newPixels = [UInt32](repeating: 0, count: new.columns * new.rows * w * h)
    let columns = min(size.columns, new.columns), rows = min(size.rows, new.rows)
    for row in 0..<rows {
      for column in 0..<columns {
        newCells[row * new.columns + column] = cells[row * size.columns + column]
      }
    }
    for y in 0..<(rows * h) {
      for x in 0..<(columns * w) {
        newPixels[y * new.columns * w + x] = pixels[y * size.columns * w + x]
      }
    }
    return (newCells, newPixels)
  }

  // MARK: Writing cells

  mutating func set(_ column: Int, _ row: Int, _ cell: Cell) {
    cells[row * size.columns + column] = cell
    erasePixels(column, row)
  }

  private mutating func erasePixels(_ column: Int, _ row: Int) {
    let w = profile.cell.width, h = profile.cell.height
    let stride = size.columns * w, start = row * h * stride + column * w
    pixels.withUnsafeMutableBufferPointer { pixels in
      for y in 0..<h {
        for x in (start + y * stride)..<(start + y * stride + w) { pixels[x] = 0 }
      }
    }
  }

  mutating func erase(_ columns: Range<Int>, _ row: Int) {
    for column in columns.clamped(to: 0..<size.columns) {
      var blank = Cell()
      blank.background = pen.background
      breakWide(column, row)
      set(column, row, blank)
    }
  }

  /// A wide glyph that loses one half loses both.
  private mutating func breakWide(_ column: Int, _ row: Int) {
    let index = row * size.columns + column
    if cells[index].text.isEmpty, column > 0 { cells[index - 1].text = " " }
    if column + 1 < size.columns, cells[index + 1].text.isEmpty { cells[index + 1].text = " " }
  }

  mutating func write(_ scalar: Unicode.Scalar) {
    let character = Character(scalar)
    let width = SafeText.widthInCells(of: character)
    if width == 0 {
      // A mark joins the glyph before the cursor.
      var column = cursor.column - (wrapsNext ? 0 : 1)
      guard column >= 0 else { return }
      if self[column, cursor.row].text.isEmpty, column > 0 { column -= 1 }
      cells[cursor.row * size.columns + column].text.unicodeScalars.append(scalar)
      return
    }
    if wrapsNext || cursor.column + width > size.columns {
      cursor.column = 0
      lineFeed()
    }
    wrapsNext = false
    var cell = pen
    cell.text = isLineDrawing ? Self.lineDrawing(scalar) : String(character)
    lastText = cell.text
    for i in 0..<width where cursor.column + i < size.columns {
      breakWide(cursor.column + i, cursor.row)
    }
    set(cursor.column, cursor.row, cell)
    if width == 2, cursor.column + 1 < size.columns {
      cell.text = ""
      set(cursor.column + 1, cursor.row, cell)
    }
    cursor.column += width
    if cursor.column >= size.columns {
      cursor.column = size.columns - 1
      wrapsNext = modes.contains(7)
    }
  }

  private static func lineDrawing(_ scalar: Unicode.Scalar) -> String {
    let map: [Unicode.Scalar: String] = [
      "j": "┘", "k": "┐", "l": "┌", "m": "└", "n": "┼", "q": "─", "t": "├", "u": "┤", "v": "┴",
      "w": "┬", "x": "│",
    ]
    return map[scalar] ?? String(Character(scalar))
  }

  // MARK: Moving

  mutating func lineFeed() {
    if cursor.row == region.upperBound - 1 {
      scroll(region, by: 1)
    } else if cursor.row < size.rows - 1 {
      cursor.row += 1
    }
  }

  /// Moves rows of `range` up (down when negative); what appears is empty.
  mutating func scroll(_ range: Range<Int>, by count: Int) {
    guard count != 0, !range.isEmpty else { return }
    scrolls += 1
    let n = min(abs(count), range.count)
    let h = profile.cell.height, wide = size.columns * profile.cell.width
    let kept = count > 0 ? range.dropFirst(n) : range.dropLast(n)
    let rows = count > 0 ? Array(kept) : kept.reversed()
    for row in rows {
      let to = count > 0 ? row - n : row + n
      for column in 0..<size.columns {
        cells[to * size.columns + column] = cells[row * size.columns + column]
      }
      for i in 0..<(h * wide) { pixels[to * h * wide + i] = pixels[row * h * wide + i] }
    }
    for row in count > 0 ? range.suffix(n) : range.prefix(n) { erase(0..<size.columns, row) }
  }

  // MARK: Sixel

  mutating func draw(_ image: SixelImage) {
    sixels += 1
    if modes.contains(25) { sixelsUnderCursor += 1 }
    let w = profile.cell.width, h = profile.cell.height
    let rows = (image.height + h - 1) / h
    // Without mode 8452 the line after the picture must exist, which scrolls at the bottom.
    let last = cursor.row + rows
    if profile.scrollsAfterSixel, !modes.contains(8452), last > size.rows - 1 {
      let n = last - (size.rows - 1)
      scroll(0..<size.rows, by: n)
      cursor.row = max(0, cursor.row - n)
    }
    let columns = min(image.width, (size.columns - cursor.column) * w)
    let lines = min(image.height, (size.rows - cursor.row) * h)
    let start = cursor.row * h * size.columns * w + cursor.column * w, stride = size.columns * w
    image.plane.withUnsafeBufferPointer { plane in
      pixels.withUnsafeMutableBufferPointer { pixels in
        for y in 0..<max(0, lines) {
          let from = y * image.width, to = start + y * stride
          for x in 0..<columns where plane[from + x] != 0 { pixels[to + x] = plane[from + x] }
        }
      }
    }
    if modes.contains(8452) {
      cursor.column = min(size.columns - 1, cursor.column + (image.width + w - 1) / w)
      cursor.row = min(size.rows - 1, cursor.row + max(0, rows - 1))
    } else {
      cursor.row = min(size.rows - 1, cursor.row + rows)
    }
    wrapsNext = false
  }
}
