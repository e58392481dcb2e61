/// What a scene shows. Two scenes of the same description are the same picture.
public struct SceneDescription: Hashable, Sendable {
  /// One or two kinds of things, from left to right or from above; at most four things in all.
  public var objects: [SceneObject]
  public var place: ScenePlace
  public var style: SceneStyle
  public var size: SceneSize
  public var position: ScenePosition
  /// How two kinds of things stand to each other.
  public var relation: SceneRelation
  /// Which of the many pictures that fit the words: moves, mirrors and decorates.
  public var detail: UInt64

  public init(
    objects: [SceneObject], place: ScenePlace, style: SceneStyle = .plain,
    size: SceneSize = .normal, position: ScenePosition = .centre,
    relation: SceneRelation = .beside, detail: UInt64 = 0
  ) {
    precondition(
      !objects.isEmpty && objects.count <= 2 && objects.allSatisfy { $0.count >= 1 }
        && objects.reduce(0) { $0 + $1.count } <= 4,
      "a scene shows 1 or 2 kinds and at most 4 things, got \(objects.map(\.count))")
    self.objects = objects
    self.place = place
    self.style = style
    self.size = size
    self.position = position
    self.relation = relation
    self.detail = detail
  }

  /// Number of things.
  public var count: Int { objects.reduce(0) { $0 + $1.count } }
}

/// One or more things of one kind.
public struct SceneObject: Hashable, Sendable {
  public var noun: Noun
  /// nil: as drawn.
  public var paint: SceneColour?
  public var count: Int
  public var drawing: SceneDrawing
  public init(
    _ noun: Noun, paint: SceneColour? = nil, count: Int = 1, drawing: SceneDrawing = .shaded
  ) {
    self.noun = noun
    self.paint = paint
    self.count = count
    self.drawing = drawing
  }
  /// The colour one sees, where one word tells it.
  public var colour: SceneColour? { paint ?? noun.look(drawing).colour }
}

/// Where the things are.
public enum ScenePlace: Hashable, Sendable {
  case snow, meadow, beach, night, sea, desert, forest, sunset
  case plain(SceneColour)

  public static let drawn: [ScenePlace] = [
    .snow, .meadow, .beach, .night, .sea, .desert, .forest, .sunset,
  ]
  public static let all: [ScenePlace] = drawn + SceneColour.allCases.map { .plain($0) }

  /// A name for programs: "snow", "plain-blue".
  public var name: String {
    switch self {
    case .snow: "snow"
    case .meadow: "meadow"
    case .beach: "beach"
    case .night: "night"
    case .sea: "sea"
    case .desert: "desert"
    case .forest: "forest"
    case .sunset: "sunset"
    case .plain(let colour): "plain-\(colour.rawValue)"
    }
  }
}

/// How the scene is painted.
public enum SceneStyle: String, CaseIterable, Hashable, Sendable, Codable {
  case plain, pixelArt, watercolour, sketch
}

/// How large the things are within the picture.
public enum SceneSize: String, CaseIterable, Hashable, Sendable, Codable {
  case small, normal, big
}

/// Where in the picture a single thing is.
public enum ScenePosition: String, CaseIterable, Hashable, Sendable, Codable {
  case centre, left, right, top, bottom
}

/// How the first of two kinds of things stands to the second.
public enum SceneRelation: String, CaseIterable, Hashable, Sendable, Codable {
  /// To the left of it.
  case beside
  case above
}
