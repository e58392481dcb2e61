import EaselImaging
import EaselKit
import EaselMuse
import Testing

/// The drawings, read once for all tests.
private let sprites = Result { try SceneSprites(decode: { try decodeDrawing($0) }) }

@Suite("Scenes, painted")
struct ScenesRendererTests {
  private let renderer: SceneRenderer

  init() throws { renderer = SceneRenderer(sprites: try sprites.get()) }

  @Test("Every noun has a drawing, and every noun that takes colour takes it")
  func drawings() throws {
    for noun in Noun.all {
      let bare = Picture(width: 64, height: 64, red: 240, green: 240, blue: 240)
      for drawing in SceneDrawing.allCases {
        let asDrawn = renderer.picture(
          on(.plain(.black), SceneObject(noun, drawing: drawing)), size: 64)
        let called = "the \(drawing) \(noun.name)"
        try #require(differing(asDrawn, bare, by: 60) > 150, "\(called) can hardly be seen")
        guard noun.takesColour else { continue }
        var seen: Set<Picture> = []
        let colours: [SceneColour] = [.red, .blue, .black]
        for colour in colours {
          let object = SceneObject(noun, paint: colour, drawing: drawing)
          seen.insert(renderer.picture(on(.plain(.white), object), size: 64))
        }
        try #require(seen.count == colours.count, "\(called) ignores a colour")
      }
    }
  }

  /// The oracle knows nothing of how painting works: it looks at the pixels that a colour changes.
  @Test(
    "What is said to be red looks red, and so for every colour",
    arguments: [
      "apple", "car", "heart", "cat", "frog", "balloon", "book", "tree", "ghost", "elephant",
      "boot",
      "bell",
    ], SceneDrawing.allCases)
  func coloursAreTrue(name: String, drawing: SceneDrawing) throws {
    let noun = try #require(Noun.named(name))
    for colour in SceneColour.allCases {
      let backdrop = ScenePlace.plain(colour == .grey ? .pink : .grey)
      let painted = renderer.picture(
        on(backdrop, SceneObject(noun, paint: colour, drawing: drawing)), size: 64)
      // Another colour of the same thing shows where its body is.
      let other = renderer.picture(
        on(backdrop, SceneObject(noun, paint: colour == .blue ? .yellow : .blue, drawing: drawing)),
        size: 64)
      var sum = SIMD3<Float>.zero
      var count: Float = 0
      for i in 0..<(64 * 64) where apart(painted, other, i) > 60 {
        sum += SIMD3(
          Float(painted.pixels[i * 3]), Float(painted.pixels[i * 3 + 1]),
          Float(painted.pixels[i * 3 + 2]))
        count += 1
      }
      try #require(count > 60, "\(colour) \(name): \(count) pixels take the colour")
      let nearest = nearestColour(sum / count)
      try #require(nearest == colour, "\(colour) \(name) looks \(nearest)")
    }
  }

  @Test("The same description is the same picture, another detail another one")
  func determinism() {
    let first = SceneSource(sprites: renderer.sprites, seed: 5)
    let second = SceneSource(sprites: renderer.sprites, seed: 5)
    for index in [0, 1, 17, 4000, 1_000_000] {
      #expect(first.picture(index: index, size: 64) == second.picture(index: index, size: 64))
      #expect(first.caption(index: index, variant: 2) == second.caption(index: index, variant: 2))
      var scene = first.description(index: index)
      let before = renderer.picture(scene, size: 64)
      guard ScenePlace.drawn.contains(scene.place) else { continue }
      // A few views of each place only, so one other detail may happen to look the same.
      let others = (1...8 as ClosedRange<UInt64>).map { step in
        scene.detail &+= step
        return renderer.picture(scene, size: 64)
      }
      #expect(others.contains { $0 != before })
    }
  }

  @Test("A stream is the same whoever reads it, and in which order")
  func concurrency() async {
    let source = SceneSource(sprites: renderer.sprites, seed: 11)
    let inOrder = (0..<24).map { source.picture(index: $0, size: 64) }
    await withTaskGroup(of: (Int, Picture).self) { group in
      for index in (0..<24).reversed() {
        group.addTask { (index, source.picture(index: index, size: 64)) }
      }
      for await (index, picture) in group { #expect(picture == inOrder[index]) }
    }
  }

  @Test("All things are there, inside the frame and beside each other", arguments: [64, 256])
  func boxes(size: Int) throws {
    let sampler = SceneSampler(seed: 9, split: .everything)
    for index in 0..<400 {
      let scene = sampler.description(index)
      let boxes = renderer.boxes(scene, size: size)
      try #require(boxes.count == scene.count)
      for (i, box) in boxes.enumerated() {
        try #require(
          box.x >= 0 && box.y >= 0 && box.x + box.width <= size && box.y + box.height <= size,
          "scene \(index): \(box)")
        for other in boxes.dropFirst(i + 1) {
          // Jitter may let two things touch, never cover each other.
          let across = min(box.x + box.width, other.x + other.width) - max(box.x, other.x)
          let down = min(box.y + box.height, other.y + other.height) - max(box.y, other.y)
          try #require(
            min(across, down) <= size / 16, "scene \(index): \(box) and \(other) overlap")
        }
      }
      if scene.objects.count == 2 {
        let (first, second) = (middle(boxes[0]), middle(boxes[1]))
        let isRight = scene.relation == .above ? first.y < second.y : first.x < second.x
        try #require(isRight, "scene \(index) is mirrored")
      }
    }
  }

  @Test("A thing said to be on the left is on the left; big is bigger than small")
  func positionsAndSizes() throws {
    for noun in Noun.all {
      for detail in 0..<8 as Range<UInt64> {
        func box(
          _ position: ScenePosition = .centre, _ sceneSize: SceneSize = .normal
        ) throws -> PixelRect {
          try #require(
            renderer.boxes(
              SceneDescription(
                objects: [SceneObject(noun)], place: .meadow, size: sceneSize, position: position,
                detail: detail), size: 64
            ).first)
        }
        try #require(try middle(box(.left)).x < 24 && middle(box(.right)).x > 40)
        try #require(try middle(box(.top)).y < 28 && middle(box(.bottom)).y > 38)
        let widths = try SceneSize.allCases.map { try box(.centre, $0) }.map {
          max($0.width, $0.height)
        }
        try #require(widths[0] * 3 < widths[1] * 2 && widths[1] < widths[2], "\(noun.name)")
      }
    }
  }

  @Test("The same thing of the same size lies whole steps of 8 pixels from any of its other places")
  func steps() throws {
    var corners: [SceneObject: (x: Int, y: Int)] = [:]
    var met = 0
    let sampler = SceneSampler(seed: 13, split: .everything)
    for index in 0..<4000 {
      let scene = sampler.description(index)
      guard scene.size != .big, scene.count > 1 || scene.position != .centre else { continue }
      let things = scene.objects.flatMap { [SceneObject](repeating: $0, count: $0.count) }
      for (thing, box) in zip(things, renderer.boxes(scene, size: 64)) {
        let key = SceneObject(thing.noun, drawing: thing.drawing)
        guard let other = corners[key] else {
          corners[key] = (box.x, box.y)
          continue
        }
        met += 1
        try #require(
          (box.x - other.x) % 8 == 0 && (box.y - other.y) % 8 == 0,
          "scene \(index): \(box), \(other)")
      }
    }
    #expect(met > 500)
  }

  @Test("Asked for evenly, each style comes as often as the others, and the same every time")
  func evenStyles() {
    let source = SceneSource(sprites: renderer.sprites, seed: 5)
    let evenly = source.evenly()
    var counts: [SceneStyle: Int] = [:]
    for index in 0..<2000 {
      let scene = evenly.description(index: index)
      counts[scene.style, default: 0] += 1
      #expect(!scene.isHeldOut)
    }
    for style in SceneStyle.allCases {
      #expect((400...600).contains(counts[style] ?? 0), "\(style): \(counts[style] ?? 0)")
    }
    #expect(evenly.description(index: 7) == source.evenly().description(index: 7))
    let plain = (0..<2000).count { source.description(index: $0).style == .plain }
    #expect(plain > 1200)
  }

  @Test("Every place and every style changes the picture; pixel art has 32 pixels a side")
  func placesAndStyles() throws {
    let object = SceneObject(try #require(Noun.named("castle")))
    let places = Set(ScenePlace.all.map { renderer.picture(on($0, object), size: 64) })
    #expect(places.count == ScenePlace.all.count)
    for place in ScenePlace.drawn {
      let styles = Set(
        SceneStyle.allCases.map { style in
          renderer.picture(
            SceneDescription(objects: [object], place: place, style: style), size: 64)
        })
      #expect(styles.count == SceneStyle.allCases.count)
    }
    let pixelArt = renderer.picture(
      SceneDescription(objects: [object], place: .forest, style: .pixelArt), size: 64)
    for y in 0..<64 {
      for x in 0..<64 {
        for c in 0..<3 {
          try #require(
            pixelArt.pixels[(y * 64 + x) * 3 + c]
              == pixelArt.pixels[((y & ~1) * 64 + (x & ~1)) * 3 + c])
        }
      }
    }
  }

  @Test("A large picture shows the same scene as a small one")
  func sizesAgree() throws {
    let source = SceneSource(sprites: renderer.sprites, seed: 3, split: .everything)
    for index in 0..<16 {
      let small = source.picture(index: index, size: 64)
      let large = source.picture(index: index, size: 256)
      // The mean of each 4x4 block of the large picture is near the small one's pixel.
      var apart = 0.0
      for y in 0..<64 {
        for x in 0..<64 {
          for c in 0..<3 {
            var sum = 0
            for dy in 0..<4 {
              for dx in 0..<4 {
                sum += Int(large.pixels[((y * 4 + dy) * 256 + x * 4 + dx) * 3 + c])
              }
            }
            apart += abs(Double(sum) / 16 - Double(small.pixels[(y * 64 + x) * 3 + c]))
          }
        }
      }
      try #require(apart / (64 * 64 * 3) < 14, "scene \(index) differs by \(apart / 12288)")
    }
  }

  @Test("A contact sheet holds every picture at its place")
  func sheets() {
    let pictures = (0..<5 as Range<UInt8>).map {
      Picture(width: 8, height: 8, red: $0 * 40, green: 7, blue: 9)
    }
    let sheet = contactSheet(pictures, columns: 3, scale: 2)
    #expect(sheet.size == PixelSize(width: 3 * 18 + 2, height: 2 * 18 + 2))
    for i in 0..<5 {
      let x = 2 + (i % 3) * 18 + 15, y = 2 + (i / 3) * 18 + 15
      let at = (y * sheet.width + x) * 3
      #expect(Array(sheet.pixels[at..<(at + 3)]) == [UInt8(i * 40), 7, 9])
    }
  }

  @Test("A missing font, a file that is no font and a broken drawing are told apart")
  func failures() {
    #expect {
      _ = try EmojiFont.find(environment: ["EASEL_EMOJI_FONT": "/nowhere/Font.ttf"])
    } throws: { error in
      let failure = Failure(error)
      return failure.code == .notFound && failure.what.contains("/nowhere/Font.ttf")
    }
    #expect {
      _ = try EmojiFont.drawings(of: ["\u{1F408}"], font: "/nowhere/Font.ttf")
    } throws: { Failure($0).code == .notFound }
    #expect {
      _ = try EmojiFont.drawings(of: ["\u{1F408}"], font: "/etc/passwd")
    } throws: { error in
      let failure = Failure(error)
      return failure.code == .badInput && failure.hint?.contains(EmojiFont.package) == true
    }
    #expect {
      _ = try SceneSprites(decode: { _ in (width: 2, height: 2, rgba: [1, 2, 3]) })
    } throws: { Failure($0).code == .badInput }
    #expect {
      _ = try SceneSprites(drawings: "/nowhere", decode: { try decodeDrawing($0) })
    } throws: { error in
      let failure = Failure(error)
      return failure.code == .notFound && failure.what.contains("/nowhere")
    }
  }
}

private func on(_ place: ScenePlace, _ object: SceneObject) -> SceneDescription {
  SceneDescription(objects: [object], place: place)
}

private func middle(_ box: PixelRect) -> (x: Int, y: Int) {
  (box.x + box.width / 2, box.y + box.height / 2)
}

/// Sum of the three channels' differences at pixel `i`.
private func apart(_ a: Picture, _ b: Picture, _ i: Int) -> Int {
  (0..<3).reduce(0) { $0 + abs(Int(a.pixels[i * 3 + $1]) - Int(b.pixels[i * 3 + $1])) }
}

/// Number of pixels that differ by more than `limit`.
private func differing(_ a: Picture, _ b: Picture, by limit: Int) -> Int {
  (0..<(a.width * a.height)).count { apart(a, b, $0) > limit }
}

/// The name a person would give a colour, by what such things look like on average; written down
/// here apart from the painter's own table.
private func nearestColour(_ mean: SIMD3<Float>) -> SceneColour {
  let typical: [(SceneColour, SIMD3<Float>)] = [
    (.red, [215, 45, 45]), (.orange, [240, 135, 30]), (.yellow, [245, 210, 45]),
    (.green, [55, 160, 65]), (.blue, [45, 105, 220]), (.purple, [135, 65, 185]),
    (.pink, [245, 130, 180]), (.brown, [125, 78, 42]), (.black, [40, 40, 45]),
    (.white, [230, 230, 232]), (.grey, [140, 142, 148]),
  ]
  func distance(_ colour: SIMD3<Float>) -> Float {
    let difference = colour - mean
    return (difference * difference).sum()
  }
  return typical.min { distance($0.1) < distance($1.1) }?.0 ?? .grey
}
