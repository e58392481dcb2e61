import CKernels
import Glibc

extension Tensor {
  /// Sum of all elements, a scalar [1].
  public func sum() -> Tensor { reduced(factor: 1) }
  /// Mean of all elements, a scalar [1].
  public func mean() -> Tensor { reduced(factor: 1 / Float(max(1, count))) }

  private func reduced(factor: Float) -> Tensor {
    let input = self
    let y = Tensor([1], [total(count) { ck_sum($0.count, input.pointer + $0.lowerBound) } * factor])
    return y.recorded([input]) { g in
      input.take(gradient: .full(input.shape, g.item() * factor), fresh: true)
    }
  }
}

/// Σ of `body` over fixed parts of 0..<n, added in double precision and in order.
private func total(_ n: Int, _ body: (Range<Int>) -> Float) -> Float {
  let parts = max(1, min(16, n / 16_384))
  let sums = Tensor([parts])
  Parallel.chunks(n, parts) { i, range in sums.pointer[i] = body(range) }
  return Float(sums.toArray().reduce(0.0) { $0 + Double($1) })
}

/// Mean of |a − b|; gradients to both.
public func l1Loss(_ a: Tensor, _ b: Tensor) -> Tensor {
  differenceLoss(a, b, value: { abs($0) }, slope: { $0 > 0 ? 1 : ($0 < 0 ? -1 : 0) })
}

/// Mean of (a − b)²; gradients to both.
public func mseLoss(_ a: Tensor, _ b: Tensor) -> Tensor {
  differenceLoss(a, b, value: { $0 * $0 }, slope: { 2 * $0 })
}

/// Mean of √((a − b)² + ε²) − ε; gradients to both. Like `l1Loss` for differences above ε, but what is
/// right up to less than that pulls no harder than it is wrong (Charbonnier et al. 1994; Lai et al.
/// 2017, arXiv 1704.03915).
public func charbonnierLoss(_ a: Tensor, _ b: Tensor, epsilon: Float) -> Tensor {
  let square = epsilon * epsilon
  return differenceLoss(
    a, b, value: { ($0 * $0 + square).squareRoot() - epsilon },
    slope: { $0 / ($0 * $0 + square).squareRoot() })
}

private func differenceLoss(
  _ a: Tensor, _ b: Tensor, value: @escaping (Float) -> Float, slope: @escaping (Float) -> Float
) -> Tensor {
  precondition(a.count == b.count, "a loss between \(a.shape) and \(b.shape)")
  let n = a.count, p = a.pointer, q = b.pointer
  let sum = total(n) { range in
    var s: Float = 0
    for i in range { s += value(p[i] - q[i]) }
    return s
  }
  return Tensor([1], [sum / Float(n)]).recorded([a, b]) { g in
    let factor = g.item() / Float(n)
    let ga = Tensor(uninitialized: a.shape)
    Parallel.rows(n, grain: 16_384) { r in
      for i in r { ga.pointer[i] = factor * slope(a.pointer[i] - b.pointer[i]) }
    }
    if b.isTracked { b.take(gradient: Recording.off { ga * -1 }, fresh: true) }
    a.take(gradient: ga, fresh: true)
  }
}

/// Mean cross entropy of the rows whose target is not negative, with label smoothing (Szegedy et al.
/// 2015, arXiv 1512.00567, section 7). Shapes: logits [R, V], targets R ids.
public func crossEntropy(_ logits: Tensor, targets: [Int32], smoothing: Float = 0) -> Tensor {
  let v = logits.shape[logits.shape.count - 1], rows = logits.count / v
  precondition(targets.count == rows, "\(targets.count) targets for \(rows) rows")
  let counted = targets.reduce(0) { $1 >= 0 ? $0 + 1 : $0 }
  let weight = 1 / Float(max(1, counted))
  let tracked = Recording.isOn && logits.isTracked
  let losses = Tensor(uninitialized: [rows])
  let slopes = tracked ? Tensor(uninitialized: logits.shape) : nil
  targets.withUnsafeBufferPointer { t in
    // Addresses cross into the parallel body as plain numbers; the buffer outlives it.
    guard let base = t.baseAddress else { return }
    Parallel.rows(rows, grain: elementwiseGrain(v)) { r in
      let i = r.lowerBound
      ck_cross_entropy(
        Int32(r.count), Int32(v), logits.pointer + i * v, base + i, smoothing, weight,
        losses.pointer + i, slopes.map { $0.pointer + i * v })
    }
  }
  let sum = losses.toArray().reduce(0.0) { $0 + Double($1) }
  let y = Tensor([1], [Float(sum) * weight])
  guard let slopes else { return y }
  return y.recorded([logits]) { g in
    let factor = g.item()
    logits.take(gradient: factor == 1 ? slopes : slopes * factor, fresh: true)
  }
}

/// Mean of −log σ(x) for target 1, −log(1 − σ(x)) for target 0, or their mixture.
public func bceWithLogits(_ x: Tensor, target: Float) -> Tensor {
  let n = x.count, p = x.pointer
  let sum = total(n) { range in
    var s: Float = 0
    for i in range { s += max(p[i], 0) - p[i] * target + log1pf(expf(-abs(p[i]))) }
    return s
  }
  return Tensor([1], [sum / Float(n)]).recorded([x]) { g in
    let factor = g.item() / Float(n)
    let gx = Tensor(uninitialized: x.shape)
    for i in 0..<n { gx.pointer[i] = factor * (1 / (1 + expf(-x.pointer[i])) - target) }
    x.take(gradient: gx, fresh: true)
  }
}
