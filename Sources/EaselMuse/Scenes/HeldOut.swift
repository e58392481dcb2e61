/// Combinations that training never sees, so that answering them shows understanding and not memory.
///
/// About one in ten combinations of (noun, colour, place, style) is kept out by a hash that is the
/// same on every machine and in every version; each single word is still learnt from the others.
enum HeldOut {
  static let share = 0.1

  static func contains(_ object: SceneObject, place: ScenePlace, style: SceneStyle) -> Bool {
    let colour = object.colour?.rawValue ?? "as-drawn"
    let key = "\(object.noun.name)|\(colour)|\(place.name)|\(style.rawValue)"
    // FNV-1a over the bytes, then a finishing mix: FNV alone leaves its high bits weak.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    hash ^= hash >> 33
    return Double(hash >> 11) * 0x1p-53 < share
  }
}

extension SceneDescription {
  /// True when one of its things is in a combination of colour, place and style that training
  /// never sees.
  public var isHeldOut: Bool {
    objects.contains { HeldOut.contains($0, place: place, style: style) }
  }
}
