public import EaselKit
import EaselTensor
import Foundation

/// Paths inside a model's folder, in the layout that diffusers saves pipelines in.
enum ModelFolder {
  static let parts = ["text_encoder", "transformer", "vqvae"]

  static func weights(_ folder: String, _ part: String) -> String {
    let name = part == "text_encoder" ? "model" : "diffusion_pytorch_model"
    return "\(folder)/\(part)/\(name).safetensors"
  }

  static func nativeSize(
    _ t: TransformerConfiguration, _ v: PictureTokenizerConfiguration
  ) -> PixelSize {
    // The published 512-pixel model keeps the class default of 64 for sample_size only in its code;
    // its files say 32.
    PixelSize(width: t.sampleSize * v.pixelsPerToken, height: t.sampleSize * v.pixelsPerToken)
  }
}

/// Finds models: every folder with a `model_index.json` below one of the roots. The first root wins
/// when two hold a model of one name.
public struct ModelCatalog: Sendable {
  public typealias Digest = @Sendable (_ weightFiles: [String]) throws -> String

  public let roots: [String]
  /// Hex digest of some files' bytes, in order.
  let digest: Digest

  public init(roots: [String], digest: @escaping Digest) {
    self.roots = roots
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

  /// Name → folder.
  public func folders() -> [(name: String, folder: String)] {
    var found: [(name: String, folder: String)] = []
    var seen: Set<String> = []
    for root in roots {
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
      for entry in entries.sorted() where !seen.contains(entry) {
        let folder = "\(root)/\(entry)"
        if FileManager.default.fileExists(atPath: folder + "/model_index.json") {
          found.append((entry, folder))
          seen.insert(entry)
        }
      }
    }
    return found
  }

  public func folder(of name: String) throws -> String {
    let all = folders()
    if let found = all.first(where: { $0.name == name }) { return found.folder }
    throw Failure.unknown("model", name, known: all.map(\.name), code: .modelMissing)
  }

  public func load(_ name: String) throws -> MuseModel {
    let folder = try folder(of: name)
    let digest = try digest(ModelFolder.parts.map { ModelFolder.weights(folder, $0) })
    return try MuseModel(name: name, folder: folder, digest: digest)
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

  private func describe(_ name: String, _ folder: String) throws -> ModelDescription {
    let transformer: TransformerConfiguration = try readConfiguration(
      path: folder + "/transformer/config.json")
    let pictures: PictureTokenizerConfiguration = try readConfiguration(
      path: folder + "/vqvae/config.json")
    var parameters = 0, bytes = 0
    let parts = ModelFolder.parts + (ModelFolder.hasUpscaler(folder) ? ["upscaler"] : [])
    for part in parts {
      let path = ModelFolder.weights(folder, part)
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
    let card = ModelCard(folder: folder)
    return ModelDescription(
      name: name, summary: card.summary ?? "model of the aMUSEd family",
      sizes: ModelFolder.sizes(ModelFolder.nativeSize(transformer, pictures), folder),
      parameters: parameters, bytes: bytes, license: card.license ?? "see its folder",
      folder: folder,
      canUpscale: ModelFolder.hasUpscaler(folder))
  }
}
