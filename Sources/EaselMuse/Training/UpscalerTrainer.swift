import EaselKit
import EaselTensor

/// Settings of the upscaler's training.
public struct UpscalerTraining: Hashable, Sendable {
  public var steps = 2000
  /// Parts of pictures in a step; each picture gives `parts` of them.
  public var batch = 16
  public var parts = 2
  /// Side of a part of a small picture, in pixels.
  public var side = 32
  public var learningRate: Float = 1e-3
  /// Share of the steps after which the critic joins.
  public var criticFrom: Double = 0.5
  /// How strongly the critic pulls at the picture, against a pull of 1 by the pixels.
  public var adversarialPull: Float = 0.25
  /// As `adversarialPull`, of the critic's features.
  public var featurePull: Float = 0.5
  public var adversary = Adversary.binaryCrossEntropy
  public var schedule = TrainingSchedule.Form.plateau
  public init() {}
}

/// Trains the upscaler: against the pixels first, in the second part of the run against a PatchGAN
/// critic at the large size too.
///
/// With x the truth and y what the network made, each a term of means:
///
///     pixels: ρ(x − y) + 0.5 ρ(∇x − ∇y)     features: Σ|f_i(x) − f_i(y)|     critic: L_G of `Adversary`
///
/// ρ is Charbonnier's loss: most pixels of flat backdrops are right from the start, and with |·| the
/// signs of their rounding errors drown what the others have to say.
///
/// The gradients of the last two with respect to y are scaled to a fixed share of the first one's norm
/// before they enter the network, so that no term takes over whatever its loss happens to be: the
/// adaptive weight of Esser et al. 2020 (arXiv 2012.09841, equation 7), taken at the picture.
public final class UpscalerTrainer {
  public let model: Upscaler
  let critic: PatchCritic
  let settings: UpscalerTraining
  let generator: TrainedParameters
  let judge: TrainedParameters
  private var progress = TrainingProgress()
  public var step: Int { progress.step }

  public init(model: Upscaler, settings: UpscalerTraining, seed: UInt64) {
    self.model = model
    self.settings = settings
    critic = PatchCritic(seed: seed &+ 21)
    generator = TrainedParameters(
      model.parameters, learningRate: settings.learningRate, beta2: 0.99, weightDecay: 0,
      averageDecay: 0.995)
    judge = TrainedParameters(
      critic.parameters, learningRate: settings.learningRate / 2, beta2: 0.99, weightDecay: 0,
      averageDecay: 0)
  }

  public var cpuSecondsConsumed: Double { progress.cpuSeconds }
  var schedule: TrainingSchedule {
    TrainingSchedule(
      peak: settings.learningRate, warmup: 60, steps: settings.steps, fall: 0.6,
      form: settings.schedule)
  }

  func train(_ batch: UpscalerBatch) -> [(name: String, value: Double)] {
    let x = batch.truth
    let withCritic = Double(step) >= settings.criticFrom * Double(settings.steps)
    let rate = schedule.learningRate(at: step)

    let made = model(batch.small)
    // The losses end at a picture of their own; what they want of it then goes through the network.
    let y = made.detached()
    y.requiresGrad = true
    let pixels = pixelLoss(y, x)
    var loss = pixels.item()
    var wanted = gradient(of: pixels, at: y)
    var values: [(name: String, value: Double)] = []
    if withCritic {
      // The critic's own parameters get no gradient from what it says of the upscaler's pictures.
      for p in judge.named { p.tensor.requiresGrad = false }
      let real = Recording.off { critic.judge(x).features }
      let strength = length(wanted)
      let features = critic.judge(y).features
      var matching = l1Loss(features[0], real[0])
      for i in 1..<real.count { matching = matching + l1Loss(features[i], real[i]) }
      let byFeatures = gradient(of: matching, at: y)
      let adversarial = settings.adversary.makerLoss(critic.judge(y).logits)
      let byCritic = gradient(of: adversarial, at: y)
      for p in judge.named { p.tensor.requiresGrad = true }
      wanted = Recording.off {
        wanted + byFeatures * (settings.featurePull * strength / max(length(byFeatures), 1e-12))
          + byCritic * (settings.adversarialPull * strength / max(length(byCritic), 1e-12))
      }
      loss += matching.item() + adversarial.item()
      values.append(("features", Double(matching.item())))
      values.append(("adversarial", Double(adversarial.item())))
    }
    (made * wanted.detached()).sum().backward()
    let change = generator.step(step, learningRate: rate, clip: 1, loss: loss)

    if withCritic {
      let real = critic.judge(x).logits, fake = critic.judge(made.detached()).logits
      let lossD = settings.adversary.criticLoss(real: real, made: fake)
      lossD.backward()
      _ = judge.step(step, learningRate: rate / 2, clip: 1, loss: lossD.item())
      values.append(("critic", Double(lossD.item())))
    }
    progress.step += 1
    let (l1, mse) = Recording.off {
      (Double(l1Loss(y, x).item()), Double(mseLoss(y, x).item()))
    }
    return [("l1", l1), ("psnr", -10 * log10OfPositive(mse))] + values
      + [("norm", Double(change)), ("rate", Double(rate))] + generator.skippedValue
  }

  /// Runs `body` with the averaged weights in the model.
  public func withAverage<R>(_ body: () throws -> R) rethrows -> R {
    try generator.withAverage(body)
  }

  public func save(to path: String) throws {
    var checkpoint = Checkpoint()
    progress.save(into: &checkpoint, stage: "upscaler")
    generator.save(into: &checkpoint, as: "generator")
    judge.save(into: &checkpoint, as: "critic")
    try checkpoint.write(to: path)
  }

  /// Continues from a checkpoint; false when there is none.
  public func resume(from path: String) throws -> Bool {
    guard let saved = try Checkpoint.open(path) else { return false }
    try generator.load(from: saved, as: "generator")
    try judge.load(from: saved, as: "critic")
    progress = TrainingProgress(saved)
    return true
  }
}

private func pixelLoss(_ y: Tensor, _ x: Tensor) -> Tensor {
  let h = x.shape[1], w = x.shape[2], epsilon: Float = 0.02
  func right(_ t: Tensor) -> Tensor {
    t.sliced(axis: 2, 1..<w) - t.sliced(axis: 2, 0..<(w - 1))
  }
  func down(_ t: Tensor) -> Tensor {
    t.sliced(axis: 1, 1..<h) - t.sliced(axis: 1, 0..<(h - 1))
  }
  return charbonnierLoss(y, x, epsilon: epsilon)
    + charbonnierLoss(right(y), right(x), epsilon: epsilon) * 0.5
    + charbonnierLoss(down(y), down(x), epsilon: epsilon) * 0.5
}
