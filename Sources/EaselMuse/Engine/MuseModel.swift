import EaselKit
import EaselTensor

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
  let card: ModelCard

  /// - Parameters:
  ///   - folder: holds `tokenizer`, `text_encoder`, `transformer`, `vqvae` and `scheduler`.
  ///   - digest: hex digest of the weights, for recipes.
  public init(name: String, folder: String, digest: String) throws {
    self.name = name
    self.digest = digest
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

  /// Widths and heights are multiples of this many pixels.
  var sizeStep: Int { sizes.step }
}
