import EaselApp
import EaselConfig
import EaselImaging
import EaselKit
import EaselMuse
import EaselStore
import FoundationEssentials

/// What a command works with: paths, settings, engines and the library, each made when it is first
/// wanted.
struct Desk: Sendable {
  let paths: Paths
  let catalog: ModelCatalog
  let engines: [any ImageEngine]

  init(paths: Paths = .current) {
    self.paths = paths
    catalog = ModelCatalog(roots: paths.modelFolders, digest: { try sha256(ofFiles: $0) })
    engines = makeEngines(catalog)
  }

  /// The engine called `name`; the failure names the nearest one.
  func engine(_ name: String) throws -> any ImageEngine {
    if let found = engines.first(where: { $0.description.name == name }) { return found }
    throw Failure.unknown("engine", name, known: engines.map(\.description.name))
  }

  /// Says early, and with the nearest name, what the engine would say later.
  func checkModel(_ name: String, of engine: EngineDescription, size: PixelSize?) throws {
    guard let model = engine.models.first(where: { $0.name == name }) else {
      throw Failure.unknown("model", name, known: engine.models.map(\.name))
    }
    if let problem = model.problem {
      throw Failure(
        .modelDamaged, "the model '\(name)' cannot paint", hint: "easel doctor says more",
        cause: problem)
    }
    if let size, !model.sizes.isEmpty, !model.sizes.contains(size) {
      throw Failure.unknown(
        "size of the model '\(name)'", size.description, known: model.sizes.map(\.description))
    }
  }
}
