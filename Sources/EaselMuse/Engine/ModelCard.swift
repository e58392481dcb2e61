import FoundationEssentials

/// `easel.json` in a model's folder: what the published layout has no place for. All of it is optional.
struct ModelCard: Codable, Sendable {
  /// A line for `easel models list`.
  var summary: String?
  var license: String?
  /// Noise on the certainties at the first step, falling to 0 at the last; aMUSEd's is 2. More lets
  /// tokens be fixed in a more random order, which keeps a model of plain backdrops from settling the
  /// backdrop everywhere before the thing has begun.
  var temperature: Float?

  /// An empty card where there is none, or none that can be read: nothing in it is needed to paint.
  init(folder: String) {
    self = (try? readConfiguration(path: folder + "/easel.json")) ?? ModelCard()
  }

  private init() {}
}
