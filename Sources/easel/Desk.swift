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
  /// What the user prefers; a damaged file is said once, on stderr, and left as it is.
  let settings: Settings

  init(paths: Paths = .current) {
    self.paths = paths
    let digests = DigestCache(path: paths.cache + "/digests.json")
    catalog = ModelCatalog(
      roots: paths.modelFolders, loading: ModelLoading(cacheFolder: paths.cache + "/weights"),
      digest: { try digests.sha256(ofFiles: $0) })
    engines = makeEngines(catalog)
    settings = ConfigFile(path: paths.configFile).read().settings
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
    if let size, !model.paints(size) {
      guard let others = model.otherSizes else {
        throw Failure.unknown(
          "size of the model '\(name)'", size.description, known: model.sizes.map(\.description))
      }
      let best = model.sizes.map(\.description).joined(separator: ", ")
      throw Failure(
        .badInput, "the model '\(name)' does not paint \(size)",
        hint: "it paints \(best) best, and \(others)"
          + (model.largeSizes.map { "; enlarged, \($0)" } ?? ""))
    }
  }

  // MARK: Library

  /// Looks at pictures and words for the library; nil where no model can.
  private var embedder: Embedder? {
    guard let engine = engines.lazy.compactMap({ $0 as? MuseEngine }).first,
      let model = engine.lookingModel(preferred: settings.model)
    else { return nil }
    return Embedder(
      digest: { try engine.vectorDigest(model: model) },
      pictures: { try await engine.vectors(of: $0, model: model) },
      words: { try await engine.vector(of: $0, model: model) })
  }

  /// The library, for writing; throws when it cannot be written. Another process that is writing is
  /// waited for a little.
  func openForWriting() async throws -> HistoryStore {
    let store = await HistoryStore.open(
      paths.library, access: .writing(waitSeconds: 3), codec: .imaging, embedder: embedder)
    if let problem = store.problem {
      await store.close()
      throw problem
    }
    return store
  }

  /// As it is: with its problem, if it has one, and still able to keep what is painted.
  func openForPainting(waitSeconds: Double = 1) async -> HistoryStore {
    await HistoryStore.open(
      paths.library, access: .writing(waitSeconds: waitSeconds), codec: .imaging,
      embedder: embedder)
  }

  /// Reads beside whoever writes, and changes nothing. Throws what is wrong with a damaged library: an
  /// answer from it would look like an empty history.
  func openForReading() async throws -> HistoryStore {
    let library = await openForInspection()
    if let problem = library.problem, problem.code == .libraryDamaged {
      await library.close()
      throw problem
    }
    return library
  }

  /// The same for whoever wants to see the damage.
  func openForInspection() async -> HistoryStore {
    await HistoryStore.open(paths.library, access: .reading, codec: .imaging, embedder: embedder)
  }
}

extension PictureCodec {
  /// The formats of EaselImaging.
  static let imaging = PictureCodec(
    encode: { try encodePNG($0, recipe: $1) },
    decode: { bytes in
      let read = try readPicture(bytes)
      // Files of `easel paint -o` carry no time, so that they can be made again.
      let saysWhen = read.recipe?.saysWhen ?? false
      return Decoded(
        picture: read.picture, recipe: read.recipe,
        isOwn: saysWhen && read.format == .png && read.source == .easel)
    },
    thumbnail: { $0.thumbnail(side: $1) })
}
