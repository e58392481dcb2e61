import EaselKit

/// Owns the image tower that looks at the history, on a thread of its own: a search must not wait for
/// what is being painted.
actor LookingActor {
  private let thread = EngineThread()
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  private let catalog: ModelCatalog
  private var clip: ClipModel?

  init(catalog: ModelCatalog) { self.catalog = catalog }

  private func tower(of model: String) throws -> ClipModel {
    let folder = try catalog.folder(of: model)
    if let clip, clip.folder == folder { return clip }
    let fresh = try ClipModel(folder: folder)
    clip = fresh
    return fresh
  }

  func giveWay() { thread.giveWay() }

  func vectors(of pictures: [Picture], model: String) throws -> [[Float]] {
    try tower(of: model).vectors(of: pictures)
  }

  func vector(of words: String, model: String) throws -> [Float] {
    let tower = try tower(of: model)
    try tower.checkKnown(words, model: model)
    return tower.vector(of: words)
  }
}
