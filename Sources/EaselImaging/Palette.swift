public import EaselKit

/// At most 256 colours chosen for a picture.
///
/// Each channel is one of the 101 steps (0...100 %) that a sixel terminal knows, so that what is
/// mapped here is what is shown there.
public struct Palette: Hashable, Sendable {
  /// Red, green, blue of each colour.
  public let colours: [UInt8]
  public var count: Int { colours.count / 3 }

  /// Colours as given, rounded to the steps of sixel. 1...256 of them.
  public init(colours: [UInt8]) {
    precondition(
      colours.count % 3 == 0 && (3...768).contains(colours.count),
      "Palette wants 1...256 colours of 3 bytes, got \(colours.count) bytes")
    self.colours = colours.map(sixelStep)
  }

  /// Chooses `limit` (2...256) colours for a picture; all of its own when it has no more than that.
  ///
  /// Pixels are counted in 32x32x32 bins; the box of bins with the largest variance is split at
  /// its mean until there are enough boxes; two passes of k-means over the bins move the colours to
  /// the middle of what they stand for. Large pictures are counted in strides, so the time is
  /// bounded. No randomness: the same pixels give the same palette.
  /// Source: Wan, Prusinkiewicz & Wong 1990, "Variance-based color image quantization"; Lloyd
  /// 1982, "Least squares quantization in PCM".
  public init(for picture: Picture, limit: Int = 256) {
    precondition((2...256).contains(limit), "Palette wants a limit in 2...256, got \(limit)")
    if let own = fewColours(picture, limit: limit) {
      self.init(colours: own)
      return
    }
    var bins = histogram(picture)
    var boxes = [Box(bins: bins, range: bins.indices)]
    while boxes.count < limit {
      // The first of equals, so that the order is fixed.
      guard let worst = boxes.indices.max(by: { boxes[$0].spread < boxes[$1].spread }),
        boxes[worst].spread > 0, let (low, high) = boxes[worst].split(&bins)
      else { break }
      boxes[worst] = low
      boxes.append(high)
    }
    let colours = refine(boxes.map(\.mean), bins: bins)
    // Frequent colours first: their numbers are shorter in a sixel.
    self.init(colours: colours.flatMap { [byte($0.0), byte($0.1), byte($0.2)] })
  }
}

/// `value` on the scale 0...100 and back, as terminals do it.
func sixelStep(_ value: UInt8) -> UInt8 { UInt8((percent(value) * 255 + 50) / 100) }

/// 0...255 as 0...100, rounded.
func percent(_ value: UInt8) -> Int { (Int(value) * 100 + 127) / 255 }

private func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value + 0.5))) }

/// The colours of a picture in order of appearance; nil when there are more than `limit`.
private func fewColours(_ picture: Picture, limit: Int) -> [UInt8]? {
  var seen = Set<UInt32>(minimumCapacity: limit + 1)
  var colours: [UInt8] = []
  var previous: UInt32 = .max
  for i in stride(from: 0, to: picture.pixels.count, by: 3) {
    let red = picture.pixels[i], green = picture.pixels[i + 1], blue = picture.pixels[i + 2]
    let key = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    if key == previous { continue }
    previous = key
    if seen.insert(key).inserted {
      if seen.count > limit { return nil }
      colours += [red, green, blue]
    }
  }
  return colours
}

/// Pixels of one 5-bit-a-channel bin.
private struct Bin {
  var count: Float
  var red: Float
  var green: Float
  var blue: Float
  subscript(axis: Int) -> Float { axis == 0 ? red : axis == 1 ? green : blue }
}

/// The filled bins with their mean colours.
private func histogram(_ picture: Picture) -> [Bin] {
  var sums = [SIMD4<UInt32>](repeating: .zero, count: 1 << 15)
  let pixels = picture.width * picture.height
  // A stride that is odd and no divisor of common widths walks over all columns.
  let step = pixels <= 300_000 ? 1 : pixels / 300_000 | 1
  var filled = 0
  picture.pixels.withUnsafeBufferPointer { source in
    sums.withUnsafeMutableBufferPointer { sums in
      var i = 0
      while i < pixels {
        let red = UInt32(source[i * 3]), green = UInt32(source[i * 3 + 1]),
          blue = UInt32(source[i * 3 + 2])
        let bin = Int((red >> 3) << 10 | (green >> 3) << 5 | blue >> 3)
        filled += sums[bin].w == 0 ? 1 : 0
        sums[bin] &+= [red, green, blue, 1]
        i += step
      }
    }
  }
  var bins: [Bin] = []
  bins.reserveCapacity(filled)
  for sum in sums where sum.w > 0 {
    let count = Float(sum.w)
    bins.append(
      Bin(
        count: count, red: Float(sum.x) / count, green: Float(sum.y) / count,
        blue: Float(sum.z) / count))
  }
  return bins
}

/// A run of bins that one colour stands for.
private struct Box {
  var range: Range<Int>
  var mean: (Float, Float, Float)
  /// Sum of squared distances from the mean along `axis`, the widest one; 0 for a single bin.
  var spread: Float
  var axis: Int

  init(bins: [Bin], range: Range<Int>) {
    self.range = range
    var count: Float = 0
    var sum = SIMD3<Float>.zero
    for bin in bins[range] {
      count += bin.count
      sum += bin.count * SIMD3(bin.red, bin.green, bin.blue)
    }
    let middle = sum / count
    var squares = SIMD3<Float>.zero
    for bin in bins[range] {
      let away = SIMD3(bin.red, bin.green, bin.blue) - middle
      squares += bin.count * away * away
    }
    // The eye tells greens apart best, blues worst.
    let weighted = squares * SIMD3(0.30, 0.59, 0.25)
    axis =
      weighted.x >= weighted.y
      ? (weighted.x >= weighted.z ? 0 : 2) : weighted.y >= weighted.z ? 1 : 2
    spread = range.count > 1 ? weighted.sum() : 0
    mean = (middle.x, middle.y, middle.z)
  }

  /// Sorts this box's bins to both sides of the mean; nil when all lie on one side.
  func split(_ bins: inout [Bin]) -> (Box, Box)? {
    let cut = axis == 0 ? mean.0 : axis == 1 ? mean.1 : mean.2
    var middle = range.lowerBound
    for i in range where bins[i][axis] <= cut {
      bins.swapAt(i, middle)
      middle += 1
    }
    guard middle > range.lowerBound, middle < range.upperBound else { return nil }
    return (
      Box(bins: bins, range: range.lowerBound..<middle),
      Box(bins: bins, range: middle..<range.upperBound)
    )
  }
}

/// Two passes of k-means; returns the colours by falling number of pixels.
private func refine(
  _ start: [(Float, Float, Float)], bins: [Bin]
) -> [(Float, Float, Float)] {
  var centres = start.map { SIMD3($0.0, $0.1, $0.2) }
  var counts = [Float](repeating: 0, count: centres.count)
  for _ in 0..<2 {
    var sums = [SIMD3<Float>](repeating: .zero, count: centres.count)
    counts = [Float](repeating: 0, count: centres.count)
    let table = NearestColour(centres)
    for bin in bins {
      let k = table.nearest(bin.red, bin.green, bin.blue)
      sums[k] += bin.count * SIMD3(bin.red, bin.green, bin.blue)
      counts[k] += bin.count
    }
    for k in centres.indices where counts[k] > 0 { centres[k] = sums[k] / counts[k] }
  }
  let order = centres.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
  return order.map { (centres[$0].x, centres[$0].y, centres[$0].z) }
}
