import CKernels

/// What a kernel applies to its result.
public enum Activation: Int32, Sendable, CaseIterable {
  case none = 0
  case gelu = 1
  case quickGelu = 2
  case silu = 3
  case relu = 4
}

/// Layouts of a weight that are computed once and kept with it.
enum PackLayout: Hashable {
  /// Right-hand side of y = x Wᵀ, W [out, in].
  case rows
  /// Right-hand side of y = x W, W [in, out].
  case columns
  /// 3×3 convolution, forward.
  case winograd
  /// 3×3 convolution, gradient of the input.
  case winogradFlipped
}

extension Tensor {
  /// This weight as `layout`; kept until `valuesChanged()`.
  func packed(_ layout: PackLayout) -> UnsafePointer<Float> {
    if let kept = packs[layout] { return UnsafePointer(kept.pointer) }
    let rows = shape[0], columns = count / shape[0]
    let made: Storage
    switch layout {
    case .rows:
      made = Storage(count: ck_packed_size(Int32(columns), Int32(rows)))
      ck_pack_b(true, Int32(columns), Int32(rows), pointer, Int32(columns), made.pointer)
    case .columns:
      made = Storage(count: ck_packed_size(Int32(rows), Int32(columns)))
      ck_pack_b(false, Int32(rows), Int32(columns), pointer, Int32(columns), made.pointer)
    case .winograd, .winogradFlipped:
      let cout = Int32(shape[0]), cin = Int32(shape[1])
      made = Storage(
        count: max(ck_conv3x3_packed_size(cin, cout), ck_conv3x3_packed_size(cout, cin)))
      ck_conv3x3_pack(cin, cout, pointer, layout == .winogradFlipped, made.pointer)
    }
    packs[layout] = made
    return UnsafePointer(made.pointer)
  }
}

/// y = act(x Wᵀ + bias) over the last axis. Shapes: x […, in], weight [out, in] (or [out, in, 1, 1]),
/// bias [out].
public func linear(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, activation: Activation = .none
) -> Tensor {
  product(x, weight, .rows, bias, activation)
}

/// y = x W over the last axis. Shapes: x […, in], weight [in, out…].
func linearTransposed(_ x: Tensor, _ weight: Tensor) -> Tensor {
  product(x, weight, .columns, nil, .none)
}

private func product(
  _ x: Tensor, _ weight: Tensor, _ layout: PackLayout, _ bias: Tensor?, _ activation: Activation
) -> Tensor {
  let first = weight.shape[0], second = weight.count / first
  let (inputs, outputs) = layout == .rows ? (second, first) : (first, second)
  precondition(
    x.shape.last == inputs, "a linear map of \(weight.shape) does not take \(x.shape)")
  let rows = x.count / inputs
  let shape = Array(x.shape.dropLast()) + [outputs]
  let tracked =
    Recording.isOn && (x.isTracked || weight.isTracked || (bias?.isTracked ?? false))
  if tracked, activation != .none {
    return activated(product(x, weight, layout, bias, .none), activation)
  }
  let y = Tensor(uninitialized: shape)
  gemm(
    x.pointer, rows, inputs, weight.packed(layout), outputs, bias?.pointer, activation, y.pointer)
  guard tracked else { return y }
  return y.recorded([x, weight] + (bias.map { [$0] } ?? [])) { g in
    if x.isTracked {
      let gx = Tensor(uninitialized: x.shape)
      let opposite: PackLayout = layout == .rows ? .columns : .rows
      gemm(g.pointer, rows, outputs, weight.packed(opposite), inputs, nil, .none, gx.pointer)
      x.take(gradient: gx, fresh: true)
    }
    if weight.isTracked {
      let gw = weight.gradientBuffer()
      if layout == .rows {
        accumulateProduct(g.pointer, outputs, x.pointer, inputs, rows: rows, into: gw.pointer)
      } else {
        accumulateProduct(x.pointer, inputs, g.pointer, outputs, rows: rows, into: gw.pointer)
      }
    }
    if let bias, bias.isTracked {
      sumRows(g.pointer, rows: rows, c: outputs, into: bias.gradientBuffer().pointer)
    }
  }
}

/// y[rows, n] = act(x[rows, k] B + bias), B packed.
private func gemm(
  _ x: UnsafePointer<Float>, _ rows: Int, _ k: Int, _ packed: UnsafePointer<Float>, _ n: Int,
  _ bias: UnsafePointer<Float>?, _ activation: Activation, _ y: UnsafeMutablePointer<Float>
) {
  // A part should be at least a few hundred thousand multiplications.
  let grain = max(32, min(256, 400_000 / (k * n) / 32 * 32))
  Parallel.rows(rows, grain: grain) { r in
    ck_sgemm_packed(
      Int32(r.count), Int32(n), Int32(k), x + r.lowerBound * k, Int32(k), packed, bias,
      activation.rawValue, nil, 0, y + r.lowerBound * n, Int32(n), false)
  }
}

/// c[m, n] += aᵀ b with a [rows, m] and b [rows, n]: the gradient of a weight. Split over columns or
/// rows of c, never over the sum.
private func accumulateProduct(
  _ a: UnsafePointer<Float>, _ m: Int, _ b: UnsafePointer<Float>, _ n: Int, rows: Int,
  into c: UnsafeMutablePointer<Float>
) {
  let parts = rows * m * n < 400_000 ? 1 : Parallel.threads
  if n >= m {
    let step = ((n + parts - 1) / parts + 31) / 32 * 32
    Parallel.rows(n, grain: step) { r in
      ck_sgemm(
        true, false, Int32(m), Int32(r.count), Int32(rows), a, Int32(m), b + r.lowerBound,
        Int32(n), c + r.lowerBound, Int32(n), true)
    }
  } else {
    let step = ((m + parts - 1) / parts + 31) / 32 * 32
    Parallel.rows(m, grain: step) { r in
      ck_sgemm(
        true, false, Int32(r.count), Int32(n), Int32(rows), a + r.lowerBound, Int32(m), b,
        Int32(n), c + r.lowerBound * n, Int32(n), true)
    }
  }
}
