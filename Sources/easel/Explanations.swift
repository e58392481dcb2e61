import EaselApp
import EaselImaging
import EaselKit
import EaselStore

extension Desk {
  /// Why a picture of the history looks as it does: what was kept of it, or else what its recipe shows
  /// when it is painted once more.
  ///
  /// - Parameters:
  ///   - news: told what painting it once more says of itself.
  ///   - start: gives the request the pictures that it starts from; a recipe only names them.
  func explanation(
    of item: HistoryItem, in library: HistoryStore,
    news: (GenerationEvent) -> Void = { _ in },
    start: (inout GenerationRequest) async throws -> Void = { _ in }
  ) async throws -> Explanation {
    if let kept = try await library.explanation(of: item.id),
      let explanation = try? Explanation(encoded: kept)
    {
      return explanation
    }
    guard engines.contains(where: { $0.description.name == item.recipe.request.engine }) else {
      throw Failure(
        .unsupported, "\(item.id) was not painted here and cannot be explained",
        hint: "only what Easel paints itself has maps of its words",
        cause: item.recipe.saysHow
          ? "its file says that it was made with \(item.recipe.request.engine)"
          : "its file does not say how it was made")
    }
    var request = item.recipe.request
    request.count = 1
    request.seed = item.recipe.seed
    request.explains = true
    try await start(&request)
    await findStart(of: &request, near: item.id, in: library)
    for try await event in try engine(request.engine).generate(request) {
      news(event)
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

extension Desk {
  /// Gives a request the picture that it starts from, where the history still has it: most often it is
  /// among those that look most alike, else among those that were painted shortly before.
  private func findStart(
    of request: inout GenerationRequest, near id: ImageID, in library: HistoryStore
  ) async {
    guard let base = request.base, base.picture == nil else { return }
    let size = request.sizeOfBase
    let alike = HistoryQuery(text: "like:#\(id.number)", limit: 40)
    let before = HistoryQuery(text: "", limit: 100, before: id)
    var seen: Set<ImageID> = [id]
    for query in [alike, before] {
      // A model without an image tower has no pictures that look alike.
      guard let page = try? await library.page(query) else { continue }
      for item in page.items where seen.insert(item.id).inserted {
        guard let picture = try? await library.picture(item.id).filling(size),
          sha256Hex(picture.pixels) == base.digest
        else { continue }
        request.base?.picture = picture
        return
      }
    }
  }
}

extension GenerationRequest {
  /// Pixels of the picture that painting starts from: its own, without what is to grow around it.
  var sizeOfBase: PixelSize {
    let size = PixelSize(width: width, height: height)
    return (base?.margins ?? Margins()).inside(size) ?? size
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

  /// - Parameter news: told how far painting it once more is, 0...1.
  func names(of item: HistoryItem, news: @Sendable (Double) -> Void) async throws -> [HeatName] {
    let explanation = try await desk.explanation(
      of: item, in: library.value,
      news: { if case .step(let progress) = $0 { news(progress.fraction) } })
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
