public import EaselKit

/// How a picture of any shape becomes one to learn from, whose sides are counted from `size`.
public enum PictureFit: String, Hashable, Sendable, CaseIterable {
  /// The largest square in the middle.
  case crop
  /// The shorter side becomes `size`, the longer one is kept up to twice that. Training looks at
  /// another square of it every time, evaluation at the one in the middle.
  case window
  /// The whole picture, on a square of the mean colour of its edges.
  case pad
  /// The whole picture, out of proportion.
  case squash

  /// Pictures with a side below this are no pictures.
  static let shortest = 16

  /// - Parameter scaled: how to make a picture another size.
  func fitted(
    _ picture: Picture, size: Int, scaled: (Picture, PixelSize) -> Picture
  ) -> Picture {
    let short = min(picture.width, picture.height)
    let square = PixelSize(width: size, height: size)
    switch self {
    case .squash: return scaled(picture, square)
    case .crop: return scaled(picture.middle(width: short, height: short), square)
    case .window:
      let part = picture.middle(
        width: min(picture.width, 2 * short), height: min(picture.height, 2 * short))
      // Rounded to the nearest pixel; the shorter side is exact.
      let wide = max(size, (part.width * size + short / 2) / short)
      let high = max(size, (part.height * size + short / 2) / short)
      return scaled(part, PixelSize(width: wide, height: high))
    case .pad:
      let long = max(picture.width, picture.height)
      let wide = max(1, (picture.width * size + long / 2) / long)
      let high = max(1, (picture.height * size + long / 2) / long)
      let whole = scaled(picture, PixelSize(width: wide, height: high))
      return whole.framed(size)
    }
  }
}

extension Picture {
  /// The part of that size in the middle, which must fit.
  func middle(width w: Int, height h: Int) -> Picture {
    cropped(to: PixelRect(x: (width - w) / 2, y: (height - h) / 2, width: w, height: h)) ?? self
  }

  /// In the middle of a square of the mean colour of its edges.
  fileprivate func framed(_ side: Int) -> Picture {
    var sums = [0, 0, 0], count = 0
    func add(_ x: Int, _ y: Int) {
      for c in 0..<3 { sums[c] += Int(pixels[(y * width + x) * 3 + c]) }
      count += 1
    }
    for x in 0..<width {
      add(x, 0)
      add(x, height - 1)
    }
    for y in 0..<height {
      add(0, y)
      add(width - 1, y)
    }
    let mean = sums.map { UInt8(($0 + count / 2) / count) }
    var square = Picture(width: side, height: side, red: mean[0], green: mean[1], blue: mean[2])
    let left = (side - width) / 2, top = (side - height) / 2
    for y in 0..<height {
      let to = ((top + y) * side + left) * 3, from = y * width * 3
      square.pixels.replaceSubrange(to..<(to + width * 3), with: pixels[from..<(from + width * 3)])
    }
    return square
  }

  /// Left and right exchanged.
  package func mirrored() -> Picture {
    var out = self
    for y in 0..<height {
      for x in 0..<width {
        let to = (y * width + x) * 3, from = (y * width + width - 1 - x) * 3
        for c in 0..<3 { out.pixels[to + c] = pixels[from + c] }
      }
    }
    return out
  }
}
