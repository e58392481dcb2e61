public import EaselKit
public import EaselTensor

/// Settings of the referee's training.
public struct RefereeTraining: Hashable, Sendable {
  public var steps = 2400
  public var batch = 64
  public var learningRate: Float = 2e-3
  public var warmup = 100
  public var clip: Float = 1
  public var smoothing: Float = 0.02
  public var precision = ProductPrecision.fastest
  public init() {}
}

/// Scenes with what is right to say of them.
public struct RefereeBatch: Sendable {
  public var pictures: [Picture]
  public var labels: [RefereeLabels]
  public init(pictures: [Picture], labels: [RefereeLabels]) {
    self.pictures = pictures
    self.labels = labels
  }
}

/// Trains the referee: the sum of the cross entropies of its five heads.
public final class RefereeTrainer: NetworkTrainer {
  package static let stageName = "referee", networkName = "referee"

  public let model: Referee
  let settings: RefereeTraining
  package let trained: TrainedParameters
  package var progress: TrainingProgress
  package var firstPrecision: ProductPrecision { settings.precision }
  public var step: Int { progress.step }

  public init(_ model: Referee, settings: RefereeTraining) {
    self.model = model
    self.settings = settings
    progress = TrainingProgress(settings.precision)
    trained = TrainedParameters(
      model.parameters, learningRate: settings.learningRate, beta2: 0.98, weightDecay: 0.02,
      averageDecay: 0.995, orthogonalised: Self.isHidden)
  }

  /// The first filters see colours and the heads answer: they keep AdamW.
  private static func isHidden(_ name: String) -> Bool {
    name == "body.weight" || (name.hasSuffix(".conv.weight") && !name.hasPrefix("stem"))
  }

  var schedule: TrainingSchedule {
    TrainingSchedule(
      peak: settings.learningRate, warmup: settings.warmup, steps: settings.steps, fall: 0.6)
  }

  public func train(_ batch: RefereeBatch) -> [(name: String, value: Double)] {
    let rate = schedule.learningRate(at: step)
    var values: [(name: String, value: Double)] = []
    let loss = progress.precision.use {
      let answers = model.answers(model.features(Tensor(pictures: batch.pictures)))
      var sum = Tensor([1])
      for (head, logits) in answers {
        func part(_ targets: [Int32]) -> Tensor? {
          let counted = targets.count { $0 >= 0 }
          // All terms weigh as much for each picture that has them.
          let weight = Float(counted) / Float(targets.count)
          return counted == 0
            ? nil
            : crossEntropy(logits, targets: targets, smoothing: settings.smoothing) * weight
        }
        guard let first = part(RefereeLabels.targets(batch.labels, head)) else { continue }
        values.append((head.rawValue, Double(first.item())))
        sum = sum + first
        if head == .noun, let other = part(RefereeLabels.targets(batch.labels, head, second: true))
        {
          sum = sum + other
        }
      }
      return sum
    }
    loss.backward()
    let norm = trained.step(step, learningRate: rate, clip: settings.clip)
    progress.step += 1
    return [("loss", Double(loss.item()))] + values + [
      ("norm", Double(norm)), ("rate", Double(rate)),
    ]
  }

  /// Shares of right answers of the averaged weights, by head, on what the captions would name.
  public func validate(_ batch: RefereeBatch) -> [(name: String, value: Double)] {
    trained.withAverage {
      let sights = model.look(at: batch.pictures)
      return RefereeHead.allCases.compactMap { head in
        var tally = Tally()
        for (sight, label) in zip(sights, batch.labels) where label.named.contains(head) {
          tally.add(label.grade(head, scores: sight.scores[head] ?? []))
        }
        return tally.count == 0 ? nil : ("\(head.rawValue)_right", tally.mean)
      }
    }
  }
}

extension Picture {
  /// The picture as a decoder might have painted it: a little soft and a little grainy, at random.
  ///
  /// Only filters and noise, never a model's output: the judge is to know no painter.
  func weathered(_ random: inout SplitMix64) -> Picture {
    var pixels = self.pixels.map(Float.init)
    if random.nextFloat() < 0.5 {
      let share = random.nextFloat() * 0.8
      for (stride, limit) in [(3, width), (width * 3, height)] {
        let before = pixels
        for i in pixels.indices {
          let at = i / stride % limit
          let a = at > 0 ? before[i - stride] : before[i]
          let b = at < limit - 1 ? before[i + stride] : before[i]
          pixels[i] = before[i] * (1 - share / 2) + (a + b) * share / 4
        }
      }
    }
    if random.nextFloat() < 0.5 {
      let strength = random.nextFloat() * 24
      for i in pixels.indices { pixels[i] += (random.nextFloat() - 0.5) * strength }
    }
    var result = self
    for i in pixels.indices { result.pixels[i] = UInt8(max(0, min(255, pixels[i].rounded()))) }
    return result
  }
}
