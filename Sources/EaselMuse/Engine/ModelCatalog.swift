public import EaselKit
public import EaselTensor
import Foundation

/// Finds models: every folder with a `model_index.json` and every `.safetensors` file below one of the
/// roots. The first root wins when two hold a model of one name.
public struct ModelCatalog: Sendable {
  public typealias Digest = @Sendable (_ weightFiles: [String]) throws -> String

  public let roots: [String]
  /// Hex digest of some files' bytes, in order.
  let digest: Digest
  public let loading: ModelLoading

  public init(
    roots: [String], loading: ModelLoading = ModelLoading(), digest: @escaping Digest
  ) {
    self.roots = roots
    self.loading = loading
    self.digest = digest
  }

  /// Where models may be, most particular first: the user's own, then those that came with Easel
  /// (`EASEL_SHARE`, installed beside the program, or in the build's resources).
  public static func standardRoots(
    userModels: String, environment: [String: String], executable: String
  ) -> [String] {
    var roots = [userModels]
    if let share = environment["EASEL_SHARE"], !share.isEmpty { roots.append(share + "/models") }
    let folder = (executable as NSString).deletingLastPathComponent
    roots.append(folder + "/../share/easel/models")
    roots.append(folder + "/easel_EaselMuse.resources/Models")
    return roots
  }

  /// Name → folder, or single file.
  public func folders() -> [(name: String, folder: String)] {
    var found: [(name: String, folder: String)] = []
    var seen: Set<String> = []
    for root in roots {
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
      // A single file before the folder beside it, which may hold its configuration only.
      let files = entries.filter { $0.hasSuffix(ModelFolder.fileExtension) }
      for entry in files.sorted() + entries.sorted() {
        let path = "\(root)/\(entry)", name = ModelFolder.name(path)
        if ModelFolder.isModel(path), seen.insert(name).inserted { found.append((name, path)) }
      }
    }
    return found
  }

  public func folder(of name: String) throws -> String {
    let all = folders()
    if let found = all.first(where: { $0.name == name }) { return found.folder }
    throw Failure.unknown("model", name, known: all.map(\.name), code: .modelMissing)
  }

  public func load(
    _ name: String, precision: ProductPrecision? = nil,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> MuseModel {
    let folder = try folder(of: name)
    let digest = try digest(ModelFolder(folder).weightFiles())
    return try MuseModel(
      name: name, folder: folder, digest: digest, loading: loading, precision: precision,
      progress: progress)
  }

  /// What `easel models list` shows; reads configuration files and headers only.
  public func descriptions() -> [ModelDescription] {
    folders().map { name, folder in
      do { return try describe(name, folder) } catch {
        return ModelDescription(
          name: name, summary: "cannot be used", sizes: [], parameters: 0, bytes: 0,
          license: "unknown", folder: folder, problem: Failure(error).description)
      }
    }
  }

  func describe(_ name: String, _ folder: String) throws -> ModelDescription {
    let files = try ModelFolder(folder)
    let transformer: TransformerConfiguration = try files.configuration(.transformer)
    let pictures: PictureTokenizerConfiguration = try files.configuration(.vqvae)
    var parameters = 0, bytes = 0
    for path in try files.weightFiles() + ModelFolder.upscalerFiles(folder) {
      do {
        let file = try SafetensorsFile(path: path)
        parameters += file.parameterCount
        bytes += file.bytes
      } catch {
        throw Failure(
          .modelDamaged, "the weights of '\(name)' cannot be read",
          hint: "install the model again", cause: "\(error)")
      }
    }
    let card = try ModelCard(files)
    let from = InstalledFrom(files)
    return ModelDescription(
      name: name,
      summary: card.summary ?? from?.source.map { "aMUSEd model from \($0)" }
        ?? "model of the aMUSEd family",
      sizes: ModelFolder.sizes(ModelFolder.nativeSize(transformer, pictures), folder),
      parameters: parameters, bytes: bytes,
      license: card.license ?? from?.license ?? "see its folder",
      folder: folder, otherSizes: ModelFolder.sizes(transformer, pictures),
      largeSizes: ModelFolder.largeSizes(transformer, pictures, folder),
      canUpscale: ModelFolder.hasUpscaler(folder), memory: try ModelMemory(files).usualBytes)
  }
}
