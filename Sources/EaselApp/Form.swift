public import EaselKit

/// The settings of the next painting.
public struct Form: Hashable, Sendable, Codable {
  public var engine: String
  public var model: String
  public var width: Int
  public var height: Int
  public var count: Int
  public var steps: Int
  public var guidance: Double
  /// nil draws a new seed for every painting.
  public var seed: UInt64?
  /// Name of a `StylePreset`; "none" leaves the prompt alone.
  public var style: String
  /// Settings that have several values, as texts: together they make a table of pictures.
  public var sweeps: [FormField: [String]] = [:]

  public init(_ settings: Settings = Settings()) {
    engine = settings.engine
    model = settings.model
    width = settings.size.width
    height = settings.size.height
    count = settings.count
    steps = settings.steps
    guidance = settings.guidance
    seed = nil
    style = StylePreset.none.name
  }

  /// The form that makes this picture again.
  public init(_ recipe: Recipe) {
    let request = recipe.request
    engine = request.engine
    model = request.model
    width = request.width
    height = request.height
    count = 1
    steps = request.steps
    guidance = request.guidance
    seed = recipe.seed
    style = StylePreset.none.name
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    engine = try values.decode(String.self, forKey: .engine)
    model = try values.decode(String.self, forKey: .model)
    width = try values.decode(Int.self, forKey: .width)
    height = try values.decode(Int.self, forKey: .height)
    count = try values.decode(Int.self, forKey: .count)
    steps = try values.decode(Int.self, forKey: .steps)
    guidance = try values.decode(Double.self, forKey: .guidance)
    seed = try values.decodeIfPresent(UInt64.self, forKey: .seed)
    style = try values.decode(String.self, forKey: .style)
    // Drafts of versions without tables have none.
    sweeps = try values.decodeIfPresent([FormField: [String]].self, forKey: .sweeps) ?? [:]
  }

  public var size: PixelSize {
    get { PixelSize(width: width, height: height) }
    set { (width, height) = (newValue.width, newValue.height) }
  }
}

/// Words that a style adds to a prompt. The request, and with it the recipe, holds the full text.
public struct StylePreset: Hashable, Sendable {
  public var name: String
  public var suffix: String
  public var avoid: String
  public init(_ name: String, suffix: String, avoid: String = "") {
    self.name = name
    self.suffix = suffix
    self.avoid = avoid
  }

  public static let none = StylePreset("none", suffix: "")

  /// The styles that come with Easel: those that the shipped model has learnt.
  public static let builtIn: [StylePreset] = [
    .none,
    StylePreset("pixel art", suffix: "pixel art"),
    StylePreset("watercolour", suffix: "watercolour"),
    StylePreset("sketch", suffix: "pencil sketch"),
  ]

  /// `prompt` in this style; a prompt that says so already stays as it is.
  public func applied(to prompt: String) -> String {
    if suffix.isEmpty || prompt.lowercased().contains(suffix.lowercased()) { return prompt }
    return prompt.isEmpty ? suffix : "\(prompt), \(suffix)"
  }

  /// What to avoid in this style, besides what the user wants to avoid.
  public func applied(toAvoid text: String) -> String {
    if avoid.isEmpty { return text }
    return text.isEmpty ? avoid : "\(text), \(avoid)"
  }
}
