/// Learning rate by step: a short linear warm-up, a plateau, and a linear fall to a twentieth over
/// the last part of the run. A run may be resumed with other `steps`; the fall then moves with it.
public struct TrainingSchedule: Hashable, Sendable, Codable {
  public var peak: Float
  public var warmup: Int
  public var steps: Int
  /// Share of `steps` over which the rate falls.
  public var fall: Float

  public init(peak: Float, warmup: Int, steps: Int, fall: Float) {
    self.peak = peak
    self.warmup = warmup
    self.steps = steps
    self.fall = fall
  }

  public func learningRate(at step: Int) -> Float {
    let rise = min(1, Float(step + 1) / Float(max(1, warmup)))
    let left = Float(max(0, steps - step))
    let end = min(1, max(0.05, left / max(1, fall * Float(steps))))
    return peak * rise * end
  }
}
