import CKernels

/// Layouts of a weight that are computed once and kept with it.
enum PackLayout: Hashable {
  /// Right-hand side of y = x Wᵀ, W [out, in].
  case rows
  /// Right-hand side of y = x W, W [in, out].
  case columns
  /// The same two with values rounded to bfloat16.
  case rowsBF16
  case columnsBF16
  /// The first with 8-bit values and a factor for each row of W.
  case rowsInt8
  /// 3×3 convolution, forward.
  case winograd
  /// 3×3 convolution, gradient of the input.
  case winogradFlipped
}

extension Tensor {
  /// This weight as `layout`; kept until `valuesChanged()`.
  func packed(_ layout: PackLayout) -> UnsafePointer<Float> {
    if let kept = packs[layout] { return UnsafePointer(kept.pointer) }
    let made = Storage(count: packedCount(layout))
    pack(layout, into: made.pointer)
    packs[layout] = made
    return UnsafePointer(made.pointer)
  }

  /// This weight as `layout` for the time of `body`. Winograd's form takes four times the memory of the
  /// filters: large ones of a model that only paints are transformed again each time, which costs a
  /// fraction of their use.
  func withPack(_ layout: PackLayout, _ body: (UnsafePointer<Float>) -> Void) {
    if packs[layout] != nil || requiresGrad || count < 1 << 18 { return body(packed(layout)) }
    let made = Storage(count: packedCount(layout))
    pack(layout, into: made.pointer)
    body(UnsafePointer(made.pointer))
  }

  /// Floats (32-bit words) of this weight as `layout`.
  func packedCount(_ layout: PackLayout) -> Int {
    let rows = Int32(shape[0]), columns = Int32(count / shape[0])
    switch layout {
    case .rows: return ck_packed_size(columns, rows)
    case .columns: return ck_packed_size(rows, columns)
    case .rowsBF16: return ck_packed_bf16_size(columns, rows)
    case .columnsBF16: return ck_packed_bf16_size(rows, columns)
    case .rowsInt8: return ck_packed_int8_size(columns, rows)
    case .winograd, .winogradFlipped:
      let cout = Int32(shape[0]), cin = Int32(shape[1])
      return max(ck_conv3x3_packed_size(cin, cout), ck_conv3x3_packed_size(cout, cin))
    }
  }

  func pack(_ layout: PackLayout, into target: UnsafeMutablePointer<Float>) {
    let rows = Int32(shape[0]), columns = Int32(count / shape[0])
    withTransientValues { values in
      switch layout {
      case .rows: ck_pack_b(true, columns, rows, values, columns, target)
      case .columns: ck_pack_b(false, rows, columns, values, columns, target)
      case .rowsBF16: ck_pack_b_bf16(true, columns, rows, values, columns, target)
      case .columnsBF16: ck_pack_b_bf16(false, rows, columns, values, columns, target)
      case .rowsInt8: ck_pack_b_int8(true, columns, rows, values, columns, target)
      case .winograd, .winogradFlipped:
        let isFlipped = layout == .winogradFlipped, filters = Int(isFlipped ? columns / 9 : rows)
        Parallel.rows(filters, grain: max(32, 65_536 / max(1, count / filters) / 32 * 32)) {
          ck_conv3x3_pack(
            Int32(shape[1]), Int32(shape[0]), values, isFlipped, target, Int32($0.lowerBound),
            Int32($0.upperBound))
        }
      }
    }
  }

  /// Values that are converted for `body` alone when they were not asked for before.
  func withTransientValues<R>(_ body: (UnsafeMutablePointer<Float>) throws -> R) rethrows -> R {
    try storage.withTransientValues { try body($0 + offset) }
  }
}

extension TensorMemory {
  /// Lets the system take back the pages of mapped weights, which are read again when they are needed.
  public static func release(_ weights: [Tensor]) {
    for weight in weights {
      weight.storage.releasePages()
      for pack in weight.packs.values { pack.releasePages() }
    }
  }
}
