/// Where each thing of a scene goes, in units of 1/64 of the picture's side.
///
/// Things come in three sizes, look one way, and lie in the middle or whole steps of `grid` units from there. At 64
/// pixels a token of the picture covers 4 pixels, and what the painter's layers see of it 8: the same thing is then
/// made of the same tokens wherever it is, and a small model need not learn what it looks like at every fraction
/// of one.
struct SceneLayout {
  struct Slot: Hashable {
    var object: SceneObject
    /// Middle of the thing, before it is moved to the grid.
    var x: Float
    var y: Float
    /// Its longer side.
    var side: Float
  }
  var slots: [Slot]

  static let grid: Float = 8

  init(_ scene: SceneDescription) {
    let things = scene.objects.flatMap { object in
      [SceneObject](repeating: object, count: object.count)
    }
    let small = Self.side(.small)
    let spots: [(x: Float, y: Float)] =
      switch things.count {
      case 1: [Self.single(scene)]
      case 2 where scene.relation == .above: [(32, 17), (32, 47)]
      case 2: [(18, 36), (46, 36)]
      case 3: [(32, 18), (18, 46), (46, 46)]
      default: [(18, 18), (46, 18), (18, 46), (46, 46)]
      }
    let isAlone = things.count == 1 && scene.position == .centre
    slots = zip(things, spots).map { thing, spot in
      Slot(
        object: thing, x: spot.x, y: spot.y, side: isAlone ? Self.side(scene.size) : small)
    }
  }

  /// The longer side of a thing that is alone in the middle; beside others, or at an edge, all are small.
  private static func side(_ size: SceneSize) -> Float {
    switch size {
    case .small: 28
    case .normal: 44
    case .big: 56
    }
  }

  private static func single(_ scene: SceneDescription) -> (x: Float, y: Float) {
    let lower: Float = scene.objects[0].noun.stands ? 2 : 0
    return switch scene.position {
    case .centre: (32, 32 + lower + (scene.size == .small ? 4 : 0))
    case .left: (17, 34)
    case .right: (47, 34)
    case .top: (32, 17)
    case .bottom: (32, 46)
    }
  }

  /// Where a thing of this size in pixels goes: its corner, all of it inside the picture.
  ///
  /// - Parameters:
  ///   - small: size of the drawing at 64 pixels, so that the same scene at another size is the same.
  ///   - unit: pixels of one unit.
  static func corner(
    of slot: Slot, small: (width: Int, height: Int), unit: Float
  ) -> (x: Int, y: Int) {
    func snapped(_ wanted: Float, _ length: Int) -> Int {
      let middle = (64 - length) / 2
      let steps = ((wanted - 32) / grid).rounded()
      let most = Float(middle / Int(grid))
      return Int(Float(middle + Int(max(-most, min(steps, most)) * grid)) * unit)
    }
    return (snapped(slot.x, small.width), snapped(slot.y, small.height))
  }
}
