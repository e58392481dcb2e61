import CKernels
import Glibc

/// Rows of length 1: x / ‖x‖ over the last axis, with ‖x‖ taken as at least 1e-12.
///
/// Shapes: x […, C] → […, C].
public func unitRows(_ x: Tensor) -> Tensor {
  let c = x.shape[x.shape.count - 1], rows = x.count / max(1, c)
  let y = Tensor(uninitialized: x.shape), lengths = Tensor(uninitialized: [max(1, rows)])
  for r in 0..<rows {
    let row = x.pointer + r * c
    let length = max(Float(Double(ck_dot(c, row, row)).squareRoot()), 1e-12)
    lengths.pointer[r] = length
    ck_scale(c, 1 / length, row, y.pointer + r * c)
  }
  // The values alone: a tensor whose history holds itself would never be freed.
  let unit = y.detached()
  return y.recorded([x]) { g in
    let gx = Tensor(uninitialized: x.shape)
    for r in 0..<rows {
      let u = unit.pointer + r * c, slope = g.pointer + r * c, out = gx.pointer + r * c
      let along = ck_dot(c, u, slope)
      for j in 0..<c { out[j] = (slope[j] - along * u[j]) / lengths.pointer[r] }
    }
    x.take(gradient: gx, fresh: true)
  }
}

/// x exp(t) for a learned scalar t of shape [1], which keeps the factor positive.
public func scaledByExponential(_ x: Tensor, _ t: Tensor) -> Tensor {
  precondition(t.count == 1, "the exponent is a scalar, got \(t.shape)")
  let factor = expf(t.item())
  let y = Tensor(uninitialized: x.shape)
  ck_scale(x.count, factor, x.pointer, y.pointer)
  return y.recorded([x, t]) { g in
    if x.isTracked {
      let gx = Tensor(uninitialized: x.shape)
      ck_scale(x.count, factor, g.pointer, gx.pointer)
      x.take(gradient: gx, fresh: true)
    }
    if t.isTracked {
      let slope = ck_dot(x.count, g.pointer, x.pointer) * factor
      t.take(gradient: Tensor(t.shape, [slope]), fresh: true)
    }
  }
}

/// The symmetric contrastive loss of N pairs: each picture is to find its text among all texts of
/// the batch, each text its picture.
///
/// Mean of both cross entropies of exp(logScale) × cosine. Shapes: pictures, texts [N, C], row i of
/// both belongs together; logScale [1]. Source: Radford et al. 2021, arXiv 2103.00020, figure 3.
public func contrastiveLoss(pictures: Tensor, texts: Tensor, logScale: Tensor) -> Tensor {
  precondition(
    pictures.shape == texts.shape && pictures.shape.count == 2,
    "contrastiveLoss wants pairs of rows, got \(pictures.shape) and \(texts.shape)")
  let a = unitRows(pictures), b = unitRows(texts)
  let own = (0..<Int32(pictures.shape[0])).map { $0 }
  // Rounding the cosines would drown the differences that a large scale is to show.
  return ProductPrecision.fp32.use {
    let forth = crossEntropy(scaledByExponential(linear(a, b), logScale), targets: own)
    let back = crossEntropy(scaledByExponential(linear(b, a), logScale), targets: own)
    return (forth + back) * 0.5
  }
}
