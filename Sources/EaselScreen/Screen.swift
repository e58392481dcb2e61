public import EaselKit

/// One frame: every cell, the pictures on it, and where the cursor blinks. A value; the terminal
/// draws the difference to the frame before.
public struct Screen: Hashable, Sendable {
  public struct Cell: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
      /// One grapheme that fills `width` cells (1 or 2). Sanitised: never a control character.
      case glyph(Character, width: Int)
      /// The right half of a wide glyph.
      case continuation
      /// A cell of picture `pictures[slot]`.
      case picture(slot: Int)
    }
    public var content: Content
    public var style: Style
    public init(_ content: Content = .glyph(" ", width: 1), style: Style = Style()) {
      self.content = content
      self.style = style
    }
  }

  /// A picture and the cells it fills. The terminal scales the picture to fit and centres it on
  /// whole cells; cells of the frame that something was drawn over later stay covered.
  public struct PictureSlot: Hashable, Sendable {
    public var key: PictureKey
    public var frame: CellRect
    /// The pixels of the picture to show, for a closer look; nil shows all of it.
    public var part: PixelRect?
    public init(key: PictureKey, frame: CellRect, part: PixelRect? = nil) {
      self.key = key
      self.frame = frame
      self.part = part
    }
  }

  public let size: CellSize
  /// Row by row, `size.rows * size.columns`.
  public private(set) var cells: [Cell]
  public private(set) var pictures: [PictureSlot] = []
  /// Where the terminal's cursor is shown; nil hides it.
  public var cursor: CellPoint?

  public init(size: CellSize, style: Style = Style()) {
    self.size = size
    cells = Array(repeating: Cell(style: style), count: max(0, size.columns * size.rows))
  }

  public var bounds: CellRect {
    CellRect(column: 0, row: 0, columns: size.columns, rows: size.rows)
  }

  public subscript(column: Int, row: Int) -> Cell { cells[row * size.columns + column] }

  /// Whether a row has the same cells as that of a screen of the same size. Most rows of a frame are those of the frame
  /// before, and to compare them is all they cost.
  public func hasRow(_ row: Int, like other: Screen) -> Bool {
    guard size == other.size, (0..<size.rows).contains(row) else { return false }
    let range = (row * size.columns)..<((row + 1) * size.columns)
    return cells[range] == other.cells[range]
  }

  /// Fills `rect` (clipped) with spaces.
  public mutating func fill(_ rect: CellRect, style: Style) {
    let r = rect.intersection(bounds)
    put(Cell(style: style), everywhereIn: r)
  }

  /// Draws `text` from (`column`, `row`), clipped to `clip` (the whole screen when nil) and to one
  /// row. Returns the column after the last cell that the text wanted.
  @discardableResult
  public mutating func draw(
    _ text: SafeText, column: Int, row: Int, style: Style = Style(), clip: CellRect? = nil
  ) -> Int {
    let clip = (clip ?? bounds).intersection(bounds)
    var at = column
    for glyph in text.glyphs {
      if row >= clip.row, row < clip.endRow, at >= clip.column, at + glyph.width <= clip.endColumn {
        put(Cell(.glyph(glyph.character, width: glyph.width), style: style), column: at, row: row)
        if glyph.width == 2 { put(Cell(.continuation, style: style), column: at + 1, row: row) }
      } else if glyph.width == 2, row >= clip.row, row < clip.endRow, at >= clip.column,
        at < clip.endColumn
      {
        // Half of a wide glyph would stick out of the pane: a space keeps the columns right.
        put(Cell(style: style), column: at, row: row)
      }
      at += glyph.width
    }
    return at
  }

  /// Gives `frame` (clipped to the screen) to a picture. Anything drawn later covers it.
  public mutating func place(
    _ key: PictureKey, in frame: CellRect, part: PixelRect? = nil, style: Style = Style(.canvas)
  ) {
    let r = frame.intersection(bounds)
    guard !r.isEmpty else { return }
    let slot = pictures.count
    pictures.append(PictureSlot(key: key, frame: r, part: part))
    put(Cell(.picture(slot: slot), style: style), everywhereIn: r)
  }

  /// Sets all cells of a rectangle inside the screen; wide glyphs lose a half at its sides only.
  private mutating func put(_ cell: Cell, everywhereIn rect: CellRect) {
    guard !rect.isEmpty else { return }
    for row in rect.row..<rect.endRow {
      put(cell, column: rect.column, row: row)
      put(cell, column: rect.endColumn - 1, row: row)
      let start = row * size.columns
      for i in (start + rect.column)..<(start + rect.endColumn) { cells[i] = cell }
    }
  }

  /// Sets one cell; a wide glyph that loses a half becomes a space, so no glyph is ever cut.
  private mutating func put(_ cell: Cell, column: Int, row: Int) {
    let i = row * size.columns + column
    if case .continuation = cells[i].content, column > 0, cell.content != .continuation {
      cells[i - 1].content = .glyph(" ", width: 1)
    }
    if case .glyph(_, width: 2) = cells[i].content, column + 1 < size.columns,
      cells[i + 1].content == .continuation
    {
      cells[i + 1].content = .glyph(" ", width: 1)
    }
    cells[i] = cell
  }

  /// The text of the frame, a line a row, trailing spaces cut; picture cells are `▒`. For tests.
  public var plainText: String {
    var lines: [String] = []
    for row in 0..<size.rows {
      var line = ""
      for column in 0..<size.columns {
        switch self[column, row].content {
        case .glyph(let c, _): line.append(c)
        case .continuation: break
        case .picture: line.append("▒")
        }
      }
      while line.last == " " { line.removeLast() }
      lines.append(line)
    }
    return lines.joined(separator: "\n")
  }
}
