extension Noun {
  /// Things above.
  static let sky: [Noun] = [
    Noun("sun", "\u{2600}", Look(.yellow), flat: Look(), stands: false),
    Noun(
      "moon", "\u{1F319}", Look(.yellow), stands: false, or: ["crescent moon": "crescent moons"]),
    Noun("star", "\u{2B50}", Look(.yellow), flat: Look(), stands: false),
    Noun(
      "cloud", "\u{2601}", Look(.white, body: .pale), flat: Look(.white, body: .grey), stands: false
    ),
    Noun("rainbow", "\u{1F308}", Look(body: .none), stands: false),
    Noun("snowflake", "\u{2744}", Look(), stands: false),
    Noun("lightning bolt", "\u{26A1}", Look(.yellow), flat: Look(), stands: false),
    Noun("fire", "\u{1F525}", Look(), or: ["flame": "flames"]),
    Noun(
      "planet", "\u{1FA90}", Look(), flat: Look(.orange), stands: false,
      or: ["ringed planet": "ringed planets"]),
    Noun("globe", "\u{1F30D}", Look(body: .none), stands: false),
  ]
}
