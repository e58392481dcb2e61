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
  /// The same two with values rounded to bfloat16.
  case rowsBF16
  case columnsBF16
  /// 3×3 convolution, forward.
  case winograd
  /// 3×3 convolution, gradient of the input.
  case winogradFlipped
}

/// How linear maps multiply: in fp32, or with both factors rounded to bfloat16 and sums in fp32, which
/// takes half the time where the processor has an instruction for it.
///
/// Training bears the rounding (Kalamkar et al. 2019, arXiv 1905.12322); weights, gradients and the
/// optimiser stay in fp32. What is recorded under one setting keeps it in its backward pass.
public enum ProductPrecision: Sendable, Hashable {
  case fp32, bfloat16
  @TaskLocal static var current = ProductPrecision.fp32

  /// bfloat16 where the processor multiplies it itself, else fp32.
  public static var fastest: ProductPrecision { ck_bf16_is_native() ? .bfloat16 : .fp32 }

  /// Runs `body` with this precision.
  public func use<R>(_ body: () throws -> R) rethrows -> R {
    try Self.$current.withValue(self, operation: body)
  }
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
    case .rowsBF16:
      made = Storage(count: ck_packed_bf16_size(Int32(columns), Int32(rows)))
      ck_pack_b_bf16(true, Int32(columns), Int32(rows), pointer, Int32(columns), made.pointer)
    case .columnsBF16:
      made = Storage(count: ck_packed_bf16_size(Int32(rows), Int32(columns)))
      ck_pack_b_bf16(false, Int32(rows), Int32(columns), pointer, Int32(columns), made.pointer)
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
  product(x, weight, transposed: true, bias, activation)
}

/// y = x W over the last axis. Shapes: x […, in], weight [in, out…].
func linearTransposed(_ x: Tensor, _ weight: Tensor) -> Tensor {
  product(x, weight, transposed: false, nil, .none)
}

private func product(
  _ x: Tensor, _ weight: Tensor, transposed: Bool, _ bias: Tensor?, _ activation: Activation
) -> Tensor {
  let first = weight.shape[0], second = weight.count / first
  let (inputs, outputs) = transposed ? (second, first) : (first, second)
  precondition(
    x.shape.last == inputs, "a linear map of \(weight.shape) does not take \(x.shape)")
  let rows = x.count / inputs
  let shape = Array(x.shape.dropLast()) + [outputs]
  let tracked =
    Recording.isOn && (x.isTracked || weight.isTracked || (bias?.isTracked ?? false))
  if tracked, activation != .none {
    return activated(product(x, weight, transposed: transposed, bias, .none), activation)
  }
  let precision = ProductPrecision.current
  let y = Tensor(uninitialized: shape)
  multiply(
    x.pointer, rows, weight, transposed: transposed, (inputs, outputs), bias?.pointer, activation,
    y.pointer, precision)
  guard tracked else { return y }
  return y.recorded([x, weight] + (bias.map { [$0] } ?? [])) { g in
    if x.isTracked {
      let gx = Tensor(uninitialized: x.shape)
      multiply(
        g.pointer, rows, weight, transposed: !transposed, (outputs, inputs), nil, .none,
        gx.pointer, precision)
      x.take(gradient: gx, fresh: true)
    }
    if weight.isTracked {
      let gw = weight.gradientBuffer()
      if transposed {
        accumulateProduct(
          g.pointer, outputs, x.pointer, inputs, rows: rows, into: gw.pointer, precision)
      } else {
        accumulateProduct(
          x.pointer, inputs, g.pointer, outputs, rows: rows, into: gw.pointer, precision)
      }
    }
    if let bias, bias.isTracked {
      sumRows(g.pointer, rows: rows, c: outputs, into: bias.gradientBuffer().pointer)
    }
  }
}

/// y[rows, out] = act(x[rows, in] B + bias); B is Wᵀ when `transposed`, else W.
private func multiply(
  _ x: UnsafePointer<Float>, _ rows: Int, _ weight: Tensor, transposed: Bool,
  _ size: (inputs: Int, outputs: Int), _ bias: UnsafePointer<Float>?, _ activation: Activation,
  _ y: UnsafeMutablePointer<Float>, _ precision: ProductPrecision
) {
  let (k, n) = size
  let packed =
    switch precision {
    case .fp32: weight.packed(transposed ? .rows : .columns)
    case .bfloat16: weight.packed(transposed ? .rowsBF16 : .columnsBF16)
    }
  // A part should be at least a few hundred thousand multiplications.
  let grain = max(32, min(256, 400_000 / (k * n) / 32 * 32))
  Parallel.rows(rows, grain: grain) { r in
    let gemm = precision == .fp32 ? ck_gemm_packed : ck_gemm_bf16
    gemm(
      false, Int32(r.count), Int32(n), Int32(k), x + r.lowerBound * k, Int32(k), packed, bias,
      activation.rawValue, nil, 0, y + r.lowerBound * n, Int32(n), false)
  }
}

/// c[m, n] += aᵀ b with a [rows, m] and b [rows, n]: the gradient of a weight. Split over columns or
/// rows of c, never over the sum.
private func accumulateProduct(
  _ a: UnsafePointer<Float>, _ m: Int, _ b: UnsafePointer<Float>, _ n: Int, rows: Int,
  into c: UnsafeMutablePointer<Float>, _ precision: ProductPrecision
) {
  func part(_ left: Range<Int>, _ right: Range<Int>) {
    let a = a + left.lowerBound, b = b + right.lowerBound
    let c = c + left.lowerBound * n + right.lowerBound
    let width = Int32(right.count)
    switch precision {
    case .fp32:
      ck_sgemm(
        true, false, Int32(left.count), width, Int32(rows), a, Int32(m), b, Int32(n), c, Int32(n),
        true)
    case .bfloat16:
      let packed = Storage(count: ck_packed_bf16_size(Int32(rows), width))
      ck_pack_b_bf16(false, Int32(rows), width, b, Int32(n), packed.pointer)
      ck_gemm_bf16(
        true, Int32(left.count), width, Int32(rows), a, Int32(m), packed.pointer, nil,
        Activation.none.rawValue, nil, 0, c, Int32(n), true)
    }
  }
  let parts = rows * m * n < 400_000 ? 1 : Parallel.threads
  if n >= m {
    let step = ((n + parts - 1) / parts + 31) / 32 * 32
    Parallel.rows(n, grain: step) { part(0..<m, $0) }
  } else {
    let step = ((m + parts - 1) / parts + 31) / 32 * 32
    Parallel.rows(m, grain: step) { part($0, 0..<n) }
  }
}
