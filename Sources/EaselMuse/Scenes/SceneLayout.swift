internal import EaselKit

/// Where each thing of a scene goes, in units of 1/64 of the picture's side.
struct SceneLayout {
  struct Slot: Hashable {
    var noun: Noun
    var paint: SceneColour?
    /// Middle of the thing.
    var x: Float
    var y: Float
    /// Its longer side.
    var side: Float
    var mirrored: Bool
  }
  var slots: [Slot]

  init(_ scene: SceneDescription, _ random: inout SplitMix64) {
    let things = scene.objects.flatMap { object in
      [SceneObject](repeating: object, count: object.count)
    }
    // (x, y, side) of each thing, before the jitter.
    let spots: [(Float, Float, Float)] =
      switch things.count {
      case 1: [Self.single(scene)]
      case 2: [(18, 35, 27), (46, 35, 27)]
      case 3: [(32, 18, 24), (17, 45, 24), (47, 45, 24)]
      default: [(18, 19, 24), (46, 19, 24), (18, 47, 24), (46, 47, 24)]
      }
    let shrink: Float =
      switch scene.size {
      case _ where things.count == 1: 1
      case .small: 0.72
      case .normal: 1
      case .big: 1.12
      }
    slots = []
    for (thing, spot) in zip(things, spots) {
      let side = spot.2 * shrink * (0.97 + 0.06 * random.nextFloat())
      let reach: Float = 1.2
      let x = spot.0 + reach * (2 * random.nextFloat() - 1)
      let y = spot.1 + reach * (2 * random.nextFloat() - 1)
      let half = side / 2 + 0.5
      slots.append(
        Slot(
          noun: thing.noun, paint: thing.paint, x: max(half, min(64 - half, x)),
          y: max(half, min(64 - half, y)), side: side, mirrored: random.nextFloat() < 0.5))
    }
  }

  private static func single(_ scene: SceneDescription) -> (Float, Float, Float) {
    let lower: Float = scene.objects[0].noun.stands ? 2 : 0
    let side: Float =
      switch scene.size {
      case .small: 22
      case .normal: scene.position == .centre ? 45 : 31
      case .big: scene.position == .centre ? 56 : 36
      }
    return switch scene.position {
    case .centre: (32, 32 + lower + (scene.size == .small ? 4 : 0), side)
    case .left: (17, 34, side)
    case .right: (47, 34, side)
    case .top: (32, 17, side)
    case .bottom: (32, 46, side)
    }
  }
}
