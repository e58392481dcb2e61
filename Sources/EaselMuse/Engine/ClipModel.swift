import EaselKit
import EaselTensor
import Glibc

/// Both towers of CLIP in memory: pictures and words as vectors of one space. Not `Sendable`: it
/// belongs to the generation actor.
final class ClipModel {
  let folder: String
  private let image: ImageEncoder
  private let processor: ImageProcessor
  private let text: TextEncoder
  private let tokenizer: CaptionTokenizer
  private let reader: PromptReader?
  /// nil where the text encoder is CLIP's own and agrees with the image tower as it is.
  let bridge: ImageBridge?

  static func isThere(_ folder: String) -> Bool {
    access(folder + "/" + ImageTower.weightsFile, R_OK) == 0
  }

  init(folder: String) throws {
    self.folder = folder
    guard Self.isThere(folder) else {
      throw Failure(
        .unsupported, "the model in \(folder) has no image tower",
        hint: "the model 'scenes' has one; 'easel train clip --for MODEL' trains one",
        cause: "\(ImageTower.weightsFile) is not there")
    }
    let shape: ImageEncoderConfiguration = try readConfiguration(
      path: folder + "/" + ImageTower.configurationFile)
    image = try ImageEncoder(
      shape, ParameterSource(path: folder + "/" + ImageTower.weightsFile))
    processor = try ImageProcessor(
      json: try readText(folder + "/" + ImageTower.processorFile), side: shape.imageSize)
    let files = try ModelFolder(folder)
    let words: TextEncoderConfiguration = try files.configuration(.textEncoder)
    reader = try PromptReader(files)
    tokenizer = try files.tokenizer(defaultLength: words.maxPositionEmbeddings)
    text = try TextEncoder(
      words, ParameterSource(files.weights(.textEncoder), alternativePrefix: "text_model."))
    if access(folder + "/" + ImageTower.bridgeFile, R_OK) == 0 {
      bridge = try ImageBridge(
        .init(
          vector: shape.projectionDim, state: words.hiddenSize, pooled: words.projectionDim,
          states: tokenizer.maximumLength),
        ParameterSource(path: folder + "/" + ImageTower.bridgeFile))
    } else {
      bridge = nil
      guard words.projectionDim == shape.projectionDim else {
        throw Failure(
          .modelDamaged, "the two towers of the model in \(folder) do not agree",
          hint: "install the model again",
          cause: "projections of \(words.projectionDim) and \(shape.projectionDim)")
      }
    }
    // What the processor makes must be what the tower takes, whatever comes.
    let made = processor.framed(Picture(width: 5, height: 3)).size
    guard made == PixelSize(width: shape.imageSize, height: shape.imageSize) else {
      throw Failure(
        .modelDamaged, "the image encoder of the model in \(folder) gets pictures of a wrong size",
        hint: "install the model again", cause: "\(made), not \(shape.imageSize)")
    }
  }

  /// Vectors of length 1, one for each picture, of any size.
  func vectors(of pictures: [Picture]) -> [[Float]] {
    guard !pictures.isEmpty else { return [] }
    return Recording.off {
      let unit = unitRows(image.forward(processor.tensor(pictures)))
      let values = unit.toArray(), width = unit.shape[1]
      return pictures.indices.map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
  }

  /// Throws where the model was taught none of the words: the vector of nothing is near to some pictures too.
  func checkKnown(_ words: String, model: String) throws {
    guard let reading = reader?.read(WeightedText(literal: words)), !reading.unknown.isEmpty,
      !reading.text.plain.contains(where: \.isLetter)
    else { return }
    throw Failure(
      .badInput, "the model '\(model)' was never taught '\(words)', so nothing is like it",
      hint: reading.hint)
  }

  /// The vector of length 1 of a text.
  func vector(of words: String) -> [Float] {
    Recording.off {
      let words = reader?.read(WeightedText(literal: words)).text.plain ?? words
      let ids = tokenizer.padded(words)
      let encoded = text.forward(ids: ids, batch: 1)
      guard let bridge else { return unitRows(encoded.pooled).toArray() }
      let length = (ids.firstIndex(of: tokenizer.end) ?? ids.count - 1) + 1
      return unitRows(
        bridge.textVector(states: encoded.states, pooled: encoded.pooled, lengths: [length])
      ).toArray()
    }
  }

  /// What the painter would have heard to paint this picture: states [1, T, C] where that can be
  /// told, pooled [1, P].
  func conditions(of picture: Picture) -> (states: Tensor?, pooled: Tensor) {
    let vector = image.forward(processor.tensor([picture]))
    guard let bridge else { return (nil, vector) }
    let made = bridge.conditions(of: vector)
    return (made.states, made.pooled)
  }
}

/// Cosine of two vectors of length 1; 0 where they are not of one space.
func cosine(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return 0 }
  return zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
}
