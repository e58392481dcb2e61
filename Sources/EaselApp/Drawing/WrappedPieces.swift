internal import EaselScreen

extension Screen {
  /// A text in several styles, broken at blanks as `writeWrapped` of one style breaks it. Returns how many
  /// rows were used.
  @discardableResult
  mutating func writeWrapped(_ pieces: [(String, Style)], in rect: CellRect) -> Int {
    guard !rect.isEmpty else { return 0 }
    let letters = pieces.flatMap { piece in piece.0.map { ($0, piece.1) } }
    let lines = wrapped(String(letters.map(\.0)), rect.columns)
    var next = 0
    for (i, line) in lines.prefix(rect.rows).enumerated() {
      // The last row that fits goes on past its end, and so says that there is more.
      let isCut = i == rect.rows - 1 && lines.count > rect.rows
      var parts: [(String, Style)] = []
      // Blanks where a line was broken are in no line.
      while let blank = letters[next...].first, line.first != blank.0 { next += 1 }
      let end = isCut ? letters.count : min(letters.count, next + line.count)
      for (letter, style) in letters[next..<end] {
        if parts.last?.1 == style {
          parts[parts.count - 1].0.append(letter)
        } else {
          parts.append((String(letter), style))
        }
      }
      next = end
      write(parts, in: rect.line(i))
    }
    return min(lines.count, rect.rows)
  }
}
