internal import EaselKit
internal import EaselScreen

/// A box with a frame one cell wide.
struct Box: Hashable {
  var frame: CellRect
  var inner: CellRect { frame.inset() }
  /// Rows at the bottom that belong to something else.
  var reserved = 0
  /// Where text stands: a cell of air at each side.
  var text: CellRect { inner.narrowed(1).splitBottom(reserved).0 }
  init(_ frame: CellRect) { self.frame = frame }
}

/// One cell in pixels, as the terminal told; else the shape most fonts have.
struct CellPixels: Hashable {
  var width: Int
  var height: Int

  init(_ terminal: TerminalSize) {
    if let width = terminal.cellWidth, let height = terminal.cellHeight, width > 0, height > 0 {
      self.width = width
      self.height = height
    } else {
      width = 8
      height = 16
    }
  }

  /// The largest whole cells inside `area`, in its middle, that keep the shape of a picture.
  func fit(_ size: PixelSize, in area: CellRect) -> CellRect {
    guard !area.isEmpty, size.width > 0, size.height > 0 else { return area }
    let wide = Double(area.columns * width) / Double(size.width)
    let high = Double(area.rows * height) / Double(size.height)
    let scale = min(wide, high)
    let columns = Int((Double(size.width) * scale / Double(width)).rounded())
    let rows = Int((Double(size.height) * scale / Double(height)).rounded())
    return centred(columns: columns, rows: rows, in: area)
  }

  func centred(columns: Int, rows: Int, in area: CellRect) -> CellRect {
    let columns = clamp(columns, 1...max(1, area.columns))
    let rows = clamp(rows, 1...max(1, area.rows))
    return CellRect(
      column: area.column + (area.columns - columns) / 2, row: area.row + (area.rows - rows) / 2,
      columns: columns, rows: rows)
  }
}

extension AppState {
  var cell: CellPixels { CellPixels(terminal) }
  var size: CellSize { terminal.cells }

  static let smallest = CellSize(columns: 40, rows: 10)
  var isTooSmall: Bool {
    size.columns < Self.smallest.columns || size.rows < Self.smallest.rows
  }

  /// Between the tabs and the footer.
  var body: CellRect {
    CellRect(column: 0, row: 1, columns: size.columns, rows: size.rows - 2)
  }
}

extension CellRect {
  /// The first `n` rows, and what is left.
  func splitTop(_ n: Int) -> (CellRect, CellRect) {
    let n = clamp(n, 0...max(0, rows))
    return (
      CellRect(column: column, row: row, columns: columns, rows: n),
      CellRect(column: column, row: row + n, columns: columns, rows: rows - n)
    )
  }

  /// What is left, and the last `n` rows.
  func splitBottom(_ n: Int) -> (CellRect, CellRect) { splitTop(rows - clamp(n, 0...max(0, rows))) }

  /// What is left, and the last `n` columns.
  func splitRight(_ n: Int) -> (CellRect, CellRect) {
    splitLeft(columns - clamp(n, 0...max(0, columns)))
  }

  /// The first `n` columns, and what is left.
  func splitLeft(_ n: Int) -> (CellRect, CellRect) {
    let n = clamp(n, 0...max(0, columns))
    return (
      CellRect(column: column, row: row, columns: n, rows: rows),
      CellRect(column: column + n, row: row, columns: columns - n, rows: rows)
    )
  }

  /// Without `n` columns at each side.
  func narrowed(_ n: Int) -> CellRect {
    CellRect(column: column + n, row: row, columns: columns - 2 * n, rows: rows)
  }

  func line(_ n: Int) -> CellRect {
    CellRect(column: column, row: row + n, columns: columns, rows: n >= 0 && n < rows ? 1 : 0)
  }
}
