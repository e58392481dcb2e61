import CKernels

/// 3×3 convolution, stride 1, zero padding 1 (Winograd F(4×4, 3×3): Lavin & Gray 2015, arXiv
/// 1509.09308). Shapes: x [N, H, W, I], weight [O, I, 3, 3], bias [O], result [N, H, W, O].
public func conv3x3(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
  let n = x.shape[0], h = x.shape[1], w = x.shape[2], cin = x.shape[3], cout = weight.shape[0]
  precondition(weight.shape == [cout, cin, 3, 3], "conv3x3: \(weight.shape) for \(x.shape)")
  let y = Tensor(uninitialized: [n, h, w, cout])
  weight.withPack(.winograd) {
    convolve(x.pointer, n, h, w, cin, cout, $0, bias?.pointer, y.pointer)
  }
  return y.recorded([x, weight] + (bias.map { [$0] } ?? [])) { g in
    if x.isTracked {
      let gx = Tensor(uninitialized: x.shape)
      convolve(
        g.pointer, n, h, w, cout, cin, weight.packed(.winogradFlipped), nil, gx.pointer)
      x.take(gradient: gx, fresh: true)
    }
    if weight.isTracked {
      addPartialSums(n, into: weight.gradientBuffer()) { range, partial in
        ck_conv3x3_weight_grad(
          Int32(range.count), Int32(h), Int32(w), Int32(cin), Int32(cout),
          x.pointer + range.lowerBound * h * w * cin, g.pointer + range.lowerBound * h * w * cout,
          partial)
      }
    }
    if let bias, bias.isTracked {
      sumRows(g.pointer, rows: n * h * w, c: cout, into: bias.gradientBuffer().pointer)
    }
  }
}

private func convolve(
  _ x: UnsafePointer<Float>, _ n: Int, _ h: Int, _ w: Int, _ cin: Int, _ cout: Int,
  _ packed: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>
) {
  if n >= Parallel.threads {
    Parallel.rows(n, grain: 1) { r in
      let i = r.lowerBound
      ck_conv3x3(
        Int32(r.count), Int32(h), Int32(w), Int32(cin), Int32(cout), x + i * h * w * cin, packed,
        bias, y + i * h * w * cout, 0, Int32(h))
    }
  } else {
    // Few pictures: bands of whole tile rows, so that every division computes the same tiles.
    for i in 0..<n {
      Parallel.rows(h, grain: 4) { r in
        ck_conv3x3(
          1, Int32(h), Int32(w), Int32(cin), Int32(cout), x + i * h * w * cin, packed, bias,
          y + i * h * w * cout, Int32(r.lowerBound), Int32(r.upperBound))
      }
    }
  }
}

/// Adds up `body`'s sums over fixed parts of 0..<n.
private func addPartialSums(
  _ n: Int, into total: Tensor, _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
) {
  let parts = min(n, 4)
  guard parts > 1 else { return body(0..<n, total.pointer) }
  let partial = Tensor([parts, total.count])
  Parallel.chunks(n, parts) { i, range in body(range, partial.pointer + i * total.count) }
  ck_column_sums(Int32(parts), Int32(total.count), partial.pointer, total.pointer)
}

/// Convolution of any kernel, stride and padding. Shapes: x [N, H, W, I], weight [O, I, KH, KW],
/// bias [O], result [N, (H + top + bottom − KH) / stride + 1, …, O].
public func conv2d(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: Int, padTop: Int, padLeft: Int,
  padBottom: Int, padRight: Int
) -> Tensor {
  let n = x.shape[0], h = x.shape[1], w = x.shape[2], cin = x.shape[3], cout = weight.shape[0]
  precondition(
    weight.shape.count == 4 && weight.shape[1] == cin, "conv2d: \(weight.shape) for \(x.shape)")
  let kh = weight.shape[2], kw = weight.shape[3]
  let ho = (h + padTop + padBottom - kh) / stride + 1
  let wo = (w + padLeft + padRight - kw) / stride + 1
  let y = Tensor(uninitialized: [n, ho, wo, cout])
  let size = (in: h * w * cin, out: ho * wo * cout)
  Parallel.rows(n, grain: 1) { r in
    ck_conv2d(
      Int32(r.count), Int32(h), Int32(w), Int32(cin), Int32(cout), Int32(kh), Int32(kw),
      Int32(stride), Int32(padTop), Int32(padLeft), Int32(ho), Int32(wo),
      x.pointer + r.lowerBound * size.in, weight.pointer, bias?.pointer,
      y.pointer + r.lowerBound * size.out)
  }
  return y.recorded([x, weight] + (bias.map { [$0] } ?? [])) { g in
    if x.isTracked {
      let gx = Tensor(x.shape)
      Parallel.rows(n, grain: 1) { r in
        ck_conv2d_input_grad(
          Int32(r.count), Int32(h), Int32(w), Int32(cin), Int32(cout), Int32(kh), Int32(kw),
          Int32(stride), Int32(padTop), Int32(padLeft), Int32(ho), Int32(wo),
          g.pointer + r.lowerBound * size.out, weight.pointer, gx.pointer + r.lowerBound * size.in)
      }
      x.take(gradient: gx, fresh: true)
    }
    if weight.isTracked {
      addPartialSums(n, into: weight.gradientBuffer()) { range, partial in
        ck_conv2d_weight_grad(
          Int32(range.count), Int32(h), Int32(w), Int32(cin), Int32(cout), Int32(kh), Int32(kw),
          Int32(stride), Int32(padTop), Int32(padLeft), Int32(ho), Int32(wo),
          x.pointer + range.lowerBound * size.in, g.pointer + range.lowerBound * size.out, partial)
      }
    }
    if let bias, bias.isTracked {
      sumRows(g.pointer, rows: n * ho * wo, c: cout, into: bias.gradientBuffer().pointer)
    }
  }
}

/// One 3×3 kernel a channel, padding 1. Shapes: x [N, H, W, C], weight [C, 1, 3, 3].
public func depthwise3x3(_ x: Tensor, _ weight: Tensor) -> Tensor {
  let n = x.shape[0], h = x.shape[1], w = x.shape[2], c = x.shape[3], size = h * w * c
  precondition(weight.shape == [c, 1, 3, 3], "depthwise3x3: \(weight.shape) for \(x.shape)")
  let y = Tensor(uninitialized: x.shape)
  Parallel.rows(n, grain: 1) { r in
    let i = r.lowerBound * size
    ck_depthwise3x3(
      Int32(r.count), Int32(h), Int32(w), Int32(c), x.pointer + i, weight.pointer, y.pointer + i)
  }
  return y.recorded([x, weight]) { g in
    if x.isTracked {
      let gx = Tensor(x.shape)
      Parallel.rows(n, grain: 1) { r in
        let i = r.lowerBound * size
        ck_depthwise3x3_input_grad(
          Int32(r.count), Int32(h), Int32(w), Int32(c), g.pointer + i, weight.pointer,
          gx.pointer + i)
      }
      x.take(gradient: gx, fresh: true)
    }
    if weight.isTracked {
      addPartialSums(n, into: weight.gradientBuffer()) { range, partial in
        let i = range.lowerBound * size
        ck_depthwise3x3_weight_grad(
          Int32(range.count), Int32(h), Int32(w), Int32(c), x.pointer + i, g.pointer + i, partial)
      }
    }
  }
}
