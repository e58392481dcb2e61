public import EaselKit
import EaselTensor

/// Settings of the picture tokenizer's training.
public struct TokenizerTraining: Hashable, Sendable {
  public var steps = 4000
  public var batch = 16
  public var learningRate: Float = 1.5e-4
  /// Share of the steps after which the critic joins.
  public var criticFrom: Double = 0.6
  public var adversarialWeight: Float = 0.03
  public var featureWeight: Float = 0.3
  public var commitment: Float = 0.25
  /// What critic and decoder play for.
  public var adversary = Adversary.binaryCrossEntropy
  /// In place of `adversarialWeight`: factor of the adaptive weight λ; nil for the fixed weight.
  public var adaptiveFactor: Float?
  /// The encoder sees each token's own pixels alone (`VQModel.beginWithPatches`).
  public var seesPatches = true
  /// The decoder's filters take orthogonalised steps (`Muon`) of this many times the learning rate; nil: they are
  /// stepped like all else.
  public var muonFactor: Float? = 6
  /// Portions that the pictures of a step are worked through in, where all at once take too much memory.
  public var accumulate = 1
  public var schedule = TrainingSchedule.Form.plateau
  public init() {}
}

/// Trains the VQGAN: encoder, codebook and decoder against a reconstruction loss, and in the second
/// part of the run against a PatchGAN critic too.
///
/// Loss of encoder and decoder, x the picture, y its reconstruction, all means:
///
///     |x − y| + 0.7 |∇x − ∇y| + 0.5 |pool₄(x) − pool₄(y)| + 0.25 ‖z − sg(e)‖²
///       + 0.3 Σ|f_i(x) − f_i(y)| + λ L_G(D(y))
///
/// with z the latents, e their codes, sg the stopped gradient, f the critic's features and L_G that of
/// `Adversary`. λ is 0.03, or, where `adaptiveFactor` is set, that factor times
/// ‖∇_L L_rec‖ / (‖∇_L L_G‖ + δ), clamped to 0…10⁴: L are the weights of the decoder's last layer, L_rec all
/// terms above that see y except L_G, δ = 10⁻⁴.
/// Source: Esser, Rombach & Ommer 2021, arXiv 2012.09841 (VQGAN), equation 7; the perceptual term, which
/// needs a network trained elsewhere, is replaced by gradients, pooled colours and the critic's features.
public final class TokenizerTrainer {
  public let model: VQModel
  let critic: PatchCritic
  let settings: TokenizerTraining
  let seed: UInt64
  let codebook: CodebookKeeper
  let generator: TrainedParameters
  let judge: TrainedParameters
  private var progress = TrainingProgress()
  public var step: Int { progress.step }
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
      averageDecay: 0.98, muonFactor: settings.muonFactor ?? 1,
      orthogonalised: settings.muonFactor == nil ? { _ in false } : Self.isHidden)
    judge = TrainedParameters(
      critic.parameters, learningRate: settings.learningRate / 2, beta2: 0.99, weightDecay: 0,
      averageDecay: 0)
  }

  /// Filters between the decoder's first and last layer.
  private static func isHidden(_ name: String) -> Bool {
    name.hasPrefix("decoder.") && !name.hasPrefix("decoder.conv_")
  }

  public var cpuSecondsConsumed: Double { progress.cpuSeconds }
  var schedule: TrainingSchedule {
    TrainingSchedule(
      peak: settings.learningRate, warmup: 60, steps: settings.steps, fall: 0.5,
      form: settings.schedule)
  }

  /// What one portion of a step leaves behind.
  private struct Portion {
    var x: Tensor
    var y: Tensor
    var latents: Tensor
    var indices: [Int32]
    var loss: Float
    var values: [(name: String, value: Double)]
  }

  /// One step over `pictures`; returns what the log shows. A step whose loss or gradient is not finite
  /// changes nothing and is counted.
  public func train(_ pictures: [Picture]) -> [(name: String, value: Double)] {
    let withCritic = Double(step) >= settings.criticFrom * Double(settings.steps)
    let rate = schedule.learningRate(at: step)
    let ranges = portions(of: pictures.count, settings.accumulate)
    let shares = ranges.map { Float($0.count) / Float(pictures.count) }
    let parts = zip(ranges, shares).map { range, share in
      learn(Tensor(pictures: Array(pictures[range])), withCritic, share: share)
    }
    let loss = parts.reduce(0) { $0 + $1.loss }
    if step == 0 { codebook.begin(with: concatenated(parts.map(\.latents), axis: 0), &random) }
    let norm = generator.step(
      step, learningRate: rate, clip: 1, loss: loss, keep: model.keepToPatches)
    var moves = (restarted: 0, moved: 0)
    if norm.isFinite {
      moves = codebook.update(
        latents: concatenated(parts.map(\.latents), axis: 0), indices: parts.flatMap(\.indices),
        random: &random)
      model.codebook.valuesChanged()
    }
    var criticLoss = 0.0
    if withCritic {
      for (part, share) in zip(parts, shares) {
        let lossD = settings.adversary.criticLoss(
          real: critic.judge(part.x).logits, made: critic.judge(part.y).logits)
        (parts.count == 1 ? lossD : lossD * share).backward()
        criticLoss += Double(lossD.item() * share)
      }
      _ = judge.step(step, learningRate: rate / 2, clip: 1, loss: Float(criticLoss))
    }
    progress.step += 1

    var values = parts[0].values
    for i in values.indices {
      values[i].value = zip(parts, shares).reduce(0) { $0 + $1.0.values[i].value * Double($1.1) }
    }
    let mse = values.firstIndex { $0.name == "mse" }
    if let mse { values[mse] = ("psnr", -10 * log10OfPositive(values[mse].value)) }
    if withCritic { values.append(("critic", criticLoss)) }
    values.append(("codes", Double(Set(parts.flatMap(\.indices)).count)))
    values.append(("restarted", Double(moves.restarted)))
    values.append(("moved", Double(moves.moved)))
    values.append(("norm", Double(norm)))
    values.append(("rate", Double(rate)))
    return values + generator.skippedValue
  }

  /// Adds the gradients of encoder and decoder for pictures x that are `share` of a step.
  private func learn(_ x: Tensor, _ withCritic: Bool, share: Float) -> Portion {
    let latents = model.encode(x)
    let c = latents.shape[3]
    let rows = latents.reshaped([latents.count / c, c])
    let indices = nearestCodes(rows.detached(), model.codebook)
    let chosen = embedding(model.codebook, ids: indices).detached().reshaped(latents.shape)
    let (seen, made) = model.decodeInTwo(
      straightThrough(value: chosen, gradientFrom: latents))
    let factor = withCritic ? settings.adaptiveFactor : nil
    // With an adaptive weight the losses end at a picture of their own first: what each wants of it is
    // weighed before it goes through the network.
    let y = factor == nil ? made : made.detached()
    if factor != nil { y.requiresGrad = true }

    let pixel = l1Loss(y, x)
    var wanted = pixel + gradientLoss(y, x) * 0.7 + l1Loss(pool4(y), pool4(x)) * 0.5
    let commit = mseLoss(latents, chosen)
    var values: [(name: String, value: Double)] = []
    var adversarial: Tensor?
    var weight = settings.adversarialWeight
    var pull: Tensor?
    if withCritic {
      // The critic's own parameters get no gradient from the decoder's loss.
      for p in judge.named { p.tensor.requiresGrad = false }
      defer { for p in judge.named { p.tensor.requiresGrad = true } }
      let features = Recording.off { critic.judge(x).features }
      let fake = critic.judge(y)
      var matching = l1Loss(fake.features[0], features[0])
      for i in 1..<features.count { matching = matching + l1Loss(fake.features[i], features[i]) }
      wanted = wanted + matching * settings.featureWeight
      var opinion = fake.logits
      if let factor {
        let byWanted = gradient(of: wanted, at: y)
        // Judged anew: a backward pass frees the history that both would share.
        opinion = critic.judge(y).logits
        let byCritic = gradient(of: settings.adversary.makerLoss(opinion), at: y)
        weight = factor * adaptiveWeight(seen, byWanted, byCritic)
        values.append(("weight", Double(weight)))
        pull = Recording.off { byWanted + byCritic * weight }
      }
      let loss = settings.adversary.makerLoss(opinion)
      adversarial = loss
      values.append(("adversarial", Double(loss.item())))
    }
    var loss = wanted.item() + commit.item() * settings.commitment
    var total = commit * settings.commitment
    if let pull {
      total = total + (made * pull).sum()
    } else {
      total = wanted + total
      if let adversarial { total = total + adversarial * weight }
    }
    (share == 1 ? total : total * share).backward()
    if let adversarial { loss += adversarial.item() * weight }
    let shown = made.detached()
    let mse = Double(Recording.off { mseLoss(shown, x) }.item())
    return Portion(
      x: x, y: shown, latents: latents.detached(), indices: indices, loss: loss,
      values: [("l1", Double(pixel.item())), ("mse", mse)] + values
        + [("commit", Double(commit.item()))])
  }

  /// ‖∇_L of one loss‖ / (‖∇_L of the other‖ + δ), of their gradients at the picture that the last layer L
  /// makes of `features`.
  private func adaptiveWeight(_ features: Tensor, _ one: Tensor, _ other: Tensor) -> Float {
    let lengths = [one, other].map { pull -> Float in
      // The bias does not count, as in the paper: it would tell the mean colour only.
      let weight = model.lastWeight.detached()
      weight.requiresGrad = true
      (conv3x3(features.detached(), weight) * pull).sum().backward()
      return weight.grad.map { length($0) } ?? 0
    }
    let ratio = lengths[0] / (lengths[1] + 1e-4)
    return ratio.isFinite ? min(ratio, 1e4) : 0
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
    progress.save(into: &checkpoint, stage: "vqgan")
    checkpoint.numbers["random"] = "\(Int(bitPattern: UInt(random.state)))"
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
    progress = TrainingProgress(saved)
    random = SplitMix64(seed: 0)
    random.state = UInt64(bitPattern: Int64(saved.number("random")))
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

/// The gradient of `loss` at the leaf `y`, which keeps none.
func gradient(of loss: Tensor, at y: Tensor) -> Tensor {
  loss.backward()
  defer { y.zeroGrad() }
  return y.grad ?? Tensor(y.shape)
}

/// √Σ x².
func length(_ x: Tensor) -> Float {
  var sum = 0.0
  for i in 0..<x.count { sum += Double(x.pointer[i]) * Double(x.pointer[i]) }
  return Float(sum.squareRoot())
}

func pool4(_ x: Tensor) -> Tensor { averagePool2x2(averagePool2x2(x)) }
