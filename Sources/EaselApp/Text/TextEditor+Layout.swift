package import EaselScreen

/// How a text breaks into rows of a pane.
package struct TextRows: Hashable {
  /// One row: the graphemes it shows. A line feed at its end is part of `range` and shows nothing.
  package struct Row: Hashable {
    package var range: Range<Int>
    /// The row ends where its line ends, not because the pane does.
    var endsLine: Bool
  }
  package var rows: [Row]

  /// Cells that a grapheme fills as the screen draws it.
  package static func width(_ character: Character) -> Int {
    if character == "\n" { return 0 }
    if let ascii = character.asciiValue, ascii >= 0x20, ascii < 0x7F { return 1 }
    return SafeText(String(character)).widthInCells
  }

  /// Breaks at spaces where it can, else between graphemes. One cell is kept free at the end of
  /// each row so that the cursor after the last grapheme still fits.
  package init(_ characters: [Character], width: Int) {
    let width = max(2, width)
    rows = []
    var start = 0
    var column = 0
    var lastSpace: Int?
    var i = 0
    while i < characters.count {
      let character = characters[i]
      if character == "\n" {
        rows.append(Row(range: start..<(i + 1), endsLine: true))
        i += 1
        start = i
        column = 0
        lastSpace = nil
        continue
      }
      let wide = Self.width(character)
      if column + wide > width - 1, i > start {
        let cut = if let lastSpace, lastSpace + 1 > start { lastSpace + 1 } else { i }
        rows.append(Row(range: start..<cut, endsLine: false))
        start = cut
        column = characters[cut..<i].reduce(0) { $0 + Self.width($1) }
        lastSpace = nil
        continue
      }
      if character == " " { lastSpace = i }
      column += wide
      i += 1
    }
    rows.append(Row(range: start..<characters.count, endsLine: true))
  }

  /// The row that shows a cursor at `place`.
  func row(of place: Int) -> Int {
    for (i, row) in rows.enumerated() {
      if place < row.range.upperBound { return i }
      if place == row.range.upperBound, i == rows.count - 1 { return i }
    }
    return rows.count - 1
  }
}

extension TextEditor {
  package func rows(width: Int) -> TextRows { TextRows(characters, width: width) }

  /// Where the cursor stands, in rows of this width.
  package func cursorCell(width: Int) -> CellPoint {
    let layout = rows(width: width)
    let row = layout.row(of: cursor)
    let start = layout.rows[row].range.lowerBound
    let column = characters[start..<cursor].reduce(0) { $0 + TextRows.width($1) }
    return CellPoint(column: column, row: row)
  }

  /// The place between graphemes nearest to a cell.
  func place(at cell: CellPoint, width: Int) -> Int {
    let layout = rows(width: width)
    guard cell.row >= 0 else { return 0 }
    guard cell.row < layout.rows.count else { return characters.count }
    let row = layout.rows[cell.row]
    var column = 0
    for i in row.range {
      let wide = TextRows.width(characters[i])
      if characters[i] == "\n" || column + (wide + 1) / 2 > cell.column { return i }
      column += wide
    }
    // Behind the last grapheme of a broken row is the next row; stay on this one.
    return row.endsLine ? row.range.upperBound : max(row.range.lowerBound, row.range.upperBound - 1)
  }

  /// Moves up or down by rows as shown; false when there is no such row.
  @discardableResult
  mutating func moveVertically(_ rows: Int, width: Int) -> Bool {
    let here = cursorCell(width: width)
    let count = self.rows(width: width).rows.count
    guard here.row + rows >= 0, here.row + rows < count else { return false }
    let goal = goalColumn ?? here.column
    move(
      to: place(at: CellPoint(column: goal, row: here.row + rows), width: width), keepingGoal: true)
    goalColumn = goal
    return true
  }

  /// First row to show so that the cursor is among `height` rows.
  func firstRow(width: Int, height: Int) -> Int {
    let layout = rows(width: width)
    let row = layout.row(of: cursor)
    // The end of the text stays at the bottom; scrolling follows only the cursor.
    let latest = max(0, layout.rows.count - height)
    return min(latest, max(0, row - height / 2))
  }
}
