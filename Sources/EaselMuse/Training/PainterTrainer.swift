import EaselKit
public import EaselTensor
import Glibc

/// Settings of the painter's training.
public struct PainterTraining: Hashable, Sendable {
  public var steps = 12_000
  public var batch = 64
  public var learningRate: Float = 3e-3
  /// Of the truth, this share is spread over all codes. Whoever paints draws from what is predicted, so that much of
  /// every picture would be codes of no meaning.
  public var smoothing: Float = 0
  /// Share of captions that are dropped, so that guidance has an unconditional branch.
  public var drop: Float = 0.1
  public var clip: Float = 1
  /// How linear maps multiply, in a run that begins; one that goes on keeps what it began with.
  public var precision = ProductPrecision.fastest
  /// The matrices of hidden layers take orthogonalised steps (`Muon`).
  public var muon = true
  /// Portions that the pictures of a step are worked through in, where all at once take too much memory.
  public var accumulate = 1
  public var schedule = TrainingSchedule.Form.plateau
  /// Judge the held-out pictures at every checkpoint, keep the weights that did best on them, and end after so
  /// many that did no better; nil goes through to the end. For few pictures, which are learnt by heart.
  public var patience: Int?
  public init() {}
}

/// A batch for the painter: token ids of the pictures and of their captions.
public struct PainterBatch: Sendable {
  /// batch × h × w codes.
  public var codes: [Int32]
  /// batch × model_max_length token ids.
  public var text: [Int32]
  public var count: Int
  public init(codes: [Int32], text: [Int32], count: Int) {
    self.codes = codes
    self.text = text
    self.count = count
  }
}

/// Trains the masked Transformer together with its text encoder.
///
/// Each picture has a share cos(u π/2) of its tokens masked, u uniform in [0, 1); the loss is the
/// cross entropy of the masked tokens with label smoothing.
/// Source: Chang et al. 2022, arXiv 2202.04200 (MaskGIT); Chang et al. 2023, arXiv 2301.00704 (Muse);
/// classifier-free guidance: Ho & Salimans 2022, arXiv 2207.12598.
public final class PainterTrainer: NetworkTrainer {
  package static let stageName = "transformer", networkName = "painter"

  public let transformer: UVit2D
  public let text: TextEncoder
  let settings: PainterTraining
  let seed: UInt64
  let maskToken: Int32
  let emptyText: [Int32]
  let microConditions: [Float]
  package let trained: TrainedParameters
  package var progress: TrainingProgress
  package var firstPrecision: ProductPrecision { settings.precision }
  public var step: Int { progress.step }

  /// `emptyText`: token ids of the empty caption; `pixels`: side of the pictures.
  public init(
    transformer: UVit2D, text: TextEncoder, settings: PainterTraining, seed: UInt64,
    maskToken: Int32, emptyText: [Int32], pixels: Int
  ) {
    self.transformer = transformer
    self.text = text
    self.settings = settings
    progress = TrainingProgress(settings.precision)
    self.seed = seed
    self.maskToken = maskToken
    self.emptyText = emptyText
    microConditions = [Float(pixels), Float(pixels), 0, 0, 6]
    let named =
      transformer.parameters.map { (name: "transformer.\($0.name)", tensor: $0.tensor) }
      + text.parameters.map { (name: "text.\($0.name)", tensor: $0.tensor) }
    trained = TrainedParameters(
      named, learningRate: settings.learningRate, beta2: 0.98, weightDecay: 0.01,
      averageDecay: 0.9985, orthogonalised: settings.muon ? Self.isHidden : { _ in false })
  }

  /// Matrices between hidden layers; tables of tokens, the prediction of codes and filters of one channel
  /// each are none.
  private static func isHidden(_ name: String) -> Bool {
    !["embed.", "embedding", "mlm_layer.conv2", "depthwise"].contains { name.contains($0) }
  }

  var schedule: TrainingSchedule {
    TrainingSchedule(
      peak: settings.learningRate, warmup: 200, steps: settings.steps, fall: 0.35,
      form: settings.schedule)
  }

  public func train(_ batch: PainterBatch) -> [(name: String, value: Double)] {
    let rate = schedule.learningRate(at: step)
    var random = SplitMix64(seed: seed &+ UInt64(step) &* 0x9E37_79B9)
    let examples = self.examples(batch, drop: settings.drop, random: &random)
    let masked = examples.reduce(0) { $0 + $1.targets.count }
    var loss = 0.0
    for range in portions(of: batch.count, settings.accumulate) {
      let part = Array(examples[range])
      // Masked tokens count alike, whichever portion they are in.
      let share = Float(part.reduce(0) { $0 + $1.targets.count }) / Float(masked)
      let partLoss = progress.precision.use { self.loss(part, smoothing: settings.smoothing) }
      (share == 1 ? partLoss : partLoss * share).backward()
      loss += Double(partLoss.item() * share)
    }
    let norm = trained.step(step, learningRate: rate, clip: settings.clip, loss: Float(loss))
    progress.step += 1
    return [("loss", loss), ("norm", Double(norm)), ("rate", Double(rate))] + trained.skippedValue
  }

  /// Loss of the averaged model on `batch`, without smoothing; `drop` 1 leaves the captions out.
  public func validate(_ batch: PainterBatch, drop: Float = 0) -> Double {
    var random = SplitMix64(seed: 99)
    let examples = self.examples(batch, drop: drop, random: &random)
    return trained.withAverage {
      Recording.off { Double(loss(examples, smoothing: 0).item()) }
    }
  }

  /// A picture with some of its tokens masked.
  private struct Example {
    var input: [Int32]
    var masked: [Int]
    var targets: [Int32]
    var text: [Int32]
  }

  private func examples(
    _ batch: PainterBatch, drop: Float, random: inout SplitMix64
  ) -> [Example] {
    let cells = batch.codes.count / batch.count
    let length = batch.text.count / batch.count
    var order = Array(0..<cells)
    return (0..<batch.count).map { b in
      var example = Example(
        input: Array(batch.codes[b * cells..<(b + 1) * cells]), masked: [], targets: [],
        text: Array(batch.text[b * length..<(b + 1) * length]))
      let u = random.nextDouble()
      let count = max(1, Int((Double(cells) * cos(u * .pi / 2)).rounded()))
      // A partial shuffle picks `count` different cells.
      for i in 0..<count {
        order.swapAt(i, i + random.nextInt(cells - i))
        example.masked.append(order[i])
        example.targets.append(example.input[order[i]])
        example.input[order[i]] = maskToken
      }
      if random.nextFloat() < drop { example.text = Array(emptyText.prefix(length)) }
      return example
    }
  }

  private func loss(_ examples: [Example], smoothing: Float) -> Tensor {
    let count = examples.count
    let encoded = text.forward(ids: examples.flatMap(\.text), batch: count)
    let micro = (0..<count).flatMap { _ in microConditions }
    let prompt = transformer.prepare(
      textStates: encoded.states, pooled: encoded.pooled,
      microConditions: Tensor([count, 5], micro))
    let wanted = examples.enumerated().flatMap { b, example in
      example.masked.map { Int32(b * example.input.count + $0) }
    }
    let logits = transformer.forward(
      tokenIDs: examples.flatMap(\.input), prompt: prompt, wanted: wanted)
    return crossEntropy(logits, targets: examples.flatMap(\.targets), smoothing: smoothing)
  }
}
