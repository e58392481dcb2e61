import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Synchronization
import Testing

@Suite("The image tower", .serialized)
struct ImageTowerTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Golden/fixtures/clip_vision").standardized.path()

  private struct Sample: Decodable {
    var width: Int, height: Int
    var pixels: [UInt8]
  }

  private func golden(_ name: String) throws -> (
    encoder: ImageEncoder, processor: ImageProcessor, picture: Picture, file: SafetensorsFile
  ) {
    let folder = Self.fixtures + "/" + name
    let shape: ImageEncoderConfiguration = try readConfiguration(path: folder + "/config.json")
    let json = try String(contentsOfFile: folder + "/preprocessor_config.json", encoding: .utf8)
    let sample = try JSONDecoder().decode(
      Sample.self, from: Data(contentsOf: URL(filePath: folder + "/picture.json")))
    return (
      try ImageEncoder(shape, ParameterSource(path: folder + "/model.safetensors")),
      try ImageProcessor(json: json, side: shape.imageSize),
      Picture(width: sample.width, height: sample.height, pixels: sample.pixels),
      try SafetensorsFile(path: folder + "/golden.safetensors")
    )
  }

  @Test(
    "Pictures are scaled, cut and normalised as transformers does", arguments: ["small", "large"])
  func preprocessing(name: String) throws {
    let g = try golden(name)
    let wanted = try g.file.load("pixel_values", shape: nil)
    let pixels = g.processor.tensor([g.picture])
    #expect(pixels.shape == wanted.shape)
    for (a, b) in zip(pixels.toArray(), wanted.toArray()) { try #require(abs(a - b) < 1e-5) }
  }

  @Test("The tower answers as transformers does, within 1e-4", arguments: ["small", "large"])
  func answers(name: String) throws {
    let g = try golden(name)
    let wanted = try g.file.load("image_embeds", shape: nil).toArray()
    let vector = Recording.off { g.encoder.forward(g.processor.tensor([g.picture])) }.toArray()
    let largest = wanted.map(abs).max() ?? 0
    #expect(vector.count == wanted.count)
    for (a, b) in zip(vector, wanted) { try #require(abs(a - b) < 1e-4 * largest) }
    // Each picture of a batch is looked at alone.
    let other = Picture(width: g.picture.width, height: g.picture.height, red: 200)
    let both = Recording.off { g.encoder.forward(g.processor.tensor([other, g.picture])) }.toArray()
    for (a, b) in zip(both.suffix(wanted.count), wanted) {
      try #require(abs(a - b) < 1e-4 * largest)
    }
  }

  @Test("A smaller crop is the middle, and around a small picture it is black")
  func cropping() throws {
    var processor = ImageProcessor()
    processor.size = nil
    processor.crop = PixelSize(width: 2, height: 4)
    var picture = Picture(width: 5, height: 3, red: 9, green: 9, blue: 9)
    picture.pixels[(1 * 5 + 1) * 3] = 77
    let framed = processor.framed(picture)
    #expect(framed.size == PixelSize(width: 2, height: 4))
    #expect(framed.pixels[(2 * 2 + 0) * 3] == 77)
    #expect(framed.pixels[0..<6].allSatisfy { $0 == 0 })
  }

  @Test("Numbers that describe no network are refused by name")
  func refusals() throws {
    for (json, word) in [
      ("{\"image_size\": 20, \"patch_size\": 6}", "patch_size"),
      ("{\"num_channels\": 4}", "num_channels"),
      ("{\"hidden_size\": 30, \"num_attention_heads\": 4}", "num_attention_heads"),
      ("{\"patch_size\": 0}", "range"), ("{\"hidden_act\": \"relu\"}", "relu"),
    ] {
      let shape: ImageEncoderConfiguration = try configuration(json: json)
      let failure = #expect(throws: Failure.self) {
        _ = try ImageEncoder(shape, ParameterSource(seed: 1))
      }
      #expect(failure?.description.contains(word) == true, "\(String(describing: failure))")
    }
    for json in ["{\"resample\": 9}", "{\"image_std\": [1, 0, 1]}", "{\"crop_size\": 0}", "["] {
      #expect(throws: Failure.self) { _ = try ImageProcessor(json: json, side: 16) }
    }
  }

  @Test("It learns: captions find their pictures, and pictures what the painter would have heard")
  func learns() throws {
    let folder = try TinyModel.folder("clip")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let records = Mutex<[TrainingRecord]>([])
    var settings = TinyModel.settings(tokenizerSteps: 1, painterSteps: 1, clipSteps: 120)
    settings.clipModel = TinyModel.root + "/tiny"
    settings.clip.precision = .fp32
    try TinyModel.run(folder, settings) { record in records.withLock { $0.append(record) } }
      .run([.clip])
    let all = records.withLock { $0 }.filter { $0.stage == "clip" }
    func values(_ name: String) -> [Double] {
      all.compactMap { $0.values.first { $0.name == name }?.value }
    }
    // ln 4 is chance.
    #expect(try #require(values("contrast").last) < 0.3, "\(values("contrast"))")
    #expect(try #require(values("states").last) < 0.5, "\(values("states"))")
  }

  @Test("The engine scores its pictures, and its vectors tell pictures and words apart")
  func engine() async throws {
    let engine = MuseEngine(catalog: TinyModel.catalog())
    #expect(engine.lookingModel(preferred: "none") == "tiny")
    var scores: [Double?] = []
    for try await event in engine.generate(TinyModel.request(count: 2)) {
      if case .image(let image) = event { scores.append(image.score) }
    }
    #expect(scores.count == 2)
    for score in scores { #expect(try #require(score) >= -1.001 && (try #require(score)) <= 1.001) }

    let squares = (0..<4).map { Squares().picture(index: $0, size: 16) }
    let vectors = try await engine.vectors(of: squares, model: "tiny")
    for (i, colour) in Squares.colours.enumerated() {
      let words = try await engine.vector(of: "a \(colour.name) square", model: "tiny")
      let cosines = vectors.map { zip($0, words).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
      #expect(cosines.indices.max { cosines[$0] < cosines[$1] } == i, "\(colour.name): \(cosines)")
      #expect(abs(vectors[i].reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
    }
    // Of words that nobody taught it nothing could be like them.
    let strange = await #expect(throws: Failure.self) {
      try await engine.vector(of: "gothic xylophone", model: "tiny")
    }
    #expect(strange?.what.contains("gothic xylophone") == true && strange?.hint != nil)
    // Any size may be looked at.
    let large = Picture(width: 70, height: 41, red: 220, green: 30, blue: 30)
    #expect(try await engine.vectors(of: [large], model: "tiny")[0].allSatisfy(\.isFinite))
  }

  @Test("A variation follows its picture and its seed, and is scored by it")
  func variations() async throws {
    let engine = MuseEngine(catalog: TinyModel.catalog())
    func paint(_ picture: Picture, seed: UInt64, prompt: String = "") async throws
      -> GeneratedImage
    {
      var request = TinyModel.request(prompt, seed: seed, steps: 6)
      request.base = BasePicture(picture, digest: "a", strength: 1, kind: .variation)
      var painted: GeneratedImage?
      for try await event in engine.generate(request) {
        if case .image(let image) = event { painted = image }
      }
      return try #require(painted)
    }
    let red = Squares().picture(index: 0, size: 16), blue = Squares().picture(index: 2, size: 16)
    let first = try await paint(red, seed: 5)
    #expect(first.score != nil)
    #expect(try await paint(red, seed: 5).picture == first.picture)
    #expect(try await paint(red, seed: 6).picture != first.picture)
    // A painter that has learnt next to nothing may paint the same of two pictures, but not always.
    var differ = 0
    for seed in UInt64(5)..<13 {
      let others = (try await paint(red, seed: seed), try await paint(blue, seed: seed))
      if others.0.picture != others.1.picture { differ += 1 }
    }
    #expect(differ > 0)
    #expect(try await paint(red, seed: 5, prompt: "a blue square").picture != first.picture)
  }

  @Test("A model without an image tower paints without scores and says why it cannot vary")
  func without() async throws {
    let root = try TinyModel.folder("blind")
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.copyItem(atPath: TinyModel.root + "/tiny", toPath: root + "/tiny")
    try FileManager.default.removeItem(atPath: root + "/tiny/image_encoder")
    let engine = MuseEngine(catalog: ModelCatalog(roots: [root]) { _ in "0" })
    #expect(engine.lookingModel(preferred: "tiny") == nil)
    var request = TinyModel.request()
    for try await event in engine.generate(request) {
      if case .image(let image) = event { #expect(image.score == nil) }
    }
    request.base = BasePicture(
      Squares().picture(index: 0, size: 16), digest: "a", strength: 1, kind: .variation)
    let failure = await #expect(throws: Failure.self) {
      for try await _ in engine.generate(request) {}
    }
    #expect(failure?.description.contains("image tower") == true)
  }
}
