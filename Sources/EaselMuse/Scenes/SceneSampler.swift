internal import EaselKit

/// Draws descriptions at random, each one reachable again by its number.
///
/// Most scenes show one large thing near the middle, because that is what a small model learns
/// first and what people ask for most; see `layoutShares` and `styleShares` for the rest.
public struct SceneSampler: Hashable, Sendable {
  /// Which combinations are drawn.
  public enum Split: Hashable, Sendable {
    /// All but the held-out ones.
    case training
    /// Only the held-out ones.
    case heldOut
    /// All.
    case everything
  }

  public let seed: UInt64
  public let split: Split
  /// Every style as often as the others, in place of `styleShares`.
  public let evenStyles: Bool

  public init(seed: UInt64, split: Split = .training, evenStyles: Bool = false) {
    self.seed = seed
    self.split = split
    self.evenStyles = evenStyles
  }

  enum Layout { case single, small, aside, several, pair }
  /// Shares of the layouts.
  static let layoutShares: [(Layout, Float)] = [
    (.single, 0.66), (.small, 0.06), (.aside, 0.08), (.several, 0.14), (.pair, 0.06),
  ]
  /// Shares of the styles.
  static let styleShares: [(SceneStyle, Float)] = [
    (.plain, 0.70), (.pixelArt, 0.10), (.watercolour, 0.10), (.sketch, 0.10),
  ]
  /// Share of the places that are drawn; the others are plain colours.
  static let drawnPlaces: Float = 0.6
  /// Share of the things that keep their own colour.
  static let asDrawn: Float = 0.4

  /// Description number `index` of this stream; depends on seed, split and index alone.
  public func description(_ index: Int) -> SceneDescription {
    var start = SplitMix64(seed: seed ^ 0x5CE7_E5EE_D000_0001)
    var random = SplitMix64(
      seed: start.next() ^ (UInt64(bitPattern: Int64(index)) &* 0xD6E8_FEB8_6659_FD93))
    while true {
      let candidate = draw(&random)
      switch split {
      case .training where candidate.isHeldOut: continue
      case .heldOut where !candidate.isHeldOut: continue
      default: return candidate
      }
    }
  }

  private func draw(_ random: inout SplitMix64) -> SceneDescription {
    let layout = pick(Self.layoutShares, &random)
    let style = pick(
      evenStyles ? SceneStyle.allCases.map { ($0, 1) } : Self.styleShares, &random)
    let place: ScenePlace =
      if random.nextFloat() < Self.drawnPlaces {
        ScenePlace.drawn[random.nextInt(ScenePlace.drawn.count)]
      } else {
        .plain(SceneColour.allCases[random.nextInt(SceneColour.allCases.count)])
      }
    var objects = [object(for: place, &random)]
    var size = SceneSize.normal
    var position = ScenePosition.centre
    var relation = SceneRelation.beside
    switch layout {
    case .single: size = random.nextFloat() < 0.3 ? .big : .normal
    case .small: size = .small
    case .aside:
      position = [.left, .right, .top, .bottom][random.nextInt(4)]
    case .several: objects[0].count = pick([(2, 0.45), (3, 0.35), (4, 0.2)], &random)
    case .pair:
      var other = object(for: place, &random)
      while other.noun == objects[0].noun { other = object(for: place, &random) }
      objects.append(other)
      relation = random.nextFloat() < 0.3 ? .above : .beside
    }
    return SceneDescription(
      objects: objects, place: place, style: style, size: size, position: position,
      relation: relation, detail: random.next())
  }

  /// A thing that can be seen against the place.
  private func object(for place: ScenePlace, _ random: inout SplitMix64) -> SceneObject {
    while true {
      var object = SceneObject(
        Noun.all[random.nextInt(Noun.all.count)],
        drawing: SceneDrawing.allCases[random.nextInt(SceneDrawing.allCases.count)])
      if object.noun.takesColour, random.nextFloat() >= Self.asDrawn {
        let colour = SceneColour.allCases[random.nextInt(SceneColour.allCases.count)]
        object.paint = colour == object.colour ? nil : colour
      }
      if let colour = object.colour, place.hides(colour) { continue }
      return object
    }
  }

  private func pick<T>(_ shares: [(T, Float)], _ random: inout SplitMix64) -> T {
    var at = random.nextFloat() * shares.reduce(0) { $0 + $1.1 }
    for (value, share) in shares {
      if at < share { return value }
      at -= share
    }
    return shares[shares.count - 1].0
  }
}

extension ScenePlace {
  /// True when a thing of this colour could hardly be seen here.
  public func hides(_ colour: SceneColour) -> Bool {
    switch self {
    case .plain(let backdrop):
      var distance = colour.tone - backdrop.backdrop
      distance *= distance
      return backdrop == colour || distance.sum() < 0.035
    case .snow: return colour == .white
    case .night: return colour == .black
    case .meadow, .forest: return colour == .green
    case .sea: return colour == .blue
    case .beach, .desert: return colour == .yellow
    case .sunset: return colour == .orange
    }
  }
}
