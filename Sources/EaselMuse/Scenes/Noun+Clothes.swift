extension Noun {
  /// Things to wear.
  static let clothes: [Noun] = [
    Noun("hat", "\u{1F3A9}", Look(.black, body: .dark), or: ["top hat": "top hats"]),
    Noun("cap", "\u{1F9E2}", Look(.blue), or: ["baseball cap": "baseball caps"]),
    Noun(
      "shirt", "\u{1F455}", Look(body: .grey), flat: Look(.blue), stands: false,
      or: ["t-shirt": "t-shirts"]),
    Noun("dress", plural: "dresses", "\u{1F457}", Look(.blue), stands: false),
    Noun(
      "trousers", plural: "trousers", "\u{1F456}", Look(.blue), stands: false,
      measures: ["pair": "pairs"], or: ["pants": "pants", "jeans": "jeans"]),
    Noun("scarf", plural: "scarves", "\u{1F9E3}", Look(.red), stands: false),
    Noun("shoe", "\u{1F45F}", Look(.blue), flat: Look(.red), or: ["sneaker": "sneakers"]),
    Noun("boot", "\u{1F462}", Look(.brown)),
    Noun(
      "crown", "\u{1F451}", Look(.yellow, body: .hue(45)), flat: Look(.yellow, body: .hue(40)),
      stands: false),
    Noun("ring", "\u{1F48D}", Look(body: .pale), flat: Look(.grey, body: .grey), stands: false),
    Noun(
      "gem", "\u{1F48E}", Look(.blue), stands: false,
      or: ["diamond": "diamonds", "jewel": "jewels"]),
    Noun("backpack", "\u{1F392}", Look(.red), or: ["rucksack": "rucksacks"]),
  ]
}
