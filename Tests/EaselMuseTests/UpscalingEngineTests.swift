import EaselKit
import EaselMuse
import Testing

@Suite("Large pictures from the engine", .serialized)
struct UpscalingEngineTests {
  private let engine = MuseEngine(catalog: TinyUpscaler.catalog())

  private func images(_ request: GenerationRequest) async throws -> [GeneratedImage] {
    var images: [GeneratedImage] = []
    for try await event in engine.generate(request) {
      if case .image(let image) = event { images.append(image) }
    }
    return images
  }

  private func large(_ request: GenerationRequest) -> GenerationRequest {
    var request = request
    (request.width, request.height) = (64, 64)
    return request
  }

  @Test("A model with an upscaler lists and paints four times its size; one without does not")
  func sizes() async throws {
    let models = engine.description.models
    let small = PixelSize(width: 16, height: 16), four = PixelSize(width: 64, height: 64)
    #expect(models.first { $0.name == "tiny" }?.sizes == [small, four])
    #expect(models.first { $0.name == "plain" }?.sizes == [small])
    #expect(models.map(\.canUpscale) == [false, true])
    let painted = try await images(TinyModel.request(count: 2))
    let enlarged = try await images(large(TinyModel.request(count: 2)))
    for (a, b) in zip(painted, enlarged) {
      #expect(try TinyUpscaler.upscaler().enlarge(a.picture) == b.picture)
      #expect(a.seed == b.seed && a.modelDigest != b.modelDigest)
    }
    // Without one, the painter itself fills a grid of that size.
    var plain = large(TinyModel.request())
    plain.model = "plain"
    let grid = try await images(plain)
    #expect(grid.map(\.picture.size) == [four] && grid[0].picture != enlarged[0].picture)
    (plain.width, plain.height) = (63, 64)
    let odd = plain
    let failure = await #expect(throws: Failure.self) { try await images(odd) }
    #expect(failure?.hint?.contains("16x16") == true)
  }

  @Test("Previews of a large picture stay small; the picture itself is large")
  func previews() async throws {
    var sizes: [PixelSize] = []
    for try await event in engine.generate(large(TinyModel.request(steps: 6))) {
      if case .preview(_, let picture) = event { sizes.append(picture.size) }
      if case .image(let image) = event { #expect(image.picture.width == 64) }
    }
    #expect(sizes.allSatisfy { $0 == PixelSize(width: 16, height: 16) })
  }

  @Test("What a mask keeps stays to the pixel in a large picture")
  func masked() async throws {
    let base = busyPicture(64, 64)
    var mask = Picture(width: 64, height: 64)
    for y in 0..<64 {
      for x in 32..<64 { for c in 0..<3 { mask.pixels[(y * 64 + x) * 3 + c] = 255 } }
    }
    var request = large(TinyModel.request())
    request.base = BasePicture(base, digest: "a", mask: mask, maskDigest: "b", strength: 1)
    let picture = try #require(try await images(request).first).picture
    let left = PixelRect(x: 0, y: 0, width: 32, height: 64)
    #expect(picture.cropped(to: left) == base.cropped(to: left))
    #expect(picture != base)
  }

  @Test("Large pictures need not be square: each is what a quarter of its sides is enlarged to")
  func oblong() async throws {
    var small = TinyModel.request()
    (small.width, small.height) = (32, 24)
    var wide = small
    (wide.width, wide.height) = (128, 96)
    let painted = try #require(try await images(small).first).picture
    let large = try #require(try await images(wide).first).picture
    #expect(try TinyUpscaler.upscaler().enlarge(painted) == large)
    // A picture grows by two tokens of four pixels here, which are thirty-two when enlarged.
    (wide.width, wide.height) = (128, 80)
    let odd = wide
    let failure = await #expect(throws: Failure.self) { try await images(odd) }
    #expect(failure?.hint?.contains("from 64x64 on multiples of 32 pixels") == true)
  }

  @Test(
    "A large picture grows at its own scale and stays to the pixel; a small one as far stays small")
  func grown() async throws {
    let base = busyPicture(64, 64)
    var request = TinyModel.request()
    (request.width, request.height) = (128, 64)
    request.base = BasePicture(
      base, digest: "a", strength: 1, margins: Margins(left: 32, right: 32))
    let grown = try #require(try await images(request).first)
    let kept = PixelRect(x: 32, y: 0, width: 64, height: 64)
    #expect(grown.picture.cropped(to: kept) == base)
    #expect(grown.picture.size == PixelSize(width: 128, height: 64))
    let small = try #require(try await images(TinyModel.request()).first)
    #expect(small.modelDigest != grown.modelDigest)

    request.base?.margins = Margins(left: 16, right: 48)
    let odd = request
    let failure = await #expect(throws: Failure.self) { try await images(odd) }
    #expect(failure?.hint?.contains("multiples of 32") == true)

    var far = TinyModel.request()
    (far.width, far.height) = (64, 64)
    far.base = BasePicture(
      busyPicture(16, 16), digest: "a", strength: 1, margins: Margins(top: 48, right: 48))
    let drawn = try #require(try await images(far).first)
    #expect(drawn.modelDigest == small.modelDigest)
  }

  @Test("A picture is enlarged as a job: it steps from tile to tile and names its weights")
  func enlarging() async throws {
    let picture = busyPicture(200, 40)
    let request = TinyModel.request().enlarged(
      Enlargement(digest: "d", scale: 4, picture: picture),
      size: PixelSize(width: 800, height: 160),
      seed: 9, engine: "built-in", model: "tiny")
    var steps: [StepProgress] = []
    var made: GeneratedImage?
    for try await event in engine.generate(request) {
      if case .step(let progress) = event { steps.append(progress) }
      if case .image(let image) = event { made = image }
    }
    #expect(steps.last.map { [$0.step, $0.steps] } == [4, 4])
    #expect(try made?.picture == TinyUpscaler.upscaler().enlarge(picture))
    #expect(made?.seed == 9 && made?.modelDigest.isEmpty == false)
  }

  @Test("An enlargement that cannot be says why")
  func refusals() async throws {
    let size = PixelSize(width: 64, height: 64)
    let picture = busyPicture(16, 16)
    for (enlargement, model, words) in [
      (Enlargement(digest: "cafe", scale: 4), "tiny", "not at hand"),
      (Enlargement(digest: "d", scale: 2, picture: picture), "tiny", "32x32"),
      (Enlargement(digest: "d", scale: 5, picture: picture), "tiny", "5 times"),
      (Enlargement(digest: "d", scale: 4, picture: picture), "plain", "no upscaler"),
    ] {
      let request = TinyModel.request().enlarged(
        enlargement, size: size, seed: 1, engine: "built-in", model: model)
      let failure = await #expect(throws: Failure.self) { try await images(request) }
      #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
    }
  }
}
