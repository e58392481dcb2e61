import CKernels
import Glibc

/// Adam with decoupled weight decay (Loshchilov & Hutter 2017, arXiv 1711.05101). Vectors (gains,
/// biases) do not decay.
public final class AdamW {
  public let parameters: [Tensor]
  public var learningRate: Float
  public let beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float
  /// Steps taken; saved and restored with the moments.
  public var steps = 0
  let first: [Tensor], second: [Tensor]

  public init(
    parameters: [Tensor], learningRate: Float, beta1: Float = 0.9, beta2: Float = 0.999,
    epsilon: Float = 1e-8, weightDecay: Float = 0
  ) {
    self.parameters = parameters
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    first = parameters.map { Tensor($0.shape) }
    second = parameters.map { Tensor($0.shape) }
  }

  /// Moves every parameter that has a gradient.
  public func step(learningRate rate: Float? = nil) {
    steps += 1
    let rate = rate ?? learningRate
    let correction1 = 1 / (1 - powf(beta1, Float(steps)))
    let correction2 = 1 / (1 - powf(beta2, Float(steps)))
    for (i, p) in parameters.enumerated() {
      guard let g = p.grad else { continue }
      let decay = p.shape.filter { $0 > 1 }.count > 1 ? weightDecay : 0
      let m = first[i].pointer, v = second[i].pointer
      Parallel.rows(p.count, grain: 16_384) { r in
        let o = r.lowerBound
        ck_adamw(
          r.count, p.pointer + o, g.pointer + o, m + o, v + o, rate, beta1, beta2, epsilon, decay,
          correction1, correction2)
      }
      p.valuesChanged()
    }
  }

  /// The moments, for a checkpoint: `adam.m.0`, `adam.v.0`, …
  public var state: [(String, Tensor)] {
    first.enumerated().map { ("adam.m.\($0.offset)", $0.element) }
      + second.enumerated().map { ("adam.v.\($0.offset)", $0.element) }
  }
}

/// Scales all gradients so that their common length is at most `max`; returns the length before.
/// A length that is not finite clears the gradients: one bad batch must not spoil the weights.
public func clipGradNorm(_ parameters: [Tensor], max bound: Float) -> Float {
  var square = 0.0
  for p in parameters {
    guard let g = p.grad else { continue }
    square += Double(ck_dot(g.count, g.pointer, g.pointer))
  }
  let norm = Float(square.squareRoot())
  if !norm.isFinite {
    for p in parameters { p.zeroGrad() }
  } else if norm > bound {
    for p in parameters {
      guard p.grad != nil else { continue }
      let g = p.gradientBuffer()
      ck_scale(g.count, bound / norm, g.pointer, g.pointer)
    }
  }
  return norm
}

/// average = decay × average + (1 − decay) × value.
public func averageStep(_ average: Tensor, _ value: Tensor, decay: Float) {
  Parallel.rows(value.count, grain: 16_384) { r in
    ck_ema(r.count, decay, value.pointer + r.lowerBound, average.pointer + r.lowerBound)
  }
  average.valuesChanged()
}
