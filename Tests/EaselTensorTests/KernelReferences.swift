/// Plain references in double precision: the definition of each operation and nothing more.
enum Reference {
  /// C[m, n] = Σ_k A[m, k] B[k, n].
  static func product(
    _ m: Int, _ n: Int, _ k: Int, _ a: (Int, Int) -> Float, _ b: (Int, Int) -> Float
  )
    -> [Double]
  {
    var c = [Double](repeating: 0, count: m * n)
    for i in 0..<m {
      for j in 0..<n {
        var sum = 0.0
        for l in 0..<k { sum += Double(a(i, l)) * Double(b(l, j)) }
        c[i * n + j] = sum
      }
    }
    return c
  }

  struct Convolution {
    var n: Int, h: Int, w: Int, cin: Int, cout: Int, kernel: Int, stride: Int, top: Int, left: Int
    var ho: Int, wo: Int

    /// Calls `body(index of x, index of weight, index of y)` for every product of the sum.
    func forEach(_ body: (Int, Int, Int) -> Void) {
      for b in 0..<n {
        for y in 0..<ho {
          for x in 0..<wo {
            for ky in 0..<kernel {
              for kx in 0..<kernel {
                let iy = y * stride + ky - top, ix = x * stride + kx - left
                guard iy >= 0, iy < h, ix >= 0, ix < w else { continue }
                for o in 0..<cout {
                  for i in 0..<cin {
                    body(
                      ((b * h + iy) * w + ix) * cin + i,
                      ((o * cin + i) * kernel + ky) * kernel + kx,
                      ((b * ho + y) * wo + x) * cout + o)
                  }
                }
              }
            }
          }
        }
      }
    }
    func forward(_ x: [Float], _ weight: [Float]) -> [Double] {
      var y = [Double](repeating: 0, count: n * ho * wo * cout)
      forEach { y[$2] += Double(x[$0]) * Double(weight[$1]) }
      return y
    }
    func inputGradient(_ gy: [Float], _ weight: [Float]) -> [Double] {
      var gx = [Double](repeating: 0, count: n * h * w * cin)
      forEach { gx[$0] += Double(gy[$2]) * Double(weight[$1]) }
      return gx
    }
    func weightGradient(_ x: [Float], _ gy: [Float]) -> [Double] {
      var gw = [Double](repeating: 0, count: cout * cin * kernel * kernel)
      forEach { gw[$1] += Double(x[$0]) * Double(gy[$2]) }
      return gw
    }
  }

  static func softmax(_ row: [Double]) -> [Double] {
    let top = row.max() ?? 0
    let e = row.map { exponential($0 - top) }
    let sum = e.reduce(0, +)
    return e.map { $0 / sum }
  }
}

/// Largest difference relative to the reference's largest value.
func relativeError(_ values: [Float], _ reference: [Double]) -> Double {
  guard values.count == reference.count else { return .infinity }
  let scale = max(1e-12, reference.reduce(0) { max($0, abs($1)) })
  var worst = 0.0
  for (v, r) in zip(values, reference) {
    let e = abs(Double(v) - r) / scale
    if !(e <= worst) { worst = e }
  }
  return worst
}
