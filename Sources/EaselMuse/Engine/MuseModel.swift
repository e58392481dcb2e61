import EaselKit
import EaselTensor
import Glibc

/// A model in memory: tokenizer, text encoder, Transformer, picture decoder and sampler settings of
/// one folder in aMUSEd's layout. Not `Sendable`: it belongs to the generation actor.
public final class MuseModel {
  public let name: String
  public let tokenizer: CaptionTokenizer
  public let digest: String
  let text: TextEncoder
  let transformer: UVit2D
  let pictures: VQModel
  let scheduler: SchedulerConfiguration
  private let card: ModelCard
  let folder: String
  /// The image tower, once somebody needed it.
  var loadedClip: ClipModel?

  /// - Parameters:
  ///   - folder: holds `tokenizer`, `text_encoder`, `transformer`, `vqvae` and `scheduler`.
  ///   - digest: hex digest of the weights, for recipes.
  public init(name: String, folder: String, digest: String) throws {
    self.name = name
    self.digest = digest
    self.folder = folder
    tokenizer = try CaptionTokenizer(folder: folder + "/tokenizer")
    scheduler = try readConfiguration(path: folder + "/scheduler/scheduler_config.json")
    card = ModelCard(folder: folder)
    text = try TextEncoder(
      readConfiguration(path: folder + "/text_encoder/config.json"),
      ParameterSource(
        path: ModelFolder.weights(folder, "text_encoder"), alternativePrefix: "text_model."))
    transformer = try UVit2D(
      readConfiguration(path: folder + "/transformer/config.json"),
      ParameterSource(path: ModelFolder.weights(folder, "transformer")))
    pictures = try VQModel(
      readConfiguration(path: folder + "/vqvae/config.json"),
      ParameterSource(path: ModelFolder.weights(folder, "vqvae")))
    try checkFit(folder)
  }

  /// Files that are each sound may still not belong together.
  private func checkFit(_ folder: String) throws {
    let t = transformer.configuration, w = text.configuration
    var problem: String?
    if t.encoderHiddenSize != w.hiddenSize { problem = "text states of \(w.hiddenSize)" }
    if t.condEmbedDim != w.projectionDim { problem = "a text vector of \(w.projectionDim)" }
    if t.codebookSize != pictures.configuration.numVqEmbeddings {
      problem = "\(pictures.configuration.numVqEmbeddings) codes"
    }
    if scheduler.maskTokenId >= t.vocabSize { problem = "mask token \(scheduler.maskTokenId)" }
    if tokenizer.maximumLength > w.maxPositionEmbeddings {
      problem = "captions of \(tokenizer.maximumLength) tokens"
    }
    let highest = tokenizer.vocabulary.values.max() ?? 0
    if Int(highest) >= w.vocabSize { problem = "token id \(highest)" }
    if let problem {
      throw Failure(
        .modelDamaged, "the parts of the model in \(folder) do not fit each other",
        hint: "install the model again", cause: "\(problem) is not what the others expect")
    }
  }

  var nativeSize: PixelSize {
    ModelFolder.nativeSize(transformer.configuration, pictures.configuration)
  }

  /// Paints picture `index` of the batch.
  ///
  /// `check` throws to stop, and is asked before every step. `step` hears of every finished step with
  /// a guess of the whole picture when one was decoded.
  func paint(
    _ request: GenerationRequest, index: Int, check: () throws -> Void,
    step: (_ done: Int, _ preview: Picture?) -> Void
  ) throws -> Picture {
    let f = pictures.configuration.pixelsPerToken
    let gridHeight = request.height / f, gridWidth = request.width / f
    let cells = gridHeight * gridWidth
    let scheduler = try MaskedScheduler(
      self.scheduler, steps: request.steps, temperature: card.temperature ?? 2)
    let guided = request.guidance != 1
    let batch = guided ? 2 : 1
    var random = SplitMix64(seed: request.seed &+ UInt64(index))
    // The first numbers of neighbouring seeds are alike in no way, but a jump costs nothing.
    random = SplitMix64(seed: random.next())
    let codes = transformer.configuration.codebookSize
    // Pictures of many steps show at most about sixteen previews: each costs a decoding.
    let previewEvery = max(1, request.steps / 16)

    return try Recording.off {
      let captions =
        tokenizer.padded(request.prompt) + (guided ? tokenizer.padded(request.avoid) : [])
      let words = try varied(text.forward(ids: captions, batch: batch), request)
      var micro: [Float] = []
      for _ in 0..<batch { micro += [Float(request.width), Float(request.height), 0, 0, 6] }
      let conditions = Tensor([batch, 5], micro)
      let prompt = transformer.prepare(
        textStates: words.states, pooled: words.pooled, microConditions: conditions)
      let start = try startingTokens(request, scheduler, grid: (gridHeight, gridWidth), &random)
      var tokens = start.tokens
      // A row of logits a cell; those of known cells stay as they are, nobody reads them.
      let logits = Tensor([cells, codes])
      for i in start.firstStep..<request.steps {
        try check()
        let unknown = (0..<Int32(cells)).filter { tokens[Int($0)] == scheduler.maskToken }
        let fresh = transformer.forward(
          tokenIDs: guided ? tokens + tokens : tokens, height: gridHeight, prompt: prompt,
          wanted: guided ? unknown + unknown.map { $0 + Int32(cells) } : unknown)
        if guided { guide(fresh.pointer, count: unknown.count * codes, Float(request.guidance)) }
        for (row, cell) in unknown.enumerated() {
          (logits.pointer + Int(cell) * codes).update(
            from: fresh.pointer + row * codes, count: codes)
        }
        let guess = scheduler.step(
          i, logits: logits.pointer, codes: codes, tokens: &tokens,
          noise: SamplingNoise(cells: cells, random: &random), start: start.unknownShare)
        let isLast = i + 1 == request.steps
        let preview =
          !isLast && i % previewEvery == 0 ? finish(decode(guess, gridHeight), request) : nil
        step(i + 1, preview)
      }
      try check()
      return finish(decode(tokens, gridHeight), request)
    }
  }

  /// conditional ← unconditional + g (conditional − unconditional), in place of the first half
  /// (Ho & Salimans 2022, arXiv 2207.12598).
  private func guide(_ logits: UnsafeMutablePointer<Float>, count: Int, _ g: Float) {
    Parallel.rows(count, grain: 16_384) { range in
      for i in range { logits[i] = logits[count + i] + g * (logits[i] - logits[count + i]) }
    }
  }

  func encode(_ picture: Picture) -> [Int32] {
    pictures.tokens(of: Tensor(pictures: [picture]))
  }

  private func decode(_ tokens: [Int32], _ height: Int) -> Picture {
    pictures.decode(ids: tokens, batch: 1, height: height).pictures()[0]
  }
}
