/// Whether operations remember how to take a gradient.
public enum Recording {
  @TaskLocal static var isOn = true

  /// Runs `body` without recording: painting, validation, targets.
  public static func off<R>(_ body: () throws -> R) rethrows -> R {
    try $isOn.withValue(false, operation: body)
  }
}

/// One operation of the graph: what went in, and how the gradient of the result becomes theirs.
final class History {
  let inputs: [Tensor]
  let backward: (Tensor) -> Void
  init(_ inputs: [Tensor], _ backward: @escaping (Tensor) -> Void) {
    self.inputs = inputs
    self.backward = backward
  }
}

extension Tensor {
  /// True when a gradient may flow into this tensor.
  var isTracked: Bool { requiresGrad || history != nil }

  /// Gives `self` a history if recording is on and an input is tracked. `backward` receives the
  /// gradient of `self` and hands gradients on with `take(gradient:)` or `gradientBuffer()`.
  func recorded(_ inputs: [Tensor], _ backward: @escaping (Tensor) -> Void) -> Tensor {
    if Recording.isOn, inputs.contains(where: \.isTracked) {
      history = History(inputs, backward)
    }
    return self
  }

  /// Adds `g` to the gradient; `fresh` says that nobody else holds `g`, so it may be changed later.
  func take(gradient g: Tensor, fresh: Bool) {
    guard isTracked else { return }
    if let grad {
      if gradIsShared {
        self.grad = plainSum(grad, g)
        gradIsShared = false
      } else {
        addInPlace(grad, g)
      }
    } else {
      // The shape may differ in ones only (a bias [C] against [1, C]).
      grad = g.shape == shape ? g : g.viewed(as: shape)
      gradIsShared = !fresh
    }
  }

  /// The gradient as a buffer that kernels accumulate into.
  func gradientBuffer() -> Tensor {
    if let grad, !gradIsShared { return grad }
    let buffer = grad?.copied() ?? Tensor(shape)
    grad = buffer
    gradIsShared = false
    return buffer
  }

  func viewed(as shape: [Int]) -> Tensor {
    Tensor(shape: shape, storage: storage, offset: offset)
  }

  /// Computes the gradients of all parameters that this scalar depends on, adding to what their
  /// `grad` holds. The graph is freed on the way.
  public func backward() {
    precondition(count == 1, "backward() starts from a scalar, got \(shape)")
    guard history != nil else { return }
    grad = Tensor.full(shape, 1)
    var order = topologicalOrder()
    while let tensor = order.popLast() {
      guard let history = tensor.history else { continue }
      tensor.history = nil
      if let g = tensor.grad { history.backward(g) }
      if !tensor.requiresGrad { tensor.zeroGrad() }
    }
  }

  /// Every tensor with a history below this one, inputs before outputs.
  private func topologicalOrder() -> [Tensor] {
    var order: [Tensor] = []
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
    var stack: [(tensor: Tensor, next: Int)] = [(self, 0)]
    while let (tensor, next) = stack.last {
      let inputs = tensor.history?.inputs ?? []
      if next < inputs.count {
        stack[stack.count - 1].next += 1
        let input = inputs[next]
        if input.history != nil, seen.insert(ObjectIdentifier(input)).inserted {
          stack.append((input, 0))
        }
      } else {
        order.append(tensor)
        stack.removeLast()
      }
    }
    return order
  }
}
