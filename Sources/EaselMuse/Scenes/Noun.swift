/// A thing that scenes can show. A new thing is a new row in one of the tables beside this file, and
/// its flat drawing (`docs/data/draw_twemoji.py`).
public struct Noun: Hashable, Sendable {
  public let name: String
  /// The same as the name where one speaks of measures: "two bunches of grapes".
  public let plural: String
  /// Other words for it, singular and plural.
  public let synonyms: [Words]
  /// What one counts it by, singular and plural: slices of bread, pairs of scissors. Empty where the
  /// thing itself is counted.
  public let measures: [Words]
  /// The character whose drawing it is.
  public let scalar: Unicode.Scalar
  /// Stands on the ground and throws a shadow; else it floats.
  public let stands: Bool
  let shaded: Look
  let flat: Look

  public struct Words: Hashable, Sendable {
    public let singular: String
    public let plural: String
  }

  /// What is to be known of one drawing of it.
  public struct Look: Hashable, Sendable {
    /// The colour as drawn, where one word tells it.
    public let colour: SceneColour?
    public let body: Body

    init(_ colour: SceneColour? = nil, body: Body = .prevailing) {
      self.colour = colour
      self.body = body
    }
  }

  /// Which part of a drawing takes another colour.
  public enum Body: Hashable, Sendable {
    /// What has the drawing's prevailing hue.
    case prevailing
    /// What has about this hue, in degrees.
    case hue(Float)
    /// What is light and without colour.
    case pale
    /// What has little colour and is not dark: bluish greys and their shades too.
    case grey
    /// What is dark and without colour.
    case dark
    /// Nothing: the thing is always as drawn.
    case none
  }

  /// - Parameters:
  ///   - shaded: how its shaded drawing looks, and the flat one where that looks the same.
  ///   - flat: how its flat drawing looks.
  init(
    _ name: String, plural: String? = nil, _ scalar: Unicode.Scalar, _ shaded: Look,
    flat: Look? = nil, stands: Bool = true, measures: KeyValuePairs<String, String> = [:],
    or synonyms: KeyValuePairs<String, String> = [:]
  ) {
    self.name = name
    self.plural = plural ?? name + "s"
    self.scalar = scalar
    self.shaded = shaded
    self.flat = flat ?? shaded
    self.stands = stands
    self.measures = measures.map { Words(singular: $0.key, plural: $0.value) }
    self.synonyms = synonyms.map { Words(singular: $0.key, plural: $0.value) }
  }

  public func look(_ drawing: SceneDrawing) -> Look {
    switch drawing {
    case .shaded: shaded
    case .flat: flat
    }
  }

  /// True when the thing can be had in other colours than its own.
  public var takesColour: Bool { shaded.body != .none && flat.body != .none }

  /// The colours that its drawings have by themselves.
  public var ownColours: Set<SceneColour> { Set([shaded.colour, flat.colour].compactMap { $0 }) }

  /// The noun of this name.
  public static func named(_ name: String) -> Noun? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  public static func == (a: Noun, b: Noun) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// The two ways in which every thing is drawn, so that a model learns the thing and not one picture.
public enum SceneDrawing: String, CaseIterable, Hashable, Sendable, Codable {
  /// With light and shade: Noto Color Emoji.
  case shaded
  /// In flat shapes: Twemoji.
  case flat
}

extension Noun {
  /// All things. The first 48 are a mix of all kinds: a model is shown by them.
  public static let all: [Noun] = {
    let tables = [
      animals, plants, food, vehicles, places, sky, clothes, instruments, household, toys,
    ].flatMap { $0 }
    let named = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
    return mixed.compactMap { named[$0] } + tables.filter { !mixed.contains($0.name) }
  }()

  private static let mixed = [
    "apple", "cat", "car", "house", "tree", "star", "book", "guitar", "balloon", "hat", "dog",
    "strawberry", "castle", "rocket", "flower", "moon", "shoe", "drum", "heart", "key", "fox",
    "banana", "bus", "rose", "sun", "shirt", "robot", "umbrella", "owl", "cake", "mushroom", "boat",
    "cloud", "crown", "snowman", "clock", "pizza", "penguin", "train", "cactus", "rainbow", "gem",
    "ghost", "teapot", "fish", "butterfly", "bicycle", "frog",
  ]
}
