import EaselKit
public import EaselTensor

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
  let card: ModelCard
  /// Numbers for a step in place of those of the seed, to repeat another program's run.
  package var injectedNoise: ((_ step: Int) -> SamplingNoise)?

  /// Multiplies in this precision.
  package let precision: ProductPrecision
  let folder: String
  /// Puts prompts into words that the model was taught; nil where it does not say which those are.
  let reader: PromptReader?
  /// The image tower, once somebody needed it.
  var loadedClip: ClipModel?

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
    self.folder = folder
    let folder = try ModelFolder(folder)
    let size = try ModelMemory(folder)
    let precision = try loading.precision(for: size, wanted: wanted)
    let packs = loading.packs(size, name: name, digest: digest, precision)
    self.precision = precision
    scheduler = try folder.configuration("scheduler/scheduler_config.json")
    card = try ModelCard(folder)
    let words: TextEncoderConfiguration = try folder.configuration(.textEncoder)
    reader = try PromptReader(folder)
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
    // Reading a vocabulary of 50,000 words leaves as much behind as it keeps.
    if packs != nil { TensorMemory.trimAll() }
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

  /// Widths and heights are multiples of this many pixels.
  var sizeStep: Int { sizes.step }

  /// True for models whose weights are packed when they are read: what is not in use is given back.
  var isPacked: Bool { precision != .fp32 }

  /// Mapped weights that a picture needs only once give their memory back.
  func release(_ parameters: [(name: String, tensor: Tensor)]) {
    TensorMemory.release(parameters.map(\.tensor))
  }
}
