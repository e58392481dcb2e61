import CKernels

/// y[rows, out] = act(x[rows, in] B + bias); B is Wᵀ when `transposed`, else W.
///
/// Two ways to share the work: every thread takes rows and packs them for itself, or, where the weight
/// is large beside the rows, x is packed once and every thread takes columns, so that the weight goes
/// through memory once. Both give the same bytes.
func multiply(
  _ x: UnsafePointer<Float>, _ rows: Int, _ weight: Tensor, transposed: Bool,
  _ size: (inputs: Int, outputs: Int), _ bias: UnsafePointer<Float>?, _ activation: Activation,
  _ y: UnsafeMutablePointer<Float>, _ precision: ProductPrecision
) {
  let (k, n) = size
  let kind = PackedProduct(precision, transposed: transposed)
  let packed = weight.packed(kind.layout)
  let byColumns = rows <= 2048 && k * n >= 1 << 17 && n >= 256
  guard byColumns || kind.whole == nil else {
    // A part should be at least a few hundred thousand multiplications.
    let grain = max(32, min(256, 400_000 / (k * n) / 32 * 32))
    Parallel.rows(rows, grain: grain) { r in
      kind.whole?(
        false, Int32(r.count), Int32(n), Int32(k), x + r.lowerBound * k, Int32(k), packed, bias,
        activation.rawValue, nil, 0, y + r.lowerBound * n, Int32(n), false)
    }
    return
  }
  let m = Int32(rows)
  let a = Storage(count: ck_packed_a_size(m, Int32(k), kind.perWord))
  let address = a.pointer
  let panel = Int(ck_panel_rows())
  Parallel.rows(rows, grain: max(1, 65_536 / k / panel) * panel) { r in
    kind.packA(m, Int32(k), x, Int32(k), address, Int32(r.lowerBound), Int32(r.upperBound))
  }
  // Four panels are computed together; fewer where there would not be a part for every thread.
  let wide = 128
  let grain = n >= wide * Parallel.threads ? wide : 32
  let isSmall = rows * k * n < 400_000
  Parallel.rows(n, grain: isSmall ? n : grain) { c in
    kind.columns(
      m, Int32(n), Int32(k), address, packed, bias, activation.rawValue, nil, 0, y, Int32(n), false,
      Int32(c.lowerBound), Int32(c.upperBound))
  }
}

/// The kernels of one precision.
private struct PackedProduct {
  let layout: PackLayout
  let perWord: Int32
  let packA:
    (Int32, Int32, UnsafePointer<Float>?, Int32, UnsafeMutablePointer<Float>?, Int32, Int32) -> Void
  let columns:
    (
      Int32, Int32, Int32, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?,
      Int32, UnsafePointer<Float>?, Int32, UnsafeMutablePointer<Float>?, Int32, Bool, Int32, Int32
    ) -> Void
  /// With A as it lies; int8 has none.
  let whole:
    (
      (
        Bool, Int32, Int32, Int32, UnsafePointer<Float>?, Int32, UnsafePointer<Float>?,
        UnsafePointer<Float>?, Int32, UnsafePointer<Float>?, Int32, UnsafeMutablePointer<Float>?,
        Int32, Bool
      ) -> Void
    )?

  init(_ precision: ProductPrecision, transposed: Bool) {
    switch precision {
    case .fp32:
      layout = transposed ? .rows : .columns
      (perWord, packA, columns) = (1, ck_pack_a_fp32, ck_gemm_fp32_columns)
      whole = ck_gemm_packed
    case .int8 where transposed:
      layout = .rowsInt8
      (perWord, packA, columns) = (4, ck_pack_a_int8, ck_gemm_int8_columns)
      whole = nil
    case .bfloat16, .int8:
      layout = transposed ? .rowsBF16 : .columnsBF16
      (perWord, packA, columns) = (2, ck_pack_a_bf16, ck_gemm_bf16_columns)
      whole = ck_gemm_bf16
    }
  }
}

/// c[m, n] += aᵀ b with a [rows, m] and b [rows, n]: the gradient of a weight. Split over columns or
/// rows of c, never over the sum.
func accumulateProduct(
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
    case .bfloat16, .int8:
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
