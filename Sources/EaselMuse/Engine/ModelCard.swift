import FoundationEssentials

/// `easel.json` in a model's folder: what the published layout has no place for. All of it is optional.
struct ModelCard: Decodable, Sendable {
  /// A line for `easel models list`.
  var summary: String?
  var license: String?
  /// Noise on the certainties at the first step, falling to 0 at the last; aMUSEd's is 2. More lets
  /// tokens be fixed in a more random order, which keeps a model of plain backdrops from settling the
  /// backdrop everywhere before the thing has begun.
  /// Two numbers are what it falls from and to.
  var temperature: Temperature?
  /// What logits are divided by before a code is drawn; 1 without. Below 1 codes are drawn less at random.
  /// Two numbers are those of the first and the last step.
  var drawing: Drawing?
  /// Steps at the end that draw the least certain tokens anew; none without.
  var revision: Revision?

  struct Revision: Decodable, Sendable {
    /// Shares of all steps and of the painted tokens.
    var steps: Double, tokens: Double
    /// As above, for these steps; 1 without.
    var drawing: Float?
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      steps = try container.decode(Double.self, forKey: .steps)
      tokens = try container.decode(Double.self, forKey: .tokens)
      drawing = try container.decodeIfPresent(Float.self, forKey: .drawing)
      guard (0...1).contains(steps), (0...1).contains(tokens),
        drawing.map(Drawing.range.contains) ?? true
      else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription: "revision has steps and tokens from 0 to 1, drawing from 0.01 to 100")
        )
      }
    }
    enum CodingKeys: String, CodingKey { case steps, tokens, drawing }
  }

  struct Drawing: Decodable, Sendable {
    var first: Float, last: Float
    static let range: ClosedRange<Float> = 0.01...100
    init(from decoder: any Decoder) throws {
      let numbers = try Self.numbers(decoder)
      guard (1...2).contains(numbers.count), numbers.allSatisfy(Self.range.contains) else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription: "drawing is a number from 0.01 to 100, or two"))
      }
      (first, last) = (numbers[0], numbers[numbers.count - 1])
    }
    private static func numbers(_ decoder: any Decoder) throws -> [Float] {
      let container = try decoder.singleValueContainer()
      if let one = try? container.decode(Float.self) { return [one] }
      return try container.decode([Float].self)
    }
  }

  struct Temperature: Decodable, Sendable {
    var first: Float, last: Float
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let one = try? container.decode(Float.self) {
        (first, last) = (one, 0)
      } else {
        let both = try container.decode([Float].self)
        guard both.count == 2 else {
          throw DecodingError.dataCorruptedError(
            in: container, debugDescription: "temperature is a number, or two")
        }
        (first, last) = (both[0], both[1])
      }
      guard [first, last].allSatisfy({ (0...1000).contains($0) }) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "temperature is from 0 to 1000")
      }
    }
  }

  /// Empty where there is none: nothing in it is needed to paint.
  init(_ folder: ModelFolder) throws {
    let data = try folder.data("easel.json")
    self = try data.map { try parseConfiguration($0, name: folder.place("easel.json")) } ?? Self()
  }

  private init() {}
}
