extension Noun {
  /// Things to play with.
  static let toys: [Noun] = [
    Noun("balloon", "\u{1F388}", Look(.red), stands: false),
    Noun("heart", "\u{2764}", Look(.red), stands: false),
    Noun(
      "ghost", "\u{1F47B}", Look(.white, body: .pale), flat: Look(.white, body: .grey),
      stands: false),
    Noun("robot", "\u{1F916}", Look(.grey, body: .pale), flat: Look()),
    Noun("snowman", plural: "snowmen", "\u{26C4}", Look(.white, body: .pale)),
    Noun("alien", "\u{1F47D}", Look(.grey, body: .pale), flat: Look(body: .grey)),
    Noun("teddy", plural: "teddies", "\u{1F9F8}", Look(.brown), or: ["teddy bear": "teddy bears"]),
    Noun("dice", plural: "dice", "\u{1F3B2}", Look(.white, body: .pale), flat: Look(.red)),
    Noun(
      "puzzle piece", "\u{1F9E9}", Look(.green, body: .hue(105)), flat: Look(.green), stands: false,
      or: ["jigsaw piece": "jigsaw pieces"]),
    Noun("kite", "\u{1FA81}", Look(), flat: Look(.blue), stands: false),
    Noun(
      "ball", "\u{26BD}", Look(body: .pale),
      or: ["football": "footballs", "soccer ball": "soccer balls"]),
    Noun("basketball", "\u{1F3C0}", Look(.orange)),
  ]
}
