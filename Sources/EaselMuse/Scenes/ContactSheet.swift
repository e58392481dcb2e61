public import EaselKit

/// Pictures of one size side by side on light grey, each pixel `scale` times enlarged.
public func contactSheet(_ pictures: [Picture], columns: Int, scale: Int = 1) -> Picture {
  guard let first = pictures.first else { return Picture(width: 1, height: 1) }
  precondition(columns > 0 && scale > 0, "a contact sheet wants columns and a scale of at least 1")
  precondition(
    pictures.allSatisfy { $0.size == first.size },
    "a contact sheet wants pictures of one size, got \(Set(pictures.map(\.size)))")
  let gap = 2
  let across = min(columns, pictures.count)
  let down = (pictures.count + columns - 1) / columns
  let cellWidth = first.width * scale + gap, cellHeight = first.height * scale + gap
  var sheet = Picture(
    width: across * cellWidth + gap, height: down * cellHeight + gap, red: 226, green: 226,
    blue: 226)
  for (i, picture) in pictures.enumerated() {
    let left = gap + (i % columns) * cellWidth, top = gap + (i / columns) * cellHeight
    for y in 0..<(picture.height * scale) {
      var to = ((top + y) * sheet.width + left) * 3
      let line = (y / scale) * picture.width * 3
      for x in 0..<(picture.width * scale) {
        let from = line + (x / scale) * 3
        for channel in 0..<3 { sheet.pixels[to + channel] = picture.pixels[from + channel] }
        to += 3
      }
    }
  }
  return sheet
}
