import CKernels

/// Each pixel four times. [N, H, W, C] → [N, 2H, 2W, C].
public func upsampleNearest2x(_ x: Tensor) -> Tensor {
  let n = x.shape[0], h = x.shape[1], w = x.shape[2], c = x.shape[3]
  let y = Tensor(uninitialized: [n, 2 * h, 2 * w, c])
  Parallel.rows(n * h, grain: elementwiseGrain(w * c)) { rows in
    for r in rows {
      let a = x.pointer + r * w * c, b = y.pointer + r * 4 * w * c
      for j in 0..<w {
        (b + 2 * j * c).update(from: a + j * c, count: c)
        (b + (2 * j + 1) * c).update(from: a + j * c, count: c)
      }
      (b + 2 * w * c).update(from: b, count: 2 * w * c)
    }
  }
  return y.recorded([x]) { g in x.take(gradient: blockSums(g, factor: 1), fresh: true) }
}

/// Mean of 2×2 pixels. [N, H, W, C] → [N, H/2, W/2, C]; H and W even.
public func averagePool2x2(_ x: Tensor) -> Tensor {
  precondition(x.shape[1] % 2 == 0 && x.shape[2] % 2 == 0, "averagePool2x2 of odd \(x.shape)")
  let y = blockSums(x, factor: 0.25)
  return y.recorded([x]) { g in
    x.take(gradient: Recording.off { upsampleNearest2x(g) * 0.25 }, fresh: true)
  }
}

/// factor × the sum of 2×2 pixels, without history.
private func blockSums(_ x: Tensor, factor: Float) -> Tensor {
  let n = x.shape[0], h = x.shape[1] / 2, w = x.shape[2] / 2, c = x.shape[3]
  let y = Tensor(uninitialized: [n, h, w, c])
  Parallel.rows(n * h, grain: elementwiseGrain(w * c)) { rows in
    for r in rows {
      let top = x.pointer + r * 4 * w * c, bottom = top + 2 * w * c, o = y.pointer + r * w * c
      for j in 0..<w {
        let a = top + 2 * j * c, b = bottom + 2 * j * c, d = o + j * c
        for i in 0..<c { d[i] = factor * (a[i] + a[c + i] + (b[i] + b[c + i])) }
      }
    }
  }
  return y
}

/// Convolution with kernel 2 and stride 2. Shapes: x [N, H, W, I], weight [O, I, 2, 2].
public func patchConv2x2(_ x: Tensor, _ weight: Tensor) -> Tensor {
  linear(spaceToDepth(x), weight)
}

/// Transposed convolution with kernel 2 and stride 2. Shapes: x [N, H, W, I], weight [I, O, 2, 2].
public func patchTransposedConv2x2(_ x: Tensor, _ weight: Tensor) -> Tensor {
  depthToSpace(linearTransposed(x, weight))
}

/// [N, 2H, 2W, C] → [N, H, W, 4C], channel-major (c, row, column) as the kernels of weights lie.
func spaceToDepth(_ x: Tensor) -> Tensor {
  let n = x.shape[0], h = x.shape[1] / 2, w = x.shape[2] / 2, c = x.shape[3]
  precondition(x.shape[1] % 2 == 0 && x.shape[2] % 2 == 0, "patches of 2×2 from odd \(x.shape)")
  let y = Tensor(uninitialized: [n, h, w, 4 * c])
  Parallel.rows(n * h, grain: elementwiseGrain(4 * w * c)) { rows in
    for r in rows {
      let top = x.pointer + r * 4 * w * c, bottom = top + 2 * w * c, o = y.pointer + r * 4 * w * c
      for j in 0..<w {
        let a = top + 2 * j * c, b = bottom + 2 * j * c, d = o + 4 * j * c
        for i in 0..<c {
          d[4 * i] = a[i]
          d[4 * i + 1] = a[c + i]
          d[4 * i + 2] = b[i]
          d[4 * i + 3] = b[c + i]
        }
      }
    }
  }
  return y.recorded([x]) { g in
    x.take(gradient: Recording.off { depthToSpace(g) }, fresh: true)
  }
}

/// The inverse: [N, H, W, 4C] → [N, 2H, 2W, C] (pixel shuffle: Shi et al. 2016, arXiv 1609.05158).
public func depthToSpace(_ x: Tensor) -> Tensor {
  let n = x.shape[0], h = x.shape[1], w = x.shape[2], c = x.shape[3] / 4
  let y = Tensor(uninitialized: [n, 2 * h, 2 * w, c])
  Parallel.rows(n * h, grain: elementwiseGrain(4 * w * c)) { rows in
    for r in rows {
      let top = y.pointer + r * 4 * w * c, bottom = top + 2 * w * c, o = x.pointer + r * 4 * w * c
      for j in 0..<w {
        let a = top + 2 * j * c, b = bottom + 2 * j * c, d = o + 4 * j * c
        for i in 0..<c {
          a[i] = d[4 * i]
          a[c + i] = d[4 * i + 1]
          b[i] = d[4 * i + 2]
          b[c + i] = d[4 * i + 3]
        }
      }
    }
  }
  return y.recorded([x]) { g in
    x.take(gradient: Recording.off { spaceToDepth(g) }, fresh: true)
  }
}
