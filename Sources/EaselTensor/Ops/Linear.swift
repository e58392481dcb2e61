import CKernels

/// What a kernel applies to its result.
public enum Activation: Int32, Sendable, CaseIterable {
  case none = 0
  case gelu = 1
  case quickGelu = 2
  case silu = 3
  case relu = 4
}

/// How linear maps multiply: in fp32, with both factors rounded to bfloat16 and sums in fp32, or as 8-bit
/// integers with a factor for each row of either side; where the processor has instructions for them, in
/// a half and a quarter of the time.
///
/// Training bears the rounding (Kalamkar et al. 2019, arXiv 1905.12322); weights, gradients and the
/// optimiser stay in fp32. What is recorded under one setting keeps it in its backward pass.
/// int8 is for painting: only y = x Wᵀ has it, everything else that asks for it gets bfloat16.
public enum ProductPrecision: String, Sendable, Hashable, CaseIterable {
  case fp32
  case bfloat16
  case int8
  @TaskLocal static var current = ProductPrecision.fp32

  /// bfloat16 where the processor multiplies it itself, and does so faster than fp32, else fp32. Some have the
  /// instruction and take several times as long for it, so that it is tried, once.
  public static var fastest: ProductPrecision {
    ck_bf16_is_native() && isRoundedFaster ? .bfloat16 : .fp32
  }

  /// The least time of some products of a middling size tells, however busy the machine is.
  private static let isRoundedFaster: Bool = Recording.off {
    let x = Tensor.full([192, 256], 0.5), weight = Tensor.full([256, 256], 0.25)
    func least(_ precision: ProductPrecision) -> Duration {
      precision.use {
        let clock = ContinuousClock()
        return (0..<40).reduce(Duration.seconds(1)) { least, _ in
          min(least, clock.measure { _ = linear(x, weight) })
        }
      }
    }
    return least(.bfloat16) * 1.2 < least(.fp32)
  }

  /// Runs `body` with this precision.
  public func use<R>(_ body: () throws -> R) rethrows -> R {
    try Self.$current.withValue(self, operation: body)
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
  let precision = weight.precision ?? .current
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
