package import EaselKit
public import EaselTensor
import Glibc

/// A model in memory: tokenizer, text encoder, Transformer, picture decoder and sampler settings of
/// one folder in aMUSEd's layout. Not `Sendable`: it belongs to the generation actor.
public final class MuseModel {
  public let name: String
  public let tokenizer: CaptionTokenizer
  public let digest: String
  package let text: TextEncoder
  package let transformer: UVit2D
  package let pictures: VQModel
  package let scheduler: SchedulerConfiguration
  private let card: ModelCard
  /// Numbers for a step in place of those of the seed, to repeat another program's run.
  package var injectedNoise: ((_ step: Int) -> SamplingNoise)?

  /// Multiplies in this precision.
  package let precision: ProductPrecision

  /// - Parameters:
  ///   - folder: holds `tokenizer`, `text_encoder`, `transformer`, `vqvae` and `scheduler`; or a single
  ///     file that holds them all.
  ///   - digest: hex digest of the weights, for recipes.
  ///   - precision: nil leaves it to the model's size and the memory.
  ///   - progress: hears of the share that is loaded, 0…1; throws to stop.
  public init(
    name: String, folder: String, digest: String, loading: ModelLoading = ModelLoading(),
    precision wanted: ProductPrecision? = nil, progress: (Double) throws -> Void = { _ in }
  ) throws {
    self.name = name
    self.digest = digest
    let folder = try ModelFolder(folder)
    let size = try ModelMemory(folder)
    let precision = try loading.precision(for: size, wanted: wanted)
    let packs = loading.packs(size, name: name, digest: digest, precision)
    self.precision = precision
    scheduler = try folder.configuration("scheduler/scheduler_config.json")
    card = try ModelCard(folder)
    let words: TextEncoderConfiguration = try folder.configuration(.textEncoder)
    tokenizer = try folder.tokenizer(defaultLength: words.maxPositionEmbeddings)
    var taken = 0
    (text, transformer, pictures) = try withoutActuallyEscaping(progress) { progress in
      func source(_ part: ModelFolder.Part, alternativePrefix: String? = nil) throws
        -> ParameterSource
      {
        let packing = packs.map {
          ParameterSource.Packing($0, part: part.rawValue) { bytes in
            taken += bytes
            try progress(Double(taken) / Double(max(1, size.fileBytes)))
          }
        }
        return try ParameterSource(
          folder.weights(part), alternativePrefix: alternativePrefix, packing: packing)
      }
      return (
        try TextEncoder(words, source(.textEncoder, alternativePrefix: "text_model.")),
        try UVit2D(folder.configuration(.transformer), source(.transformer)),
        try VQModel(folder.configuration(.vqvae), source(.vqvae))
      )
    }
    packs?.finish()
    try checkFit(folder.path)
  }

  /// Files that are each sound may still not belong together.
  private func checkFit(_ folder: String) throws {
    let t = transformer.configuration, w = text.configuration, v = pictures.configuration
    let highest = tokenizer.vocabulary.values.max() ?? 0
    let wrong: [(Bool, String)] = [
      (
        t.encoderHiddenSize != w.hiddenSize,
        "the transformer's encoder_hidden_size is \(t.encoderHiddenSize), the text encoder's "
          + "hidden_size \(w.hiddenSize)"
      ),
      (
        t.condEmbedDim != w.projectionDim,
        "the transformer's cond_embed_dim is \(t.condEmbedDim), the text encoder's projection_dim "
          + "\(w.projectionDim)"
      ),
      (
        t.codebookSize != v.numVqEmbeddings,
        "the transformer's codebook_size is \(t.codebookSize), the picture tokenizer's "
          + "num_vq_embeddings \(v.numVqEmbeddings)"
      ),
      (
        !(t.codebookSize..<t.vocabSize).contains(scheduler.maskTokenId),
        "the scheduler's mask_token_id is \(scheduler.maskTokenId), the transformer's codebook_size "
          + "\(t.codebookSize) and vocab_size \(t.vocabSize)"
      ),
      (
        tokenizer.maximumLength > w.maxPositionEmbeddings,
        "the tokenizer's model_max_length is \(tokenizer.maximumLength), the text encoder's "
          + "max_position_embeddings \(w.maxPositionEmbeddings)"
      ),
      (
        Int(highest) >= w.vocabSize,
        "the tokenizer's highest number is \(highest), the text encoder's vocab_size \(w.vocabSize)"
      ),
      (nativeSize.width > 8192, "pictures would be \(nativeSize)"),
    ]
    if let (_, problem) = wrong.first(where: { $0.0 }) {
      throw Failure(
        .modelDamaged, "the parts of the model in \(folder) do not fit each other",
        hint: "install the model again", cause: problem)
    }
  }

  var nativeSize: PixelSize {
    ModelFolder.nativeSize(transformer.configuration, pictures.configuration)
  }

  /// Paints picture `index` of the batch.
  ///
  /// `check` throws to stop, and is asked before every step. `step` hears of every finished step with
  /// a guess of the whole picture when one was decoded.
  package func paint(
    _ request: GenerationRequest, index: Int, check: () throws -> Void,
    step: (_ done: Int, _ preview: Picture?) -> Void
  ) throws -> Picture {
    let f = pictures.configuration.pixelsPerToken
    let gridHeight = request.height / f, gridWidth = request.width / f
    let cells = gridHeight * gridWidth
    let scheduler = try MaskedScheduler(
      self.scheduler, steps: request.steps, temperature: card.temperature?.first ?? 2,
      lastTemperature: card.temperature?.last ?? 0,
      masking: request.base?.mask == nil ? nil : .linear)
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
      let words = text.forward(ids: captions, batch: batch)
      release(text.parameters)
      var micro: [Float] = []
      for _ in 0..<batch { micro += [Float(request.width), Float(request.height), 0, 0, 6] }
      let conditions = Tensor([batch, 5], micro)
      let prompt = transformer.prepare(
        textStates: words.states, pooled: words.pooled, microConditions: conditions)
      release(transformer.parameters.filter { ModelMemory.seesOnlyThePrompt($0.name) })
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
          noise: injectedNoise?(i) ?? SamplingNoise(cells: cells, random: &random),
          start: start.unknownShare)
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

  /// Mapped weights that a picture needs only once give their memory back.
  private func release(_ parameters: [(name: String, tensor: Tensor)]) {
    TensorMemory.release(parameters.map(\.tensor))
  }

  func encode(_ picture: Picture) -> [Int32] {
    pictures.tokens(of: Tensor(pictures: [picture]))
  }

  private func decode(_ tokens: [Int32], _ height: Int) -> Picture {
    pictures.decode(ids: tokens, batch: 1, height: height).pictures()[0]
  }
}
