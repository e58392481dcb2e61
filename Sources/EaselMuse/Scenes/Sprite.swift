/// A drawing cut out with its alpha: row by row, each pixel red, green, blue, alpha, the colours
/// multiplied by alpha.
struct Sprite: Sendable {
  let width: Int
  let height: Int
  var pixels: [SIMD4<UInt8>]

  /// From straight (not premultiplied) bytes, cropped to what can be seen.
  init(width: Int, height: Int, rgba: [UInt8]) {
    var left = width, right = -1, top = height, bottom = -1
    for y in 0..<height {
      for x in 0..<width where rgba[(y * width + x) * 4 + 3] > 8 {
        left = min(left, x)
        right = max(right, x)
        top = min(top, y)
        bottom = max(bottom, y)
      }
    }
    guard right >= left else {
      self.init(width: 1, height: 1, pixels: [.zero])
      return
    }
    var pixels: [SIMD4<UInt8>] = []
    pixels.reserveCapacity((right - left + 1) * (bottom - top + 1))
    for y in top...bottom {
      for x in left...right {
        let at = (y * width + x) * 4
        let alpha = Int(rgba[at + 3])
        func over(_ i: Int) -> UInt8 { UInt8((Int(rgba[at + i]) * alpha + 127) / 255) }
        pixels.append(SIMD4(over(0), over(1), over(2), UInt8(alpha)))
      }
    }
    self.init(width: right - left + 1, height: bottom - top + 1, pixels: pixels)
  }

  init(width: Int, height: Int, pixels: [SIMD4<UInt8>]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Size of the drawing when its longer side is `side`.
  func fitted(_ side: Float) -> (width: Int, height: Int) {
    let scale = side / Float(max(width, height))
    return (
      max(1, Int((Float(width) * scale).rounded())), max(1, Int((Float(height) * scale).rounded()))
    )
  }

  var longerSide: Int { max(width, height) }

  /// The drawing at half its size.
  func halved() -> Sprite {
    let (width, height) = fitted(Float(longerSide) / 2)
    let pixels = scaled(width: width, height: height).map { pixel in
      SIMD4<UInt8>(clamping: SIMD4<Int32>((pixel * 255).rounded(.toNearestOrEven)))
    }
    return Sprite(width: width, height: height, pixels: pixels)
  }

  /// The drawing at another size: [height × width] of red, green, blue, alpha in 0...1,
  /// premultiplied. Averages over areas when it shrinks, interpolates when it grows.
  func scaled(width newWidth: Int, height newHeight: Int) -> [SIMD4<Float>] {
    let across = Taps(from: width, to: newWidth)
    let down = Taps(from: height, to: newHeight)
    let oldWidth = width
    var rows = [SIMD4<Float>](repeating: .zero, count: height * newWidth)
    var out = [SIMD4<Float>](repeating: .zero, count: newHeight * newWidth)
    pixels.withUnsafeBufferPointer { source in
      rows.withUnsafeMutableBufferPointer { rows in
        out.withUnsafeMutableBufferPointer { out in
          for y in 0..<height {
            let line = y * oldWidth
            for x in 0..<newWidth {
              let first = across.first[x]
              var sum = SIMD4<Float>.zero
              for i in 0..<across.count {
                sum += SIMD4<Float>(source[line + first + i]) * across.weights[x * across.count + i]
              }
              rows[y * newWidth + x] = sum
            }
          }
          for y in 0..<newHeight {
            let first = down.first[y]
            for i in 0..<down.count {
              let weight = down.weights[y * down.count + i] * (1 / 255)
              if weight == 0 { continue }
              for x in 0..<newWidth {
                out[y * newWidth + x] += rows[(first + i) * newWidth + x] * weight
              }
            }
          }
        }
      }
    }
    return out
  }
}

/// Which samples, and how much of each, make each sample of a line of another length.
private struct Taps {
  /// Taps of each new sample.
  let count: Int
  /// First old sample of each new one.
  var first: [Int]
  /// `count` weights of each new sample; they sum to 1.
  var weights: [Float]

  init(from old: Int, to new: Int) {
    let step = Float(old) / Float(new)
    count = min(old, step > 1 ? Int(step.rounded(.up)) + 1 : 2)
    first = []
    weights = []
    for i in 0..<new {
      var start: Int
      var line = [Float](repeating: 0, count: count)
      if step > 1 {
        let low = Float(i) * step, high = low + step
        start = min(Int(low), old - count)
        for t in 0..<count {
          let cell = Float(start + t)
          line[t] = max(0, min(high, cell + 1) - max(low, cell))
        }
      } else {
        let centre = max(0, min(Float(old - 1), (Float(i) + 0.5) * step - 0.5))
        start = min(Int(centre), old - count)
        for t in 0..<count { line[t] = max(0, 1 - abs(Float(start + t) - centre)) }
      }
      let sum = line.reduce(0, +)
      first.append(start)
      weights += line.map { $0 / sum }
    }
  }
}
