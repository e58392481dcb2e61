extension Sprite {
  /// The drawing with its body in another colour. Light and shade stay; eyes, outlines, leaves and
  /// whatever else is not of the body's hue stay as they are.
  func painted(_ colour: SceneColour, body: Noun.Body) -> Sprite {
    let share = bodyShare(body)
    // The middle tone of the body becomes the middle tone of the colour.
    var lightSum: Float = 0
    var shareSum: Float = 0
    for (i, pixel) in pixels.enumerated() where share[i] > 0 {
      lightSum += share[i] * light(straight(pixel))
      shareSum += share[i]
    }
    guard shareSum > 0 else { return self }
    let middle = max(lightSum / shareSum, 0.05)
    let tone = colour.tone
    var painted = self
    for (i, pixel) in pixels.enumerated() where share[i] > 0 {
      let old = straight(pixel)
      let ratio = light(old) / middle
      var new: SIMD3<Float>
      if ratio <= 1 {
        // White keeps lighter shadows and black deeper ones, or both would look grey.
        let depth: Float = colour == .white ? 0.55 : 1
        new = tone * (1 - depth * (1 - ratio))
      } else {
        let shine = min(1, (ratio - 1) * (colour == .black ? 0.35 : 0.6))
        new = tone + (1 - tone) * shine
      }
      new = old + (new - old) * share[i]
      let alpha = Float(pixel.w)
      let bytes = (new * alpha).clamped(lowerBound: .zero, upperBound: .init(repeating: alpha))
      painted.pixels[i] = SIMD4(
        UInt8(bytes.x.rounded()), UInt8(bytes.y.rounded()), UInt8(bytes.z.rounded()), pixel.w)
    }
    return painted
  }

  /// How much each pixel belongs to the body, 0...1.
  func bodyShare(_ body: Noun.Body) -> [Float] {
    let looks = pixels.map { pixel -> (hue: Float, saturation: Float, value: Float) in
      pixel.w == 0 ? (0, 0, 0) : hueSaturationValue(straight(pixel))
    }
    switch body {
    case .none: return [Float](repeating: 0, count: pixels.count)
    case .pale:
      return looks.map { look in
        ramp(0.38, 0.22, look.saturation) * ramp(0.38, 0.52, look.value)
      }
    case .grey:
      return looks.map { look in
        ramp(0.42, 0.3, look.saturation) * ramp(0.22, 0.34, look.value)
      }
    case .dark:
      return looks.map { look in
        ramp(0.45, 0.3, look.saturation * look.value) * ramp(0.6, 0.45, look.value)
      }
    case .prevailing: return share(of: prevailingHue(looks), looks)
    case .hue(let hue): return share(of: hue, looks)
    }
  }

  private func share(
    of hue: Float, _ looks: [(hue: Float, saturation: Float, value: Float)]
  ) -> [Float] {
    looks.map { look in
      let apart = abs(look.hue - hue)
      return ramp(52, 34, min(apart, 360 - apart)) * ramp(0.12, 0.26, look.saturation)
        * ramp(0.08, 0.22, look.value)
    }
  }

  /// The hue, in degrees, that most of the drawing's colour has.
  private func prevailingHue(_ looks: [(hue: Float, saturation: Float, value: Float)]) -> Float {
    var bins = [Float](repeating: 0, count: 36)
    for (i, look) in looks.enumerated() {
      bins[Int(look.hue / 10) % 36] += look.saturation * look.value * Float(pixels[i].w)
    }
    // Neighbouring bins count too, so that a broad hue beats a narrow one.
    let broad = bins.indices.map { (i: Int) -> Float in
      bins[i] + bins[(i + 1) % 36] + bins[(i + 35) % 36]
    }
    let best = broad.indices.max { broad[$0] < broad[$1] } ?? 0
    return Float(best) * 10 + 5
  }

  private func straight(_ pixel: SIMD4<UInt8>) -> SIMD3<Float> {
    pixel.w == 0
      ? .zero : SIMD3(Float(pixel.x), Float(pixel.y), Float(pixel.z)) / Float(pixel.w)
  }
}

/// 0 at `from` and before it, 1 at `to` and beyond; `from` may lie above `to`.
func ramp(_ from: Float, _ to: Float, _ x: Float) -> Float {
  let t = max(0, min(1, (x - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

/// Luma of sRGB values (Rec. 709 weights).
func light(_ colour: SIMD3<Float>) -> Float {
  (colour * SIMD3(0.2126, 0.7152, 0.0722)).sum()
}

private func hueSaturationValue(
  _ colour: SIMD3<Float>
) -> (hue: Float, saturation: Float, value: Float) {
  let high = colour.max(), low = colour.min()
  let spread = high - low
  guard spread > 0 else { return (0, 0, high) }
  let hue: Float =
    if high == colour.x {
      (colour.y - colour.z) / spread
    } else if high == colour.y {
      2 + (colour.z - colour.x) / spread
    } else {
      4 + (colour.x - colour.y) / spread
    }
  return ((hue < 0 ? hue + 6 : hue) * 60, spread / high, high)
}
