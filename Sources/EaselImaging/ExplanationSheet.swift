public import EaselKit

/// A picture beside its maps, each with its name and the value of its lightest colour below.
///
/// - Parameter maps: what to draw; nil for all.
public func explanationSheet(
  _ picture: Picture, _ explanation: Explanation, maps: [Explanation.Map]? = nil
) -> Picture {
  let maps = maps ?? explanation.maps
  // Small pictures are enlarged, so that labels fit below them and cells can be told apart.
  let factor = max(1, (192 + picture.width - 1) / picture.width)
  let size = PixelSize(width: picture.width * factor, height: picture.height * factor)
  let large = factor == 1 ? picture : picture.scaled(to: size)
  var tiles: [(picture: Picture, name: String, scale: String)] = [(large, "picture", "")]
  for map in maps {
    let label = explanation.label(map)
    tiles.append(
      (
        large.heated(explanation.values(map), columns: explanation.columns), label.name, label.scale
      ))
  }
  let columns = min(tiles.count, max(1, Int((Double(tiles.count) * 1.6).squareRoot().rounded(.up))))
  let rows = (tiles.count + columns - 1) / columns
  let gap = 8, line = 2 * SmallLetters.height + 10
  let across = size.width + gap, down = size.height + line + gap
  var sheet = Picture(
    width: columns * across + gap, height: rows * down + gap, red: 250, green: 250, blue: 250)
  for (i, tile) in tiles.enumerated() {
    let left = gap + i % columns * across, top = gap + i / columns * down
    sheet.paste(tile.picture, x: left, y: top)
    let below = top + size.height + 5
    let room = size.width / 2 / SmallLetters.advance
    let name = String(tile.name.prefix(max(1, room - tile.scale.count - 1)))
    sheet.write(name, x: left, y: below)
    sheet.write(
      tile.scale, x: left + size.width - 2 * SmallLetters.width(of: tile.scale), y: below)
  }
  return sheet
}

extension Picture {
  /// Draws `other` over this picture; it must fit.
  mutating func paste(_ other: Picture, x: Int, y: Int) {
    for row in 0..<other.height {
      let from = row * other.width * 3, to = ((y + row) * width + x) * 3
      pixels.replaceSubrange(
        to..<to + other.width * 3, with: other.pixels[from..<from + other.width * 3])
    }
  }

  /// Writes in letters of twice their size.
  mutating func write(_ text: String, x left: Int, y top: Int) {
    let (width, height) = (width, height)
    SmallLetters.draw(text) { x, y in
      for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let (column, row) = (left + 2 * x + dx, top + 2 * y + dy)
        guard (0..<width).contains(column), (0..<height).contains(row) else { continue }
        for c in 0..<3 { pixels[(row * width + column) * 3 + c] = 40 }
      }
    }
  }
}
