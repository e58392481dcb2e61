public import EaselKit

/// How pixels are made where there were none, or fewer where there were many.
public enum Resampling: String, Hashable, Sendable, CaseIterable {
  /// Each new pixel is the one below its centre: whole factors keep hard edges.
  case nearest
  /// Averages over exactly the area that a new pixel covers; the choice for making smaller.
  case area
  /// Keys' cubic with a = -1/2: sharp without much ringing; the choice for making larger.
  case bicubic
  /// Lanczos with three lobes: sharper, rings more.
  case lanczos
  /// Whole factors up: nearest. Else area for each axis that shrinks, bicubic for each that grows.
  case automatic
}

extension Picture {
  /// The picture at another size.
  ///
  /// Shapes: [H, W, 3] → [size.height, size.width, 3]. Values are mixed as they are stored (sRGB
  /// code values, not light) and rounded; one-coloured pictures stay exact.
  /// Error: at most 1 code value against the same sums in Double (ResamplingTests).
  /// Source: Keys 1981, "Cubic convolution interpolation for digital image processing"; Duchon
  /// 1979, "Lanczos filtering in one and two dimensions". Shrinking stretches each kernel by the
  /// factor, so that nothing is skipped.
  public func scaled(to size: PixelSize, by resampling: Resampling = .automatic) -> Picture {
    precondition(
      size.width > 0 && size.height > 0, "scaled(to:) wants a size above 0x0, got \(size)")
    if size == self.size { return self }
    let isWholeFactor = size.width % width == 0 && size.height % height == 0
    if resampling == .nearest || resampling == .automatic && isWholeFactor {
      return nearest(size)
    }
    let columns = Taps(from: width, to: size.width, resampling)
    let rows = Taps(from: height, to: size.height, resampling)
    // Across first: [H, W, 3] → [H, w, 3] as Float, then down.
    let across = [Float](unsafeUninitializedCapacity: height * size.width * 3) { out, count in
      pixels.withUnsafeBufferPointer { source in
        for y in 0..<height {
          columns.spread(
            source, from: y * width * 3, to: &out, at: y * size.width * 3, channels: 3)
        }
      }
      count = height * size.width * 3
    }
    let result = [UInt8](unsafeUninitializedCapacity: size.width * size.height * 3) { out, count in
      across.withUnsafeBufferPointer { rows.stack($0, rowLength: size.width * 3, to: &out) }
      count = size.width * size.height * 3
    }
    return Picture(width: size.width, height: size.height, pixels: result)
  }

  private func nearest(_ size: PixelSize) -> Picture {
    let columns = nearestSource(from: width, to: size.width)
    let rows = nearestSource(from: height, to: size.height)
    let result = [UInt8](unsafeUninitializedCapacity: size.width * size.height * 3) { out, count in
      pixels.withUnsafeBufferPointer { source in
        var at = 0
        for y in 0..<size.height {
          if y > 0, rows[y] == rows[y - 1] {
            // Same source row: copy the line above.
            for i in 0..<(size.width * 3) { out[at + i] = out[at - size.width * 3 + i] }
            at += size.width * 3
            continue
          }
          let row = rows[y] * width * 3
          for x in 0..<size.width {
            let from = row + columns[x] * 3
            out[at] = source[from]
            out[at + 1] = source[from + 1]
            out[at + 2] = source[from + 2]
            at += 3
          }
        }
      }
      count = size.width * size.height * 3
    }
    return Picture(width: size.width, height: size.height, pixels: result)
  }
}

/// For each of `to` places the place among `from` below its centre.
func nearestSource(from: Int, to: Int) -> [Int] {
  (0..<to).map { (2 * $0 + 1) * from / (2 * to) }
}

/// The weights of a one-dimensional resampling: output i is the sum over j of
/// `weights[i * width + j] * input[first[i] + j]`.
struct Taps {
  let first: [Int]
  let width: Int
  let weights: [Float]

  init(from: Int, to: Int, _ resampling: Resampling) {
    let step = Double(from) / Double(to)
    let shrink = max(1, step)
    let kernel: (Double) -> Double
    let radius: Double
    switch resampling {
    case .lanczos:
      (kernel, radius) = (lanczos3, 3 * shrink)
    case .bicubic:
      (kernel, radius) = (keysCubic, 2 * shrink)
    case .area:
      (kernel, radius) = ({ _ in 1 }, step / 2)
    case .automatic, .nearest:
      if step > 1 {
        (kernel, radius) = ({ _ in 1 }, step / 2)
      } else {
        (kernel, radius) = (keysCubic, 2)
      }
    }
    let isArea = radius == step / 2
    let taps = min(from, Int((2 * radius).rounded(.up)) + 2)
    var first = [Int](repeating: 0, count: to)
    var weights = [Float](repeating: 0, count: to * taps)
    for i in 0..<to {
      let centre = (Double(i) + 0.5) * step
      let low = Int((centre - radius).rounded(.down))
      let start = max(0, min(from - taps, low))
      first[i] = start
      var sums = [Double](repeating: 0, count: taps)
      for j in low...Int((centre + radius).rounded(.up)) {
        let weight: Double
        if isArea {
          // How much of pixel j lies inside the window.
          weight = max(0, min(Double(j + 1), centre + radius) - max(Double(j), centre - radius))
        } else {
          let distance = (Double(j) + 0.5 - centre) / shrink
          weight = abs(distance) * shrink < radius ? kernel(distance) : 0
        }
        // Beyond the edge the edge pixel goes on.
        let inside = max(0, min(from - 1, j))
        if weight != 0 { sums[inside - start] += weight }
      }
      let total = sums.reduce(0, +)
      for j in 0..<taps { weights[i * taps + j] = Float(sums[j] / total) }
    }
    self.first = first
    self.width = taps
    self.weights = weights
  }

  /// One row of `channels` interleaved bytes → floats.
  func spread(
    _ source: UnsafeBufferPointer<UInt8>, from: Int,
    to out: inout UnsafeMutableBufferPointer<Float>,
    at: Int, channels: Int
  ) {
    for i in 0..<first.count {
      var red: Float = 0, green: Float = 0, blue: Float = 0
      var pixel = from + first[i] * channels
      for j in 0..<width {
        let weight = weights[i * width + j]
        red += weight * Float(source[pixel])
        green += weight * Float(source[pixel + 1])
        blue += weight * Float(source[pixel + 2])
        pixel += channels
      }
      out[at + i * channels] = red
      out[at + i * channels + 1] = green
      out[at + i * channels + 2] = blue
    }
  }

  /// Rows of floats → rows of bytes, rounded and clamped.
  func stack(
    _ source: UnsafeBufferPointer<Float>, rowLength: Int,
    to out: inout UnsafeMutableBufferPointer<UInt8>
  ) {
    var line = [Float](repeating: 0, count: rowLength)
    line.withUnsafeMutableBufferPointer { line in
      for i in 0..<first.count {
        // Half a step up front, so that cutting off rounds.
        for x in 0..<rowLength { line[x] = 0.5 }
        for j in 0..<width where weights[i * width + j] != 0 {
          let weight = weights[i * width + j]
          let row = (first[i] + j) * rowLength
          for x in 0..<rowLength { line[x] += weight * source[row + x] }
        }
        for x in 0..<rowLength { out[i * rowLength + x] = UInt8(max(0, min(255, line[x]))) }
      }
    }
  }
}

/// Keys' cubic convolution kernel with a = -1/2, for |x| < 2.
private func keysCubic(_ x: Double) -> Double {
  let x = abs(x)
  if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
  if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
  return 0
}

/// sinc(x) sinc(x/3) for |x| < 3.
private func lanczos3(_ x: Double) -> Double {
  if x == 0 { return 1 }
  if abs(x) >= 3 { return 0 }
  let a = Double.pi * x
  return 3 * sine(a) * sine(a / 3) / (a * a)
}
