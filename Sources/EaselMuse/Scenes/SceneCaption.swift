internal import EaselKit

extension SceneDescription {
  /// One of the many ways to say what the scene shows. Says nothing that is not there; leaves out
  /// now and then what people leave out. Variant 0 names every attribute.
  public func caption(variant: Int) -> String {
    var start = SplitMix64(seed: detail ^ 0xCA97_1045)
    let random = SplitMix64(
      seed: start.next() ^ (UInt64(bitPattern: Int64(variant)) &* 0x9E6C_63D0_876A_3F6B))
    var words = SceneWording(scene: self, complete: variant == 0, random: random)
    return words.caption()
  }
}

/// Chooses the words of one caption.
private struct SceneWording {
  let scene: SceneDescription
  /// Names every attribute.
  let complete: Bool
  var random: SplitMix64

  mutating func caption() -> String {
    let tags = chance(0.10)
    let bare = !tags && chance(0.06)
    let sayPlace = complete || (!bare && chance(0.82))
    let sayStyle = scene.style != .plain && (complete || chance(0.93))
    let sayFlat =
      scene.style == .plain && scene.objects.allSatisfy { $0.drawing == .flat }
      && (complete || chance(0.6))
    let subject = self.subject(bare: bare || tags)
    let place = sayPlace ? pick(tags ? scene.place.tags : scene.place.phrases) : nil
    if tags {
      let style = sayStyle ? pick(scene.style.tags) : sayFlat ? pick(SceneDrawing.flatTags) : nil
      return ([subject, place, style] as [String?])
        .compactMap { $0 }.joined(separator: ", ")
    }
    var text: String
    var placeFirst = false
    if let place {
      placeFirst = chance(0.08)
      text = placeFirst ? "\(place), \(subject)" : "\(subject) \(place)"
    } else {
      text = subject
    }
    if sayStyle {
      text =
        !bare && !placeFirst && chance(0.4)
        ? "\(pick(scene.style.openings)) \(text)" : "\(text), \(pick(scene.style.tags))"
    } else if sayFlat {
      text =
        !bare && !placeFirst && chance(0.3)
        ? "\(pick(SceneDrawing.flatOpenings)) \(text)" : "\(text), \(pick(SceneDrawing.flatTags))"
    } else if scene.style == .plain, !bare, !placeFirst, chance(0.08) {
      text = "\(pick(["a picture of", "an image of", "a drawing of"])) \(text)"
    }
    return text
  }

  /// The things: "a big red fox on the left", "three blue cats", "a cat and a green frog".
  private mutating func subject(bare: Bool) -> String {
    if scene.objects.count == 2 {
      let first = phrase(scene.objects[0], bare: bare),
        second = phrase(scene.objects[1], bare: bare)
      return relation(first, second)
    }
    var text = phrase(scene.objects[0], bare: bare)
    if scene.count == 1, scene.position != .centre, complete || chance(0.9) {
      text += " " + pick(scene.position.phrases)
    }
    return text
  }

  /// How two things stand to each other: beside, each order is said and either may come first.
  private mutating func relation(_ first: String, _ second: String) -> String {
    let sayings: [String] =
      switch scene.relation {
      case .above:
        [
          "\(first) above \(second)", "\(second) below \(first)", "\(first) over \(second)",
          "\(second) under \(first)", "\(first) at the top and \(second) at the bottom",
        ]
      case .beside:
        [
          "\(first) to the left of \(second)", "\(second) to the right of \(first)",
          "\(first) left of \(second)", "\(second) right of \(first)",
          "\(first) next to \(second)", "\(second) next to \(first)",
          "\(first) beside \(second)", "\(first) and \(second)", "\(second) and \(first)",
          "\(first) with \(second)", "\(first) and \(second) side by side",
          "\(first) on the left and \(second) on the right",
        ]
      }
    return pick(sayings)
  }

  private mutating func phrase(_ object: SceneObject, bare: Bool) -> String {
    let many = object.count > 1
    // "A slice of bread", now and then "bread".
    let measure =
      object.noun.measures.isEmpty || (!many && !complete && chance(0.3))
      ? nil : object.noun.measures[complete ? 0 : random.nextInt(object.noun.measures.count)]
    var noun = many ? object.noun.plural : object.noun.name
    if !complete, !object.noun.synonyms.isEmpty, chance(0.15) {
      let other = object.noun.synonyms[random.nextInt(object.noun.synonyms.count)]
      noun = many ? other.plural : other.singular
    }
    var words: [String] = []
    if scene.size != .normal, scene.objects.count == 1, complete || chance(0.8) {
      words.append(
        scene.size == .small ? pick(["small", "little", "tiny"]) : pick(["big", "large", "huge"]))
    }
    if let measure { words += [many ? measure.plural : measure.singular, "of"] }
    if let colour = object.colour {
      let say = object.paint == nil ? (complete || chance(0.3)) : (complete || chance(0.93))
      if say { words.append(colour == .grey && chance(0.4) ? "gray" : colour.rawValue) }
    }
    words.append(noun)
    let text = words.joined(separator: " ")
    if many {
      let number = ["two", "three", "four"][object.count - 2]
      switch random.nextInt(10) {
      case 0: return "\(object.count) \(text)"
      case 1 where object.count == 2 && measure == nil: return "a pair of \(text)"
      default: return "\(number) \(text)"
      }
    }
    if bare || (measure == nil && !object.noun.measures.isEmpty) { return text }
    return "\(article(text)) \(text)"
  }

  private mutating func chance(_ share: Float) -> Bool { random.nextFloat() < share }

  private mutating func pick(_ options: [String]) -> String {
    complete ? options[0] : options[random.nextInt(options.count)]
  }
}

extension ScenePlace {
  /// Ways to say "there", after a thing.
  package var phrases: [String] {
    switch self {
    case .snow: ["in the snow", "in snow", "on a snowy field", "in a snowy landscape", "in winter"]
    case .meadow:
      ["in a meadow", "on the grass", "in a green meadow", "on a green hill", "in a grassy field"]
    case .beach: ["on the beach", "at the beach", "on a sandy beach", "on the sand"]
    case .night: ["at night", "in the night", "under a starry sky", "in the dark night"]
    case .sea: ["in the sea", "on the sea", "at sea", "in the ocean", "on the water"]
    case .desert: ["in the desert", "in a sandy desert", "on the dunes", "among sand dunes"]
    case .forest: ["in the forest", "in a forest", "in the woods", "in a dark forest"]
    case .sunset: ["at sunset", "in the sunset", "against the sunset", "at dusk"]
    case .plain(let colour):
      [
        "on a \(colour.word) background", "on \(colour.word)",
        "with a \(colour.word) background", "on a plain \(colour.word) background",
        "against \(colour.word)",
      ].map { $0.replacingOccurrences("a orange", "an orange") }
    }
  }

  /// The place as a tag in a list.
  var tags: [String] {
    switch self {
    case .snow: ["snow", "snowy landscape", "winter"]
    case .meadow: ["meadow", "grass", "green meadow"]
    case .beach: ["beach", "sandy beach"]
    case .night: ["night", "starry night"]
    case .sea: ["sea", "ocean"]
    case .desert: ["desert", "sand dunes"]
    case .forest: ["forest", "woods"]
    case .sunset: ["sunset", "dusk"]
    case .plain(let colour): ["\(colour.word) background", "plain \(colour.word) background"]
    }
  }
}

extension SceneColour {
  fileprivate var word: String { rawValue }
}

extension SceneStyle {
  /// The style after a comma.
  package var tags: [String] {
    switch self {
    case .plain: []
    case .pixelArt: ["pixel art", "pixel art style", "8-bit pixel art", "pixelated"]
    case .watercolour: ["watercolour", "watercolor", "watercolor painting", "watercolour style"]
    case .sketch: ["pencil sketch", "sketch", "line drawing", "pencil drawing"]
    }
  }

  /// The style before the thing.
  var openings: [String] {
    switch self {
    case .plain: []
    case .pixelArt: ["pixel art of", "a pixel art picture of", "pixelated picture of"]
    case .watercolour: ["a watercolour of", "a watercolor painting of", "a watercolor of"]
    case .sketch: ["a pencil sketch of", "a sketch of", "a pencil drawing of"]
    }
  }
}

extension SceneDrawing {
  /// What one may say of flat drawings, after a comma and before the thing; shaded ones need no word.
  static let flatTags = ["flat design", "flat", "flat icon", "flat colours"]
  static let flatOpenings = ["a flat drawing of", "a flat icon of", "a flat picture of"]
}

extension ScenePosition {
  var phrases: [String] {
    switch self {
    case .centre: ["in the middle"]
    case .left: ["on the left", "on the left side", "to the left"]
    case .right: ["on the right", "on the right side", "to the right"]
    case .top: ["at the top", "in the upper part"]
    case .bottom: ["at the bottom", "in the lower part"]
    }
  }
}

extension String {
  fileprivate func replacingOccurrences(_ old: String, _ new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return replacingCharacters(in: range, with: new)
  }

  private func replacingCharacters(in range: Range<Index>, with new: String) -> String {
    self[..<range.lowerBound] + new + self[range.upperBound...]
  }
}
