/// Combinations that training never sees, so that answering them shows understanding and not memory.
///
/// About one in twenty pairs of (thing, colour it is not drawn in), (thing, place), (thing, style),
/// (thing, number above one) and (thing, thing) is kept out of training, by a hash that is the same on
/// every machine and in every version. Each word is learnt from its other pairs; that an owl can be
/// purple, where that pair is held out, nothing in the training says.
enum HeldOut {
  static let share = 0.05

  static func contains(_ a: String, _ b: String) -> Bool {
    // FNV-1a over the bytes, then a finishing mix: FNV alone leaves its high bits weak.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in "\(a)|\(b)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    hash ^= hash >> 33
    return Double(hash >> 11) * 0x1p-53 < share
  }
}

extension SceneDescription {
  /// The pairs shown here that training never sees: "owl|purple", "fox|beach", "car|3".
  public var heldOutPairs: [String] {
    var pairs: [(String, String)] = []
    for object in objects {
      let name = object.noun.name
      if let paint = object.paint, !object.noun.ownColours.contains(paint) {
        pairs.append((name, paint.rawValue))
      }
      pairs.append((name, place.name))
      if style != .plain { pairs.append((name, style.rawValue)) }
      if object.count > 1 { pairs.append((name, "\(object.count)")) }
    }
    if objects.count == 2 {
      let names = objects.map(\.noun.name).sorted()
      pairs.append((names[0], names[1]))
    }
    return pairs.filter { HeldOut.contains($0, $1) }.map { "\($0)|\($1)" }
  }

  /// True when training never sees one of its pairs.
  public var isHeldOut: Bool { !heldOutPairs.isEmpty }
}
