public import EaselKit

/// Pictures side by side with their captions below, in small letters: for looking through a set.
///
/// - Parameters:
///   - side: pixels of the square that each picture is fitted into.
///   - lines: of caption below each; what does not fit is left out.
public func captionedSheet(
  _ tiles: [(picture: Picture, caption: String)], columns: Int, side: Int = 128, lines: Int = 3
) -> Picture {
  precondition(columns > 0 && side >= 16, "a sheet wants columns and pictures of 16 pixels or more")
  let gap = 6, line = SmallLetters.height + 4
  let across = side + gap, down = side + gap + lines * line
  let rows = max(1, (tiles.count + columns - 1) / columns)
  var sheet = Picture(
    width: min(columns, max(1, tiles.count)) * across + gap, height: rows * down + gap, red: 250,
    green: 250, blue: 250)
  for (i, tile) in tiles.enumerated() {
    let left = gap + i % columns * across, top = gap + i / columns * down
    let size = tile.picture.size.fitted(in: PixelSize(width: side, height: side))
    sheet.paste(
      tile.picture.scaled(to: size), x: left + (side - size.width) / 2,
      y: top + (side - size.height) / 2)
    let letters = max(1, side / SmallLetters.advance)
    for (n, text) in wrapped(tile.caption, letters: letters, lines: lines).enumerated() {
      SmallLetters.draw(text) { x, y in
        let column = left + x, row = top + side + 4 + n * line + y
        guard column < left + side, row < sheet.height else { return }
        for c in 0..<3 { sheet.pixels[(row * sheet.width + column) * 3 + c] = 40 }
      }
    }
  }
  return sheet
}

/// Words in lines of at most so many letters; a word that is longer is cut.
private func wrapped(_ text: String, letters: Int, lines: Int) -> [String] {
  var found: [String] = [], current = ""
  for word in text.split(separator: " ") {
    let next = current.isEmpty ? String(word) : current + " " + word
    if next.count <= letters {
      current = next
      continue
    }
    if !current.isEmpty { found.append(current) }
    current = String(word.prefix(letters))
    if found.count == lines { return found }
  }
  if !current.isEmpty, found.count < lines { found.append(current) }
  return found
}
