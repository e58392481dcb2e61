import CKernels
import Glibc

/// Applies a kernel's activation elementwise.
public func activated(_ x: Tensor, _ kind: Activation) -> Tensor {
  guard kind != .none else { return x }
  let y = Tensor(uninitialized: x.shape)
  Parallel.rows(x.count, grain: 8192) { r in
    ck_activation(kind.rawValue, r.count, x.pointer + r.lowerBound, y.pointer + r.lowerBound)
  }
  return y.recorded([x]) { g in
    let gx = Tensor(uninitialized: x.shape)
    Parallel.rows(x.count, grain: 8192) { r in
      let i = r.lowerBound
      ck_activation_grad(
        kind.rawValue, r.count, x.pointer + i, g.pointer + i, gx.pointer + i, false)
    }
    x.take(gradient: gx, fresh: true)
  }
}

/// x Φ(x) with the exact normal distribution (Hendrycks & Gimpel 2016, arXiv 1606.08415).
public func gelu(_ x: Tensor) -> Tensor { activated(x, .gelu) }
/// x σ(1.702 x), as CLIP was published.
public func quickGelu(_ x: Tensor) -> Tensor { activated(x, .quickGelu) }
/// x σ(x).
public func silu(_ x: Tensor) -> Tensor { activated(x, .silu) }
public func relu(_ x: Tensor) -> Tensor { activated(x, .relu) }

/// First half times gelu of the second half (Shazeer 2020, arXiv 2002.05202). x […, 2C] → […, C].
public func geglu(_ x: Tensor) -> Tensor {
  let c = x.shape[x.shape.count - 1] / 2
  let rows = x.count / (2 * c)
  let y = Tensor(uninitialized: Array(x.shape.dropLast()) + [c])
  Parallel.rows(rows, grain: elementwiseGrain(c)) { r in
    ck_geglu(
      Int32(r.count), Int32(c), x.pointer + r.lowerBound * 2 * c, y.pointer + r.lowerBound * c)
  }
  return y.recorded([x]) { g in
    let gx = Tensor(uninitialized: x.shape)
    Parallel.rows(rows, grain: elementwiseGrain(c)) { r in
      let i = r.lowerBound
      ck_geglu_grad(
        Int32(r.count), Int32(c), x.pointer + i * 2 * c, g.pointer + i * c, gx.pointer + i * 2 * c)
    }
    x.take(gradient: gx, fresh: true)
  }
}

/// Elementwise f with derivative given by input and output.
private func mapped(
  _ x: Tensor, _ f: @escaping (Float) -> Float, _ slope: @escaping (_ x: Float, _ y: Float) -> Float
) -> Tensor {
  let y = Tensor(uninitialized: x.shape)
  Parallel.rows(x.count, grain: 8192) { r in for i in r { y.pointer[i] = f(x.pointer[i]) } }
  let values = y.detached()
  return y.recorded([x]) { g in
    let gx = Tensor(uninitialized: x.shape)
    Parallel.rows(x.count, grain: 8192) { r in
      for i in r { gx.pointer[i] = g.pointer[i] * slope(x.pointer[i], values.pointer[i]) }
    }
    x.take(gradient: gx, fresh: true)
  }
}

/// max(x, slope x) for 0 ≤ slope < 1.
public func leakyRelu(_ x: Tensor, slope: Float) -> Tensor {
  let y = Tensor(uninitialized: x.shape)
  Parallel.rows(x.count, grain: 8192) { r in
    let a = x.pointer, b = y.pointer
    for i in r { b[i] = max(a[i], slope * a[i]) }
  }
  return y.recorded([x]) { g in
    let gx = Tensor(uninitialized: x.shape)
    Parallel.rows(x.count, grain: 8192) { r in
      let a = x.pointer, b = g.pointer, c = gx.pointer
      for i in r { c[i] = a[i] > 0 ? b[i] : slope * b[i] }
    }
    x.take(gradient: gx, fresh: true)
  }
}
public func sigmoid(_ x: Tensor) -> Tensor {
  mapped(x, { 1 / (1 + expf(-$0)) }, { _, y in y * (1 - y) })
}
public func tanh(_ x: Tensor) -> Tensor {
  mapped(x, { Glibc.tanhf($0) }, { _, y in 1 - y * y })
}
/// x tanh(ln(1 + eˣ)) (Misra 2019, arXiv 1908.08681).
public func mish(_ x: Tensor) -> Tensor {
  // ln(1 + eˣ) without overflow.
  func softplus(_ v: Float) -> Float { max(v, 0) + log1pf(expf(-abs(v))) }
  return mapped(
    x, { $0 * Glibc.tanhf(softplus($0)) },
    { v, _ in
      let t = Glibc.tanhf(softplus(v))
      return t + v * (1 - t * t) / (1 + expf(-v))
    })
}
public func absolute(_ x: Tensor) -> Tensor {
  mapped(x, { abs($0) }, { v, _ in v > 0 ? 1 : (v < 0 ? -1 : 0) })
}
