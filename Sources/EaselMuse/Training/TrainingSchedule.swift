import Glibc

/// Learning rate by step: a short linear warm-up, then one of four forms. A run may be resumed with other
/// `steps`; the fall then moves with it.
public struct TrainingSchedule: Hashable, Sendable, Codable {
  /// What the rate does after the warm-up. All but `constant` end at a twentieth of the peak.
  public enum Form: String, Hashable, Sendable, Codable, CaseIterable {
    /// Stays, and falls on a line over the last part of the run.
    case plateau
    /// Stays.
    case constant
    /// Falls on a line from the end of the warm-up.
    case linear
    /// Falls on half a period of a cosine (Loshchilov & Hutter 2016, arXiv 1608.03983).
    case cosine
  }
  public static let floor: Float = 0.05

  public var peak: Float
  public var warmup: Int
  public var steps: Int
  /// Share of `steps` over which the rate of a plateau falls.
  public var fall: Float
  public var form: Form

  public init(peak: Float, warmup: Int, steps: Int, fall: Float, form: Form = .plateau) {
    self.peak = peak
    self.warmup = warmup
    self.steps = steps
    self.fall = fall
    self.form = form
  }

  public func learningRate(at step: Int) -> Float {
    let rise = min(1, Float(step + 1) / Float(max(1, warmup)))
    let left = Float(max(0, steps - step))
    /// 1 at the end of the warm-up, 0 at the end of the run.
    let rest = min(1, left / Float(max(1, steps - warmup)))
    let end: Float =
      switch form {
      case .plateau: min(1, max(Self.floor, left / max(1, fall * Float(steps))))
      case .constant: 1
      case .linear: max(Self.floor, rest)
      case .cosine: Self.floor + (1 - Self.floor) * 0.5 * (1 - cosf(.pi * rest))
      }
    return peak * rise * end
  }
}

/// `count` pictures of a step in at most `portions` parts of about the same size, worked through one after
/// the other where all at once take too much memory.
func portions(of count: Int, _ portions: Int) -> [Range<Int>] {
  let n = max(1, min(portions, count))
  return (0..<n).map { count * $0 / n..<count * ($0 + 1) / n }
}
