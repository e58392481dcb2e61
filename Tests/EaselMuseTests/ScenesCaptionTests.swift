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
          for name in names where !name.contains(" ") {
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
        for (count, names) in numbers {
          let said = !words.isDisjoint(with: names)
          try #require(
            said == (scene.objects.count == 1 && scene.count == count), "\(count): '\(caption)'")
        }
      }
    }
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
      try #require(share > 120, "\(noun.name) is in \(share) of 12000 scenes only")
    }
    var all = 0
    var heldOut = 0
    for noun in Noun.all {
      for colour in SceneColour.allCases where noun.body != .none {
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
