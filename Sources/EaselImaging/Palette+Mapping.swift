public import EaselKit

/// What a picture for the terminal may cost.
public struct SixelQuality: Hashable, Sendable {
  /// Colours in the palette, 2...256.
  public var colours: Int
  /// Share of the rounding error that is passed on to the neighbours, 0...1: 0 draws flat areas
  /// and compresses well, 0.75 hides bands.
  public var diffusion: Float
  /// How much worse (in squared code values) a colour may be to continue the run on its left or
  /// above; larger values save bytes.
  public var sameness: Int

  public init(colours: Int, diffusion: Float, sameness: Int) {
    self.colours = colours
    self.diffusion = diffusion
    self.sameness = sameness
  }

  /// For pictures that will be replaced within a second.
  public static let preview = SixelQuality(colours: 128, diffusion: 0, sameness: 60)
  /// For finished pictures.
  public static let standard = SixelQuality(colours: 132, diffusion: 0.73, sameness: 125)
  /// For bands with palettes of their own, as near to true colour as sixel comes.
  public static let high = SixelQuality(colours: 192, diffusion: 0.85, sameness: 100)
  /// Every colour as near as it gets, whatever the bytes.
  public static let fine = SixelQuality(colours: 256, diffusion: 0.75, sameness: 0)
}

extension Picture {
  /// The picture in a palette of its own.
  public func indexed(_ quality: SixelQuality = .standard) -> IndexedPicture {
    indexed(with: Palette(for: self, limit: quality.colours), quality)
  }

  /// The picture in bands of `bandHeight` pixel rows with palettes of their own, each to be sent as a sequence of its
  /// own: many more colours, for a terminal to which new ones cost nothing.
  public func indexed(_ quality: SixelQuality = .high, bandHeight: Int) -> IndexedPicture {
    var palettes: [[UInt8]] = [], indices: [UInt8] = []
    indices.reserveCapacity(width * height)
    for top in stride(from: 0, to: height, by: bandHeight) {
      let rows = min(bandHeight, height - top)
      let band = Picture(
        width: width, height: rows,
        pixels: Array(pixels[(top * width * 3)..<((top + rows) * width * 3)])
      ).indexed(quality)
      palettes.append(band.palette)
      indices += band.indices
    }
    return IndexedPicture(
      width: width, height: height, palettes: palettes, bandHeight: bandHeight, indices: indices)
  }

  /// The picture in a given palette; keep one palette over the previews of a job, as xterm takes
  /// its time with every colour that is new to it.
  ///
  /// Colours come from a table of 32x32x32 entries that is filled when asked (64x64x64 for many colours or without
  /// diffusion); see `ErrorDiffusion` for that. A picture whose colours all stand in the palette is
  /// mapped exactly.
  public func indexed(with palette: Palette, _ quality: SixelQuality = .standard) -> IndexedPicture
  {
    let indices = exactIndices(palette) ?? nearIndices(palette, quality)
    return IndexedPicture(
      width: width, height: height, palette: palette.colours, indices: indices)
  }

  /// The picture in a given palette without diffusion. A pixel that had the colour `before` says keeps it where it
  /// is at most `stillness` (squared code values) worse than the nearest.
  func indexed(
    with palette: Palette, _ quality: SixelQuality, after before: [UInt8]?, stillness: Int
  ) -> IndexedPicture {
    let sameness = min(quality.sameness, Int(2.5 * meanSquaredError(palette)))
    let indices =
      exactIndices(palette) ?? mapped(palette, sameness: sameness, before, stillness: stillness)
    return IndexedPicture(
      width: width, height: height, palette: palette.colours, indices: indices)
  }

  /// Indices by the nearest colours. Where the palette fits well anyway, as it fits smooth pictures, runs of a colour
  /// that is nearly as good would show as streaks: what is nearly as good depends on how well it fits.
  private func nearIndices(_ palette: Palette, _ quality: SixelQuality) -> [UInt8] {
    var quality = quality
    if quality.sameness > 0 {
      quality.sameness = min(quality.sameness, Int(2.5 * meanSquaredError(palette)))
    }
    return quality.diffusion > 0
      ? diffused(palette, quality) : mapped(palette, sameness: quality.sameness)
  }

  /// Mean squared distance of some pixels from their nearest colours: a sixteenth of them, 256 to 2,048.
  func meanSquaredError(_ palette: Palette) -> Double {
    let search = NearestColour(palette)
    // An odd stride walks over all columns.
    let pixelCount = width * height
    let step = max(1, pixelCount / min(2048, max(256, pixelCount / 16))) | 1
    var sum = 0, count = 0
    for i in stride(from: 0, to: width * height, by: step) {
      let red = Int(pixels[i * 3]), green = Int(pixels[i * 3 + 1]), blue = Int(pixels[i * 3 + 2])
      let nearest = search.nearest(Float(red), Float(green), Float(blue))
      sum += palette.colours.withUnsafeBufferPointer {
        squaredDistance($0, nearest, red, green, blue)
      }
      count += 1
    }
    return Double(sum) / Double(count)
  }

  /// Indices of a picture all of whose colours stand in the palette; nil when one does not.
  private func exactIndices(_ palette: Palette) -> [UInt8]? {
    var known = [UInt32: UInt8](minimumCapacity: palette.count)
    for i in (0..<palette.count).reversed() {
      known[packed(palette.colours, i * 3)] = UInt8(i)
    }
    var out = [UInt8](repeating: 0, count: width * height)
    var previousKey: UInt32 = .max
    var previous: UInt8 = 0
    for i in out.indices {
      let key = packed(pixels, i * 3)
      if key != previousKey {
        let stepped =
          UInt32(sixelSteps[Int(key >> 16)]) << 16
          | UInt32(sixelSteps[Int(key >> 8 & 255)]) << 8 | UInt32(sixelSteps[Int(key & 255)])
        guard let index = known[stepped] else { return nil }
        previousKey = key
        previous = index
      }
      out[i] = previous
    }
    return out
  }

  /// Nearest colours, preferring the colour to the left or above when it is nearly as good.
  private func mapped(
    _ palette: Palette, sameness: Int, _ before: [UInt8]? = nil, stillness: Int = 0
  ) -> [UInt8] {
    let search = NearestColour(palette)
    // 0 is "not asked yet".
    var table = [UInt16](repeating: 0, count: 1 << 18)
    return [UInt8](unsafeUninitializedCapacity: width * height) { out, count in
      table.withUnsafeMutableBufferPointer { table in
        pixels.withUnsafeBufferPointer { source in
          palette.colours.withUnsafeBufferPointer { colours in
            for y in 0..<height {
              // Runs live within one band of six rows.
              let hasAbove = y % 6 != 0
              for x in 0..<width {
                let i = y * width + x
                let red = Int(source[i * 3]), green = Int(source[i * 3 + 1]),
                  blue = Int(source[i * 3 + 2])
                let key = (red >> 2) << 12 | (green >> 2) << 6 | blue >> 2
                if table[key] == 0 {
                  table[key] =
                    UInt16(
                      search.nearest(
                        Float(red & ~3) + 1.5, Float(green & ~3) + 1.5, Float(blue & ~3) + 1.5))
                    + 1
                }
                var index = UInt8(table[key] - 1)
                if let before,
                  squaredDistance(colours, Int(before[i]), red, green, blue)
                    <= squaredDistance(colours, Int(index), red, green, blue) + stillness
                {
                  index = before[i]
                } else if sameness > 0 {
                  let bound =
                    squaredDistance(colours, Int(index), red, green, blue) + sameness
                  if x > 0, squaredDistance(colours, Int(out[i - 1]), red, green, blue) <= bound {
                    index = out[i - 1]
                  } else if hasAbove,
                    squaredDistance(colours, Int(out[i - width]), red, green, blue) <= bound
                  {
                    index = out[i - width]
                  }
                }
                out[i] = index
              }
            }
          }
        }
      }
      count = width * height
    }
  }

  /// Nearest colours with the rounding error passed on.
  private func diffused(_ palette: Palette, _ quality: SixelQuality) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: width * height) { out, count in
      pixels.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, let out = out.baseAddress else { return }
        ErrorDiffusion(palette, quality, width: width).map(source, height: height, to: out)
      }
      count = width * height
    }
  }
}

/// `sixelStep` of every byte.
private let sixelSteps = (0...255).map { sixelStep(UInt8($0)) }

private func packed(_ bytes: [UInt8], _ at: Int) -> UInt32 {
  UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
}

@inline(__always)
private func squaredDistance(
  _ colours: UnsafeBufferPointer<UInt8>, _ index: Int, _ red: Int, _ green: Int, _ blue: Int
) -> Int {
  let r = Int(colours[index * 3]) - red
  let g = Int(colours[index * 3 + 1]) - green
  let b = Int(colours[index * 3 + 2]) - blue
  return r * r + g * g + b * b
}

extension IndexedPicture {
  /// Every pixel as a block: the fast way to a larger preview, as no colour is looked up twice.
  /// `size` need not be a whole factor.
  public func scaledNearest(to size: PixelSize) -> IndexedPicture {
    if size.width == width, size.height == height { return self }
    let columns = nearestSource(from: width, to: size.width)
    let rows = nearestSource(from: height, to: size.height)
    let scaled = [UInt8](unsafeUninitializedCapacity: size.width * size.height) { out, count in
      indices.withUnsafeBufferPointer { source in
        for y in 0..<size.height {
          let to = y * size.width
          if y > 0, rows[y] == rows[y - 1] {
            for x in 0..<size.width { out[to + x] = out[to - size.width + x] }
          } else {
            for x in 0..<size.width { out[to + x] = source[rows[y] * width + columns[x]] }
          }
        }
      }
      count = size.width * size.height
    }
    return IndexedPicture(
      width: size.width, height: size.height, palette: palette, indices: scaled)
  }

  /// The picture as it looks on the screen.
  public var picture: Picture {
    var pixels = [UInt8]()
    pixels.reserveCapacity(indices.count * 3)
    for y in 0..<height {
      let palette = palettes[y / bandHeight]
      for index in indices[(y * width)..<((y + 1) * width)] {
        pixels.append(palette[Int(index) * 3])
        pixels.append(palette[Int(index) * 3 + 1])
        pixels.append(palette[Int(index) * 3 + 2])
      }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }
}
