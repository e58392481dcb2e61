extension Noun {
  /// Things to make music with.
  static let instruments: [Noun] = [
    Noun("guitar", "\u{1F3B8}", Look(.red), or: ["electric guitar": "electric guitars"]),
    Noun("violin", "\u{1F3BB}", Look(), flat: Look(.orange), or: ["fiddle": "fiddles"]),
    Noun("trumpet", "\u{1F3BA}", Look(.yellow), flat: Look(), stands: false),
    Noun("drum", "\u{1F941}", Look(.red, body: .hue(0)), flat: Look(.red, body: .hue(350))),
    Noun("saxophone", "\u{1F3B7}", Look(.yellow), flat: Look()),
    Noun("piano", "\u{1F3B9}", Look(body: .none)),
    Noun("accordion", "\u{1FA97}", Look(body: .hue(10)), flat: Look(.red, body: .hue(350))),
    Noun("bell", "\u{1F514}", Look(.yellow), flat: Look(), stands: false),
  ]
}
