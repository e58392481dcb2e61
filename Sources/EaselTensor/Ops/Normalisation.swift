import CKernels

/// Layer normalisation over the last axis (Ba et al. 2016, arXiv 1607.06450). gain, bias [C].
public func layerNorm(_ x: Tensor, gain: Tensor, bias: Tensor? = nil, eps: Float) -> Tensor {
  let c = gain.count, rows = x.count / c
  precondition(x.shape.last == c, "layerNorm of \(c) channels over \(x.shape)")
  let y = Tensor(uninitialized: x.shape), stats = Tensor(uninitialized: [rows, 2])
  Parallel.rows(rows, grain: elementwiseGrain(c)) { r in
    let i = r.lowerBound
    ck_layer_norm(
      Int32(r.count), Int32(c), x.pointer + i * c, gain.pointer, bias?.pointer, eps,
      y.pointer + i * c, stats.pointer + 2 * i)
  }
  return y.recorded([x, gain] + (bias.map { [$0] } ?? [])) { g in
    let gx = Tensor(uninitialized: x.shape)
    // Two rows a part: gradients of gain and bias.
    let sums = RowSums(rows: rows, c: c, columns: 2)
    Parallel.chunks(rows, sums.parts) { part, r in
      let i = r.lowerBound, s = sums.pointer(part)
      ck_layer_norm_grad(
        Int32(r.count), Int32(c), x.pointer + i * c, gain.pointer, stats.pointer + 2 * i,
        g.pointer + i * c, gx.pointer + i * c, s, s + c)
    }
    sums.add(column: 0, to: gain)
    if let bias { sums.add(column: 1, to: bias) }
    x.take(gradient: gx, fresh: true)
  }
}

/// x / rms(x) × gain over the last axis (Zhang & Sennrich 2019, arXiv 1910.07467). gain [C].
public func rmsNorm(_ x: Tensor, gain: Tensor, eps: Float) -> Tensor {
  let c = gain.count, rows = x.count / c
  precondition(x.shape.last == c, "rmsNorm of \(c) channels over \(x.shape)")
  let y = Tensor(uninitialized: x.shape), stats = Tensor(uninitialized: [rows, 2])
  Parallel.rows(rows, grain: elementwiseGrain(c)) { r in
    let i = r.lowerBound
    ck_rms_norm(
      Int32(r.count), Int32(c), x.pointer + i * c, gain.pointer, eps, y.pointer + i * c,
      stats.pointer + 2 * i)
  }
  return y.recorded([x, gain]) { g in
    let gx = Tensor(uninitialized: x.shape)
    let sums = RowSums(rows: rows, c: c, columns: 1)
    Parallel.chunks(rows, sums.parts) { part, r in
      let i = r.lowerBound
      ck_rms_norm_grad(
        Int32(r.count), Int32(c), x.pointer + i * c, gain.pointer, stats.pointer + 2 * i,
        g.pointer + i * c, gx.pointer + i * c, sums.pointer(part))
    }
    sums.add(column: 0, to: gain)
    x.take(gradient: gx, fresh: true)
  }
}

/// Sums over rows in fixed parts: parts × columns × c floats.
private struct RowSums {
  let parts: Int, columns: Int, c: Int
  let values: Tensor

  init(rows: Int, c: Int, columns: Int) {
    parts = max(1, min(8, min(rows, rows * c / 32_768)))
    self.columns = columns
    self.c = c
    values = Tensor([parts, columns, c])
  }

  func pointer(_ part: Int) -> UnsafeMutablePointer<Float> { values.pointer + part * columns * c }

  func add(column: Int, to parameter: Tensor) {
    guard parameter.isTracked else { return }
    let total = parameter.gradientBuffer().pointer
    for part in 0..<parts { ck_axpy(c, 1, pointer(part) + column * c, total) }
  }
}

/// Group normalisation of pictures, then SiLU when asked (Wu & He 2018, arXiv 1803.08494).
/// Shapes: x [N, H, W, C]; gain, bias [C]; C divides into `groups`.
public func groupNorm(
  _ x: Tensor, groups: Int, gain: Tensor, bias: Tensor, eps: Float, silu: Bool
) -> Tensor {
  let n = x.shape[0], c = gain.count, hw = x.count / (n * c), size = hw * c
  precondition(x.shape.last == c && c % groups == 0, "\(groups) groups over \(x.shape)")
  let y = Tensor(uninitialized: x.shape), stats = Tensor(uninitialized: [n, groups, 2])
  // Parts of one picture are whole groups, as wide as a cache line at least.
  let width = c / groups, together = min(groups, max(1, 32 / width))
  let blocks = (groups + together - 1) / together
  Parallel.rows(n * blocks, grain: max(1, 65_536 / (hw * together * width))) { range in
    for part in range {
      let i = part / blocks, first = part % blocks * together
      let some = min(together, groups - first), channel = first * width
      ck_group_norm(
        1, Int32(hw), Int32(some * width), Int32(c), Int32(some), x.pointer + i * size + channel,
        gain.pointer + channel, bias.pointer + channel, eps, silu, y.pointer + i * size + channel,
        stats.pointer + (i * groups + first) * 2)
    }
  }
  return y.recorded([x, gain, bias]) { g in
    let gx = Tensor(uninitialized: x.shape)
    let parts = min(n, 8)
    let sums = Tensor([parts, 2, c])
    Parallel.chunks(n, parts) { part, r in
      let i = r.lowerBound, s = sums.pointer + part * 2 * c
      ck_group_norm_grad(
        Int32(r.count), Int32(hw), Int32(c), Int32(groups), x.pointer + i * size, gain.pointer,
        bias.pointer, silu, stats.pointer + i * groups * 2, g.pointer + i * size,
        gx.pointer + i * size, s, s + c)
    }
    for part in 0..<parts {
      let s = sums.pointer + part * 2 * c
      if gain.isTracked { ck_axpy(c, 1, s, gain.gradientBuffer().pointer) }
      if bias.isTracked { ck_axpy(c, 1, s + c, bias.gradientBuffer().pointer) }
    }
    x.take(gradient: gx, fresh: true)
  }
}

/// Global response normalisation: x + beta + gamma x s, s = ‖x‖ over pixels divided by its mean over
/// channels + 1e-6 (Woo et al. 2023, arXiv 2301.00808). x [N, H, W, C]; gamma, beta of C elements.
public func globalResponseNorm(_ x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor {
  let n = x.shape[0], c = gamma.count, hw = x.count / (n * c)
  let y = Tensor(uninitialized: x.shape)
  let norms = Tensor([n, c])
  Parallel.rows(n, grain: 1) { range in
    for b in range {
      let a = x.pointer + b * hw * c, o = y.pointer + b * hw * c, m = norms.pointer + b * c
      for p in 0..<hw { let r = a + p * c; for j in 0..<c { m[j] += r[j] * r[j] } }
      for j in 0..<c { m[j] = m[j].squareRoot() }
      let scale = responseScale(m, c)
      let factor = Tensor(uninitialized: [c])
      for j in 0..<c { factor.pointer[j] = 1 + gamma.pointer[j] * m[j] * scale }
      let f = factor.pointer, t = beta.pointer
      for p in 0..<hw {
        let r = a + p * c, d = o + p * c
        for j in 0..<c { d[j] = r[j] * f[j] + t[j] }
      }
    }
  }
  return y.recorded([x, gamma, beta]) { g in
    let gx = Tensor(uninitialized: x.shape)
    let sums = Tensor([n, 2, c])
    Parallel.rows(n, grain: 1) { range in
      for b in range {
        let a = x.pointer + b * hw * c, d = g.pointer + b * hw * c, o = gx.pointer + b * hw * c
        let m = norms.pointer + b * c
        let products = sums.pointer + b * 2 * c, plain = products + c
        for p in 0..<hw {
          let r = a + p * c, e = d + p * c
          for j in 0..<c {
            products[j] += e[j] * r[j]
            plain[j] += e[j]
          }
        }
        let scale = responseScale(m, c)
        // d loss / d s_j = gamma_j Σ g x; s_j = norm_j × scale, scale = 1 / (mean norm + 1e-6).
        var common: Float = 0
        for j in 0..<c { common += gamma.pointer[j] * products[j] * m[j] }
        common *= scale * scale / Float(c)
        let factor = Tensor(uninitialized: [2, c])
        let direct = factor.pointer, through = direct + c
        for j in 0..<c {
          direct[j] = 1 + gamma.pointer[j] * m[j] * scale
          let toNorm = gamma.pointer[j] * products[j] * scale - common
          through[j] = m[j] > 0 ? toNorm / m[j] : 0
        }
        for p in 0..<hw {
          let r = a + p * c, e = d + p * c, k = o + p * c
          for j in 0..<c { k[j] = e[j] * direct[j] + r[j] * through[j] }
        }
        for j in 0..<c { products[j] *= m[j] * scale }
      }
    }
    for b in 0..<n {
      let s = sums.pointer + b * 2 * c
      if gamma.isTracked { ck_axpy(c, 1, s, gamma.gradientBuffer().pointer) }
      if beta.isTracked { ck_axpy(c, 1, s + c, beta.gradientBuffer().pointer) }
    }
    x.take(gradient: gx, fresh: true)
  }
}

private func responseScale(_ norms: UnsafePointer<Float>, _ c: Int) -> Float {
  1 / (ck_sum(c, norms) / Float(c) + 1e-6)
}
