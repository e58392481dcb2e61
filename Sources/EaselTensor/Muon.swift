import CKernels
import Glibc

/// Momentum whose steps are orthogonalised, for the weight matrices of hidden layers: every direction of a
/// matrix moves by the same amount, also those that the gradient hardly speaks of.
///
/// A step is W ← W − η (0.2 √max(m, n) O + λ W), with O near the orthogonal factor of the gradient's moving
/// average. The factor 0.2 √max(m, n) gives a step the size that AdamW's usually has, so that both take the
/// same learning rate.
///
/// Source: Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"; scale and decay
/// as in Liu et al. 2025, arXiv 2502.16982.
public final class Muon {
  public let parameters: [Tensor]
  public let momentum: Float, weightDecay: Float
  let averages: [Tensor]

  /// - Parameter parameters: matrices [m, n]; further axes, as filters have, count as part of n.
  public init(parameters: [Tensor], momentum: Float = 0.95, weightDecay: Float = 0) {
    precondition(
      parameters.allSatisfy { Self.takes($0.shape) },
      "Muon wants matrices, got \(parameters.map(\.shape))")
    self.parameters = parameters
    self.momentum = momentum
    self.weightDecay = weightDecay
    averages = parameters.map { Tensor($0.shape) }
  }

  /// True for shapes that it can step.
  public static func takes(_ shape: [Int]) -> Bool {
    shape.count >= 2 && min(shape[0], shape.dropFirst().reduce(1, *)) > 1
  }

  /// Moves every parameter that has a gradient. Matrices are shared out among the threads: most are too
  /// small to be worth two.
  public func step(learningRate: Float) {
    Parallel.rows(parameters.count, grain: 1) { range in
      for i in range { step(parameters[i], averages[i], learningRate) }
    }
  }

  private func step(_ p: Tensor, _ average: Tensor, _ learningRate: Float) {
    guard let g = p.grad else { return }
    let m = p.shape[0], n = p.count / p.shape[0]
    // Nesterov's look ahead: the average as it would be after one more such gradient.
    let direction = Tensor(uninitialized: [m, n])
    let (a, d, v, slope) = (average.pointer, direction.pointer, p.pointer, g.pointer)
    let beta = momentum
    for i in 0..<p.count {
      let fresh = slope[i] * (1 - beta)
      a[i] = a[i] * beta + fresh
      d[i] = a[i] * beta + fresh
    }
    let o = orthogonalised(direction)
    let step = o.pointer
    let size = learningRate * 0.2 * Float(max(m, n)).squareRoot()
    let keep = 1 - learningRate * weightDecay
    for i in 0..<p.count { v[i] = v[i] * keep - size * step[i] }
    p.valuesChanged()
  }

  /// The averages, for a checkpoint: `muon.0`, `muon.1`, …
  public var state: [(String, Tensor)] {
    averages.enumerated().map { ("muon.\($0.offset)", $0.element) }
  }
}

/// A matrix near U Vᵀ, where x = U S Vᵀ: five steps of a Newton–Schulz iteration of the fifth order that
/// brings every singular value into about 0.7…1.2 (Jordan et al. 2024). Products are fp32 whatever is fastest: that
/// is tried anew by each process, and a run goes on to the same bits.
///
/// Shape: [m, n]. Zero stays zero.
public func orthogonalised(_ x: Tensor, steps: Int = 5) -> Tensor {
  Recording.off {
    ProductPrecision.fp32.use {
      let m = x.shape[0], n = x.shape[1]
      let norm = ck_dot(x.count, x.pointer, x.pointer).squareRoot()
      guard norm > 0, norm.isFinite else { return Tensor(x.shape) }
      var y = (m <= n ? x : transposed(x)) * (1 / norm)
      for _ in 0..<steps {
        let a = linear(y, y)
        let b = a * -4.7750 + linear(a, a) * 2.0315
        y = y * 3.4445 + linearTransposed(b, y)
      }
      return m <= n ? y : transposed(y)
    }
  }
}

private func transposed(_ x: Tensor) -> Tensor {
  let m = x.shape[0], n = x.shape[1]
  let y = Tensor(uninitialized: [n, m])
  let from = x.pointer, to = y.pointer
  // In squares, so that both sides stay in the nearest cache.
  for top in stride(from: 0, to: m, by: 16) {
    for left in stride(from: 0, to: n, by: 16) {
      for i in top..<min(top + 16, m) {
        for j in left..<min(left + 16, n) { to[j * m + i] = from[i * n + j] }
      }
    }
  }
  return y
}
