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
