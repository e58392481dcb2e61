extension Noun {
  /// Things that one finds at home.
  static let household: [Noun] = [
    Noun("key", "\u{1F511}", Look(.yellow), flat: Look(.brown), stands: false),
    Noun("lock", "\u{1F512}", Look(), stands: false, or: ["padlock": "padlocks"]),
    Noun("hammer", "\u{1F528}", Look(), stands: false),
    Noun(
      "scissors", plural: "scissors", "\u{2702}", Look(.red, body: .hue(5)),
      flat: Look(.red, body: .hue(350)), stands: false, measures: ["pair": "pairs"]),
    Noun("bucket", "\u{1FAA3}", Look(.blue), or: ["pail": "pails"]),
    Noun("lantern", "\u{1F3EE}", Look(), flat: Look(.red), or: ["paper lantern": "paper lanterns"]),
    Noun("book", "\u{1F4D5}", Look(.red)),
    Noun("clock", "\u{23F0}", Look(.red), or: ["alarm clock": "alarm clocks"]),
    Noun("light bulb", "\u{1F4A1}", Look(.yellow), stands: false),
    Noun("candle", "\u{1F56F}", Look(.white, body: .pale), flat: Look(.white, body: .grey)),
    Noun("telephone", "\u{260E}", Look(.red), or: ["phone": "phones"]),
    Noun("camera", "\u{1F4F7}", Look(body: .dark)),
    Noun("television", "\u{1F4FA}", Look(body: .dark), or: ["tv": "tvs"]),
    Noun("umbrella", "\u{2602}", Look(), flat: Look(.purple)),
    Noun(
      "couch", plural: "couches", "\u{1F6CB}", Look(.blue, body: .hue(205)),
      flat: Look(.green, body: .hue(100)), or: ["sofa": "sofas"]),
    Noun("chair", "\u{1FA91}", Look(.brown)),
    Noun("door", "\u{1F6AA}", Look(.brown)),
    Noun(
      "letter", "\u{2709}", Look(body: .pale), flat: Look(body: .grey), stands: false,
      or: ["envelope": "envelopes"]),
    Noun(
      "gift", "\u{1F381}", Look(body: .hue(40)), flat: Look(body: .hue(45)),
      or: ["present": "presents"]),
    Noun("trophy", plural: "trophies", "\u{1F3C6}", Look()),
  ]
}
