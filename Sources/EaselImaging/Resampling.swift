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
    let line = size.width * 3
    let across = [Float](unsafeUninitializedCapacity: height * line + Taps.slack) { out, count in
      pixels.withUnsafeBufferPointer { source in
        var row = [Float](repeating: 0, count: width * 3 + Taps.slack)
        row.withUnsafeMutableBufferPointer { row in
          for y in 0..<height {
            for i in 0..<(width * 3) { row[i] = Float(source[y * width * 3 + i]) }
            columns.spread(UnsafeBufferPointer(row), to: &out, at: y * line)
          }
        }
      }
      count = height * line + Taps.slack
      for i in (height * line)..<count { out[i] = 0 }
    }
    let result = [UInt8](unsafeUninitializedCapacity: size.height * line) { out, count in
      across.withUnsafeBufferPointer { rows.stack($0, rowLength: line, to: &out) }
      count = size.height * line
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

  /// How many values more than its own a row has behind it, so that pixels are read and written four values at a time.
  static let slack = 4

  /// One row of pixels of three values each → as many as there are outputs. `source` and `out` have `slack` more.
  func spread(
    _ source: UnsafeBufferPointer<Float>, to out: inout UnsafeMutableBufferPointer<Float>, at: Int
  ) {
    guard let source = source.baseAddress, let out = out.baseAddress else { return }
    weights.withUnsafeBufferPointer { weights in
      for i in 0..<first.count {
        var sum = SIMD4<Float>.zero
        for j in 0..<width {
          sum += weights[i * width + j] * four(source + (first[i] + j) * 3)
        }
        // The fourth value is the next pixel's, which is written after it.
        UnsafeMutableRawPointer(out + at + i * 3).storeBytes(of: sum, as: SIMD4<Float>.self)
      }
    }
  }

  /// Rows of floats → rows of bytes, rounded and clamped.
  func stack(
    _ source: UnsafeBufferPointer<Float>, rowLength: Int,
    to out: inout UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let source = source.baseAddress, let out = out.baseAddress else { return }
    weights.withUnsafeBufferPointer { weights in
      for i in 0..<first.count {
        var x = 0
        while x < rowLength {
          var sum = SIMD4<Float>.zero
          for j in 0..<width {
            sum += weights[i * width + j] * four(source + (first[i] + j) * rowLength + x)
          }
          let bytes = rounded(sum)
          if x + 4 <= rowLength {
            UnsafeMutableRawPointer(out + i * rowLength + x).storeBytes(
              of: bytes, as: SIMD4<UInt8>.self)
          } else {
            for k in 0..<(rowLength - x) { out[i * rowLength + x + k] = bytes[k] }
          }
          x += 4
        }
      }
    }
  }
}

@inline(__always)
private func four(_ at: UnsafePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(at).loadUnaligned(as: SIMD4<Float>.self)
}

/// To the nearest byte: past 2^23 a Float has no room for fractions, and its lowest bits are the number.
@inline(__always)
private func rounded(_ values: SIMD4<Float>) -> SIMD4<UInt8> {
  let clamped = values.clamped(lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 255))
  let shifted = clamped + SIMD4(repeating: 0x1p23)
  return SIMD4<UInt8>(
    truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD4<UInt32>.self))
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
