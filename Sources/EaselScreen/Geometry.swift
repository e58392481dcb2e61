/// A size in terminal cells.
public struct CellSize: Hashable, Sendable {
  public var columns: Int
  public var rows: Int
  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}

/// A place in terminal cells, from the top left.
public struct CellPoint: Hashable, Sendable {
  public var column: Int
  public var row: Int
  public init(column: Int, row: Int) {
    self.column = column
    self.row = row
  }
}

/// A rectangle of terminal cells.
public struct CellRect: Hashable, Sendable {
  public var column: Int
  public var row: Int
  public var columns: Int
  public var rows: Int
  public init(column: Int, row: Int, columns: Int, rows: Int) {
    self.column = column
    self.row = row
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }
  public var isEmpty: Bool { columns == 0 || rows == 0 }
  public var endColumn: Int { column + columns }
  public var endRow: Int { row + rows }
  public func contains(_ p: CellPoint) -> Bool {
    p.column >= column && p.column < endColumn && p.row >= row && p.row < endRow
  }
  public func intersection(_ other: CellRect) -> CellRect {
    let c = max(column, other.column), r = max(row, other.row)
    return CellRect(
      column: c, row: r, columns: min(endColumn, other.endColumn) - c,
      rows: min(endRow, other.endRow) - r)
  }
  /// The rectangle without `n` cells at each side.
  public func inset(_ n: Int = 1) -> CellRect {
    CellRect(column: column + n, row: row + n, columns: columns - 2 * n, rows: rows - 2 * n)
  }
}
