public import EaselKit
import Glibc

/// Pictures that need no file: every key has its own pattern, every pixel its place.
public enum TestPictures {
  /// A pattern of at most 64 colours, all of whole percents so that sixel carries them exactly.
  public static func picture(_ key: PictureKey, size: PixelSize) -> Picture {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size.width * size.height * 3)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let colour = colour(key, x, y)
        pixels += [UInt8(colour >> 16 & 255), UInt8(colour >> 8 & 255), UInt8(colour & 255)]
      }
    }
    return Picture(width: size.width, height: size.height, pixels: pixels)
  }

  /// With `bandHeight`, the same colours have other numbers in every band.
  public static func indexed(
    _ key: PictureKey, size: PixelSize, bandHeight: Int? = nil
  ) -> IndexedPicture {
    var palette: [UInt8] = []
    for index in 0..<64 {
      palette += [level(index >> 4), level(index >> 2 & 3), level(index & 3)]
    }
    var indices: [UInt8] = []
    indices.reserveCapacity(size.width * size.height)
    for y in 0..<size.height {
      for x in 0..<size.width { indices.append(index(key, x, y)) }
    }
    guard let bandHeight, size.height > 0 else {
      return IndexedPicture(
        width: size.width, height: size.height, palette: palette, indices: indices)
    }
    let bands = (size.height + bandHeight - 1) / bandHeight
    for i in indices.indices {
      indices[i] = (indices[i] + UInt8(i / size.width / bandHeight * 5 % 64)) & 63
    }
    return IndexedPicture(
      width: size.width, height: size.height,
      palettes: (0..<bands).map { band in
        (0..<64).flatMap { i in
          let own = (i + 64 - band * 5 % 64) & 63
          return palette[(own * 3)..<(own * 3 + 3)]
        }
      }, bandHeight: bandHeight, indices: indices)
  }

  /// The pixel (x, y) of the pattern as 0xRRGGBB.
  public static func colour(_ key: PictureKey, _ x: Int, _ y: Int) -> UInt32 {
    let index = index(key, x, y)
    return UInt32(level(Int(index) >> 4)) << 16 | UInt32(level(Int(index) >> 2 & 3)) << 8
      | UInt32(level(Int(index) & 3))
  }

  /// A rectangle of a reduced picture as the plainest sixel.
  public static func sixel(_ picture: IndexedPicture, _ rect: PixelRect) -> [UInt8]? {
    guard rect.x >= 0, rect.y >= 0, rect.x + rect.width <= picture.width,
      rect.y + rect.height <= picture.height,
      rect.y / picture.bandHeight == (rect.y + rect.height - 1) / picture.bandHeight
    else { return nil }
    let palette = picture.palettes[rect.y / picture.bandHeight]
    var pixels: [UInt32] = []
    for y in rect.y..<(rect.y + rect.height) {
      for x in rect.x..<(rect.x + rect.width) {
        let i = Int(picture.indices[y * picture.width + x]) * 3
        pixels.append(
          UInt32(palette[i]) << 16 | UInt32(palette[i + 1]) << 8 | UInt32(palette[i + 2]))
      }
    }
    return plainSixel(width: rect.width, height: rect.height, pixels: pixels)
  }

  /// 0, 20, 60 or 100 percent: whole percents that are whole bytes too.
  private static func level(_ step: Int) -> UInt8 { [0, 51, 153, 255][step & 3] }

  private static func index(_ key: PictureKey, _ x: Int, _ y: Int) -> UInt8 {
    let salt: Int =
      switch key {
      case .image(let id): Int(id.number) * 7 + 1
      case .thumbnail(let id): Int(id.number) * 11 + 2
      case .preview(let job, let index, let revision):
        // Some squares change with every revision, others stay for up to six of them.
        job.number * 13 + index * 5 + revision / (1 + (x / 13 * 3 + y / 11 * 5) % 6) * 3 + 3
      case .result(let job, let index): job.number * 17 + index * 3 + 4
      case .heat(let id, let map): Int(id.number) * 19 + map * 5 + 5
      case .training(let what, let revision): (what == .curves ? 23 : 29) + revision * 7 + 6
      case .composed(_, let revision): revision * 31 + 8
      }
    return UInt8((x / 3 * 5 + y / 2 * 9 + salt * 21 + (x ^ y) / 4) & 63)
  }
}

/// The path of a program of this package, beside the test that runs.
public func builtProgram(_ name: String) -> String {
  var buffer = [CChar](repeating: 0, count: 4096)
  let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count - 1))
  let me = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let folder = me.split(separator: "/", omittingEmptySubsequences: false).dropLast()
  return (folder + [Substring(name)]).joined(separator: "/")
}
