import EaselKit
import EaselModels
import EaselMuse
import Foundation

/// Installing, removing and checking models: the parts of `EaselModels`, put together with what the engine
/// knows of its models.
struct ModelDesk: Sendable {
  let shelf: ModelShelf
  let installer: ModelInstaller
  let verifier: ModelVerifier
  private let catalog: ModelCatalog

  /// Throws where `HF_ENDPOINT` is no address.
  init(
    paths: Paths, catalog: ModelCatalog,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    let tools = ModelTools(
      needed: { try ModelLayout.needed($0) }, checkKind: { try ModelLayout.checkKind($0) },
      check: { try ModelLayout.check($0) }, inspect: { try ModelLayout.inspect($0, progress: $1) },
      readTar: { try ModelLayout.readTar($0, $1) })
    shelf = ModelShelf(folder: paths.models)
    verifier = ModelVerifier(tools: tools)
    installer = ModelInstaller(
      shelf: shelf, hub: try Hub(environment: environment), tools: tools,
      isTaken: { name in catalog.folders().contains { $0.name == name } })
    self.catalog = catalog
  }

  /// Moves a model of the user's to the trash. One that came with Easel stays, and the failure says why.
  func remove(_ name: String) throws -> RemovedModel {
    if shelf.has(name) { return try shelf.remove(name) }
    let all = catalog.folders()
    guard let found = all.first(where: { $0.name == name }) else {
      throw Failure.unknown("model", name, known: all.map(\.name), code: .modelMissing)
    }
    throw Failure(
      .badInput, "the model '\(name)' came with Easel and is not in your own folder",
      hint: "only what was installed into \(shelf.folder) can be removed", cause: found.folder)
  }

  /// The newest removed model of this name.
  func restore(_ name: String) throws -> RemovedModel {
    let all = shelf.removed()
    guard let found = all.first(where: { $0.name == name }) else {
      throw Failure.unknown(
        "removed model", name, known: Array(Set(all.map(\.name))), code: .modelMissing)
    }
    try shelf.restore(found)
    return found
  }

  /// What a command or a screen says before anything is asked of a server: nil where none is.
  func contact(_ order: ModelInstaller.Order) throws -> String? {
    let (source, _) = try installer.read(order)
    return source.host(installer.hub).map {
      "contacts \($0) for \(source.shownText); nothing but the names of files is sent"
    }
  }

  /// Name and path of models, all where none is named.
  func models(_ names: [String]) throws -> [(name: String, path: String)] {
    guard !names.isEmpty else { return catalog.folders().map { ($0.name, $0.folder) } }
    return try names.map { ($0, try catalog.folder(of: $0)) }
  }
}
