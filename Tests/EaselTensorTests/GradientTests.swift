import EaselTensor
import Testing

/// One operation and the shapes of its inputs; `body` returns what it computes.
struct GradientCase: Sendable, CustomTestStringConvertible {
  var name: String
  var shapes: [[Int]]
  var range: ClosedRange<Float> = -1...1
  var body: @Sendable ([Tensor]) -> Tensor
  init(
    _ name: String, _ shapes: [[Int]], range: ClosedRange<Float> = -1...1,
    body: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.shapes = shapes
    self.range = range
    self.body = body
  }
  var testDescription: String { name }
}

/// One row an operation: a new operation adds its row here.
let gradientCases: [GradientCase] = [
  .init("sum of equal shapes", [[3, 5], [3, 5]]) { $0[0] + $0[1] },
  .init("sum with a repeated ending", [[2, 3, 4], [3, 4]]) { $0[0] + $0[1] },
  .init("sum with a row a batch entry", [[2, 3, 4], [2, 4]]) { $0[0] + $0[1] },
  .init("difference", [[7], [7]]) { $0[0] - $0[1] },
  .init("product", [[2, 3, 4], [4]]) { $0[0] * $0[1] },
  .init("product with a row a batch entry", [[2, 3, 4], [2, 1, 4]]) { $0[0] * $0[1] },
  .init("a tensor used twice", [[6]]) { $0[0] * $0[0] + $0[0] },
  .init("scaling and shifting", [[6]]) { $0[0] * 3 + 2 },
  .init("modulation", [[2, 3, 4], [2, 8]]) { modulate($0[0], $0[1]) },
  .init("reshape", [[2, 6]]) { $0[0].reshaped([3, -1]) * $0[0].reshaped([3, 4]) },
  .init("slice", [[3, 5, 2]]) { $0[0].sliced(axis: 1, 1..<4) },
  .init("split", [[3, 6]]) {
    let parts = $0[0].split([2, 4])
    return concatenated([parts[1], parts[0], parts[0]], axis: -1)
  },
  .init("concatenation", [[2, 3, 2], [2, 1, 2]]) { concatenated([$0[0], $0[1]], axis: 1) },
  .init("linear map", [[5, 7], [3, 7], [3]]) { linear($0[0], $0[1], $0[2]) },
  .init("linear map with gelu", [[5, 7], [3, 7], [3]]) {
    linear($0[0], $0[1], $0[2], activation: .gelu)
  },
  .init("linear map with quick gelu", [[5, 7], [3, 7], [3]]) {
    linear($0[0], $0[1], $0[2], activation: .quickGelu)
  },
  .init("linear map with SiLU", [[5, 7], [3, 7], [3]]) {
    linear($0[0], $0[1], $0[2], activation: .silu)
  },
  .init("linear map with ReLU", [[5, 7], [3, 7]], range: 0.1...1) {
    linear($0[0], $0[1], activation: .relu)
  },
  .init("wide linear map", [[40, 65], [70, 65]]) { linear($0[0], $0[1]) },
  .init("3×3 convolution", [[2, 7, 6, 5], [4, 5, 3, 3], [4]]) { conv3x3($0[0], $0[1], $0[2]) },
  .init("3×3 convolution of many channels", [[1, 8, 8, 20], [18, 20, 3, 3], [18]]) {
    conv3x3($0[0], $0[1], $0[2])
  },
  .init("strided convolution", [[2, 8, 6, 3], [4, 3, 3, 3], [4]]) {
    conv2d($0[0], $0[1], $0[2], stride: 2, padTop: 0, padLeft: 0, padBottom: 1, padRight: 1)
  },
  .init("4×4 convolution", [[1, 8, 8, 2], [3, 2, 4, 4], [3]]) {
    conv2d($0[0], $0[1], $0[2], stride: 2, padTop: 1, padLeft: 1, padBottom: 1, padRight: 1)
  },
  .init("depthwise convolution", [[2, 5, 4, 6], [6, 1, 3, 3]]) { depthwise3x3($0[0], $0[1]) },
  .init("2×2 patches", [[2, 4, 6, 3], [5, 3, 2, 2]]) { patchConv2x2($0[0], $0[1]) },
  .init("transposed 2×2 patches", [[2, 2, 3, 4], [4, 3, 2, 2]]) {
    patchTransposedConv2x2($0[0], $0[1])
  },
  .init("pixels out of channels", [[2, 2, 3, 8]]) { depthToSpace($0[0]) },
  .init("upsampling", [[1, 3, 2, 4]]) { upsampleNearest2x($0[0]) },
  .init("pooling", [[1, 4, 2, 4]]) { averagePool2x2($0[0]) },
  .init("layer norm", [[4, 9], [9], [9]]) {
    layerNorm($0[0], gain: $0[1], bias: $0[2], eps: 1e-5)
  },
  .init("layer norm without bias", [[4, 9], [9]]) { layerNorm($0[0], gain: $0[1], eps: 1e-5) },
  .init("RMS norm", [[4, 9], [9]]) { rmsNorm($0[0], gain: $0[1], eps: 1e-6) },
  .init("group norm", [[2, 3, 4, 8], [8], [8]]) {
    groupNorm($0[0], groups: 4, gain: $0[1], bias: $0[2], eps: 1e-6, silu: false)
  },
  .init("group norm with SiLU", [[2, 3, 4, 8], [8], [8]]) {
    groupNorm($0[0], groups: 2, gain: $0[1], bias: $0[2], eps: 1e-6, silu: true)
  },
  .init("global response norm", [[2, 3, 3, 5], [1, 1, 1, 5], [1, 1, 1, 5]]) {
    globalResponseNorm($0[0], gamma: $0[1], beta: $0[2])
  },
  .init("gelu", [[17]]) { gelu($0[0] * 3) },
  .init("quick gelu", [[17]]) { quickGelu($0[0] * 3) },
  .init("SiLU", [[17]]) { silu($0[0] * 3) },
  .init("mish", [[17]]) { mish($0[0] * 4) },
  .init("ReLU", [[17]], range: 0.1...1) { relu($0[0]) },
  .init("leaky ReLU", [[17]], range: -1 ... -0.1) { leakyRelu($0[0], slope: 0.2) },
  .init("sigmoid", [[9]]) { sigmoid($0[0]) },
  .init("tanh", [[9]]) { tanh($0[0]) },
  .init("absolute value", [[9]], range: 0.1...1) { absolute($0[0]) },
  .init("rows of length 1", [[3, 7]], range: 0.2...1) { unitRows($0[0]) },
  .init("scaling by a learned exponential", [[3, 4], [1]]) { scaledByExponential($0[0], $0[1]) },
  .init("contrastive loss", [[5, 6], [5, 6], [1]]) {
    contrastiveLoss(pictures: $0[0], texts: $0[1], logScale: $0[2])
  },
  .init("GEGLU", [[3, 10]]) { geglu($0[0]) },
  .init("attention", [[2, 5, 8], [2, 3, 8], [2, 3, 8]]) {
    attention($0[0], $0[1], $0[2], heads: 2)
  },
  .init("causal attention", [[1, 6, 8]]) {
    attention($0[0], $0[0], $0[0], heads: 2, causal: true)
  },
  .init("attention with fewer keys", [[2, 4, 4], [2, 5, 4], [2, 5, 4]]) {
    attention($0[0], $0[1], $0[2], heads: 1, keyLengths: [3, 5])
  },
  .init("attention over more keys than a tile", [[1, 70, 8], [1, 75, 8], [1, 75, 8]]) {
    attention($0[0] * 2, $0[1], $0[2], heads: 2)
  },
  .init("causal attention with fewer keys", [[2, 6, 4]]) {
    attention($0[0], $0[0], $0[0], heads: 2, causal: true, keyLengths: [4, 6])
  },
  .init("embedding", [[5, 3]]) { embedding($0[0], ids: [4, 0, 4, 2]) },
  .init("mean", [[3, 4]]) { $0[0].mean() },
  .init("L1 loss", [[8], [8]]) { l1Loss($0[0] + 3, $0[1]) },
  .init("Charbonnier's loss", [[8], [8]]) { charbonnierLoss($0[0], $0[1], epsilon: 0.2) },
  .init("sum of all", [[3, 4]]) { $0[0].sum() * $0[0].sum() },
  .init("squared loss", [[8], [8]]) { mseLoss($0[0], $0[1]) },
  .init("cross entropy", [[4, 6]]) { crossEntropy($0[0] * 2, targets: [1, -1, 5, 0]) },
  .init("smoothed cross entropy", [[4, 6]]) {
    crossEntropy($0[0] * 2, targets: [1, -1, 5, 0], smoothing: 0.1)
  },
  .init("binary cross entropy", [[9]]) { bceWithLogits($0[0] * 2, target: 1) },
  .init("binary cross entropy of what is made", [[9]]) { bceWithLogits($0[0] * 2, target: 0) },
]

@Suite("Gradients agree with finite differences", .serialized)
struct GradientTests {
  @Test("of every operation", arguments: gradientCases)
  func gradient(_ row: GradientCase) {
    var random = TestRandom(7)
    let inputs = row.shapes.map { shape in
      let t = Tensor(shape, random.floats(shape.reduce(1, *), row.range))
      t.requiresGrad = true
      return t
    }
    // A random weighting of the outputs makes every output matter differently.
    let outputs = Recording.off { row.body(inputs).count }
    let weights = Tensor([outputs], random.floats(outputs))
    func loss() -> Double {
      let y = Recording.off { row.body(inputs) }
      return zip(y.toArray(), weights.toArray()).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    (row.body(inputs).reshaped([outputs]) * weights).sum().backward()

    for (i, input) in inputs.enumerated() {
      let grad = input.grad?.toArray() ?? []
      #expect(grad.count == input.count, "input \(i) has a gradient")
      guard grad.count == input.count else { continue }
      let size = (grad.reduce(0) { $0 + Double($1 * $1) } / Double(grad.count)).squareRoot()
      for _ in 0..<min(input.count, 16) {
        let j = Int.random(in: 0..<input.count, using: &random)
        let kept = input.pointer[j]
        let step: Float = 1 / 128
        input.pointer[j] = kept + step
        input.valuesChanged()
        let above = loss()
        input.pointer[j] = kept - step
        input.valuesChanged()
        let below = loss()
        input.pointer[j] = kept
        input.valuesChanged()
        let numeric = (above - below) / Double(2 * step)
        #expect(
          abs(Double(grad[j]) - numeric) < 0.01 * max(size, abs(numeric)) + 1e-3,
          "input \(i) element \(j): \(grad[j]) against \(numeric)")
      }
    }
  }

  @Test("Gradients add up over several backward passes, and a detached tensor stops them")
  func accumulation() {
    let w = Tensor([2], [1, 2])
    w.requiresGrad = true
    (w * 3).sum().backward()
    (w * w.detached()).sum().backward()
    #expect(w.grad?.toArray() == [4, 5])
    w.zeroGrad()
    #expect(w.grad == nil)
  }

  @Test("Nothing is recorded when recording is off")
  func notRecorded() {
    let w = Tensor([2], [1, 2])
    w.requiresGrad = true
    let y = Recording.off { (w * 3).sum() }
    y.backward()
    #expect(w.grad == nil)
  }

  @Test("A straight-through value keeps its value and passes its gradient")
  func passesThrough() {
    let x = Tensor([2], [0.2, 0.9])
    x.requiresGrad = true
    let y = straightThrough(value: Tensor([2], [0, 1]), gradientFrom: x)
    #expect(y.toArray() == [0, 1])
    (y * 2).sum().backward()
    #expect(x.grad?.toArray() == [2, 2])
  }

  @Test("AdamW walks to the minimum of a bowl")
  func optimiser() {
    let w = Tensor([3], [5, -4, 2])
    w.requiresGrad = true
    let target = Tensor([3], [1, 1, 1])
    let adam = AdamW(parameters: [w], learningRate: 0.1)
    for _ in 0..<400 {
      mseLoss(w, target).backward()
      adam.step()
      w.zeroGrad()
    }
    for value in w.toArray() { #expect(abs(value - 1) < 0.02) }
  }

  @Test("Gradients that are not finite are dropped, long ones are shortened")
  func clipping() {
    let w = Tensor([2], [1, 1])
    w.requiresGrad = true
    (w * Tensor([2], [3, 4])).sum().backward()
    #expect(clipGradNorm([w], max: 1) == 5)
    #expect(zip(w.grad?.toArray() ?? [], [0.6, 0.8]).allSatisfy { abs($0 - Float($1)) < 1e-6 })
    w.zeroGrad()
    (w * Float.infinity).sum().backward()
    #expect(!clipGradNorm([w], max: 1).isFinite)
    #expect(w.grad == nil)
  }

  @Test("No number depends on how many threads compute it")
  func threads() {
    defer { Parallel.threads = 0 }
    func run(_ threads: Int) -> [[Float]] {
      Parallel.threads = threads
      var random = TestRandom(3)
      let x = Tensor.normal([6, 16, 16, 32], std: 1, using: &random)
      let w = Tensor.normal([48, 32, 3, 3], std: 0.1, using: &random)
      let v = Tensor.normal([64, 48], std: 0.1, using: &random)
      let gain = Tensor.full([48], 1), bias = Tensor([48])
      for p in [x, w, v, gain, bias] { p.requiresGrad = true }
      var y = conv3x3(x, w)
      y = groupNorm(y, groups: 8, gain: gain, bias: bias, eps: 1e-6, silu: true)
      let z = linear(y.reshaped([6, 256, 48]), v, activation: .gelu)
      let loss = mseLoss(attention(z, z, z, heads: 4), z * 0.5)
      loss.backward()
      return [[loss.item()]] + [x, w, v, gain, bias].map { $0.grad?.toArray() ?? [] }
    }
    let one = run(1)
    #expect(run(2) == one)
    #expect(run(5) == one)
  }
}
