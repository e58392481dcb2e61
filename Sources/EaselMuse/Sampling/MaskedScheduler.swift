import EaselKit
import Glibc

/// Uniform numbers of one step: one to draw each token, one to disturb each confidence.
public struct SamplingNoise: Sendable, Hashable {
  public var draw: [Float]
  public var disturb: [Float]
  public init(draw: [Float], disturb: [Float]) {
    self.draw = draw
    self.disturb = disturb
  }
  init(cells: Int, random: inout SplitMix64) {
    draw = (0..<cells).map { _ in random.nextFloat() }
    disturb = (0..<cells).map { _ in random.nextFloat() }
  }
}

/// The masked sampler of aMUSEd (AmusedScheduler): every step draws all unknown tokens, keeps the most
/// certain ones and masks the rest again.
///
/// One thing differs from diffusers: a known token is never masked again. There its certainty is
/// disturbed too, which above a temperature of 4 can throw one out, and does so for one when no token
/// was unknown.
///
/// Two things are Easel's own, and only where a model's card asks for them: codes may be drawn less at random than the
/// model's probabilities say (`drawing`), and the last steps may look again at the tokens that were least certain when
/// they were drawn (`revision`): a token that was drawn when hardly anything was known beside it often fits its
/// neighbours badly.
///
/// Source: Chang et al. 2022, arXiv 2202.04200 (MaskGIT), section 3.2; Patil et al. 2024,
/// arXiv 2401.01808; for looking again Lezama et al. 2022, arXiv 2209.04439, who train a critic to choose the tokens.
public struct MaskedScheduler: Sendable, Hashable {
  public enum Masking: String, CaseIterable, Sendable { case cosine, linear }

  public let maskToken: Int32
  public let masking: Masking
  /// Steps that fill the picture; those that revise it follow.
  public let steps: Int
  public let revisions: Int
  /// Noise on the certainties at the first step, and what it has fallen to at the last.
  public let temperature: Float, lastTemperature: Float
  /// What logits are divided by before a code is drawn, at the first and at the last step.
  public let drawing: Float, lastDrawing: Float
  public let revision: Revision?

  /// Steps at the end that draw the least certain tokens anew.
  public struct Revision: Sendable, Hashable {
    /// Share of all steps, and share of the painted tokens that one of them draws anew.
    public var steps: Double, tokens: Double
    /// What logits are divided by then.
    public var drawing: Float
    public init(steps: Double, tokens: Double, drawing: Float) {
      self.steps = steps
      self.tokens = tokens
      self.drawing = drawing
    }
  }

  /// - Parameters:
  ///   - temperature: in diffusers, a `temperature` of two numbers is these two, and of one number it
  ///     ends at 0.01.
  ///   - steps: all of them, revising ones included; at least one fills.
  ///   - masking: in place of the configuration's schedule; the published painters of masked parts of
  ///     a picture always take the linear one.
  public init(
    _ configuration: SchedulerConfiguration, steps: Int, temperature: Float = 2,
    lastTemperature: Float = 0, drawing: Float = 1, lastDrawing: Float = 1,
    revision: Revision? = nil, masking: Masking? = nil
  ) throws {
    guard let masking = masking ?? Masking(rawValue: configuration.maskingSchedule) else {
      throw Failure.unknown(
        "masking schedule", configuration.maskingSchedule, known: Masking.allCases.map(\.rawValue),
        code: .modelDamaged)
    }
    precondition(steps >= 1, "a picture takes at least one step")
    maskToken = Int32(configuration.maskTokenId)
    self.masking = masking
    revisions = min(steps - 1, Int(Double(steps) * (revision?.steps ?? 0)))
    self.steps = steps - revisions
    self.revision = revision
    (self.drawing, self.lastDrawing) = (drawing, lastDrawing)
    self.temperature = temperature
    self.lastTemperature = lastTemperature
  }

  package func temperature(at step: Int) -> Float {
    between(temperature, lastTemperature, at: step)
  }

  /// Changes linearly over the steps; counted from the nearer end, as torch.linspace does, so
  /// that the numbers are the same to the bit.
  private func between(_ first: Float, _ last: Float, at step: Int) -> Float {
    guard steps > 1 else { return first }
    let slope = (last - first) / Float(steps - 1)
    return step < steps / 2
      ? first.addingProduct(slope, Float(step))
      : last.addingProduct(-slope, Float(steps - 1 - step))
  }

  /// Share of the tokens that are unknown when `done` steps are done.
  ///
  /// In single precision like the published sampler: after two thirds of a cosine schedule, half of
  /// 64 tokens is 31.999…, and one token fewer is masked than in double precision.
  package func maskedShare(done: Int) -> Double {
    let ratio = Float(done) / Float(steps)
    return Double(masking == .cosine ? cosf(ratio * .pi / 2) : 1 - ratio)
  }

  /// Tokens that are masked again after `step` (from 0) when `unknown` of `cells` were unknown.
  ///
  /// - Parameter start: share of the cells that were unknown before the first step.
  package func maskedCount(after step: Int, cells: Int, unknown: Int, start: Double = 1) -> Int {
    let share = Float(start) * Float(maskedShare(done: step + 1))
    return max(1, min(Int(Float(cells) * share), unknown - 1))
  }

  /// The first step of a picture that starts from another one.
  package func firstStep(strength: Double) -> Int {
    steps - max(1, min(steps, Int(Double(steps) * strength)))
  }

  /// Fills `tokens` one step further and returns a guess for every token, for a preview.
  ///
  /// Shapes: logits cells × codes; tokens and the result cells. `start`: as for `maskedCount`.
  public func step(
    _ step: Int, logits: UnsafePointer<Float>, codes: Int, tokens: inout [Int32],
    noise: SamplingNoise, start: Double = 1
  ) -> [Int32] {
    let cells = tokens.count
    precondition(noise.draw.count == cells && noise.disturb.count == cells, "noise for every cell")
    var guess = tokens
    var confidence = [Float](repeating: .greatestFiniteMagnitude, count: cells)
    let temperature = temperature(at: step), drawing = between(drawing, lastDrawing, at: step)
    var unknown = 0
    for cell in 0..<cells where tokens[cell] == maskToken {
      unknown += 1
      let row = UnsafeBufferPointer(start: logits + cell * codes, count: codes)
      let (code, logProbability) = Self.draw(row, noise.draw[cell], temperature: drawing)
      guess[cell] = Int32(code)
      let u = max(noise.disturb[cell], Self.least)
      confidence[cell] =
        max(logProbability, logf(Self.least)) - temperature * logf(max(-logf(u), Self.least))
    }
    if step + 1 == steps || unknown == 0 {
      tokens = guess
      return guess
    }
    let masked = maskedCount(after: step, cells: cells, unknown: unknown, start: start)
    let cut = confidence.sorted()[min(masked, cells - 1)]
    for cell in 0..<cells { tokens[cell] = confidence[cell] < cut ? maskToken : guess[cell] }
    return guess
  }

  /// Masks the tokens among `places` whose certainties are the lowest: the revision's share of them, at least one.
  public func forgetLeastCertain(
    of places: [Int], certainties: [Float], tokens: inout [Int32]
  ) {
    guard let revision, !places.isEmpty else { return }
    let count = max(1, Int(revision.tokens * Double(places.count)))
    let order = places.sorted { (certainties[$0], $0) < (certainties[$1], $1) }
    for cell in order.prefix(count) { tokens[cell] = maskToken }
  }

  /// Draws all unknown tokens anew; otherwise as `step`.
  public func revise(
    logits: UnsafePointer<Float>, codes: Int, tokens: inout [Int32], noise: SamplingNoise
  ) {
    for cell in tokens.indices where tokens[cell] == maskToken {
      let row = UnsafeBufferPointer(start: logits + cell * codes, count: codes)
      let drawn = Self.draw(row, noise.draw[cell], temperature: revision?.drawing ?? 1)
      tokens[cell] = Int32(drawn.index)
    }
  }

  /// What logarithms are taken of at least.
  private static let least: Float = 1e-20

  /// Draws an index from softmax(row / temperature) with the uniform number `u`; also the log of its probability.
  static func draw(
    _ row: UnsafeBufferPointer<Float>, _ u: Float, temperature: Float
  ) -> (index: Int, logProbability: Float) {
    let sharpness = 1 / temperature
    var top = -Float.infinity
    for x in row { top = max(top, x) }
    var total: Float = 0
    for x in row { total += expf((x - top) * sharpness) }
    var left = u * total
    var chosen = row.count - 1
    for (i, x) in row.enumerated() {
      left -= expf((x - top) * sharpness)
      if left < 0 {
        chosen = i
        break
      }
    }
    return (chosen, (row[chosen] - top) * sharpness - logf(total))
  }
}
