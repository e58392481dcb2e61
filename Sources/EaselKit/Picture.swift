/// Pixels: 8 bits a channel, red, green, blue, row by row from the top left, sRGB.
public struct Picture: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// `width * height * 3` bytes.
  public var pixels: [UInt8]

  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * 3,
      "Picture wants \(width)x\(height)x3 bytes, got \(pixels.count)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  public init(width: Int, height: Int, red: UInt8 = 0, green: UInt8 = 0, blue: UInt8 = 0) {
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    for i in 0..<(width * height) {
      pixels[i * 3] = red
      pixels[i * 3 + 1] = green
      pixels[i * 3 + 2] = blue
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  public var size: PixelSize { PixelSize(width: width, height: height) }

  /// The pixels inside `part`; what lies outside the picture is left out. nil when nothing is left.
  public func cropped(to part: PixelRect) -> Picture? {
    let left = max(0, part.x), top = max(0, part.y)
    let right = min(width, part.x + part.width), bottom = min(height, part.y + part.height)
    guard left < right, top < bottom else { return nil }
    var cut: [UInt8] = []
    cut.reserveCapacity((right - left) * (bottom - top) * 3)
    for row in top..<bottom {
      cut += pixels[(row * width + left) * 3..<(row * width + right) * 3]
    }
    return Picture(width: right - left, height: bottom - top, pixels: cut)
  }
}

/// A size in pixels.
public struct PixelSize: Hashable, Sendable, CustomStringConvertible {
  public var width: Int
  public var height: Int
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
  public var description: String { "\(width)x\(height)" }
}

/// A rectangle in pixels, origin at the top left.
public struct PixelRect: Hashable, Sendable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}

/// A picture reduced to a palette, as terminals with sixel graphics want it.
public struct IndexedPicture: Sendable {
  public let width: Int
  public let height: Int
  /// Red, green, blue of each colour; at most 256 colours. Of the first band, where there are several.
  public var palette: [UInt8] { palettes[0] }
  /// Palettes of the bands of `bandHeight` pixel rows, from the top; mostly one for all of the picture.
  public let palettes: [[UInt8]]
  public let bandHeight: Int
  /// One palette index for each pixel, row by row.
  public let indices: [UInt8]
  public init(width: Int, height: Int, palette: [UInt8], indices: [UInt8]) {
    self.init(
      width: width, height: height, palettes: [palette], bandHeight: max(1, height),
      indices: indices)
  }

  /// With a palette for every `bandHeight` rows, the last for what is left.
  public init(
    width: Int, height: Int, palettes: [[UInt8]], bandHeight: Int, indices: [UInt8]
  ) {
    precondition(
      indices.count == width * height
        && palettes.allSatisfy { $0.count % 3 == 0 && $0.count <= 768 },
      "IndexedPicture wants \(width)x\(height) indices, got \(indices.count)")
    precondition(
      bandHeight > 0 && palettes.count == max(1, (height + bandHeight - 1) / bandHeight),
      "IndexedPicture wants a palette for every \(bandHeight) of \(height) rows, got \(palettes.count)"
    )
    self.width = width
    self.height = height
    self.palettes = palettes
    self.bandHeight = bandHeight
    self.indices = indices
  }
}
