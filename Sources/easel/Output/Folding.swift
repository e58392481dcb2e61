import EaselScreen

/// Pieces of text in lines of at most `columns` cells, `separator` between those of one line. A piece that is wider
/// than a line is broken at its blanks; a word is never cut.
///
/// - Parameter indent: cells before each line.
func folded(
  _ pieces: some Sequence<String>, by separator: String, columns: Int, indent: Int = 0
) -> [String] {
  let blank = String(repeating: " ", count: indent)
  var lines: [String] = []
  func add(_ piece: String, by separator: String) {
    if let last = lines.last, SafeText(last + separator + piece).widthInCells <= columns {
      lines[lines.count - 1] = last + separator + piece
    } else {
      lines.append(blank + piece)
    }
  }
  for piece in pieces {
    let words = piece.split(separator: " ").map(String.init)
    guard SafeText(blank + piece).widthInCells > columns, words.count > 1 else {
      add(piece, by: separator)
      continue
    }
    add(words[0], by: separator)
    for word in words.dropFirst() { add(word, by: " ") }
  }
  return lines
}
