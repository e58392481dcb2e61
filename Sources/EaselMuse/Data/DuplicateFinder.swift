package import EaselKit

/// Finds pictures that were there already: the same pixels, or pixels that look the same.
///
/// Looking for shapes within `radius` bits would compare each picture with all others. The 64 bits are cut
/// into four bands of 16: shapes that differ in at most `radius` bits differ in one band by at most a
/// quarter of that, so that only pictures with such a band are compared (Norouzi, Punjani & Fleet 2012,
/// "Fast search in Hamming space with multi-index hashing"). With 100,000 pictures whose
/// shapes are spread evenly and a radius of 6 that is about 100 comparisons for a picture. Memory: 90 bytes a picture.
struct DuplicateFinder {
  struct Found: Hashable {
    /// Number of the picture that was there.
    var number: Int
    /// Bits that differ; nil for the same pixels.
    var distance: Int?
  }

  /// nil: pictures are compared by their pixels alone.
  let radius: Int?
  private var digests: [PixelDigest: Int] = [:]
  private var shapes: [UInt64] = []
  private var colours: [UInt8] = []
  /// Newest picture of each band and value, −1 for none, and the one before each picture.
  private var newest: [Int32]
  private var before: [Int32] = []

  init(radius: Int?) {
    self.radius = radius
    newest = [Int32](repeating: -1, count: radius == nil ? 0 : 4 << 16)
  }

  func find(_ digest: PixelDigest, _ look: PictureLook) -> Found? {
    if let number = digests[digest] { return Found(number: number, distance: nil) }
    guard let radius else { return nil }
    var best: Found?
    for band in 0..<4 {
      let value = Int(look.shape >> UInt64(16 * band) & 0xFFFF)
      for flips in Self.flips[min(radius / 4, Self.flips.count - 1)] {
        var number = newest[band << 16 | (value ^ flips)]
        while number >= 0 {
          let n = Int(number)
          number = before[n * 4 + band]
          let distance = (shapes[n] ^ look.shape).nonzeroBitCount
          guard distance <= radius else { continue }
          // The nearest, and of equally near ones the first.
          if let best, let known = best.distance, (known, best.number) <= (distance, n) { continue }
          let other = PictureLook(
            shape: shapes[n], colours: Array(colours[n * 48..<(n + 1) * 48]))
          if look.hasColours(of: other) { best = Found(number: n, distance: distance) }
        }
      }
    }
    return best
  }

  /// Adds the picture with the next number.
  mutating func add(_ digest: PixelDigest, _ look: PictureLook) {
    let number = digests.count
    digests[digest] = number
    guard radius != nil else { return }
    shapes.append(look.shape)
    colours += look.colours
    for band in 0..<4 {
      let value = Int(look.shape >> UInt64(16 * band) & 0xFFFF)
      before.append(newest[band << 16 | value])
      newest[band << 16 | value] = Int32(number)
    }
  }

  /// Bits to flip in a band for a distance of at most 0, 1, 2: the largest radius is 11.
  private static let flips: [[Int]] = {
    let one = (0..<16).map { 1 << $0 }
    let two = (0..<16).flatMap { i in (0..<i).map { 1 << i | 1 << $0 } }
    return [[0], [0] + one, [0] + one + two]
  }()
  static let largestRadius = 11
}

extension PictureLook {
  init(shape: UInt64, colours: [UInt8]) {
    self.shape = shape
    self.colours = colours
  }
}

/// 128 bits of the pixels and the size, whatever file they came in.
package struct PixelDigest: Hashable, Sendable {
  var high: UInt64
  var low: UInt64

  package init(_ picture: Picture) {
    let seed = UInt64(picture.width) << 32 | UInt64(picture.height)
    high = XXHash64.of(picture.pixels, seed: seed)
    low = XXHash64.of(picture.pixels, seed: ~seed)
  }
}
