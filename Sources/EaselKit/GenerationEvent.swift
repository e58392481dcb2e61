/// What an engine says about a job, in this order: any number of `.queued` and `.loading`, one `.started`,
/// then
/// for each picture of the batch, or each few that are painted together, `.step` and `.preview` events
/// and one `.image` each. A job that cannot be finished throws a `Failure` out of the stream.
public enum GenerationEvent: Sendable, Hashable {
  /// The job waits; `ahead` others come first.
  case queued(ahead: Int)
  /// The model is being read; `share` of it is there, 0...1. Small models are read unannounced.
  case loading(share: Double)
  /// The engine has the model in memory and begins.
  case started
  case step(StepProgress)
  /// An unfinished picture. Only the newest preview of a job is ever kept for a slow consumer.
  case preview(index: Int, Picture)
  case image(GeneratedImage)
}

/// How far one picture of a batch is.
public struct StepProgress: Sendable, Hashable {
  /// Which picture of the batch, from 0.
  public var index: Int
  public var count: Int
  /// Pictures from `index` on that are painted together, step by step.
  public var together: Int
  /// Steps done of this picture, 1...steps.
  public var step: Int
  public var steps: Int
  /// Seconds since `.started`.
  public var secondsElapsed: Double
  public init(
    index: Int, count: Int, together: Int = 1, step: Int, steps: Int, secondsElapsed: Double
  ) {
    self.index = index
    self.count = count
    self.together = together
    self.step = step
    self.steps = steps
    self.secondsElapsed = secondsElapsed
  }
  /// Numbers of the pictures that are painted now, from 1: `2`, or `1-4`.
  public var numbers: String {
    together > 1 ? "\(index + 1)-\(index + together)" : "\(index + 1)"
  }
  /// Share of the whole batch that is done, 0...1.
  public var fraction: Double {
    guard steps > 0, count > 0 else { return 0 }
    return (Double(index) + Double(together * step) / Double(steps)) / Double(count)
  }
  public var secondsLeft: Double? {
    guard fraction > 0 else { return nil }
    return secondsElapsed / fraction * (1 - fraction)
  }
  public var stepsPerSecond: Double? {
    guard secondsElapsed > 0 else { return nil }
    return Double(index * steps + together * step) / secondsElapsed
  }
}

/// A finished picture and what it takes to make it again.
public struct GeneratedImage: Sendable, Hashable {
  public var index: Int
  /// The seed of this very picture (request seed plus index).
  public var seed: UInt64
  public var picture: Picture
  /// Hex digest of the weights that painted it.
  public var modelDigest: String
  public var secondsElapsed: Double
  /// Where the request asked for it.
  public var explanation: Explanation?
  /// How well the picture answers the prompt: the cosine of both in CLIP's space, −1...1; nil where
  /// the model cannot tell.
  public var score: Double?
  public init(
    index: Int, seed: UInt64, picture: Picture, modelDigest: String, secondsElapsed: Double,
    explanation: Explanation? = nil, score: Double? = nil
  ) {
    self.index = index
    self.seed = seed
    self.picture = picture
    self.modelDigest = modelDigest
    self.secondsElapsed = secondsElapsed
    self.explanation = explanation
    self.score = score
  }
}
