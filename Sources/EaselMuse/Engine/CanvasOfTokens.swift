import EaselKit
import EaselTensor
import Glibc

/// One picture while its tokens are painted.
struct CanvasOfTokens {
  /// All of it; unknown cells hold the mask token.
  private(set) var grid: [Int32]
  /// All of it as far as it is known, and where it is not, as it was guessed last.
  private(set) var guess: [Int32]
  /// The part that is being painted.
  private(set) var tokens: [Int32] = []
  private var places: [Int] = []
  private var unknownShare = 1.0
  private var random: SplitMix64
  private let maskToken: Int32
  /// Places of the part that were unknown when it was entered, and how probable each code was when it was drawn.
  private var painted: [Int] = []
  private var certainties: [Float] = []
  var record: PaintingRecord?

  init(_ ground: Ground, seed: UInt64, _ scheduler: MaskedScheduler, record: PaintingRecord?) {
    var random = SplitMix64(seed: seed)
    // The first numbers of neighbouring seeds are alike in no way, but a jump costs nothing.
    random = SplitMix64(seed: random.next())
    maskToken = scheduler.maskToken
    grid = ground.start(maskToken: maskToken, &random)
    guess = ground.shown
    self.random = random
    self.record = record
    forgets = ground.forgottenShare != nil
    columns = ground.columns
  }
  /// Whether `guess` is of this part, not what was there before.
  private var hasGuessed = false
  private let forgets: Bool
  private let columns: Int

  /// Places in the part whose tokens are not known.
  var unknown: [Int32] { tokens.indices.filter { tokens[$0] == maskToken }.map { Int32($0) } }

  mutating func enter(_ window: GridRect) {
    places = window.places(in: columns)
    hasGuessed = false
    tokens = places.map { grid[$0] }
    painted = tokens.indices.filter { tokens[$0] == maskToken }
    certainties = Array(repeating: 0, count: tokens.count)
    // Tokens that were forgotten at random are a share of all that the schedule knows of already.
    unknownShare = forgets ? 1 : Double(unknown.count) / Double(tokens.count)
  }

  /// Makes the tokens unknown that a revising step draws anew.
  mutating func forgetLeastCertain(_ scheduler: MaskedScheduler) {
    scheduler.forgetLeastCertain(of: painted, certainties: certainties, tokens: &tokens)
  }

  mutating func step(
    _ i: Int, _ logits: UnsafePointer<Float>, codes: Int, _ scheduler: MaskedScheduler,
    _ injected: SamplingNoise?
  ) {
    let before = tokens
    let noise = injected ?? SamplingNoise(cells: tokens.count, random: &random)
    let guessed: [Int32]
    if i < scheduler.steps {
      guessed = scheduler.step(
        i, logits: logits, codes: codes, tokens: &tokens, noise: noise, start: unknownShare)
    } else {
      scheduler.revise(logits: logits, codes: codes, tokens: &tokens, noise: noise)
      guessed = tokens
    }
    for (cell, place) in places.enumerated() {
      let isKnown = tokens[cell] != maskToken
      let row = UnsafeBufferPointer(start: logits + cell * codes, count: codes)
      guess[place] =
        isKnown ? guessed[cell] : likely(row, before: hasGuessed ? guess[place] : nil)
    }
    hasGuessed = true
    guard record != nil || scheduler.revisions > 0 else { return }
    for cell in tokens.indices where before[cell] == maskToken && tokens[cell] != maskToken {
      let row = UnsafeBufferPointer(start: logits + cell * codes, count: codes)
      certainties[cell] = Self.probability(of: Int(tokens[cell]), in: row)
      record?.fix(places[cell], probability: certainties[cell])
    }
  }

  /// What a preview shows of a token that is not known yet: what it showed before, while that is a quarter as likely
  /// as the likeliest. Drawn anew with every step it would flicker, and all of it would have to be sent.
  private func likely(_ row: UnsafeBufferPointer<Float>, before: Int32?) -> Int32 {
    var best = 0
    for code in row.indices where row[code] > row[best] { best = code }
    if let before, row[Int(before)] >= row[best] - logf(4) { return before }
    return Int32(best)
  }

  mutating func leave() {
    for (place, token) in zip(places, tokens) { grid[place] = token }
  }

  private static func probability(of code: Int, in row: UnsafeBufferPointer<Float>) -> Float {
    let top = row.max() ?? 0
    return expf(row[code] - top) / row.reduce(0) { $0 + expf($1 - top) }
  }
}
