import EaselKit
import EaselTensor
import Foundation

extension TrainingRun {
  /// - Parameter codes: the picture tokenizer's codebook, for a painter that begins.
  func makePainterTrainer(
    _ words: CaptionTokenizer, codes: Tensor? = nil
  ) throws -> PainterTrainer {
    let transformer = try UVit2D(
      configuration(json: recipe.text("transformer/config.json")),
      ParameterSource(seed: settings.seed &+ 10))
    if let codes { transformer.begin(with: codes, seed: settings.seed &+ 12) }
    let text = try TextEncoder(
      configuration(json: recipe.text("text_encoder/config.json")),
      ParameterSource(seed: settings.seed &+ 11))
    let schedule: SchedulerConfiguration = try configuration(
      json: recipe.text("scheduler/scheduler_config.json"))
    return PainterTrainer(
      transformer: transformer, text: text, settings: settings.painter, seed: settings.seed,
      maskToken: Int32(schedule.maskTokenId), emptyText: words.padded(""), pixels: recipe.pixels)
  }

  func trainPainter() throws {
    let words = try CaptionTokenizer(folder: tokenizerFolder)
    let pictureTokenizer = try makeTokenizerTrainer()
    _ = try pictureTokenizer.resume(from: vqCheckpoint)
    let trainer = try makePainterTrainer(words, codes: pictureTokenizer.model.codebook)
    _ = try trainer.resume(from: painterCheckpoint)
    let steps = settings.painter.steps, batch = settings.painter.batch
    guard trainer.step < steps else { return }
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: codesFile)) } catch {
      throw Failure(
        .notFound, "\(codesFile) is missing", hint: "run easel train encode first",
        cause: "\(error)")
    }
    let codes = data.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
    let pool = pool, cells = codes.count / pool
    let seed = settings.seed
    let loader = BatchLoader(first: trainer.step) { [pictures] step in
      var random = SplitMix64(seed: seed &+ 77 &+ UInt64(step) &* 0xD1B5_4A32_D192_ED03)
      var batchCodes: [Int32] = []
      var text: [Int32] = []
      for _ in 0..<batch {
        let i = random.nextInt(pool)
        batchCodes += codes[i * cells..<(i + 1) * cells].map { Int32($0) }
        text += words.padded(pictures.caption(index: i, variant: random.nextInt(1 << 16)))
      }
      return PainterBatch(codes: batchCodes, text: text, count: batch)
    }
    let unseen = unseenBatch(words, pictureTokenizer)
    let isPatient = settings.painter.patience != nil
    var kept = isPatient ? try KeptPainter(bestPainter) : nil
    let judged = settings.checkpointEvery * (isPatient ? 1 : 5)
    while trainer.step < steps, !isStopped, !isPast(kept, trainer.step) {
      var values = trainer.train(loader.next())
      let validates = trainer.step % judged == 0 || trainer.step == steps
      if validates {
        let loss = trainer.validate(unseen)
        values.append(("validation", loss))
        if !isPatient {
          values.append(("uncaptioned", trainer.validate(unseen, drop: 1)))
        } else if loss < kept?.loss ?? .infinity {
          kept = KeptPainter(step: trainer.step, loss: loss)
          try trainer.saveAverage(to: bestPainter, loss: loss)
        }
      }
      if trainer.step % 20 == 0 || validates {
        sitting.note(
          "transformer", trainer.step, steps, images: trainer.step * batch,
          seconds: trainer.cpuSecondsConsumed, values)
      }
      if sitting.savesNow(trainer.step) { try trainer.save(to: painterCheckpoint) }
      if trainer.step % (settings.checkpointEvery * 5) == 0 { try writeSamples() }
      sitting.endStep()
    }
    try trainer.save(to: painterCheckpoint)
  }

  /// No better on the held-out pictures for as long as patience lasts.
  private func isPast(_ kept: KeptPainter?, _ step: Int) -> Bool {
    guard let kept, let patience = settings.painter.patience else { return false }
    return step - kept.step >= patience * settings.checkpointEvery
  }

  /// Weights that did best on held-out pictures, in a run that keeps them.
  var bestPainter: String { folder + "/best.safetensors" }

  /// The step whose weights a run that keeps the best of them has kept so far; nil where it kept none.
  public var keptStep: Int? {
    settings.painter.patience == nil ? nil : try? KeptPainter(bestPainter)?.step
  }

  /// Held-out pictures with complete captions, to see what the painter makes of what it never saw.
  private func unseenBatch(
    _ words: CaptionTokenizer, _ trainer: TokenizerTrainer
  ) -> PainterBatch {
    let count = validation.atMost(96)
    let shown = (0..<count).map { validation.picture(index: $0, size: recipe.pixels) }
    let codes = trainer.withAverage {
      Recording.off { trainer.model.tokens(of: Tensor(pictures: shown)) }
    }
    let text = (0..<count).flatMap { words.padded(validation.caption(index: $0, variant: 0)) }
    return PainterBatch(codes: codes, text: text, count: count)
  }
}

/// Where the best weights of a run come from.
struct KeptPainter {
  var step: Int
  var loss: Double

  init(step: Int, loss: Double) {
    self.step = step
    self.loss = loss
  }

  /// As a file says; nil where there is none.
  init?(_ path: String) throws {
    guard let saved = try Checkpoint.open(path) else { return nil }
    self.init(step: saved.number("step"), loss: saved.double("loss"))
  }
}

extension PainterTrainer {
  /// The averaged weights alone, with what they were judged at.
  func saveAverage(to path: String, loss: Double) throws {
    var checkpoint = Checkpoint()
    checkpoint.numbers = ["step": "\(step)", "loss": "\(loss)"]
    checkpoint.tensors = zip(trained.named, trained.average).map { ("ema.\($0.name)", $1) }
    try checkpoint.write(to: path)
  }

  /// Takes averaged weights from such a file, where there is one. What is painted and exported is the average;
  /// training does not go on from them.
  func takeAverage(from path: String) throws {
    guard let saved = try Checkpoint.open(path) else { return }
    let averages = zip(trained.named, trained.average).map { (name: $0.name, tensor: $1) }
    try saved.load(into: averages, prefix: "ema.")
  }
}
