import EaselKit
import EaselMuse
import Testing

@Suite("Painting from a picture", .serialized)
struct BasePictureTests {
  private let square = Squares().picture(index: 1, size: 16)
  /// Light in the right quarter.
  private var rightQuarter: Picture {
    var mask = Picture(width: 16, height: 16)
    for y in 0..<16 {
      for x in 12..<16 { for c in 0..<3 { mask.pixels[(y * 16 + x) * 3 + c] = 200 } }
    }
    return mask
  }

  private func paint(_ base: BasePicture?, seed: UInt64 = 7, steps: Int = 10) async throws
    -> Picture
  {
    let engine = MuseEngine(catalog: TinyModel.catalog())
    var request = TinyModel.request(seed: seed, steps: steps)
    request.base = base
    var painted: Picture?
    for try await event in engine.generate(request) {
      if case .image(let image) = event { painted = image.picture }
    }
    return try #require(painted)
  }

  @Test("With a mask, what is dark stays to the pixel and what is light is painted")
  func inpainting() async throws {
    let base = BasePicture(
      square, digest: "a", mask: rightQuarter, maskDigest: "b", strength: 1)
    let painted = try await paint(base)
    #expect(painted != square)
    for y in 0..<16 {
      for x in 0..<12 {
        for c in 0..<3 {
          let i = (y * 16 + x) * 3 + c
          #expect(painted.pixels[i] == square.pixels[i])
        }
      }
    }
    #expect(try await paint(base) == painted)
    #expect(try await paint(base, seed: 8) != painted)
  }

  @Test("Without one, little strength takes few steps and every strength its own picture")
  func strength() async throws {
    var pictures: [Picture] = []
    for strength in [0.1, 0.5, 1] {
      let engine = MuseEngine(catalog: TinyModel.catalog())
      var request = TinyModel.request(steps: 10)
      request.base = BasePicture(square, digest: "a", strength: strength)
      // A slow listener sees the newest steps only, but none before the first.
      var steps: [Int] = []
      for try await event in engine.generate(request) {
        if case .step(let progress) = event { steps.append(progress.step) }
        if case .image(let image) = event { pictures.append(image.picture) }
      }
      #expect(steps.last == 10)
      #expect(steps.allSatisfy { $0 > 10 - Int(10 * strength) }, "\(strength): \(steps)")
    }
    #expect(Set(pictures).count == 3)
  }

  @Test("What cannot be started from says why")
  func refusals() async throws {
    let dark = Picture(width: 16, height: 16)
    var lost = BasePicture(square, digest: "cafe", strength: 0.5)
    lost.picture = nil
    for (base, words) in [
      (BasePicture(square, digest: "a", mask: dark, maskDigest: "b", strength: 1), "dark"),
      (BasePicture(Squares().picture(index: 0, size: 20), digest: "a", strength: 1), "20x20"),
      (BasePicture(square, digest: "a", strength: 0), "strength 0"),
      (lost, "not at hand"),
    ] {
      let failure = await #expect(throws: Failure.self) { _ = try await paint(base) }
      #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
    }
  }
}
