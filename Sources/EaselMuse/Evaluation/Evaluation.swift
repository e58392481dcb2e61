public import EaselKit

/// How a model is evaluated.
public struct EvaluationSettings: Hashable, Sendable {
  /// Prompts on each side: seen and held-out combinations.
  public var count = 200
  /// Of the prompts and of the painting.
  public var seed: UInt64 = 1
  public var steps = 12
  public var guidance = 3.0
  /// Pictures painted of each prompt, of which the model's own image tower chooses the one that is judged.
  public var bestOf = 1
  /// Training pictures among which the nearest is looked for.
  public var trainingPictures = 2048
  /// Prompts on each side that are painted again and again, and how often.
  public var repeatedPrompts = 4
  public var repeats = 16
  /// Paint the 48 fixed prompts too.
  public var paintsFixedPrompts = true
  public init() {}

  /// Pictures on each side that take part in the search for the nearest training picture, so that memory
  /// stays bounded.
  static let searched = 256
  /// Pairs of picture and caption among which one is retrieved.
  static let retrieved = 200
}

/// What `easel evaluate` found.
public struct Evaluation: Sendable {
  public enum Split: String, CaseIterable, Sendable { case seen, heldOut = "held_out" }
  /// Which pictures of the very same descriptions.
  public enum Pictures: String, CaseIterable, Sendable {
    case painted
    /// The real ones through the picture tokenizer and back: the best that its painter could do.
    case reconstructed
    case real
  }
  public enum Metric: String, CaseIterable, Sendable {
    case noun, colour, background, count, style
    case clipScore = "clip_score"
    case pictureForText = "retrieval_picture_for_text"
    case textForPicture = "retrieval_text_for_picture"
    case kernelDistance = "kid_x1000"
    case nearestPixels = "nearest_pixels"
    case nearestFeatures = "nearest_features"
    case diversity
  }
  public struct Row: Hashable, Sendable {
    public var split: Split
    public var pictures: Pictures
    public var metric: Metric
    public var value: Double
    /// NaN where there is none.
    public var standardError: Double
    /// Pictures, pairs or prompts behind it.
    public var count: Int
  }
  public struct Key: Hashable, Sendable {
    public var split: Split
    public var pictures: Pictures
    public init(_ split: Split, _ pictures: Pictures) {
      self.split = split
      self.pictures = pictures
    }
  }
  /// One of the 48 fixed prompts.
  public struct Cell: Sendable {
    public var prompt: String
    public var isHeldOut: Bool
    /// As the model's users see it: enlarged, where the model has an upscaler. The judges looked at it as it was
    /// painted.
    public var picture: Picture
    /// 0…1 for what the prompt names.
    public var grades: [RefereeHead: Double]
    public var clipScore: Double
  }

  /// What the referee says of one picture.
  public struct Finding: Sendable {
    public var split: Split
    public var pictures: Pictures
    public var prompt: String
    /// 0…1 for what the prompt names.
    public var grades: [RefereeHead: Double]
    /// The things it takes to be there, as many as the prompt names, the likeliest first.
    public var things: [String]
  }

  public var model: String
  public var settings: EvaluationSettings
  /// In the order of splits, pictures, metrics.
  public var rows: [Row] = []
  /// Cosines with the captions, one a picture.
  public var cosines: [Key: [Double]] = [:]
  /// Root mean square difference to the nearest training picture, 0…1, one a picture.
  public var nearest: [Key: [Double]] = [:]
  public var cells: [Cell] = []
  /// In the order of splits, pictures, prompts.
  public var findings: [Finding] = []
  /// What could not be said, and why.
  public var notes: [String] = []

  public func row(_ split: Split, _ pictures: Pictures, _ metric: Metric) -> Row? {
    rows.first { $0.split == split && $0.pictures == pictures && $0.metric == metric }
  }

  mutating func add(
    _ split: Split, _ pictures: Pictures, _ metric: Metric, _ tally: Tally
  ) {
    guard tally.count > 0 else { return }
    rows.append(
      Row(
        split: split, pictures: pictures, metric: metric, value: tally.mean,
        standardError: tally.standardError, count: tally.count))
  }
}

/// How far an evaluation is.
public struct EvaluationProgress: Sendable {
  /// What is being done: "painting seen prompts".
  public var doing: String
  public var done: Int
  public var of: Int
}
