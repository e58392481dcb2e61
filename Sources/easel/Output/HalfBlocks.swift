import EaselImaging
import EaselKit

/// A picture as lines of text: two pixels a cell, the upper one as the colour of `▀` and the lower
/// one behind it. Without colours, shades made of letters.
enum HalfBlocks {
  enum Colours: Sendable { case direct, indexed, none }

  /// `picture` fitted into `columns` cells (and twice as many pixel rows as `rows`).
  static func lines(_ picture: Picture, columns: Int, rows: Int, colours: Colours) -> [String] {
    let box = PixelSize(width: max(1, columns), height: max(2, rows * 2))
    var size = picture.size.fitted(in: box)
    size.height += size.height % 2
    let small = picture.scaled(to: size)
    return stride(from: 0, to: size.height, by: 2).map { y in
      line(small, y, colours)
    }
  }

  private static func line(_ picture: Picture, _ y: Int, _ colours: Colours) -> String {
    func pixel(_ x: Int, _ y: Int) -> (Int, Int, Int) {
      let i = (y * picture.width + x) * 3
      return (Int(picture.pixels[i]), Int(picture.pixels[i + 1]), Int(picture.pixels[i + 2]))
    }
    var out = ""
    var last = ""
    for x in 0..<picture.width {
      let upper = pixel(x, y), lower = pixel(x, y + 1)
      switch colours {
      case .none:
        let light = (luma(upper) + luma(lower)) / 2
        out.append(shades[min(shades.count - 1, light * shades.count / 256)])
      case .direct, .indexed:
        let look = "\u{1B}[" + code(upper, 38, colours) + ";" + code(lower, 48, colours) + "m"
        // Neighbours are often alike: say a colour only where it changes.
        if look != last { out += look }
        last = look
        out += "▀"
      }
    }
    return colours == .none ? out : out + "\u{1B}[m"
  }

  private static let shades: [Character] = Array(" .:-=+*#%@")

  /// Rec. 601 weights.
  private static func luma(_ p: (Int, Int, Int)) -> Int {
    (299 * p.0 + 587 * p.1 + 114 * p.2) / 1000
  }

  private static func code(_ p: (Int, Int, Int), _ base: Int, _ colours: Colours) -> String {
    colours == .direct
      ? "\(base);2;\(p.0);\(p.1);\(p.2)" : "\(base);5;\(paletteIndex(p))"
  }

  /// The nearest of the 6×6×6 cube and the 24 greys of the 256-colour palette.
  static func paletteIndex(_ p: (Int, Int, Int)) -> Int {
    let levels = [0, 95, 135, 175, 215, 255]
    func nearest(_ v: Int) -> Int {
      levels.indices.min { abs(levels[$0] - v) < abs(levels[$1] - v) } ?? 0
    }
    let (r, g, b) = (nearest(p.0), nearest(p.1), nearest(p.2))
    func distance(_ q: (Int, Int, Int)) -> Int {
      let d = (p.0 - q.0, p.1 - q.1, p.2 - q.2)
      return d.0 * d.0 + d.1 * d.1 + d.2 * d.2
    }
    let grey = min(23, max(0, (luma(p) - 8 + 5) / 10))
    let level = 8 + 10 * grey
    let cube = distance((levels[r], levels[g], levels[b]))
    return distance((level, level, level)) < cube ? 232 + grey : 16 + 36 * r + 6 * g + b
  }
}
