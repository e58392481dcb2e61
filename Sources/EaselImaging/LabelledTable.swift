public import EaselKit

/// A table of pictures with the values of its columns above and of its rows at the left, in small letters.
///
/// - Parameters:
///   - cells: row by row, `columns.count` in each; nil stays empty.
///   - side: pixels of the square that each picture is fitted into.
///   - corner: what varies, as `steps → guidance ↓`.
public func labelledTable(
  columns: [String], rows: [String], corner: String, cells: [Picture?], side: Int
) -> Picture {
  precondition(
    side >= 8 && !columns.isEmpty && cells.count == columns.count * max(1, rows.count),
    "a table wants a picture or nil for each pair of values")
  let gap = 8, line = SmallLetters.height + 6
  let letters = max(rows.map(\.count).max() ?? 0, rows.isEmpty ? 0 : min(24, corner.count))
  let left = gap + (letters > 0 ? letters * SmallLetters.advance + gap : 0)
  let top = gap + line
  var table = Picture(
    width: left + columns.count * (side + gap), height: top + max(1, rows.count) * (side + gap),
    red: 250, green: 250, blue: 250)
  func write(_ text: String, x: Int, y: Int, room: Int) {
    let fits = max(0, room / SmallLetters.advance)
    SmallLetters.draw(String(text.prefix(fits))) { dx, dy in
      guard x + dx < table.width, y + dy < table.height, x + dx >= 0 else { return }
      for c in 0..<3 { table.pixels[((y + dy) * table.width + x + dx) * 3 + c] = 40 }
    }
  }
  if !rows.isEmpty { write(corner, x: gap, y: gap, room: left - gap) }
  for (i, value) in columns.enumerated() {
    let words = i == 0 && rows.isEmpty ? "\(corner) \(value)" : value
    let width = min(side, words.count * SmallLetters.advance)
    write(words, x: left + i * (side + gap) + (side - width) / 2, y: gap, room: side)
  }
  for (j, value) in rows.enumerated() {
    let y = top + j * (side + gap) + (side - SmallLetters.height) / 2
    write(value, x: gap, y: y, room: left - gap)
  }
  for (i, cell) in cells.enumerated() {
    guard let cell else { continue }
    let size = cell.size.fitted(in: PixelSize(width: side, height: side))
    table.paste(
      cell.scaled(to: size), x: left + i % columns.count * (side + gap) + (side - size.width) / 2,
      y: top + i / columns.count * (side + gap) + (side - size.height) / 2)
  }
  return table
}
