internal import EaselKit

/// Paper to draw scenes on: `side × side` pixels, red, green, blue in 0...1. Coordinates are in
/// units of 1/64 of the side, so that a scene is the same at every size.
struct Canvas {
  let side: Int
  /// Pixels of one unit.
  let unit: Float
  /// The fourth lane is not used.
  var pixels: [SIMD4<Float>]

  init(side: Int) {
    self.side = side
    unit = Float(side) / 64
    pixels = [SIMD4<Float>](repeating: .one, count: side * side)
  }

  /// Fills the rows between two heights with a gradient.
  mutating func gradient(
    from top: Float = 0, to bottom: Float = 64, _ first: SIMD3<Float>, _ last: SIMD3<Float>
  ) {
    let start = max(0, Int((top * unit).rounded()))
    let end = min(side, Int((bottom * unit).rounded()))
    guard start < end else { return }
    for y in start..<end {
      let t = (Float(y - start) + 0.5) / Float(end - start)
      let colour = SIMD4(first + (last - first) * t, 1)
      for x in (y * side)..<((y + 1) * side) { pixels[x] = colour }
    }
  }

  /// An ellipse; `softness` is how much of its radius fades out (0: a crisp edge).
  mutating func disc(
    _ x: Float, _ y: Float, _ radiusX: Float, _ radiusY: Float, _ colour: SIMD3<Float>,
    alpha: Float = 1, softness: Float = 0
  ) {
    let cx = x * unit, cy = y * unit
    let rx = max(radiusX * unit, 0.3), ry = max(radiusY * unit, 0.3)
    let crisp = min(rx, ry)
    let paint = SIMD4(colour, 1)
    for py in rows(cy - ry - 1, cy + ry + 1) {
      let dy = (Float(py) + 0.5 - cy) / ry
      for px in rows(cx - rx - 1, cx + rx + 1) {
        let dx = (Float(px) + 0.5 - cx) / rx
        let square = dx * dx + dy * dy
        if softness > 0 {
          if square >= 1 { continue }
          let inside = min(1, (1 - square.squareRoot()) / softness)
          blend(px, py, paint, alpha * inside * inside * (3 - 2 * inside))
        } else {
          let inside = (1 - square.squareRoot()) * crisp + 0.5
          if inside > 0 { blend(px, py, paint, alpha * min(1, inside)) }
        }
      }
    }
  }

  /// Everything below a wavy line.
  mutating func hill(
    at height: Float, wave: Float, length: Float, phase: Float, _ top: SIMD3<Float>,
    _ bottom: SIMD3<Float>
  ) {
    for px in 0..<side {
      let x = (Float(px) + 0.5) / unit
      let turn = x / length * 6.2832 + phase
      let edge = (height - wave * (sine(turn) + 0.4 * sine(turn * 2.3 + phase))) * unit
      let lowest = Float(side)
      for py in rows(edge - 1, lowest) {
        let t = max(0, min(1, (Float(py) - edge) / max(1, lowest - edge)))
        blend(px, py, SIMD4(top + (bottom - top) * t, 1), min(1, Float(py) + 1 - edge))
      }
    }
  }

  /// An upright triangle with its apex at (x, y).
  mutating func triangle(
    _ x: Float, _ y: Float, halfWidth: Float, height: Float, _ colour: SIMD3<Float>,
    alpha: Float = 1
  ) {
    let cx = x * unit, top = y * unit, tall = height * unit, half = halfWidth * unit
    let paint = SIMD4(colour, 1)
    for py in rows(top, top + tall) {
      let reach = (Float(py) + 0.5 - top) / tall * half
      for px in rows(cx - reach - 1, cx + reach + 1) {
        let inside = reach - abs(Float(px) + 0.5 - cx) + 0.5
        if inside > 0 { blend(px, py, paint, alpha * min(1, inside)) }
      }
    }
  }

  mutating func box(
    _ x: Float, _ y: Float, _ width: Float, _ height: Float, _ colour: SIMD3<Float>,
    alpha: Float = 1
  ) {
    let left = x * unit, right = (x + width) * unit, top = y * unit, bottom = (y + height) * unit
    let paint = SIMD4(colour, 1)
    for py in rows(top, bottom) {
      let insideY = min(Float(py) + 1, bottom) - max(Float(py), top)
      for px in rows(left, right) {
        let insideX = min(Float(px) + 1, right) - max(Float(px), left)
        blend(px, py, paint, alpha * max(0, insideX) * max(0, insideY))
      }
    }
  }

  /// Lays a premultiplied drawing over the paper, its top left at pixel (x, y).
  mutating func lay(_ drawing: [SIMD4<Float>], width: Int, height: Int, x left: Int, y top: Int) {
    let side = side
    pixels.withUnsafeMutableBufferPointer { paper in
      drawing.withUnsafeBufferPointer { drawing in
        for y in max(0, -top)..<max(max(0, -top), min(height, side - top)) {
          for x in max(0, -left)..<max(max(0, -left), min(width, side - left)) {
            let pixel = drawing[y * width + x]
            let at = (top + y) * side + left + x
            paper[at] = paper[at] * (1 - pixel.w) + pixel
          }
        }
      }
    }
  }

  /// The finished picture, each pixel repeated `zoom` times in both directions.
  func picture(zoom: Int = 1) -> Picture {
    let width = side * zoom
    let bytes = [UInt8](unsafeUninitializedCapacity: width * width * 3) { out, count in
      for y in 0..<side {
        for x in 0..<side {
          let value = (pixels[y * side + x] * 255 + 0.5)
            .clamped(lowerBound: .zero, upperBound: .init(repeating: 255))
          for copy in 0..<zoom {
            let at = (y * zoom * width + x * zoom + copy) * 3
            out[at] = UInt8(value.x)
            out[at + 1] = UInt8(value.y)
            out[at + 2] = UInt8(value.z)
          }
        }
        let first = y * zoom * width * 3
        for copy in 1..<max(zoom, 1) {
          for i in 0..<(width * 3) { out[first + copy * width * 3 + i] = out[first + i] }
        }
      }
      count = width * width * 3
    }
    return Picture(width: width, height: width, pixels: bytes)
  }

  /// Rows or columns of pixels that a span touches, within the paper.
  private func rows(_ from: Float, _ to: Float) -> Range<Int> {
    let start = max(0, Int(from.rounded(.down)))
    return start..<max(start, min(side, Int(to.rounded(.up))))
  }

  private mutating func blend(_ x: Int, _ y: Int, _ paint: SIMD4<Float>, _ alpha: Float) {
    let at = y * side + x
    pixels[at] += (paint - pixels[at]) * alpha
  }
}

/// Sine to about 1e-3 (Bhaskara's rational approximation), the same on every machine.
func sine(_ x: Float) -> Float {
  let turns = x / 6.283_185_3
  let t = (turns - turns.rounded(.down)) * 2
  let half = t < 1 ? t : t - 1
  let value = 16 * half * (1 - half) / (5 - 4 * half * (1 - half))
  return t < 1 ? value : -value
}
