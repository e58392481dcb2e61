package import EaselTensor

/// A trainer of one network with one optimiser: its checkpoint is that network's weights, their moments and average,
/// and how far it is.
package protocol NetworkTrainer: AnyObject {
  /// What its checkpoint calls the stage and the network; later programs read both.
  static var stageName: String { get }
  static var networkName: String { get }
  var trained: TrainedParameters { get }
  var progress: TrainingProgress { get set }
  /// How linear maps multiply in a run that begins.
  var firstPrecision: ProductPrecision { get }
}

extension NetworkTrainer {
  /// CPU seconds of this stage, over all its sittings.
  package var cpuSecondsConsumed: Double { progress.cpuSeconds }

  /// Runs `body` with the average of the weights in place of the weights.
  package func withAverage<R>(_ body: () throws -> R) rethrows -> R {
    try trained.withAverage(body)
  }

  package func save(to path: String) throws {
    var checkpoint = Checkpoint()
    progress.save(into: &checkpoint, stage: Self.stageName)
    trained.save(into: &checkpoint, as: Self.networkName)
    try checkpoint.write(to: path)
  }

  /// Continues from a checkpoint; false when there is none.
  package func resume(from path: String) throws -> Bool {
    guard let saved = try Checkpoint.open(path) else { return false }
    try trained.load(from: saved, as: Self.networkName)
    progress = TrainingProgress(saved, firstPrecision)
    return true
  }
}
