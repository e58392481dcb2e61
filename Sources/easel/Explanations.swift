import EaselApp
import EaselImaging
import EaselKit
import EaselStore

extension Desk {
  /// Why a picture of the history looks as it does: what was kept of it, or else what its recipe shows
  /// when it is painted once more.
  ///
  /// - Parameter start: gives the request the pictures that it starts from; a recipe only names them.
  func explanation(
    of item: HistoryItem, in library: HistoryStore,
    start: (inout GenerationRequest) async throws -> Void = { _ in }
  ) async throws -> Explanation {
    if let kept = try await library.explanation(of: item.id),
      let explanation = try? Explanation(encoded: kept)
    {
      return explanation
    }
    var request = item.recipe.request
    request.count = 1
    request.seed = item.recipe.seed
    request.explains = true
    try await start(&request)
    for try await event in try engine(request.engine).generate(request) {
      guard case .image(let image) = event else { continue }
      guard image.modelDigest == item.recipe.modelDigest else {
        throw Failure(
          .unsupported, "the model '\(request.model)' is not the one that painted \(item.id)",
          hint: "what it would paint now would explain another picture",
          cause:
            "weights \(image.modelDigest.prefix(12)), not \(item.recipe.modelDigest.prefix(12))")
      }
      guard let explanation = image.explanation else { break }
      return explanation
    }
    throw Failure(
      .unsupported, "the engine '\(request.engine)' does not say why it paints what it paints")
  }
}

/// Keeps the explanations that the studio asked for last.
actor Explainer {
  private let desk: Desk
  private let library: Task<HistoryStore, Never>
  private var known: [(id: ImageID, explanation: Explanation)] = []

  init(desk: Desk, library: Task<HistoryStore, Never>) {
    self.desk = desk
    self.library = library
  }

  func names(of item: HistoryItem) async throws -> [HeatName] {
    let explanation = try await desk.explanation(of: item, in: library.value)
    known.removeAll { $0.id == item.id }
    known.append((item.id, explanation))
    if known.count > 16 { known.removeFirst() }
    return explanation.maps.map { map in
      let label = explanation.label(map)
      switch map {
      case .word: return HeatName(label.name, scale: "\(label.scale) of the attention")
      case .certainty: return HeatName("how sure", scale: "\(label.scale) sure")
      case .order: return HeatName("when", scale: "the last, \(label.scale)")
      }
    }
  }

  func heat(_ id: ImageID, map: Int) async throws -> Picture {
    guard let explanation = known.last(where: { $0.id == id })?.explanation,
      explanation.maps.indices.contains(map)
    else { throw Failure(.notFound, "there is no map \(map) of \(id)") }
    let picture = try await library.value.picture(id)
    return picture.heated(
      explanation.values(explanation.maps[map]), columns: explanation.columns)
  }
}
