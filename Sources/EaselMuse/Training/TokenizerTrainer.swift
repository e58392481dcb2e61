public import EaselKit
import EaselTensor

/// Settings of the picture tokenizer's training.
public struct TokenizerTraining: Hashable, Sendable {
  public var steps = 5000
  public var batch = 16
  public var learningRate: Float = 1.5e-4
  /// Share of the steps after which the critic joins.
  public var criticFrom: Double = 0.6
  public var adversarialWeight: Float = 0.03
  public var featureWeight: Float = 0.3
  public var commitment: Float = 0.25
  public init() {}
}

/// Trains the VQGAN: encoder, codebook and decoder against a reconstruction loss, and in the second
/// part of the run against a PatchGAN critic too.
///
/// Loss of encoder and decoder, x the picture, y its reconstruction, all means:
///
///     |x − y| + 0.7 |∇x − ∇y| + 0.5 |pool₄(x) − pool₄(y)| + 0.25 ‖z − sg(e)‖²
///       + 0.3 Σ|f_i(x) − f_i(y)| + 0.03 (−log σ(D(y)))
///
/// with z the latents, e their codes, sg the stopped gradient and f the critic's features.
/// Source: Esser, Rombach & Ommer 2021, arXiv 2012.09841 (VQGAN); the perceptual term, which needs a
/// network trained elsewhere, is replaced by gradients, pooled colours and the critic's features.
public final class TokenizerTrainer {
  public let model: VQModel
  let critic: PatchCritic
  let settings: TokenizerTraining
  let seed: UInt64
  let codebook: CodebookKeeper
  let generator: TrainedParameters
  let judge: TrainedParameters
  public private(set) var step = 0
  public private(set) var secondsBefore = 0.0
  private var secondsAtStart = cpuSeconds()
  private var random: SplitMix64

  public init(model: VQModel, settings: TokenizerTraining, seed: UInt64) {
    self.model = model
    self.settings = settings
    self.seed = seed
    critic = PatchCritic(seed: seed &+ 1)
    random = SplitMix64(seed: seed &+ 2)
    codebook = CodebookKeeper(codes: model.codebook)
    let trained = model.parameters.filter { $0.name != VQModel.codebookName }
    generator = TrainedParameters(
      trained, learningRate: settings.learningRate, beta2: 0.99, weightDecay: 1e-4,
      // A short average: the codebook moves on without one, and a decoder that lags behind its
      // codes shows washed-out colours.
      averageDecay: 0.98)
    judge = TrainedParameters(
      critic.parameters, learningRate: settings.learningRate / 2, beta2: 0.99, weightDecay: 0,
      averageDecay: 0)
  }

  public var cpuSecondsConsumed: Double { secondsBefore + cpuSeconds() - secondsAtStart }
  var schedule: TrainingSchedule {
    TrainingSchedule(
      peak: settings.learningRate, warmup: 60, steps: settings.steps, fall: 0.5)
  }

  /// One step over `pictures`; returns what the log shows.
  public func train(_ pictures: [Picture]) -> [(name: String, value: Double)] {
    let x = Tensor(pictures: pictures)
    let withCritic = Double(step) >= settings.criticFrom * Double(settings.steps)
    let rate = schedule.learningRate(at: step)

    let latents = model.encode(x)
    let c = latents.shape[3]
    let rows = latents.reshaped([latents.count / c, c])
    let indices = nearestCodes(rows.detached(), model.codebook)
    let chosen = embedding(model.codebook, ids: indices).detached().reshaped(latents.shape)
    let y = model.decode(straightThrough(value: chosen, gradientFrom: latents))

    let pixel = l1Loss(y, x)
    var loss = pixel + gradientLoss(y, x) * 0.7 + l1Loss(pool4(y), pool4(x)) * 0.5
    let commit = mseLoss(latents, chosen)
    loss = loss + commit * settings.commitment

    var values: [(name: String, value: Double)] = []
    var features: [Tensor] = []
    if withCritic {
      // The critic's own parameters get no gradient from the decoder's loss.
      for p in judge.named { p.tensor.requiresGrad = false }
      features = Recording.off { critic.judge(x).features }
      let fake = critic.judge(y)
      var matching = l1Loss(fake.features[0], features[0])
      for i in 1..<features.count { matching = matching + l1Loss(fake.features[i], features[i]) }
      let adversarial = bceWithLogits(fake.logits, target: 1)
      loss = loss + matching * settings.featureWeight + adversarial * settings.adversarialWeight
      values.append(("adversarial", Double(adversarial.item())))
      for p in judge.named { p.tensor.requiresGrad = true }
    }
    loss.backward()
    let norm = generator.step(step, learningRate: rate, clip: 1)
    let (restarted, moved) = codebook.update(
      latents: latents.detached(), indices: indices, random: &random)
    model.codebook.valuesChanged()

    if withCritic {
      let real = critic.judge(x).logits, fake = critic.judge(y.detached()).logits
      let lossD = (bceWithLogits(real, target: 1) + bceWithLogits(fake, target: 0)) * 0.5
      lossD.backward()
      _ = judge.step(step, learningRate: rate / 2, clip: 1)
      values.append(("critic", Double(lossD.item())))
    }
    step += 1
    let mse = Double(Recording.off { mseLoss(y.detached(), x) }.item())
    values.insert(("psnr", -10 * log10OfPositive(mse)), at: 0)
    values.insert(("l1", Double(pixel.item())), at: 0)
    values.append(("commit", Double(commit.item())))
    values.append(("codes", Double(Set(indices).count)))
    values.append(("restarted", Double(restarted)))
    values.append(("moved", Double(moved)))
    values.append(("norm", Double(norm)))
    values.append(("rate", Double(rate)))
    return values
  }

  /// Reconstructions by the averaged model.
  public func reconstruct(_ pictures: [Picture]) -> [Picture] {
    generator.withAverage {
      Recording.off {
        model.decode(ids: model.tokens(of: Tensor(pictures: pictures)), batch: pictures.count)
          .pictures()
      }
    }
  }

  /// Runs `body` with the averaged weights in the model, for saving or encoding.
  public func withAverage<R>(_ body: () throws -> R) rethrows -> R {
    try generator.withAverage(body)
  }

  public func save(to path: String) throws {
    var checkpoint = Checkpoint()
    checkpoint.numbers = [
      "stage": "vqgan", "step": "\(step)", "seconds": "\(cpuSecondsConsumed)",
      "random": "\(Int(bitPattern: UInt(random.state)))",
      "generator.adam": "\(generator.optimizer.steps)", "critic.adam": "\(judge.optimizer.steps)",
    ]
    generator.save(into: &checkpoint, as: "generator")
    judge.save(into: &checkpoint, as: "critic")
    checkpoint.tensors.append(("codebook.codes", model.codebook))
    checkpoint.tensors += codebook.saved
    try checkpoint.write(to: path)
  }

  /// Continues from a checkpoint; false when there is none.
  public func resume(from path: String) throws -> Bool {
    guard let saved = try Checkpoint.open(path) else { return false }
    try generator.load(from: saved, as: "generator")
    try judge.load(from: saved, as: "critic")
    try saved.load(into: [("codes", model.codebook)], prefix: "codebook.")
    model.codebook.valuesChanged()
    codebook.restore(
      counts: try saved.tensor("codebook.counts"), sums: try saved.tensor("codebook.sums"),
      unused: try saved.tensor("codebook.unused"),
      // Checkpoints of before have none.
      errors: (try? saved.tensor("codebook.errors")) ?? Tensor([model.codebook.shape[0]]))
    step = saved.number("step")
    secondsBefore = saved.double("seconds")
    secondsAtStart = cpuSeconds()
    random = SplitMix64(seed: 0)
    random.state = UInt64(bitPattern: Int64(saved.number("random")))
    generator.optimizer.steps = saved.number("generator.adam")
    judge.optimizer.steps = saved.number("critic.adam")
    return true
  }
}

/// Mean absolute difference of horizontal and vertical pixel differences.
func gradientLoss(_ y: Tensor, _ x: Tensor) -> Tensor {
  let d = y - x
  let h = d.shape[1], w = d.shape[2]
  let right = d.sliced(axis: 2, 1..<w) - d.sliced(axis: 2, 0..<(w - 1))
  let down = d.sliced(axis: 1, 1..<h) - d.sliced(axis: 1, 0..<(h - 1))
  return absolute(right).mean() + absolute(down).mean()
}

func pool4(_ x: Tensor) -> Tensor { averagePool2x2(averagePool2x2(x)) }
