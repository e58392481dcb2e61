import CKernels
import EaselKit
import EaselMuse
import EaselTensor
import Testing

/// All ways of painting, on the tiny model: its tokens are squares of four pixels, and it halves the grid.
@Suite("Ways of painting", .serialized)
struct PaintingModesTests {
  private let engine = MuseEngine(catalog: TinyModel.catalog())
  private let square = Squares().picture(index: 1, size: 16)

  private func run(
    _ request: GenerationRequest
  ) async throws -> (images: [GeneratedImage], events: [GenerationEvent]) {
    var events: [GenerationEvent] = []
    for try await event in engine.generate(request) { events.append(event) }
    let images = events.compactMap { if case .image(let image) = $0 { image } else { nil } }
    return (images, events)
  }
  private func paint(_ request: GenerationRequest) async throws -> Picture {
    try #require(await run(request).images.first?.picture)
  }

  private func grown(_ margins: Margins, steps: Int = 5) -> GenerationRequest {
    var request = TinyModel.request(steps: steps)
    request.width = 16 + margins.left + margins.right
    request.height = 16 + margins.top + margins.bottom
    request.base = BasePicture(square, digest: "a", strength: 1, margins: margins)
    return request
  }

  /// One of each way, for properties that all of them have.
  private var everyWay: [(name: String, request: GenerationRequest)] {
    var ways: [(String, GenerationRequest)] = [("plain", TinyModel.request(steps: 6))]
    var request = TinyModel.request(steps: 6)
    request.base = BasePicture(square, digest: "a", strength: 0.5)
    ways.append(("from", request))
    request.blend = Blend(Squares().picture(index: 2, size: 16), digest: "b", weight: 0.4)
    ways.append(("pictures blended", request))
    request = TinyModel.request(steps: 6)
    request.blend = Blend(prompt: "a (blue:2) square", weight: 0.4)
    request.avoid = "[white]"
    request.weighted = true
    ways.append(("prompts blended and weighted", request))
    request = TinyModel.request(steps: 6)
    request.width = 24
    ways.append(("wider", request))
    ways.append(("grown", grown(Margins(left: 8, right: 16))))
    request = TinyModel.request(steps: 6)
    request.guidance = 1
    ways.append(("unguided", request))
    return ways
  }

  @Test("A picture grows over any side, and keeps what it was to the pixel")
  func outpainting() async throws {
    for margins in [Margins(right: 8), Margins(left: 16, top: 8), Margins(top: 24, bottom: 8)] {
      let request = grown(margins)
      let (images, events) = try await run(request)
      let picture = try #require(images.first?.picture)
      #expect(picture.size == PixelSize(width: request.width, height: request.height))
      let inside = PixelRect(x: margins.left, y: margins.top, width: 16, height: 16)
      #expect(picture.cropped(to: inside) == square)
      #expect(picture != square.grown(by: margins), "nothing was painted")
      let fractions = events.compactMap {
        if case .step(let progress) = $0 { progress.fraction } else { nil }
      }
      #expect(fractions.last == 1 && fractions == fractions.sorted())
      #expect(try await paint(request) == picture)
    }
  }

  @Test("What cannot grow so says why: odd pixels, a size that is not the sum, too large a sum")
  func refusals() async throws {
    var odd = grown(Margins(right: 8))
    odd.base?.margins = Margins(left: 4, right: 4)
    var wrong = grown(Margins(right: 8))
    wrong.base?.margins = Margins(right: 16)
    let large = grown(Margins(right: 16_000))
    for (request, words) in [(odd, "8 pixels"), (wrong, "16x16"), (large, "multiples of 8")] {
      let failure = await #expect(throws: Failure.self) { try await paint(request) }
      #expect(failure?.code == .badInput)
      #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
    }
    var alone = TinyModel.request()
    alone.blend = Blend(square, digest: "a", weight: 0.5)
    await #expect(throws: Failure.self) { try await paint(alone) }
    var heavy = TinyModel.request("a (red:9) square")
    heavy.weighted = true
    await #expect(throws: Failure.self) { try await paint(heavy) }
    heavy.weighted = nil
    _ = try await paint(heavy)
  }

  @Test("A blend at 0 has the bytes of the first, at 1 of the second, between of neither")
  func blends() async throws {
    func blended(_ weight: Double) async throws -> Picture {
      var request = TinyModel.request("a red square")
      request.blend = Blend(prompt: "a blue square", weight: weight)
      return try await paint(request)
    }
    let first = try await paint(TinyModel.request("a red square"))
    let second = try await paint(TinyModel.request("a blue square"))
    #expect(try await blended(0) == first)
    #expect(try await blended(1) == second)

    let other = Squares().picture(index: 2, size: 16)
    func mixed(_ weight: Double) async throws -> Picture {
      var request = TinyModel.request(steps: 8)
      request.base = BasePicture(square, digest: "a", strength: 0.2)
      request.blend = Blend(other, digest: "b", weight: weight)
      return try await paint(request)
    }
    var plain = TinyModel.request(steps: 8)
    plain.base = BasePicture(square, digest: "a", strength: 0.2)
    #expect(try await mixed(0) == paint(plain))
    plain.base = BasePicture(other, digest: "b", strength: 0.2)
    #expect(try await mixed(1) == paint(plain))
  }

  @Test("A weight of 1 changes no byte, others do, and brackets of old recipes are words")
  func weights() async throws {
    func weighed(_ prompt: String) async throws -> Picture {
      try await paint(TinyModel.request(prompt, steps: 8).readingWeights)
    }
    let plain = try await paint(TinyModel.request("a red square", steps: 8))
    #expect(try await weighed("a (red:1) square") == plain)
    // A model of a few steps hears little, so not every weight need change its picture.
    var heard = 0
    for weight in ["0", "0.4", "4", "5"] {
      if try await weighed("a (red:\(weight)) square") != plain { heard += 1 }
      if try await weighed("a red (square:\(weight))") != plain { heard += 1 }
    }
    #expect(heard > 0)
    #expect(try await weighed("a (red:4) square") == weighed("a ((red:2):2) square"))
  }

  @Test("A painter can be stopped before any of its layers")
  func stopping() throws {
    let c: TransformerConfiguration = try readConfiguration(
      path: TinyModel.root + "/tiny/transformer/config.json")
    let painter = try UVit2D(c, ParameterSource(seed: 1))
    let prompt = Recording.off {
      painter.prepare(
        textStates: Tensor([1, 12, c.encoderHiddenSize]), pooled: Tensor([1, c.condEmbedDim]),
        microConditions: Tensor([1, 5]))
    }
    var asked = 0
    _ = Recording.off {
      painter.forward(tokenIDs: [Int32](repeating: 0, count: 16), prompt: prompt) { asked += 1 }
    }
    #expect(asked == c.numHiddenLayers + 1)
    asked = 0
    #expect(throws: CancellationError.self) {
      try Recording.off {
        try painter.forward(tokenIDs: [Int32](repeating: 0, count: 16), prompt: prompt) {
          asked += 1
          if asked == 2 { throw CancellationError() }
        }
      }
    }
    #expect(asked == 2)
  }

  @Test("What says weights takes no tokens")
  func counting() throws {
    let tokenizer = try engine.tokenizer(of: "tiny")
    let plain = tokenizer.usage(of: "a big red square")
    #expect(tokenizer.usage(of: "a ((big:1.2) red:0.8) [square]") == plain)
    #expect(tokenizer.usage(of: "a \\(red\\) square") != tokenizer.usage(of: "a (red) square"))
  }

  @Test("Pictures of a batch have the bytes that each has alone, in every way")
  func batches() async throws {
    for (name, request) in everyWay {
      var batch = request
      batch.count = 5
      let together = try await run(batch).images
      #expect(together.map(\.index) == [0, 1, 2, 3, 4])
      for image in together {
        var alone = request
        alone.seed = image.seed
        #expect(try await paint(alone) == image.picture, "\(name), picture \(image.index)")
      }
    }
  }

  @Test("The first preview comes with the first step, in every way and for any number of steps")
  func previews() async throws {
    for (name, request) in everyWay {
      for steps in [6, 42] {
        var request = request
        request.steps = steps
        // A listener that is slow may miss previews, so a few times are tried.
        var wasSeen = false
        for _ in 0..<5 where !wasSeen {
          let events = try await run(request).events
          let first = events.firstIndex { if case .preview = $0 { true } else { false } }
          let before = events[..<(first ?? 0)].compactMap {
            if case .step(let progress) = $0 { progress.step } else { nil }
          }
          let isLate = (request.base?.strength ?? 1) < 1
          wasSeen = before.last == (isLate ? steps / 2 + 1 : 1)
        }
        #expect(wasSeen, "\(name), \(steps) steps")
      }
    }
  }

  @Test("The number of threads changes no byte, in any way")
  func threads() async throws {
    defer { Parallel.threads = 0 }
    for (name, request) in everyWay {
      var pictures: [Picture] = []
      for threads in 1...3 {
        Parallel.threads = threads
        pictures.append(try await paint(request))
      }
      #expect(pictures[1] == pictures[0] && pictures[2] == pictures[0], "\(name)")
    }
  }

  @Test("Vector paths agree: logits within 1e-4 of their size")
  func paths() throws {
    let folder = TinyModel.root + "/tiny/transformer"
    let c: TransformerConfiguration = try readConfiguration(path: folder + "/config.json")
    var random = SplitMix64(seed: 5)
    let states = Tensor.normal([1, 12, c.encoderHiddenSize], std: 1, using: &random)
    let pooled = Tensor.normal([1, c.condEmbedDim], std: 1, using: &random)
    let tokens = (0..<16).map { _ in Int32(random.nextInt(c.codebookSize)) }
    defer { _ = ck_set_path(-1) }
    var results: [[Float]] = []
    for path in [CK_SCALAR, CK_AVX2, CK_AVX512, CK_NEON] {
      guard ck_set_path(Int32(path.rawValue)) else { continue }
      // Weights are packed as a path wants them, so each has its own.
      let painter = try UVit2D(
        c, ParameterSource(path: folder + "/diffusion_pytorch_model.safetensors"))
      results.append(
        Recording.off {
          let prompt = painter.prepare(
            textStates: states, pooled: pooled, microConditions: Tensor([1, 5], [16, 16, 0, 0, 6]))
          return painter.forward(tokenIDs: tokens, prompt: prompt).toArray()
        })
      _ = ck_set_path(-1)
    }
    #expect(!results.isEmpty)
    let size = (results[0].reduce(0) { $0 + $1 * $1 } / Float(results[0].count)).squareRoot()
    for other in results.dropFirst() {
      let worst = zip(results[0], other).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      #expect(worst <= 1e-4 * size, "\(worst) of \(size)")
    }
  }

  @Test("An explanation has a map a word, knows when each cell was fixed, and changes no byte")
  func explanations() async throws {
    for (name, request) in everyWay {
      var asked = request
      asked.explains = true
      let image = try #require(await run(asked).images.first)
      #expect(try await paint(request) == image.picture, "\(name)")
      let explanation = try #require(image.explanation)
      #expect(explanation.columns == request.width / 4 && explanation.rows == request.height / 4)
      #expect(explanation.words.map(\.text).starts(with: ["a", "red", "square"]))
      #expect(explanation.order.allSatisfy { Int($0) <= explanation.steps })
      #expect(explanation.order.contains(UInt16(explanation.steps)))
      for word in explanation.words {
        #expect(word.map.values.count == explanation.cells && word.steps.count == explanation.steps)
        #expect(word.map.scale > 0 && word.map.scale <= 1)
      }
      // Shares of one cell are parts of a whole.
      for cell in 0..<explanation.cells {
        let total = explanation.words.reduce(Float(0)) { $0 + $1.map.value(cell) }
        #expect(total < 1.05)
      }
    }
    // Of a grown picture, what it was is given.
    let image = try #require(
      await run(
        {
          var request = grown(Margins(right: 8))
          request.explains = true
          return request
        }()
      ).images.first)
    let explanation = try #require(image.explanation)
    for cell in 0..<explanation.cells {
      let isGiven = cell % explanation.columns < 4
      #expect((explanation.order[cell] == 0) == isGiven)
      #expect(!isGiven || explanation.certainty[cell] == 255)
    }
    #expect(try await run(grown(Margins(right: 8))).images.first?.explanation == nil)
  }
}
