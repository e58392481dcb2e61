public import EaselKit

/// The latest training run, as the Train screen shows it. Its pictures have names: `PictureKey.training`.
public struct TrainingReport: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, CaseIterable {
    case running, paused
    /// Asked to stop before the last step.
    case stopped
    case finished, failed
    /// Its process is gone without a word.
    case killed

    public var isAlive: Bool { self == .running || self == .paused }
  }
  /// What a run was asked and has not done yet.
  public enum Asked: String, Hashable, Sendable, CaseIterable { case pause, save, stop }

  public struct Point: Hashable, Sendable {
    public var step: Int
    public var value: Double
    public init(step: Int, value: Double) {
      self.step = step
      self.value = value
    }
  }
  public struct Curve: Hashable, Sendable {
    /// "loss", "validation" …
    public var name: String
    public var points: [Point]
    public init(name: String, points: [Point]) {
      self.name = name
      self.points = points
    }
  }
  /// Folder of the run.
  public var folder: String
  /// How it was started; nil where its folder does not say.
  public var request: TrainingRequest?
  public var state: State
  public var asked: Set<Asked> = []
  /// Stage it is at: "vqgan", "transformer" …; empty before the first figures.
  public var stage = ""
  /// Of all stages that it goes through: `stage` is number `part`, from 1, of `parts`; nil where that is
  /// not known.
  public var part: Int?
  public var parts = 1
  public var step = 0
  public var steps = 0
  public var imagesPerSecond: Double?
  public var secondsLeft: Double?
  /// CPU seconds the stage has consumed.
  public var cpuSeconds = 0.0
  /// In the words of its process, where it failed.
  public var failure: Failure?
  /// Of the stage, at most some hundred points each, for terminals without graphics.
  public var curves: [Curve] = []
  /// Revision of the picture of its curves, and of its newest samples; nil where there is none.
  public var curvesRevision: Int?
  public var samplesRevision: Int?
  /// Last lines of the log, oldest first.
  public var log: [String] = []

  public init(folder: String, request: TrainingRequest? = nil, state: State) {
    self.folder = folder
    self.request = request
    self.state = state
  }
}

/// What is known of training: the latest run, and what became of the one that was started here.
public struct TrainingNews: Hashable, Sendable {
  public enum Start: Hashable, Sendable {
    /// It reads its data and makes its networks.
    case underWay
    /// It ended before it began, and this is why. Told once.
    case refused(Failure)
  }
  public var report: TrainingReport?
  /// nil once it has begun.
  public var start: Start?
  public init(report: TrainingReport?, start: Start? = nil) {
    self.report = report
    self.start = start
  }
}

/// What a run can be asked.
public enum TrainingWord: String, Hashable, Sendable, CaseIterable { case pause, goOn, save, stop }
