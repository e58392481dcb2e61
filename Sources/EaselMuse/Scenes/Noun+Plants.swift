extension Noun {
  /// Things that grow.
  static let plants: [Noun] = [
    Noun("tree", "\u{1F333}", Look(.green, body: .hue(100))),
    Noun(
      "fir", "\u{1F332}", Look(.green), or: ["fir tree": "fir trees", "pine tree": "pine trees"]),
    Noun("palm", "\u{1F334}", Look(.green, body: .hue(100)), or: ["palm tree": "palm trees"]),
    Noun("cactus", plural: "cacti", "\u{1F335}", Look(.green)),
    Noun("flower", "\u{1F337}", Look(.pink, body: .hue(340)), or: ["tulip": "tulips"]),
    Noun("rose", "\u{1F339}", Look(.red, body: .hue(350))),
    Noun("sunflower", "\u{1F33B}", Look(.yellow, body: .hue(45)), flat: Look(body: .hue(40))),
    Noun("clover", "\u{1F340}", Look(.green)),
    Noun(
      "leaf", plural: "leaves", "\u{1F341}", Look(.red), stands: false,
      or: ["maple leaf": "maple leaves"]),
    Noun("mushroom", "\u{1F344}", Look(), flat: Look(.red), or: ["toadstool": "toadstools"]),
    Noun("pumpkin", "\u{1F383}", Look(.orange), or: ["jack-o'-lantern": "jack-o'-lanterns"]),
  ]
}
