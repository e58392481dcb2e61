import EaselKit
import EaselMuse
import Foundation
import Testing

@Suite("Masked sampler")
struct SchedulerTests {
  private func scheduler(_ steps: Int, _ masking: String = "cosine") throws -> MaskedScheduler {
    var c = SchedulerConfiguration()
    c.maskTokenId = 99
    c.maskingSchedule = masking
    return try MaskedScheduler(c, steps: steps)
  }

  @Test(
    "After every step as many tokens are masked as the schedule says, and none at the end",
    arguments: ["cosine", "linear"], [1, 2, 7, 12])
  func counts(_ masking: String, _ steps: Int) throws {
    let scheduler = try scheduler(steps, masking)
    let cells = 64, codes = 10
    var random = SplitMix64(seed: 5)
    var tokens = [Int32](repeating: 99, count: cells)
    for step in 0..<steps {
      let known = tokens
      let logits = (0..<cells * codes).map { _ in random.nextFloat() * 4 }
      let noise = SamplingNoise(
        draw: (0..<cells).map { _ in random.nextFloat() },
        disturb: (0..<cells).map { _ in random.nextFloat() })
      let guess = scheduler.step(step, logits: logits, codes: codes, tokens: &tokens, noise: noise)
      #expect(guess.allSatisfy { $0 >= 0 && $0 < 10 })
      let masked = tokens.count(where: { $0 == 99 })
      let ratio = Float(step + 1) / Float(steps)
      let share = masking == "cosine" ? cos(ratio * .pi / 2) : 1 - ratio
      let expected = step + 1 == steps ? 0 : max(1, Int(64 * share))
      #expect(masked == expected)
      // What was known stays.
      for cell in 0..<cells where known[cell] != 99 { #expect(tokens[cell] == known[cell]) }
    }
  }

  @Test("A picture that starts from another begins as late as its strength says")
  func firstStep() throws {
    let scheduler = try scheduler(12)
    for (strength, first) in [(1.0, 0), (0.5, 6), (0.3, 9), (0.01, 11)] {
      #expect(scheduler.firstStep(strength: strength) == first)
    }
    #expect(scheduler.maskedShare(done: 0) == 1)
    #expect(abs(scheduler.maskedShare(done: 6) - 0.7071) < 1e-4)
    // A mask of a quarter of the cells leaves its own share masked.
    #expect(scheduler.maskedCount(after: 5, cells: 64, unknown: 16, start: 0.25) == 11)
    #expect(scheduler.maskedCount(after: 10, cells: 64, unknown: 2, start: 0.25) == 1)
  }

  @Test("Shares are counted in single precision, as the published sampler does")
  func singlePrecision() throws {
    // cos(π/3) is a little less than a half there: of 64 tokens 31 stay masked, not 32.
    for (steps, done) in [(12, 8), (6, 4), (3, 2)] {
      for (cells, expected) in [(16, 7), (64, 31), (256, 127), (1024, 511)] {
        let s = try scheduler(steps)
        #expect(s.maskedCount(after: done - 1, cells: cells, unknown: cells) == expected)
      }
    }
    #expect(
      try scheduler(4, "linear").maskedCount(after: 1, cells: 24, unknown: 12, start: 0.5) == 6)
  }

  @Test("Temperatures go from the first to the last in equal steps")
  func temperatures() throws {
    var c = SchedulerConfiguration()
    c.maskTokenId = 99
    // As torch.linspace(1.5, 0.01, 4) and torch.linspace(2, 0, 5) give them.
    let falling = try MaskedScheduler(c, steps: 4, temperature: 1.5, lastTemperature: 0.01)
    #expect((0..<4).map { falling.temperature(at: $0) } == [1.5, 1.0033333, 0.50666666, 0.01])
    let five = try MaskedScheduler(c, steps: 5)
    #expect((0..<5).map { five.temperature(at: $0) } == [2, 1.5, 1, 0.5, 0])
    #expect(try MaskedScheduler(c, steps: 1, temperature: 3).temperature(at: 0) == 3)
  }

  @Test("A schedule may be taken in place of the configuration's")
  func override() throws {
    var c = SchedulerConfiguration()
    c.maskTokenId = 99
    #expect(try MaskedScheduler(c, steps: 4, masking: .linear).maskedShare(done: 1) == 0.75)
    #expect(try MaskedScheduler(c, steps: 4).maskedShare(done: 1) > 0.9)
  }

  @Test("The most certain tokens stay when nothing disturbs them")
  func certainty() throws {
    let scheduler = try scheduler(2, "linear")
    // Cell i prefers code 1 by i / 2; half of the four cells stay after the first of two steps.
    var logits: [Float] = []
    for i in 0..<4 { logits += [0, Float(i) * 4] }
    var tokens = [Int32](repeating: 99, count: 4)
    // Equal disturbance for all leaves the order of the probabilities.
    let noise = SamplingNoise(draw: [0.99, 0.99, 0.99, 0.99], disturb: [0.5, 0.5, 0.5, 0.5])
    _ = scheduler.step(0, logits: logits, codes: 2, tokens: &tokens, noise: noise)
    #expect(tokens == [99, 99, 1, 1])
  }

  @Test("Temperature says how far noise may change the order of the certainties")
  func temperature() throws {
    var c = SchedulerConfiguration()
    c.maskTokenId = 99
    c.maskingSchedule = "linear"
    // Four cells, ever more certain; noise that favours the least certain ones.
    let logits = (0..<4).flatMap { [Float(0), Float($0) * 2] }
    let noise = SamplingNoise(draw: [0.99, 0.99, 0.99, 0.99], disturb: [0.99, 0.98, 0.1, 0.05])
    for (temperature, expected) in [(Float(0), [99, 99, 1, 1]), (50, [1, 1, 99, 99])] {
      let scheduler = try MaskedScheduler(c, steps: 2, temperature: temperature)
      var tokens = [Int32](repeating: 99, count: 4)
      _ = scheduler.step(0, logits: logits, codes: 2, tokens: &tokens, noise: noise)
      #expect(tokens == expected.map { Int32($0) })
    }
  }

  @Test(
    "The last steps revise: they forget the least certain of what was painted, and draw that anew")
  func revising() throws {
    var c = SchedulerConfiguration()
    c.maskTokenId = 99
    let scheduler = try MaskedScheduler(
      c, steps: 12, revision: .init(steps: 0.25, tokens: 0.4, drawing: 0.1))
    #expect(scheduler.steps == 9 && scheduler.revisions == 3)
    #expect(scheduler.maskedShare(done: 9) < 1e-6)
    // Cell 1 was given, and is not asked.
    var tokens: [Int32] = [0, 1, 0, 1, 0, 1]
    scheduler.forgetLeastCertain(
      of: [0, 2, 3, 4, 5], certainties: [0.5, 0, 0.9, 0.2, 0.7, 0.6], tokens: &tokens)
    #expect(tokens == [99, 1, 0, 99, 0, 1])
    // Code 1 is likelier by e, and by e^10 where logits are divided by 0.1.
    let logits: [Float] = (0..<6).flatMap { _ in [Float(0), 1] }
    let noise = SamplingNoise(
      draw: Array(repeating: 0.001, count: 6), disturb: Array(repeating: 0.5, count: 6))
    scheduler.revise(logits: logits, codes: 2, tokens: &tokens, noise: noise)
    #expect(tokens == [1, 1, 0, 1, 0, 1])
    // One step can only fill, and a few tokens are still one.
    for (steps, filling) in [(1, 1), (3, 3), (4, 3), (8, 6)] {
      let few = try MaskedScheduler(
        c, steps: steps, revision: .init(steps: 0.25, tokens: 0.1, drawing: 1))
      #expect(few.steps == filling && few.steps + few.revisions == steps)
      var two: [Int32] = [5, 6]
      few.forgetLeastCertain(of: [0, 1], certainties: [0.3, 0.3], tokens: &two)
      #expect(two == [99, 6])
    }
    let all = try MaskedScheduler(
      c, steps: 5, revision: .init(steps: 1, tokens: 1, drawing: 1))
    #expect(all.steps == 1 && all.revisions == 4)
  }

  @Test("Codes are drawn as if their probabilities were sharper, where that is wanted")
  func drawing() throws {
    var c = SchedulerConfiguration()
    c.maskTokenId = 99
    let n = 4000
    // Probabilities 1/2, 1/3, 1/6; divided by 0.5 they are squared: 9/14, 4/14, 1/14.
    let logits: [Float] = (0..<n).flatMap { _ in [logf(3), logf(2), Float(0)] }
    let cases: [(Float, [Double])] = [(1, [0.5, 1.0 / 3]), (0.5, [9.0 / 14, 4.0 / 14])]
    for (drawing, expected) in cases {
      let scheduler = try MaskedScheduler(c, steps: 1, drawing: drawing, lastDrawing: drawing)
      var tokens = [Int32](repeating: 99, count: n)
      let draw = (0..<n).map { (Float($0) + 0.5) / Float(n) }
      _ = scheduler.step(
        0, logits: logits, codes: 3, tokens: &tokens, noise: .init(draw: draw, disturb: draw))
      for (code, share) in expected.enumerated() {
        let counted = Double(tokens.count { $0 == Int32(code) }) / Double(n)
        #expect(abs(counted - share) < 0.001, "code \(code): \(counted), expected \(share)")
      }
    }
  }

  @Test("Tokens are drawn in proportion to their probabilities")
  func proportion() throws {
    let scheduler = try scheduler(1)
    let n = 4000
    // Probabilities 1/2, 1/3, 1/6.
    let row: [Float] = [Float(log(3.0)), Float(log(2.0)), 0]
    let logits = (0..<n).flatMap { _ in row }
    var tokens = [Int32](repeating: 99, count: n)
    let noise = SamplingNoise(
      draw: (0..<n).map { (Float($0) + 0.5) / Float(n) }, disturb: Array(repeating: 0.5, count: n))
    _ = scheduler.step(0, logits: logits, codes: 3, tokens: &tokens, noise: noise)
    let shares = (0..<3).map { code in
      Double(tokens.count(where: { $0 == Int32(code) })) / Double(n)
    }
    for (share, expected) in zip(shares, [1.0 / 2, 1.0 / 3, 1.0 / 6]) {
      #expect(abs(share - expected) < 0.002)
    }
  }

  @Test("An unknown schedule is a failure that offers the known ones")
  func unknown() {
    let failure = #expect(throws: Failure.self) { try scheduler(4, "cosin") }
    #expect(failure?.description.contains("cosine") == true)
  }
}
