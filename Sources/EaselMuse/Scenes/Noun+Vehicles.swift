extension Noun {
  /// Things to travel in.
  static let vehicles: [Noun] = [
    Noun("car", "\u{1F697}", Look(.red), or: ["automobile": "automobiles"]),
    Noun("taxi", "\u{1F695}", Look(.yellow), or: ["cab": "cabs"]),
    Noun("bus", plural: "buses", "\u{1F68C}", Look(body: .pale)),
    Noun("fire engine", "\u{1F692}", Look(.red), or: ["fire truck": "fire trucks"]),
    Noun(
      "tractor", "\u{1F69C}", Look(.green, body: .hue(140)), flat: Look(.green, body: .hue(100))),
    Noun(
      "motorcycle", "\u{1F3CD}", Look(.red), flat: Look(.green), or: ["motorbike": "motorbikes"]),
    Noun("bicycle", "\u{1F6B2}", Look(), flat: Look(.red), or: ["bike": "bikes"]),
    Noun(
      "train", "\u{1F682}", Look(),
      or: ["steam train": "steam trains", "locomotive": "locomotives"]),
    Noun(
      "boat", "\u{26F5}", Look(body: .hue(15)), flat: Look(body: .hue(38)),
      or: ["sailboat": "sailboats", "sailing boat": "sailing boats"]),
    Noun("ship", "\u{1F6A2}", Look(), flat: Look(.grey, body: .pale)),
    Noun(
      "airplane", "\u{2708}", Look(), stands: false,
      or: ["plane": "planes", "aeroplane": "aeroplanes"]),
    Noun("helicopter", "\u{1F681}", Look(.yellow), stands: false),
    Noun(
      "rocket", "\u{1F680}", Look(body: .pale), flat: Look(), stands: false,
      or: ["spaceship": "spaceships"]),
    Noun(
      "ufo", "\u{1F6F8}", Look(.grey, body: .pale), flat: Look(body: .pale), stands: false,
      or: ["flying saucer": "flying saucers"]),
    Noun("anchor", "\u{2693}", Look(), flat: Look(.blue), stands: false),
  ]
}
