internal import EaselScreen

/// What screens are drawn with.
extension Screen {
  enum Side { case left, middle, right }

  /// One line of text inside `rect`, cut with an ellipsis. Returns the cells it filled.
  @discardableResult
  mutating func write(
    _ text: String, in rect: CellRect, _ style: Style = Style(), at side: Side = .left
  ) -> CellRect {
    guard !rect.isEmpty else { return rect }
    let fitted = fitted(text, rect.columns)
    let width = fitted.widthInCells
    let column =
      switch side {
      case .left: rect.column
      case .middle: rect.column + (rect.columns - width) / 2
      case .right: rect.endColumn - width
      }
    let lying = style.lying(on: self, column: rect.column, row: rect.row)
    draw(fitted, column: column, row: rect.row, style: lying, clip: rect)
    return CellRect(column: column, row: rect.row, columns: width, rows: 1)
  }

  /// Pieces of different styles on one line. What does not fit is cut. Returns the end column.
  @discardableResult
  mutating func write(_ pieces: [(String, Style)], in rect: CellRect) -> Int {
    var column = rect.column
    for (text, style) in pieces where column < rect.endColumn {
      let room = CellRect(
        column: column, row: rect.row, columns: rect.endColumn - column, rows: rect.rows)
      column = write(text, in: room, style).endColumn
    }
    return column
  }

  /// Several lines, broken at spaces. Returns how many rows were used.
  @discardableResult
  mutating func writeWrapped(_ text: String, in rect: CellRect, _ style: Style = Style()) -> Int {
    let lines = wrapped(text, rect.columns)
    for (i, line) in lines.enumerated() where i < rect.rows {
      // The last row that fits says that there is more.
      let isCut = i == rect.rows - 1 && lines.count > rect.rows
      write(isCut ? lines[i...].joined(separator: " ") : line, in: rect.line(i), style)
    }
    return min(lines.count, rect.rows)
  }

  /// A frame with round corners, a title in its upper edge and a note at its lower right. `heavy`: of thick
  /// lines, which are told from others where there are no colours.
  mutating func frame(
    _ rect: CellRect, title: String = "", note: String = "", focused: Bool = false,
    noteStyle: Style? = nil, ground: Role? = nil, edge: Role? = nil, heavy: Bool = false
  ) {
    guard rect.columns >= 2, rect.rows >= 2 else { return }
    if let ground { fill(rect, style: Style(ground)) }
    let edge = Style(edge ?? (focused ? .frameFocused : .frame), ground: ground)
    let across = String(repeating: heavy ? "━" : "─", count: rect.columns - 2)
    let top = heavy ? "┏\(across)┓" : "╭\(across)╮"
    let bottom = heavy ? "┗\(across)┛" : "╰\(across)╯"
    draw(SafeText(top), column: rect.column, row: rect.row, style: edge)
    draw(SafeText(bottom), column: rect.column, row: rect.endRow - 1, style: edge)
    let side: SafeText = heavy ? "┃" : "│"
    for row in (rect.row + 1)..<max(rect.row + 1, rect.endRow - 1) {
      draw(side, column: rect.column, row: row, style: edge)
      draw(side, column: rect.endColumn - 1, row: row, style: edge)
    }
    let inside = rect.narrowed(2)
    if !title.isEmpty {
      write(" \(title) ", in: inside.line(0), Style(focused ? .accent : .title, bold: focused))
    }
    if !note.isEmpty {
      write(
        " \(note) ", in: inside.line(rect.rows - 1), noteStyle ?? Style(.faint), at: .right)
    }
  }

  /// A quiet line around a picture on `frame`, so that one which is dark at its border does not melt into the
  /// ground: only on those of its sides where `room` has cells that the picture leaves free. `joins`: around the room
  /// lies a frame, which the lines meet where the picture reaches it.
  mutating func edge(around frame: CellRect, in room: CellRect, joins: Bool = false) {
    let left = frame.column > room.column, right = frame.endColumn < room.endColumn
    let top = frame.row > room.row, bottom = frame.endRow < room.endRow
    let style = Style(.frame).lying(on: self, column: frame.column, row: frame.row)
    let across = SafeText(String(repeating: "─", count: frame.columns))
    if top { draw(across, column: frame.column, row: frame.row - 1, style: style) }
    if bottom { draw(across, column: frame.column, row: frame.endRow, style: style) }
    for row in frame.row..<frame.endRow {
      if left { draw("│", column: frame.column - 1, row: row, style: style) }
      if right { draw("│", column: frame.endColumn, row: row, style: style) }
    }
    for (across, down, corner, joints, column, row) in [
      (top, left, "╭", ("├", "┬"), frame.column - 1, frame.row - 1),
      (top, right, "╮", ("┤", "┬"), frame.endColumn, frame.row - 1),
      (bottom, left, "╰", ("├", "┴"), frame.column - 1, frame.endRow),
      (bottom, right, "╯", ("┤", "┴"), frame.endColumn, frame.endRow),
    ] {
      if across, down {
        draw(SafeText(corner), column: column, row: row, style: style)
      } else if joins, across || down, bounds.contains(CellPoint(column: column, row: row)) {
        // Where the frame's line runs, and no title or note.
        let met = self[column, row]
        guard met.content == .glyph(across ? "│" : "─", width: 1) else { continue }
        draw(
          SafeText(across ? joints.0 : joints.1), column: column, row: row, style: met.style)
      }
    }
  }

  /// A bar that is `fraction` full.
  mutating func bar(_ fraction: Double, in rect: CellRect) {
    guard !rect.isEmpty else { return }
    let share = fraction.isFinite ? clamp(fraction, 0...1) : 0
    let done = Int((share * Double(rect.columns)).rounded(.down))
    write(String(repeating: "█", count: done), in: rect, Style(.progressDone))
    write(
      String(repeating: "░", count: rect.columns - done), in: rect, Style(.progressOpen),
      at: .right)
  }

  /// A text being edited, scrolled so that its cursor is seen; puts the cursor there when focused.
  mutating func edit(
    _ editor: TextEditor, in rect: CellRect, focused: Bool, placeholder: String = "",
    colours: PromptColours? = nil
  ) {
    guard !rect.isEmpty else { return }
    fill(rect, style: Style(.editor))
    if editor.isEmpty { writeWrapped(placeholder, in: rect, Style(.faint)) }
    if editor.isSingleLine { return editLine(editor, in: rect, focused: focused) }
    let layout = editor.rows(width: rect.columns)
    let first = editor.firstRow(width: rect.columns, height: rect.rows)
    for (i, row) in layout.rows.dropFirst(first).prefix(rect.rows).enumerated() {
      var column = rect.column
      var start = row.range.lowerBound
      // Neighbours of one style are drawn together.
      while start < row.range.upperBound {
        let colours = editor.isSelected ? nil : colours
        let style = colours?[start] ?? Style(editor.isSelected ? .selected : .editor)
        var end = start + 1
        while end < row.range.upperBound, colours.map({ $0[end] == style }) ?? true { end += 1 }
        let text = SafeText(String(editor.characters[start..<end].filter { $0 != "\n" }))
        draw(text, column: column, row: rect.row + i, style: style, clip: rect)
        column += editor.characters[start..<end].reduce(0) { $0 + TextRows.width($1) }
        start = end
      }
    }
    guard focused else { return }
    let at = editor.cursorCell(width: rect.columns)
    cursor = CellPoint(
      column: min(rect.column + at.column, rect.endColumn - 1),
      row: clamp(rect.row + at.row - first, rect.row...(rect.endRow - 1)))
  }

  private mutating func editLine(_ editor: TextEditor, in rect: CellRect, focused: Bool) {
    // Drop graphemes at the left until the cursor fits.
    var start = 0
    var before = editor.characters[..<editor.cursor].reduce(0) { $0 + TextRows.width($1) }
    while before > rect.columns - 1, start < editor.cursor {
      before -= TextRows.width(editor.characters[start])
      start += 1
    }
    draw(
      SafeText(String(editor.characters[start...])), column: rect.column, row: rect.row,
      style: Style(editor.isSelected && focused ? .selected : .editor), clip: rect)
    if focused { cursor = CellPoint(column: rect.column + before, row: rect.row) }
  }
}

extension Style {
  /// This style with the background of what it is written over.
  fileprivate func lying(on screen: Screen, column: Int, row: Int) -> Style {
    guard ground == nil, screen.bounds.contains(CellPoint(column: column, row: row)) else {
      return self
    }
    switch role {
    // These say something with their own background.
    case .selected, .tabActive, .popup, .canvas, .editor: return self
    default: break
    }
    let under = screen[column, row].style
    var style = self
    switch under.ground ?? under.role {
    case .popup: style.ground = .popup
    case .canvas: style.ground = .canvas
    case .editor: style.ground = .editor
    case .tab: style.ground = .tab
    case .footer: style.ground = .footer
    case .selected: style.ground = .selected
    default: break
    }
    return style
  }
}

/// `text` on one line, cut with an ellipsis where it is wider than `width` cells.
func fitted(_ text: String, _ width: Int) -> SafeText {
  let text = SafeText(text.onOneLine)
  guard text.widthInCells > width else { return text }
  guard width > 0 else { return "" }
  var kept = ""
  var used = 0
  for glyph in text.glyphs {
    if used + glyph.width > width - 1 { break }
    kept.append(glyph.character)
    used += glyph.width
  }
  return SafeText(kept + "…")
}

/// Broken at spaces into lines of at most `width` cells; longer words are cut.
func wrapped(_ text: String, _ width: Int) -> [String] {
  guard width > 0 else { return [] }
  let characters = Array(text)
  // The layout keeps a cell free for a cursor that is not here.
  return TextRows(characters, width: width + 1).rows.map {
    var line = String(characters[$0.range].filter { $0 != "\n" })
    while line.last == " " { line.removeLast() }
    return line
  }
}

extension String {
  var onOneLine: String { contains("\n") ? String(map { $0 == "\n" ? " " : $0 }) : self }
}
