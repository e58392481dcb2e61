extension Noun {
  /// Things to look at from outside: buildings and mountains.
  static let places: [Noun] = [
    Noun("house", "\u{1F3E0}", Look(), or: ["cottage": "cottages"]),
    Noun("castle", "\u{1F3F0}", Look(body: .pale), flat: Look(body: .grey)),
    Noun("tent", "\u{26FA}", Look(.orange)),
    Noun("factory", plural: "factories", "\u{1F3ED}", Look()),
    Noun("ferris wheel", "\u{1F3A1}", Look(body: .none)),
    Noun("volcano", plural: "volcanoes", "\u{1F30B}", Look(body: .dark)),
    Noun("mountain", "\u{1F3D4}", Look(body: .pale), flat: Look(body: .dark)),
  ]
}
