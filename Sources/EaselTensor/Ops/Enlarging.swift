/// The bicubic enlargement by 4 of Keys 1981 ("Cubic convolution interpolation for digital image
/// processing", a = −1/2), pixel centres at halves, edges repeated.
///
/// Shapes: x [N, H, W, C] → [N, 4H, 4W, C]. No gradient: what is enlarged is given.
/// Error: polynomials up to the second degree come out exactly, but for rounding, away from edges
/// (UpscalerTests).
public func bicubic4x(_ x: Tensor) -> Tensor {
  let n = x.shape[0], h = x.shape[1], w = x.shape[2], c = x.shape[3]
  let y = Tensor(uninitialized: [n, 4 * h, 4 * w, c])
  let phases = bicubicPhases
  // A row of the result at a time: four rows of the source mixed, then along the row.
  Parallel.rows(n * h, grain: elementwiseGrain(16 * w * c)) { rows in
    let line = Tensor(uninitialized: [w * c])
    for r in rows {
      let picture = r / h, row = r % h
      let source = x.pointer + picture * h * w * c
      for phase in 0..<4 {
        let (first, weights) = phases[phase]
        func sample(_ i: Int) -> UnsafePointer<Float> {
          UnsafePointer(source + min(h - 1, max(0, row + first + i)) * w * c)
        }
        let (a, b, d, e) = (sample(0), sample(1), sample(2), sample(3))
        let mixed = line.pointer
        for i in 0..<w * c {
          mixed[i] = weights[0] * a[i] + weights[1] * b[i] + weights[2] * d[i] + weights[3] * e[i]
        }
        enlargeRow(mixed, w, c, phases, into: y.pointer + (r * 4 + phase) * 4 * w * c)
      }
    }
  }
  return y
}

private func enlargeRow(
  _ x: UnsafePointer<Float>, _ w: Int, _ c: Int, _ phases: [(first: Int, weights: SIMD4<Float>)],
  into y: UnsafeMutablePointer<Float>
) {
  for j in 0..<w {
    for phase in 0..<4 {
      let (first, weights) = phases[phase]
      func at(_ i: Int) -> Int { min(w - 1, max(0, j + first + i)) * c }
      let (a, b, d, e) = (at(0), at(1), at(2), at(3))
      for i in 0..<c {
        y[(4 * j + phase) * c + i] =
          weights[0] * x[a + i] + weights[1] * x[b + i] + weights[2] * x[d + i]
          + weights[3] * x[e + i]
      }
    }
  }
}

/// Of each quarter of a pixel: the first of four samples, counted from the pixel, and their weights.
private let bicubicPhases: [(first: Int, weights: SIMD4<Float>)] = (0..<4).map { phase in
  let centre = (Float(phase) + 0.5) / 4 - 0.5
  let first = centre < 0 ? -2 : -1
  func weight(_ sample: Int) -> Float {
    let d = abs(centre - Float(first + sample))
    return d <= 1
      ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0
  }
  return (first, SIMD4(weight(0), weight(1), weight(2), weight(3)))
}
