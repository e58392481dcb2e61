/// A part of the token grid.
struct GridRect: Hashable {
  var column: Int
  var row: Int
  var columns: Int
  var rows: Int

  var cells: Int { columns * rows }
  /// Places of its cells in a grid of `width` columns, row by row.
  func places(in width: Int) -> [Int] {
    (row..<row + rows).flatMap { row in (column..<column + columns).map { row * width + $0 } }
  }
}

/// Which parts of a grid are painted one after the other.
///
/// A model knows grids of its own size best. What is larger is painted in windows of that size, each
/// beside what is known by then, so that half of what it sees tells it how to go on.
struct PaintingWindows {
  /// - Parameters:
  ///   - unknown: a value for every cell of the grid.
  ///   - native: the grid that the model was trained on.
  ///   - stride: windows begin at multiples of it, for models that halve the grid.
  static func plan(
    unknown: [Bool], grid: (columns: Int, rows: Int), native: Int, stride: Int = 1
  ) -> [GridRect] {
    let columns = min(native, grid.columns), rows = min(native, grid.rows)
    var unknown = unknown
    var windows: [GridRect] = []
    while unknown.contains(true) {
      let sums = SummedTable(unknown, columns: grid.columns)
      var best: (rect: GridRect, known: Int, unknown: Int)?
      for row in Swift.stride(from: 0, through: grid.rows - rows, by: stride) {
        for column in Swift.stride(from: 0, through: grid.columns - columns, by: stride) {
          let rect = GridRect(column: column, row: row, columns: columns, rows: rows)
          let missing = sums.count(in: rect)
          guard missing > 0 else { continue }
          // More than half known is no better than half.
          let known = min(rect.cells - missing, rect.cells / 2)
          if let best, (known, missing) <= (best.known, best.unknown) { continue }
          best = (rect, known, missing)
        }
      }
      // Positions at multiples of the stride reach every cell, as grids are multiples of it too.
      guard let rect = best?.rect else { break }
      for place in rect.places(in: grid.columns) { unknown[place] = false }
      windows.append(rect)
    }
    return windows
  }
}

/// Sums over rectangles in constant time (Crow 1984).
private struct SummedTable {
  private let sums: [Int]
  private let width: Int

  init(_ values: [Bool], columns: Int) {
    width = columns + 1
    let rows = values.count / columns
    var sums = [Int](repeating: 0, count: width * (rows + 1))
    for row in 0..<rows {
      var line = 0
      for column in 0..<columns {
        if values[row * columns + column] { line += 1 }
        sums[(row + 1) * width + column + 1] = sums[row * width + column + 1] + line
      }
    }
    self.sums = sums
  }

  func count(in rect: GridRect) -> Int {
    let top = rect.row * width, bottom = (rect.row + rect.rows) * width
    let left = rect.column, right = rect.column + rect.columns
    return sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left]
  }
}
