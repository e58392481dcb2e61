internal import EaselKit

/// Paper of watercolours and sketches.
private let paper = SIMD4<Float>(0.985, 0.975, 0.945, 1)

extension Canvas {
  /// Mixes everything towards paper.
  mutating func fadeToPaper(_ share: Float) {
    for i in pixels.indices { pixels[i] += (paper - pixels[i]) * share }
  }

  /// Six tones a channel, with a little more contrast.
  mutating func limitTones() {
    for i in pixels.indices {
      let lively = (pixels[i] - 0.5) * 1.08 + 0.5
      pixels[i] = (lively * 6).rounded(.toNearestOrAwayFromZero) / 6
    }
  }

  /// Watercolour: thin colour that pools in clouds and darkens at edges, on paper whose border stays
  /// bare.
  mutating func wash(_ random: inout SplitMix64) {
    let dry = pixels
    blur(radius: max(1, side / 64))
    let clouds = Grain(cells: 5, &random), fine = Grain(cells: 18, &random)
    let border = Grain(cells: 9, &random)
    for y in 0..<side {
      for x in 0..<side {
        let at = y * side + x
        let u = (Float(x) + 0.5) / Float(side), v = (Float(y) + 0.5) / Float(side)
        // The difference from the blurred picture is large at edges: pigment gathers there.
        let edge = dry[at] - pixels[at]
        var colour =
          pixels[at] + edge * 0.35 - (edge * edge).clamped(
            lowerBound: .zero, upperBound: .init(repeating: 0.2)) * 0.8
        let pool = (clouds.value(u, v) - 0.5) * 0.34 + (fine.value(u, v) - 0.5) * 0.16
        let thin = max(0, min(0.75, 0.20 + pool))
        colour += (paper - colour) * thin
        let rim = min(min(u, 1 - u), min(v, 1 - v)) * 64 + (border.value(u, v) - 0.5) * 5
        colour += (paper - colour) * ramp(4.2, 1.2, rim)
        pixels[at] = colour
      }
    }
  }

  /// Pencil: dark lines where the picture changes, a pale wash of its colour between them.
  mutating func pencil(_ random: inout SplitMix64) {
    let lights = pixels.map { light(SIMD3($0.x, $0.y, $0.z)) }
    let grain = Grain(cells: 30, &random)
    let step = max(1, side / 64)
    for y in 0..<side {
      for x in 0..<side {
        let left = max(0, x - step), right = min(side - 1, x + step)
        let up = max(0, y - step), down = min(side - 1, y + step)
        let across = lights[y * side + right] - lights[y * side + left]
        let upright = lights[down * side + x] - lights[up * side + x]
        let change = (across * across + upright * upright).squareRoot()
        let u = (Float(x) + 0.5) / Float(side), v = (Float(y) + 0.5) / Float(side)
        let line = ramp(0.09, 0.34, change) * (0.80 + 0.4 * (grain.value(u, v) - 0.5))
        let at = y * side + x
        var colour = pixels[at] + (paper - pixels[at]) * 0.34
        colour += (SIMD4(0.17, 0.17, 0.20, 1) - colour) * max(0, min(1, line))
        pixels[at] = colour
      }
    }
  }

  /// Box blur, both directions.
  private mutating func blur(radius: Int) {
    let side = side
    var other = pixels
    func pass(_ from: [SIMD4<Float>], _ to: inout [SIMD4<Float>], _ stride: Int, _ line: Int) {
      for row in 0..<side {
        for i in 0..<side {
          var sum = SIMD4<Float>.zero
          let low = max(0, i - radius), high = min(side - 1, i + radius)
          for j in low...high { sum += from[row * line + j * stride] }
          to[row * line + i * stride] = sum / Float(high - low + 1)
        }
      }
    }
    pass(pixels, &other, 1, side)
    pass(other, &pixels, side, 1)
  }
}

/// Smooth random values over the unit square.
private struct Grain {
  let cells: Int
  private let values: [Float]

  init(cells: Int, _ random: inout SplitMix64) {
    self.cells = cells
    var values: [Float] = []
    for _ in 0..<((cells + 1) * (cells + 1)) { values.append(random.nextFloat()) }
    self.values = values
  }

  /// 0...1 at (u, v) in the unit square.
  func value(_ u: Float, _ v: Float) -> Float {
    let x = u * Float(cells), y = v * Float(cells)
    let column = min(cells - 1, Int(x)), row = min(cells - 1, Int(y))
    let s = ramp(0, 1, x - Float(column)), t = ramp(0, 1, y - Float(row))
    let at = row * (cells + 1) + column
    let top = values[at] + (values[at + 1] - values[at]) * s
    let below = values[at + cells + 1]
    let bottom = below + (values[at + cells + 2] - below) * s
    return top + (bottom - top) * t
  }
}
