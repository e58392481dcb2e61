internal import EaselKit

/// Red, green and blue of 0 to 255.
public struct PlotColour: Hashable, Sendable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }
}

/// Pixels that lines and letters are drawn into. What lies outside is left out.
struct PlotCanvas {
  private(set) var picture: Picture

  init(width: Int, height: Int, _ colour: PlotColour) {
    picture = Picture(
      width: width, height: height, red: colour.red, green: colour.green, blue: colour.blue)
  }

  /// Lays `colour` over a pixel, `share` (0...1) of it.
  mutating func blend(_ x: Int, _ y: Int, _ colour: PlotColour, _ share: Double) {
    guard x >= 0, y >= 0, x < picture.width, y < picture.height, share > 0 else { return }
    let i = (y * picture.width + x) * 3, part = min(1, share)
    for (c, new) in [colour.red, colour.green, colour.blue].enumerated() {
      let old = Double(picture.pixels[i + c])
      picture.pixels[i + c] = UInt8((old + (Double(new) - old) * part).rounded())
    }
  }

  mutating func fill(_ rect: PixelRect, _ colour: PlotColour, _ share: Double = 1) {
    guard rect.width > 0, rect.height > 0 else { return }
    for y in rect.y..<rect.y + rect.height {
      for x in rect.x..<rect.x + rect.width { blend(x, y, colour, share) }
    }
  }

  mutating func text(_ text: String, x: Int, y: Int, _ colour: PlotColour) {
    SmallLetters.draw(text) { blend(x + $0, y + $1, colour, 1) }
  }

  /// The same at twice the size, in black.
  mutating func write(_ text: String, x: Int, y: Int) { picture.write(text, x: x, y: y) }

  /// A line of lines with smooth edges. A pixel is covered as much as the nearest part of the line
  /// leaves it: all of it within half the width, none a pixel further out. Covered once however many
  /// parts pass, so that a faint line has no dark joints.
  mutating func line(
    _ points: [(x: Double, y: Double)], width: Double, _ colour: PlotColour, share: Double = 1,
    clip: PixelRect
  ) {
    guard clip.width > 0, clip.height > 0 else { return }
    var cover = [Float](repeating: 0, count: clip.width * clip.height)
    let reach = width / 2 + 0.5
    for (a, b) in zip(points, points.dropFirst().isEmpty ? points[...] : points.dropFirst()) {
      let columns = span(min(a.x, b.x) - reach, max(a.x, b.x) + reach, clip.x, clip.width)
      let dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy
      for column in columns {
        // A steep part covers few rows of a column: only those near it are looked at.
        let rows = span(min(a.y, b.y) - reach, max(a.y, b.y) + reach, clip.y, clip.height)
        for row in rows {
          let px = Double(column) - a.x, py = Double(row) - a.y
          let t = square > 0 ? max(0, min(1, (px * dx + py * dy) / square)) : 0
          let ex = px - t * dx, ey = py - t * dy
          let far = (ex * ex + ey * ey).squareRoot()
          let i = (row - clip.y) * clip.width + column - clip.x
          cover[i] = max(cover[i], Float(max(0, min(1, reach - far))))
        }
      }
    }
    for (i, part) in cover.enumerated() where part > 0 {
      blend(clip.x + i % clip.width, clip.y + i / clip.width, colour, Double(part) * share)
    }
  }

  /// Whole numbers from `low` to `high` inside a stretch.
  private func span(_ low: Double, _ high: Double, _ start: Int, _ count: Int) -> Range<Int> {
    let first = Int(max(Double(start), min(Double(start + count), low.rounded(.down))))
    let last = Int(max(Double(start), min(Double(start + count), high.rounded(.up) + 1)))
    return first..<max(first, last)
  }
}
