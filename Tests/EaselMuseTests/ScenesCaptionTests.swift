import EaselMuse
import Testing

@Suite("Scenes, in words")
struct ScenesCaptionTests {
  /// Words that belong to one attribute's value and to nothing else.
  private static let placeWords: [(ScenePlace, Set<String>)] = [
    (.snow, ["snow", "snowy", "winter"]),
    (.meadow, ["meadow", "grass", "grassy", "hill"]),
    (.beach, ["beach"]),
    (.night, ["night", "starry"]),
    (.sea, ["sea", "ocean", "water"]),
    (.desert, ["desert", "dunes"]),
    (.forest, ["forest", "woods"]),
    (.sunset, ["sunset", "dusk"]),
  ]
  private static let styleWords: [(SceneStyle, Set<String>)] = [
    (.pixelArt, ["pixel", "pixelated", "8"]),
    (.watercolour, ["watercolour", "watercolor"]),
    (.sketch, ["sketch", "pencil", "line"]),
  ]

  /// Every single word that may name a noun.
  private static func words(of noun: Noun) -> [String] {
    ([noun.name, noun.plural] + noun.synonyms.flatMap { [$0.singular, $0.plural] })
      .flatMap { $0.split { !$0.isLetter }.map(String.init) }
  }

  @Test("No caption speaks of a thing, colour, place or style that the scene has not")
  func nothingElse() throws {
    let sampler = SceneSampler(seed: 21, split: .everything)
    for index in 0..<1500 {
      let scene = sampler.description(index)
      for variant in 0..<4 {
        let caption = scene.caption(variant: variant)
        let words = Set(caption.split { !$0.isLetter && !$0.isNumber }.map(String.init))
        for noun in Noun.all where !scene.objects.contains(where: { $0.noun == noun }) {
          let names =
            [noun.name, noun.plural] + noun.synonyms.flatMap { [$0.singular, $0.plural] }
          // "Fire engine" is no word of fire.
          let shown = scene.objects.flatMap { Self.words(of: $0.noun) }
          for name in names where !name.contains(" ") && !shown.contains(name) {
            try #require(!words.contains(name), "'\(name)' in '\(caption)'")
          }
        }
        var colours = Set(scene.objects.compactMap(\.colour))
        if case .plain(let colour) = scene.place { colours.insert(colour) }
        if scene.place == .meadow { colours.insert(.green) }
        for colour in SceneColour.allCases where !colours.contains(colour) {
          try #require(!words.contains(colour.rawValue), "'\(colour)' in '\(caption)'")
        }
        for (place, own) in Self.placeWords where place != scene.place {
          try #require(own.isDisjoint(with: words), "'\(place.name)' in '\(caption)'")
        }
        for (style, own) in Self.styleWords where style != scene.style {
          try #require(own.isDisjoint(with: words), "'\(style)' in '\(caption)'")
        }
      }
    }
  }

  @Test("The first caption names colour, place, style, size and position; counts are never wrong")
  func everything() throws {
    let sampler = SceneSampler(seed: 22, split: .everything)
    let numbers = [2: ["two", "2", "pair"], 3: ["three", "3"], 4: ["four", "4"]]
    for index in 0..<1500 {
      let scene = sampler.description(index)
      let full = scene.caption(variant: 0)
      let words = Set(full.split { !$0.isLetter && !$0.isNumber }.map(String.init))
      if let own = Self.placeWords.first(where: { $0.0 == scene.place })?.1 {
        try #require(!own.isDisjoint(with: words), "no \(scene.place) in '\(full)'")
      }
      if let own = Self.styleWords.first(where: { $0.0 == scene.style })?.1 {
        try #require(!own.isDisjoint(with: words), "no \(scene.style) in '\(full)'")
      }
      if scene.size != .normal { try #require(words.contains(scene.size.rawValue), "'\(full)'") }
      if scene.position != .centre {
        try #require(words.contains(scene.position.rawValue), "'\(full)'")
      }
      for variant in 0..<4 {
        let caption = scene.caption(variant: variant)
        let words = Set(caption.split { !$0.isLetter && !$0.isNumber }.map(String.init))
        // A pair of scissors is one thing.
        let ofPairs = scene.objects.contains { $0.noun.measures.contains { $0.singular == "pair" } }
        for (count, var names) in numbers {
          if ofPairs { names.removeAll { $0 == "pair" } }
          let said = !words.isDisjoint(with: names)
          try #require(
            said == (scene.objects.count == 1 && scene.count == count), "\(count): '\(caption)'")
        }
      }
    }
  }

  @Test(
    "Flat drawings are called so in the first caption and mostly in others; shaded ones never are")
  func flatDrawings() throws {
    let sampler = SceneSampler(seed: 24, split: .everything)
    var said = 0, unsaid = 0
    for index in 0..<1500 {
      let scene = sampler.description(index)
      let isFlat = scene.style == .plain && scene.objects.allSatisfy { $0.drawing == .flat }
      for variant in 0..<4 {
        let caption = scene.caption(variant: variant)
        let says = caption.split { !$0.isLetter }.contains("flat")
        if !isFlat { try #require(!says, "'\(caption)'") }
        if isFlat, variant == 0 { try #require(says, "'\(caption)'") }
        if isFlat, variant > 0 {
          said += says ? 1 : 0
          unsaid += says ? 0 : 1
        }
      }
    }
    #expect(said > unsaid && unsaid > 200)
  }

  @Test("Captions are English: articles fit, and nothing follows 'of' but a thing")
  func english() throws {
    let sampler = SceneSampler(seed: 23, split: .everything)
    for index in 0..<1500 {
      for variant in 0..<6 {
        let caption = sampler.description(index).caption(variant: variant)
        let words = caption.split(separator: " ")
        for (word, next) in zip(words, words.dropFirst()) {
          guard let initial = next.first else { continue }
          if word == "a" { try #require(!"aeio".contains(initial), "'\(caption)'") }
          if word == "an" { try #require("aeiou".contains(initial), "'\(caption)'") }
          if ["unicorn", "ufo"].contains(next) { try #require(word != "an", "'\(caption)'") }
          if next == "umbrella" { try #require(word != "a", "'\(caption)'") }
          if word == "of" {
            try #require(
              !["in", "on", "at", "under", "against", "with", "among", "of"].contains(next),
              "'\(caption)'")
          }
        }
        try #require(!caption.contains("  ") && caption.allSatisfy(\.isASCII), "'\(caption)'")
      }
    }
  }

  @Test(
    "What is counted by slices, bunches and pairs is told so; never one grapes or two bread",
    arguments: [
      ("grapes", SceneColour.red, "a bunch of red grapes", "three bunches of red grapes"),
      ("bread", nil, "a slice of bread", "three slices of bread"),
      ("scissors", .blue, "a pair of blue scissors", "three pairs of blue scissors"),
      ("trousers", .black, "a pair of black trousers", "three pairs of black trousers"),
      ("corn", .blue, "an ear of blue corn", "three ears of blue corn"),
      ("coffee", .pink, "a cup of pink coffee", "three cups of pink coffee"),
    ])
  func measures(name: String, paint: SceneColour?, one: String, three: String) throws {
    let noun = try #require(Noun.named(name))
    func captions(_ count: Int) -> [String] {
      (0..<60).map {
        SceneDescription(objects: [SceneObject(noun, paint: paint, count: count)], place: .snow)
          .caption(variant: $0)
      }
    }
    #expect(captions(1).first == "\(one) in the snow")
    #expect(captions(3).first == "\(three) in the snow")
    for caption in captions(1) + captions(3) {
      for wrong in ["a \(name)", "one \(name)", "three \(name)", "3 \(name)"] {
        #expect(!caption.contains(wrong), "\(caption)")
      }
    }
  }

  @Test(
    "What is left of what, and what above, is told in many ways and never the wrong way round",
    arguments: SceneRelation.allCases)
  func relations(relation: SceneRelation) throws {
    let scene = SceneDescription(
      objects: [
        SceneObject(try #require(Noun.named("owl"))), SceneObject(try #require(Noun.named("frog"))),
      ], place: .meadow, relation: relation)
    // Between the two names: whether the owl may come first, and whether the frog may.
    let beside: [String: (owl: Bool, frog: Bool)] = [
      "to the left of": (true, false), "left of": (true, false), "to the right of": (false, true),
      "right of": (false, true), "next to": (true, true), "beside": (true, true),
      "and": (true, true), "with": (true, true), "on the left and": (true, false),
    ]
    let above: [String: (owl: Bool, frog: Bool)] = [
      "above": (true, false), "over": (true, false), "below": (false, true),
      "under": (false, true), "at the top and": (true, false),
    ]
    let allowed = relation == .beside ? beside : above
    var seen: Set<String> = []
    for variant in 0..<300 {
      let caption = scene.caption(variant: variant)
      let words = caption.replacing(",", with: "").split(separator: " ").map(String.init)
      let owl = try #require(words.firstIndex(of: "owl")),
        frog = try #require(words.firstIndex(of: "frog"))
      let between = words[(min(owl, frog) + 1)..<max(owl, frog)]
        .filter { !["a", "an", "green", "brown"].contains($0) }.joined(separator: " ")
      let order = try #require(allowed[between], "\(caption)")
      #expect(owl < frog ? order.owl : order.frog, "\(caption)")
      seen.insert(between)
    }
    #expect(seen.count == allowed.count, "\(seen)")
  }

  @Test("A pair is two cats but one pair of trousers")
  func pairs() throws {
    let trousers = SceneObject(try #require(Noun.named("trousers")), count: 2)
    for variant in 0..<60 {
      let caption = SceneDescription(objects: [trousers], place: .beach).caption(variant: variant)
      #expect(!caption.contains("pair of"), "\(caption)")
    }
  }

  @Test("Both drawings of a thing are drawn, and each is called by the colour that it has")
  func drawings() throws {
    let scenes = (0..<4000).map(SceneSampler(seed: 26).description)
    for drawing in SceneDrawing.allCases {
      let share = scenes.count { $0.objects[0].drawing == drawing }
      #expect((1800...2200).contains(share))
    }
    let bird = try #require(Noun.named("bird"))
    let caption = { (drawing: SceneDrawing) in
      SceneDescription(objects: [SceneObject(bird, drawing: drawing)], place: .night)
        .caption(variant: 0)
    }
    #expect(caption(.shaded) == "a blue bird at night")
    #expect(caption(.flat) == "a red bird at night, flat design")
    // A colour that one of the drawings has is never kept from the other.
    for noun in Noun.all {
      for colour in noun.ownColours {
        let painted = SceneDescription(
          objects: [SceneObject(noun, paint: colour)], place: .plain(.white))
        #expect(!painted.heldOutPairs.contains("\(noun.name)|\(colour)"))
      }
      #expect((noun.look(.flat).body == .none) == (noun.look(.shaded).body == .none))
    }
  }

  @Test("There are 170 things, each with its own name, words and drawing")
  func table() {
    #expect(Noun.all.count == 170)
    #expect(Set(Noun.all.map(\.name)).count == 170)
    #expect(Set(Noun.all.map(\.scalar)).count == 170)
    let words = Noun.all.flatMap { [$0.name] + $0.synonyms.map(\.singular) }
    #expect(Set(words).count == words.count)
  }

  @Test("One scene is told in many ways")
  func variety() {
    let scene = SceneSampler(seed: 24).description(3)
    #expect(Set((0..<40).map { scene.caption(variant: $0) }).count > 10)
  }

  @Test("Every noun, colour, place and style is learnt; about one combination in eight is held out")
  func coverage() throws {
    let sampler = SceneSampler(seed: 25)
    let scenes = (0..<12_000).map(sampler.description)
    #expect(Set(scenes.flatMap { $0.objects.map(\.noun) }).count == Noun.all.count)
    #expect(
      Set(scenes.flatMap { $0.objects.compactMap(\.paint) }).count == SceneColour.allCases.count)
    #expect(Set(scenes.map(\.place)).count == ScenePlace.all.count)
    #expect(Set(scenes.map(\.style)).count == SceneStyle.allCases.count)
    #expect(Set(scenes.map(\.count)) == [1, 2, 3, 4])
    for noun in Noun.all {
      let share = scenes.count { $0.objects.contains { $0.noun == noun } }
      try #require(share > 30, "\(noun.name) is in \(share) of 12000 scenes only")
    }
    var all = 0
    var heldOut = 0
    for noun in Noun.all {
      for colour in SceneColour.allCases where noun.takesColour {
        for place in ScenePlace.all {
          for style in SceneStyle.allCases {
            all += 1
            let object = SceneObject(noun, paint: colour)
            if SceneDescription(objects: [object], place: place, style: style).isHeldOut {
              heldOut += 1
            }
          }
        }
      }
    }
    let share = Double(heldOut) / Double(all)
    #expect((0.11...0.15).contains(share), "\(share)")
  }

  @Test("A thing painted in its own colour is held out exactly when it is as drawn")
  func ownColour() throws {
    let apple = try #require(Noun.named("apple"))
    for place in ScenePlace.all {
      let asDrawn = SceneDescription(objects: [SceneObject(apple)], place: place)
      let painted = SceneDescription(objects: [SceneObject(apple, paint: .red)], place: place)
      #expect(asDrawn.isHeldOut == painted.isHeldOut)
    }
  }
}
