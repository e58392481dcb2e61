public import EaselKit
public import EaselTensor
import Glibc

/// Settings of the image tower's training.
public struct ClipTraining: Hashable, Sendable {
  public var steps = 2400
  public var batch = 128
  public var learningRate: Float = 1e-3
  public var warmup = 200
  /// Share of the pictures that are shown as the painter's picture tokenizer would paint them.
  public var repainted: Double = 0.125
  /// Share of the pairs that the way back, from the picture to the painter's conditions, learns from.
  public var conditioned: Double = 0.5
  public var conditionWeight: Float = 0.5
  public var clip: Float = 1
  /// Where both towers learn, the matrices of their layers take orthogonalised steps (`Muon`).
  public var muon = true
  /// How linear maps multiply, in a run that begins; one that goes on keeps what it began with.
  public var precision = ProductPrecision.fastest
  public var schedule = TrainingSchedule.Form.plateau
  public init() {}
}

/// A batch of captioned pictures for the image tower.
public struct ClipBatch: Sendable {
  public var pictures: [Picture]
  /// One caption each, worded freely: `pictures.count` × `model_max_length` token ids.
  public var captions: [Int32]
  /// The first of them once more, with captions that name everything.
  public var complete: [Int32]
  public init(pictures: [Picture], captions: [Int32], complete: [Int32]) {
    self.pictures = pictures
    self.captions = captions
    self.complete = complete
  }
}

/// Trains an image tower: against the text encoder of a painter, which stays as it is, together with
/// the bridge between the two; or together with a text encoder of its own, both from nothing.
///
/// Loss: the symmetric contrastive loss of pictures and captions, and with a bridge the share of the
/// painter's conditions (pooled vector, states) that the way back leaves unexplained.
/// Source: Radford et al. 2021, arXiv 2103.00020; text held fixed as in Zhai et al. 2021,
/// arXiv 2111.07991 (LiT).
public final class ClipTrainer: NetworkTrainer {
  package static let stageName = "clip", networkName = "clip"

  public let image: ImageEncoder
  /// nil where both towers learn: they then agree as they are.
  public let bridge: ImageBridge?
  public let text: TextEncoder
  /// Logarithm of the factor that turns cosines into logits, [1].
  let logScale: Tensor
  let processor: ImageProcessor
  let pictures: VQModel?
  let settings: ClipTraining
  let seed: UInt64
  let endToken: Int32
  package let trained: TrainedParameters
  package var progress: TrainingProgress
  package var firstPrecision: ProductPrecision { settings.precision }
  public var step: Int { progress.step }

  /// - Parameters:
  ///   - bridge: between the towers; nil trains the text encoder too.
  ///   - text: with a bridge the painter's, not trained. `endToken`: its mark of the end of a caption.
  ///   - pictures: the painter's picture tokenizer, for repainted pictures.
  public init(
    image: ImageEncoder, bridge: ImageBridge?, text: TextEncoder, processor: ImageProcessor,
    pictures: VQModel?, settings: ClipTraining, seed: UInt64, endToken: Int32
  ) {
    self.image = image
    self.bridge = bridge
    self.text = text
    self.processor = processor
    self.pictures = pictures
    self.settings = settings
    progress = TrainingProgress(settings.precision)
    self.seed = seed
    self.endToken = endToken
    // 1 / 0.07, where the published models began.
    logScale = bridge?.logScale ?? Tensor([1])
    logScale.pointer[0] = 2.6593
    var named = image.parameters.map { (name: "image.\($0.name)", tensor: $0.tensor) }
    if let bridge {
      named += bridge.parameters.map { (name: "bridge.\($0.name)", tensor: $0.tensor) }
    } else {
      named += text.parameters.map { (name: "text.\($0.name)", tensor: $0.tensor) }
      named.append((name: "logit_scale", tensor: logScale))
    }
    trained = TrainedParameters(
      named, learningRate: settings.learningRate, beta2: 0.98, weightDecay: 0.05,
      averageDecay: 0.998,
      orthogonalised: { bridge == nil && settings.muon && $0.contains(".encoder.layers.") })
  }

  var schedule: TrainingSchedule {
    TrainingSchedule(
      peak: settings.learningRate, warmup: settings.warmup, steps: settings.steps, fall: 0.6,
      form: settings.schedule)
  }

  public func train(_ batch: ClipBatch) -> [(name: String, value: Double)] {
    let rate = schedule.learningRate(at: step)
    var values: [(name: String, value: Double)] = []
    let shown = repaint(batch.pictures)
    let loss = progress.precision.use {
      let vectors = image.forward(processor.tensor(shown))
      let texts = textVectors(batch.captions, count: shown.count)
      let contrast = contrastiveLoss(
        pictures: vectors, texts: texts, logScale: logScale)
      values.append(("contrast", Double(contrast.item())))
      guard let bridge, !batch.complete.isEmpty else { return contrast }
      let back = conditionLoss(bridge, vectors, batch.complete)
      values.append(("pooled", Double(back.pooled.item())))
      values.append(("states", Double(back.states.item())))
      return contrast + (back.pooled + back.states) * settings.conditionWeight
    }
    loss.backward()
    let norm = trained.step(step, learningRate: rate, clip: settings.clip)
    // Beyond 100 the published training held it too: larger only makes it unsteady.
    logScale.pointer[0] = min(logScale.pointer[0], 4.6052)
    progress.step += 1
    return values + [
      ("scale", Double(expf(logScale.item()))), ("norm", Double(norm)),
      ("rate", Double(rate)),
    ]
  }

  /// Some of the pictures through the painter's picture tokenizer and back: painted pictures look
  /// like that. Which ones, depends on the step alone.
  private func repaint(_ shown: [Picture]) -> [Picture] {
    guard let tokenizer = pictures, settings.repainted > 0 else { return shown }
    var random = SplitMix64(seed: seed &+ UInt64(step) &* 0xA24B_AED4_963E_E407)
    // Always as many: buffers of one size are used again.
    let count = min(shown.count, Int(settings.repainted * Double(shown.count)))
    guard count > 0 else { return shown }
    var chosen = Array(shown.indices)
    for i in 0..<count { chosen.swapAt(i, i + random.nextInt(chosen.count - i)) }
    chosen.removeLast(chosen.count - count)
    var result = shown
    let painted = progress.precision.use {
      Recording.off { tokenizer.repainted(chosen.map { shown[$0] }) }
    }
    for (i, picture) in zip(chosen, painted) { result[i] = picture }
    return result
  }

  private func textVectors(_ captions: [Int32], count: Int) -> Tensor {
    let length = captions.count / count
    let lengths = (0..<count).map { i in
      (captions[i * length..<(i + 1) * length].firstIndex(of: endToken).map { $0 - i * length }
        ?? length - 1) + 1
    }
    // States look back only, so what follows the longest caption changes nothing. In fours, so that
    // buffers of few sizes are used again and again.
    let longest = min(length, ((lengths.max() ?? length) + 3) / 4 * 4)
    let cut = (0..<count).flatMap { captions[$0 * length..<$0 * length + longest] }
    guard let bridge else { return text.forward(ids: cut, batch: count).pooled }
    let encoded = Recording.off { text.forward(ids: cut, batch: count) }
    return bridge.textVector(states: encoded.states, pooled: encoded.pooled, lengths: lengths)
  }

  /// Shares of the painter's conditions that pictures leave unexplained: 1 is no better than their
  /// mean, 0 is all of them.
  private func conditionLoss(
    _ bridge: ImageBridge, _ vectors: Tensor, _ complete: [Int32]
  ) -> (pooled: Tensor, states: Tensor) {
    let count = complete.count / bridge.sizes.states
    let wanted = Recording.off { text.forward(ids: complete, batch: count) }
    let guess = bridge.conditions(of: vectors.sliced(axis: 0, 0..<count))
    return (
      mseLoss(guess.pooled, wanted.pooled) * (1 / spread(wanted.pooled)),
      mseLoss(guess.states, wanted.states) * (1 / spread(wanted.states))
    )
  }

  /// Mean squared distance from the mean over the batch.
  private func spread(_ x: Tensor) -> Float {
    let n = x.shape[0], size = x.count / n
    var sum = 0.0
    for j in 0..<size {
      var mean = 0.0, square = 0.0
      for i in 0..<n {
        let v = Double(x.pointer[i * size + j])
        mean += v
        square += v * v
      }
      sum += square - mean * mean / Double(n)
    }
    return max(Float(sum / Double(x.count)), 1e-12)
  }

  /// How the averaged model does on pairs it never saw: shares of pictures whose own caption is the
  /// nearest of all, and of captions whose own picture is.
  public func validate(_ batch: ClipBatch) -> [(name: String, value: Double)] {
    trained.withAverage {
      Recording.off {
        let n = batch.pictures.count
        let b = unitRows(textVectors(batch.captions, count: n))
        var values: [(name: String, value: Double)] = []
        for (name, pictures) in [
          ("", batch.pictures), ("repainted_", self.pictures?.repainted(batch.pictures) ?? []),
        ] where !pictures.isEmpty {
          let vectors = image.forward(processor.tensor(pictures))
          let a = unitRows(vectors)
          values.append((name + "picture_to_text", firstIsOwn(linear(a, b))))
          values.append((name + "text_to_picture", firstIsOwn(linear(b, a))))
          if let bridge, !batch.complete.isEmpty {
            let back = conditionLoss(bridge, vectors, batch.complete)
            values.append((name + "pooled_unexplained", Double(back.pooled.item())))
            values.append((name + "states_unexplained", Double(back.states.item())))
          }
        }
        return values
      }
    }
  }

  private func firstIsOwn(_ cosines: Tensor) -> Double {
    let n = cosines.shape[0]
    let found = (0..<n).count { i in
      let row = cosines.pointer + i * n
      return (0..<n).allSatisfy { row[$0] <= row[i] }
    }
    return Double(found) / Double(n)
  }
}

extension VQModel {
  /// The pictures as this tokenizer would paint them.
  func repainted(_ shown: [Picture]) -> [Picture] {
    decode(ids: tokens(of: Tensor(pictures: shown)), batch: shown.count).pictures()
  }
}
