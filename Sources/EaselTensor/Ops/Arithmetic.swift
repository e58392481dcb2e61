import CKernels

// Sums, products and modulation. Where shapes differ, the second operand is repeated:
// - its shape is the end of the first's ([C] or [T, C] over [N, T, C]), or
// - it is one row a batch entry ([N, C] or [N, 1, C] over [N, …, C]).

enum Repeat {
  case same
  /// x = [times, y.count]
  case ending(times: Int)
  /// x = [n, rows, c], y = [n, c]
  case perBatch(n: Int, rows: Int, c: Int)

  init(_ x: Tensor, _ y: Tensor) {
    if x.shape == y.shape {
      self = .same
    } else if y.shape.count <= x.shape.count, x.shape.suffix(y.shape.count) == y.shape[...] {
      self = .ending(times: x.count / y.count)
    } else if let n = x.shape.first, let c = x.shape.last, y.shape.first == n, y.count == n * c {
      self = .perBatch(n: n, rows: x.count / (n * c), c: c)
    } else {
      preconditionFailure("\(y.shape) cannot be repeated to \(x.shape)")
    }
  }

  /// Calls `body(offset into x, offset into y, length)` for every run of equal layout.
  func forEachRun(_ count: Int, _ body: @escaping (Int, Int, Int) -> Void) {
    switch self {
    case .same:
      Parallel.rows(count, grain: 16_384) { body($0.lowerBound, $0.lowerBound, $0.count) }
    case .ending(let times):
      let length = count / times
      Parallel.rows(times, grain: elementwiseGrain(length)) { range in
        for r in range { body(r * length, 0, length) }
      }
    case .perBatch(let n, let rows, let c):
      Parallel.rows(n * rows, grain: elementwiseGrain(c)) { range in
        for r in range { body(r * c, r / rows * c, c) }
      }
    }
  }

  /// Adds the gradient `g` of the repeated operand up to the operand's own shape.
  func gathered(_ g: Tensor, shape: [Int]) -> Tensor {
    let result = Tensor(shape)
    switch self {
    case .same:
      result.pointer.update(from: g.pointer, count: g.count)
    case .ending(let times):
      sumRows(g.pointer, rows: times, c: result.count, into: result.pointer)
    case .perBatch(let n, let rows, let c):
      Parallel.rows(n, grain: max(1, 16_384 / (rows * c))) { range in
        for i in range {
          ck_column_sums(
            Int32(rows), Int32(c), g.pointer + i * rows * c, result.pointer + i * c)
        }
      }
    }
    return result
  }
}

/// result[c] += Σ_r x[r, c], in fixed parts so that the sum does not depend on threads.
func sumRows(
  _ x: UnsafePointer<Float>, rows: Int, c: Int, into result: UnsafeMutablePointer<Float>
) {
  let parts = max(1, min(8, rows * c / 32_768))
  guard parts > 1 else { return ck_column_sums(Int32(rows), Int32(c), x, result) }
  let partial = Tensor([parts, c])
  Parallel.chunks(rows, parts) { i, range in
    ck_column_sums(
      Int32(range.count), Int32(c), x + range.lowerBound * c, partial.pointer + i * c)
  }
  ck_column_sums(Int32(parts), Int32(c), partial.pointer, result)
}

/// a + b of equal shape, without history.
func plainSum(_ a: Tensor, _ b: Tensor) -> Tensor {
  let y = Tensor(uninitialized: a.shape)
  Parallel.rows(a.count, grain: 16_384) { r in
    ck_add(r.count, a.pointer + r.lowerBound, b.pointer + r.lowerBound, y.pointer + r.lowerBound)
  }
  return y
}

/// a += b
func addInPlace(_ a: Tensor, _ b: Tensor) {
  precondition(a.count == b.count, "gradients of \(a.shape) and \(b.shape) do not add")
  Parallel.rows(a.count, grain: 16_384) { r in
    ck_axpy(r.count, 1, b.pointer + r.lowerBound, a.pointer + r.lowerBound)
  }
}

public func + (x: Tensor, y: Tensor) -> Tensor {
  let kind = Repeat(x, y)
  let z = Tensor(uninitialized: x.shape)
  kind.forEachRun(x.count) { i, j, n in
    ck_add(n, x.pointer + i, y.pointer + j, z.pointer + i)
  }
  return z.recorded([x, y]) { g in
    x.take(gradient: g, fresh: false)
    guard y.isTracked else { return }
    if case .same = kind {
      y.take(gradient: g, fresh: false)
    } else {
      y.take(gradient: kind.gathered(g, shape: y.shape), fresh: true)
    }
  }
}

public func - (x: Tensor, y: Tensor) -> Tensor { x + y * -1 }

public func * (x: Tensor, y: Tensor) -> Tensor {
  let kind = Repeat(x, y)
  let z = Tensor(uninitialized: x.shape)
  kind.forEachRun(x.count) { i, j, n in
    ck_mul(n, x.pointer + i, y.pointer + j, z.pointer + i)
  }
  return z.recorded([x, y]) { g in
    if x.isTracked {
      let gx = Tensor(uninitialized: x.shape)
      kind.forEachRun(x.count) { i, j, n in
        ck_mul(n, g.pointer + i, y.pointer + j, gx.pointer + i)
      }
      x.take(gradient: gx, fresh: true)
    }
    if y.isTracked {
      let full = Tensor(uninitialized: x.shape)
      Parallel.rows(x.count, grain: 16_384) { r in
        let i = r.lowerBound
        ck_mul(r.count, g.pointer + i, x.pointer + i, full.pointer + i)
      }
      y.take(gradient: kind.gathered(full, shape: y.shape), fresh: true)
    }
  }
}

public func * (x: Tensor, factor: Float) -> Tensor {
  let y = Tensor(uninitialized: x.shape)
  Parallel.rows(x.count, grain: 16_384) { r in
    ck_scale(r.count, factor, x.pointer + r.lowerBound, y.pointer + r.lowerBound)
  }
  return y.recorded([x]) { g in x.take(gradient: g * factor, fresh: true) }
}

public func + (x: Tensor, term: Float) -> Tensor {
  let y = x.copied()
  let p = y.pointer
  Parallel.rows(x.count, grain: 16_384) { r in for i in r { p[i] += term } }
  return y.recorded([x]) { g in x.take(gradient: g, fresh: false) }
}

/// x (1 + scale) + shift: the adaptive normalisation of Peebles & Xie 2022 (arXiv 2212.09748),
/// section 3.2. Shapes: x [N, …, C], scaleShift [N, 2C] with the scales first.
public func modulate(_ x: Tensor, _ scaleShift: Tensor) -> Tensor {
  let n = x.shape[0], c = x.shape[x.shape.count - 1]
  precondition(scaleShift.shape == [n, 2 * c], "modulate: \(scaleShift.shape) for \(x.shape)")
  let rows = x.count / (n * c)
  let y = Tensor(uninitialized: x.shape)
  Parallel.rows(n * rows, grain: elementwiseGrain(c)) { range in
    for r in range {
      let a = x.pointer + r * c, b = y.pointer + r * c
      let s = scaleShift.pointer + r / rows * 2 * c
      for j in 0..<c { b[j] = a[j] * (1 + s[j]) + s[c + j] }
    }
  }
  return y.recorded([x, scaleShift]) { g in
    let gx = Tensor(uninitialized: x.shape)
    let gs = Tensor([n, 2 * c])
    Parallel.rows(n, grain: 1) { range in
      for i in range {
        let s = scaleShift.pointer + i * 2 * c, d = gs.pointer + i * 2 * c
        for r in i * rows..<(i + 1) * rows {
          let a = x.pointer + r * c, b = g.pointer + r * c, o = gx.pointer + r * c
          for j in 0..<c {
            o[j] = b[j] * (1 + s[j])
            d[j] += b[j] * a[j]
            d[c + j] += b[j]
          }
        }
      }
    }
    x.take(gradient: gx, fresh: true)
    scaleShift.take(gradient: gs, fresh: true)
  }
}
