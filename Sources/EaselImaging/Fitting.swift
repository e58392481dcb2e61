public import EaselKit
import Glibc

func sine(_ x: Double) -> Double { sin(x) }

extension PixelSize {
  /// The largest size of the same shape inside `box`, at least 1x1. Never larger than the picture
  /// itself when `mayGrow` is false.
  public func fitted(in box: PixelSize, mayGrow: Bool = true) -> PixelSize {
    guard width > 0, height > 0, box.width > 0, box.height > 0 else {
      return PixelSize(width: 1, height: 1)
    }
    if !mayGrow, width <= box.width, height <= box.height { return self }
    // Compare w/h with W/H without division.
    if width * box.height >= box.width * height {
      let high = (height * box.width + width / 2) / width
      return PixelSize(width: box.width, height: max(1, min(box.height, high)))
    }
    let wide = (width * box.height + height / 2) / height
    return PixelSize(width: max(1, min(box.width, wide)), height: box.height)
  }

  /// As `fitted(in:)`, but by the largest whole factor when the picture can grow at least twofold:
  /// every pixel becomes an equal square.
  public func fittedByWholeFactor(in box: PixelSize) -> PixelSize {
    guard width > 0, height > 0 else { return PixelSize(width: 1, height: 1) }
    let factor = min(box.width / width, box.height / height)
    if factor >= 2 { return PixelSize(width: width * factor, height: height * factor) }
    return fitted(in: box)
  }
}

extension Picture {
  /// The picture in the middle of a canvas of `size`, with `background` (red, green, blue) around
  /// it: how a picture comes to cover whole cells of a terminal. Larger pictures are cut.
  public func centred(
    on size: PixelSize, background: (red: UInt8, green: UInt8, blue: UInt8) = (0, 0, 0)
  ) -> Picture {
    if size == self.size { return self }
    var canvas = Picture(
      width: size.width, height: size.height, red: background.red, green: background.green,
      blue: background.blue)
    let left = (size.width - width) / 2, top = (size.height - height) / 2
    let columns = max(0, left)..<min(size.width, left + width)
    for y in max(0, top)..<min(size.height, top + height) {
      let from = ((y - top) * width + columns.lowerBound - left) * 3
      let to = (y * size.width + columns.lowerBound) * 3
      canvas.pixels.replaceSubrange(
        to..<(to + columns.count * 3), with: pixels[from..<(from + columns.count * 3)])
    }
    return canvas
  }

  /// The picture scaled until it fills `size`, what is too much cut off on both sides alike.
  public func filling(_ size: PixelSize) -> Picture {
    if size == self.size { return self }
    // Compare w/h with W/H without division.
    let isWide = width * size.height >= height * size.width
    let scaledSize =
      isWide
      ? PixelSize(
        width: max(size.width, (width * size.height + height / 2) / height), height: size.height)
      : PixelSize(
        width: size.width, height: max(size.height, (height * size.width + width / 2) / width))
    return scaled(to: scaledSize).centred(on: size)
  }

  /// The picture fitted into a square of `side` pixels; smaller pictures stay as they are.
  public func thumbnail(side: Int) -> Picture {
    scaled(
      to: size.fitted(in: PixelSize(width: side, height: side), mayGrow: false),
      by: .automatic)
  }
}
