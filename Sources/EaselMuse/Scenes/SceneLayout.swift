internal import EaselKit

/// Where each thing of a scene goes, in units of 1/64 of the picture's side.
///
/// Corners lie on a grid of `grid` units and things come in few sizes. At 64 pixels a token of the
/// picture covers 4 pixels: the same thing is then made of the same tokens wherever it is, and a small
/// model need not learn what it looks like at every fraction of a token.
struct SceneLayout {
  struct Slot: Hashable {
    var object: SceneObject
    /// Middle of the thing, before its corner is moved to the grid.
    var x: Float
    var y: Float
    /// Its longer side.
    var side: Float
    var mirrored: Bool
  }
  var slots: [Slot]

  static let grid: Float = 4

  init(_ scene: SceneDescription, _ random: inout SplitMix64) {
    let things = scene.objects.flatMap { object in
      [SceneObject](repeating: object, count: object.count)
    }
    let spots: [(x: Float, y: Float, side: Float)] =
      switch things.count {
      case 1: [Self.single(scene, &random)]
      case 2 where scene.relation == .above: [(32, 17, 26), (32, 47, 26)]
      case 2: [(18, 36, 28), (46, 36, 28)]
      case 3: [(32, 18, 24), (18, 46, 24), (46, 46, 24)]
      default: [(18, 18, 24), (46, 18, 24), (18, 46, 24), (46, 46, 24)]
      }
    let shrink: Float = things.count > 1 && scene.size == .small ? 20 / 28 : 1
    slots = []
    for (thing, spot) in zip(things, spots) {
      slots.append(
        Slot(
          object: thing, x: spot.x, y: spot.y, side: spot.side * shrink,
          mirrored: random.nextFloat() < 0.5))
    }
  }

  private static func single(
    _ scene: SceneDescription, _ random: inout SplitMix64
  ) -> (x: Float, y: Float, side: Float) {
    let lower: Float = scene.objects[0].noun.stands ? 2 : 0
    let side: Float =
      switch scene.size {
      case .small: 24
      case .normal: scene.position == .centre ? 44 : 32
      case .big: scene.position == .centre ? 56 : 36
      }
    let aside = grid * Float(random.nextInt(3) - 1)
    return switch scene.position {
    case .centre:
      scene.size == .big
        ? (32, 32 + lower, side)
        : (32 + aside, 32 + lower + (scene.size == .small ? 4 : 0), side)
    case .left: (17, 34, side)
    case .right: (47, 34, side)
    case .top: (32, 17, side)
    case .bottom: (32, 46, side)
    }
  }

  /// Where a thing of this size in pixels goes: its corner on the grid, all of it inside the picture.
  ///
  /// - Parameters:
  ///   - small: size of the drawing at 64 pixels, so that the same scene at another size is the same.
  ///   - unit: pixels of one unit.
  static func corner(
    of slot: Slot, small: (width: Int, height: Int), unit: Float
  ) -> (x: Int, y: Int) {
    func snapped(_ middle: Float, _ length: Int) -> Int {
      let start = ((middle - Float(length) / 2) / grid).rounded() * grid
      return Int(max(0, min(start, ((64 - Float(length)) / grid).rounded(.down) * grid)) * unit)
    }
    return (snapped(slot.x, small.width), snapped(slot.y, small.height))
  }
}
