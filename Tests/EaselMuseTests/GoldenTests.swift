import CKernels
import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Testing

@Suite("Golden tensors of diffusers", .serialized)
struct GoldenTests {
  /// A model belongs to the path that it was loaded on: its weights are packed for it.
  private func on(_ path: Int32, _ body: () throws -> Void) throws {
    try #require(ck_set_path(path))
    defer { _ = ck_set_path(-1) }
    try body()
  }

  @Test("Every prompt has the same token ids", arguments: Golden.names)
  func tokenIds(_ name: String) throws {
    let golden = try Golden(name)
    let tokenizer = try golden.model().tokenizer
    let padded = try golden.tensor("ids"), length = padded.shape[1]
    #expect(tokenizer.maximumLength == length)
    for (i, prompt) in golden.prompts.enumerated() {
      #expect(tokenizer.encode(prompt) == golden.tokens[i], "\(prompt.debugDescription)")
      let expected = padded.toArray()[i * length..<(i + 1) * length].map { Int32($0) }
      #expect(tokenizer.padded(prompt) == expected, "\(prompt.debugDescription)")
    }
  }

  @Test("Text states and pooled vectors agree within 1e-4", arguments: Golden.names, kernelPaths)
  func textEncoder(_ name: String, _ path: Int32) throws {
    try on(path) {
      let golden = try Golden(name), model = try golden.model()
      let out = Recording.off {
        model.text.forward(
          ids: golden.prompts.flatMap { model.tokenizer.padded($0) }, batch: golden.prompts.count)
      }
      let states = try golden.tensor("states")
      #expect(relativeError(out.states.sliced(axis: 0, 0..<states.shape[0]), states) < 1e-4)
      #expect(relativeError(out.pooled, try golden.tensor("pooled")) < 1e-4)
    }
  }

  @Test(
    "Logits agree within 1e-4, on grids that are not square too", arguments: Golden.names,
    kernelPaths)
  func transformer(_ name: String, _ path: Int32) throws {
    try on(path) {
      let golden = try Golden(name), model = try golden.model()
      let logits = try golden.tensor("transformer.logits")
      let found = try Recording.off {
        let prompt = model.transformer.prepare(
          textStates: try golden.tensor("transformer.states"),
          pooled: try golden.tensor("transformer.pooled"),
          microConditions: try golden.tensor("transformer.micro"))
        return model.transformer.forward(
          tokenIDs: try golden.ids("transformer.ids"), height: logits.shape[1], prompt: prompt)
      }
      #expect(relativeError(found, logits) < 1e-4)
    }
  }

  @Test(
    "Latents, tokens and decoded pixels agree within 1e-4", arguments: Golden.names, kernelPaths)
  func pictureTokenizer(_ name: String, _ path: Int32) throws {
    try on(path) {
      let golden = try Golden(name), pictures = try golden.model().pictures
      let picture = try golden.tensor("vq.picture"), latents = try golden.tensor("vq.latents")
      try Recording.off {
        #expect(relativeError(pictures.encode(picture), latents) < 1e-4)
        let tokens = try golden.ids("vq.tokens")
        #expect(pictures.tokens(of: picture) == tokens)
        let pixels = pictures.decode(ids: tokens, batch: 1, height: latents.shape[1])
        #expect(relativeError(pixels, try golden.tensor("vq.pixels")) < 1e-4)
      }
    }
  }

  @Test("Whole runs fix the same tokens at every step", arguments: Golden.names, kernelPaths)
  func wholeRuns(_ name: String, _ path: Int32) throws {
    try on(path) {
      let golden = try Golden(name), model = try golden.model()
      for index in golden.runs.indices {
        let found = try tokensAfterEachStep(golden, model, index)
        let expected = try golden.ids("run\(index).tokens")
        let cells = try golden.tensor("run\(index).draws").shape[1]
        try #require(found.count * cells == expected.count)
        for (step, tokens) in found.enumerated() {
          #expect(
            tokens == Array(expected[step * cells..<(step + 1) * cells]),
            "run \(index), step \(step)"
          )
        }
      }
    }
  }

  /// The sampling loop of AmusedPipeline, AmusedImg2ImgPipeline and AmusedInpaintPipeline.
  private func tokensAfterEachStep(
    _ golden: Golden, _ model: MuseModel, _ index: Int
  ) throws -> [[Int32]] {
    let run = golden.runs[index], noise = try golden.noise(index)
    let (first, last) = run.temperature.ends
    let scheduler = try MaskedScheduler(
      model.scheduler, steps: run.steps, temperature: first, lastTemperature: last,
      masking: run.mode == .mask ? .linear : nil)
    let f = model.pictures.configuration.pixelsPerToken
    let size = try golden.tensor("vq.picture").shape
    let height = size[1] / f, width = size[2] / f, cells = height * width
    let isGuided = run.guidance > 1
    let batch = isGuided ? 2 : 1

    return try Recording.off {
      let captions =
        model.tokenizer.padded(run.prompt)
        + (isGuided ? model.tokenizer.padded(run.avoid ?? "") : [])
      let words = model.text.forward(ids: captions, batch: batch)
      let micro = [Float(width * f), Float(height * f), 0, 0, 6]
      let prompt = model.transformer.prepare(
        textStates: words.states, pooled: words.pooled,
        microConditions: Tensor([batch, 5], micro + (isGuided ? micro : [])))

      var tokens = [Int32](repeating: scheduler.maskToken, count: cells)
      var firstStep = 0, share = 1.0
      if run.mode != .text {
        tokens = model.pictures.tokens(of: try golden.tensor("vq.picture"))
        firstStep = scheduler.firstStep(strength: run.strength ?? 1)
      }
      if run.mode == .image {
        let forget = try golden.tensor("run\(index).forget").toArray()
        for cell in 0..<cells where Double(forget[cell]) < scheduler.maskedShare(done: firstStep) {
          tokens[cell] = scheduler.maskToken
        }
      } else if run.mode == .mask {
        for cell in 0..<cells where (1..<3).contains(cell / width) && cell % width >= 2 {
          tokens[cell] = scheduler.maskToken
        }
        share = Double(tokens.count(where: { $0 == scheduler.maskToken })) / Double(cells)
      }
      var kept: [[Int32]] = []
      for step in firstStep..<run.steps {
        let logits = model.transformer.forward(
          tokenIDs: isGuided ? tokens + tokens : tokens, height: height, prompt: prompt)
        let codes = logits.shape[1]
        if isGuided {
          for i in 0..<cells * codes {
            let without = logits.pointer[cells * codes + i]
            logits.pointer[i] = without + Float(run.guidance) * (logits.pointer[i] - without)
          }
        }
        _ = scheduler.step(
          step, logits: logits.pointer, codes: codes, tokens: &tokens, noise: noise[step],
          start: share)
        kept.append(tokens)
      }
      return kept
    }
  }

  @Test(
    "The painter itself, given the same noise, paints the same picture", arguments: Golden.names)
  func pictures(_ name: String) throws {
    let golden = try Golden(name), model = try golden.model()
    for (index, run) in golden.runs.enumerated() where run.mode == .text {
      // The painter takes its temperature from the model: 2 to 0 where it says nothing.
      guard case .two(2, 0) = run.temperature else { continue }
      let pixels = try golden.tensor("run\(index).pixels")
      let noise = try golden.noise(index)
      model.injectedNoise = { noise[$0] }
      let request = GenerationRequest(
        prompt: run.prompt, avoid: run.avoid ?? "", width: pixels.shape[2],
        height: pixels.shape[1], steps: run.steps, guidance: run.guidance, seed: 1, model: name)
      let painted = try model.paint(request, indices: 0..<1, check: {}, step: { _, _, _ in })
      let picture = try #require(painted.first).picture
      try #require(picture.pixels.count == pixels.count)
      for (found, expected) in zip(picture.pixels, pixels.toArray()) {
        // Half a level for rounding, and 1e-4 of the range.
        try #require(abs(Float(found) - expected * 255) <= 0.5 + 0.03, "run \(index)")
      }
    }
  }
}
