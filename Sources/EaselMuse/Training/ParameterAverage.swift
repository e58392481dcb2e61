import EaselTensor

/// Parameters with their optimiser and their moving average: what each stage of training carries.
package final class TrainedParameters {
  let named: [(name: String, tensor: Tensor)]
  let average: [Tensor]
  let optimizer: AdamW
  /// Steps the matrices of hidden layers, where it was asked for.
  let muon: Muon?
  /// Their learning rate, as a multiple of the others'.
  let muonFactor: Float
  let decay: Float
  /// Steps left out because a loss or a gradient was not finite.
  private(set) var skipped = 0

  init(
    _ named: [(name: String, tensor: Tensor)], learningRate: Float, beta2: Float,
    weightDecay: Float, averageDecay: Float, muonFactor: Float = 1,
    orthogonalised: (String) -> Bool = { _ in false }
  ) {
    self.named = named
    self.muonFactor = muonFactor
    decay = averageDecay
    for (_, tensor) in named { tensor.requiresGrad = true }
    average = named.map { Tensor($0.tensor.shape, $0.tensor.toArray()) }
    let isMatrix = named.map { Muon.takes($0.tensor.shape) && orthogonalised($0.name) }
    let matrices = zip(named, isMatrix).filter(\.1).map(\.0.tensor)
    muon = matrices.isEmpty ? nil : Muon(parameters: matrices, weightDecay: weightDecay)
    optimizer = AdamW(
      parameters: zip(named, isMatrix).filter { !$0.1 }.map(\.0.tensor),
      learningRate: learningRate, beta1: 0.9, beta2: beta2, epsilon: 1e-8, weightDecay: weightDecay)
  }

  /// Clips, steps, averages and clears the gradients; returns the norm before clipping. Where that or the
  /// `loss` is not finite nothing moves, neither moments nor averages: one bad batch must not spoil a run.
  /// `keep` takes back what a step may not change, before it is averaged.
  func step(
    _ step: Int, learningRate: Float, clip: Float, loss: Float = 0, keep: () -> Void = {}
  ) -> Float {
    let norm = clipGradNorm(named.map(\.tensor), max: clip)
    guard norm.isFinite, loss.isFinite else {
      zeroGrad()
      skipped += 1
      return .nan
    }
    optimizer.step(learningRate: learningRate)
    muon?.step(learningRate: learningRate * muonFactor)
    keep()
    // A short average at first, so that it does not remember the random start.
    let d = min(decay, Float(step + 1) / Float(step + 10))
    for (a, p) in zip(average, named) {
      averageStep(a, p.tensor, decay: d)
      p.tensor.zeroGrad()
    }
    return norm
  }

  /// For the log, once there is something to say.
  var skippedValue: [(name: String, value: Double)] {
    skipped > 0 ? [("skipped", Double(skipped))] : []
  }

  func zeroGrad() { for (_, tensor) in named { tensor.zeroGrad() } }

  /// Runs `body` with the averaged values in place of the current ones.
  func withAverage<R>(_ body: () throws -> R) rethrows -> R {
    swapAverage()
    defer { swapAverage() }
    return try body()
  }

  private func swapAverage() {
    for (a, p) in zip(average, named) {
      let x = a.pointer, y = p.tensor.pointer
      for i in 0..<a.count { swap(&x[i], &y[i]) }
      p.tensor.valuesChanged()
    }
  }

  func save(into checkpoint: inout Checkpoint, as prefix: String) {
    for (i, (name, tensor)) in named.enumerated() {
      checkpoint.tensors.append(("\(prefix).param.\(name)", tensor))
      checkpoint.tensors.append(("\(prefix).ema.\(name)", average[i]))
    }
    for (name, tensor) in optimizer.state + (muon?.state ?? []) {
      checkpoint.tensors.append(("\(prefix).\(name)", tensor))
    }
    checkpoint.numbers["\(prefix).adam"] = "\(optimizer.steps)"
    checkpoint.numbers["\(prefix).skipped"] = "\(skipped)"
  }

  func load(from checkpoint: OpenCheckpoint, as prefix: String) throws {
    try checkpoint.load(into: named, prefix: "\(prefix).param.")
    let averages = zip(named, average).map { (name: $0.name, tensor: $1) }
    try checkpoint.load(into: averages, prefix: "\(prefix).ema.")
    for (name, tensor) in optimizer.state + (muon?.state ?? []) {
      let saved = try checkpoint.tensor("\(prefix).\(name)", shape: tensor.shape)
      tensor.pointer.update(from: saved.pointer, count: tensor.count)
    }
    for (_, tensor) in named { tensor.valuesChanged() }
    // Checkpoints of before with one set of parameters say "adam" alone.
    let adam = "\(prefix).adam"
    optimizer.steps = checkpoint.number(checkpoint.file.metadata[adam] == nil ? "adam" : adam)
    skipped = checkpoint.number("\(prefix).skipped")
  }
}
