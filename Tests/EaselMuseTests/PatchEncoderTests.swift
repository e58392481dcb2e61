import EaselKit
import EaselMuse
import EaselTensor
import Testing

@Suite("Encoder of patches")
struct PatchEncoderTests {
  private static let json = """
    {"block_out_channels": [16, 64, 128], "layers_per_block": 1, "latent_channels": 16,
     "num_vq_embeddings": 64, "norm_num_groups": 4, "vq_embed_dim": 16,
     "mid_block_add_attention": false}
    """

  private func model() throws -> VQModel {
    try VQModel(configuration(json: Self.json), ParameterSource(seed: 4), seesPatches: true)
  }

  /// A picture of noise around a mean, with a patch of 4×4 pixels that is always the same at the token
  /// (`column`, `row`).
  private func picture(seed: UInt64, mean: Int, column: Int, row: Int) -> Picture {
    var random = SplitMix64(seed: seed), same = SplitMix64(seed: 77)
    var picture = Picture(width: 32, height: 32, red: 0, green: 0, blue: 0)
    for i in picture.pixels.indices {
      picture.pixels[i] = UInt8(clamping: mean + random.nextInt(61) - 30)
    }
    for y in 0..<4 {
      for x in 0..<4 {
        let at = ((row * 4 + y) * 32 + column * 4 + x) * 3
        for i in 0..<3 { picture.pixels[at + i] = UInt8(same.nextInt(256)) }
      }
    }
    return picture
  }

  private func latent(_ model: VQModel, _ picture: Picture, column: Int, row: Int) -> [Float] {
    let latents = Recording.off { model.encode(Tensor(pictures: [picture])) }.toArray()
    let at = (row * 8 + column) * 16
    return Array(latents[at..<at + 16])
  }

  private func expectSame(_ model: VQModel) {
    let here = latent(
      model, picture(seed: 1, mean: 60, column: 2, row: 3), column: 2, row: 3)
    let there = latent(
      model, picture(seed: 2, mean: 200, column: 7, row: 0), column: 7, row: 0)
    let other = latent(
      model, picture(seed: 2, mean: 200, column: 7, row: 0), column: 4, row: 4)
    let size = here.reduce(0) { $0 + $1 * $1 }.squareRoot()
    func apart(_ a: [Float], _ b: [Float]) -> Float {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    #expect(apart(here, there) < 0.02 * size, "\(here) \(there)")
    #expect(apart(here, other) > 0.2 * size)
  }

  @Test("The same pixels are the same latents wherever they are, also after some steps")
  func seesItsOwnPixels() throws {
    let model = try model()
    expectSame(model)
    var settings = TokenizerTraining()
    settings.steps = 6
    settings.learningRate = 2e-3
    let trainer = TokenizerTrainer(model: model, settings: settings, seed: 5)
    let before = latent(model, picture(seed: 1, mean: 60, column: 2, row: 3), column: 2, row: 3)
    for step in 0..<6 {
      _ = trainer.train(
        (0..<2).map {
          picture(seed: UInt64(step * 2 + $0 + 9), mean: 40 + 30 * step, column: $0, row: step)
        })
    }
    let after = latent(model, picture(seed: 1, mean: 60, column: 2, row: 3), column: 2, row: 3)
    #expect(before != after, "the encoder learns")
    expectSame(model)
    trainer.withAverage { expectSame(model) }
  }

  @Test("It begins as a transform that keeps lengths: a plain picture is its brightness and colour")
  func beginsAsTransform() throws {
    let plain = Picture(width: 32, height: 32, red: 200, green: 60, blue: 90)
    let found = latent(try model(), plain, column: 5, row: 5)
    let (r, g, b) = (Float(200) / 255, Float(60) / 255, Float(90) / 255)
    // 4 × 4 equal values along one unit vector sum to 4 times the value.
    let wanted = [
      4 * (r + g + b) / Float(3).squareRoot(), 4 * (r - b) / Float(2).squareRoot(),
      4 * (r - 2 * g + b) / Float(6).squareRoot(),
    ]
    // A hundredth of chance is left in all weights, so that training can tell them apart.
    #expect(found.count { abs($0) > 0.1 } == 3, "\(found)")
    for value in wanted {
      #expect(found.contains { abs($0 - value) < 0.12 }, "\(value) in \(found)")
    }
  }

  @Test("Saved and loaded, it still leaves its silent branches out; others have none")
  func survivesItsFile() throws {
    let usual = try VQModel(configuration(json: Self.json), ParameterSource(seed: 4))
    let a = latent(usual, picture(seed: 1, mean: 60, column: 2, row: 3), column: 2, row: 3)
    let b = latent(usual, picture(seed: 2, mean: 200, column: 7, row: 0), column: 7, row: 0)
    #expect(zip(a, b).contains { abs($0 - $1) > 0.01 })

    let model = try model()
    let folder = try TinyModel.folder("patches")
    let shown = picture(seed: 3, mean: 128, column: 1, row: 1)
    let whole = latent(model, shown, column: 1, row: 1)
    // A silent branch is nothing but zeros, and zeros have no largest number to divide by.
    for (type, tolerance) in [(StoredType.float32, Float(0)), (.float16, 0.01), (.int8Rows, 0.15)] {
      let path = "\(folder)/\(type).safetensors"
      try writeSafetensors(
        path: path, tensors: model.parameters.map { ($0.name, $0.tensor) }, dtype: type)
      let read = try VQModel(configuration(json: Self.json), ParameterSource(path: path))
      let found = latent(read, shown, column: 1, row: 1)
      #expect(
        zip(found, whole).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) },
        "\(type): \(found) \(whole)")
    }
  }
}
