import EaselKit
import Foundation

/// `easel-model.json`: where a model came from and what its bytes are, so that they can be checked later
/// without a network. In a model's folder; beside a single file, as `NAME.easel-model.json`.
struct ModelManifest: Codable, Hashable {
  struct File: Codable, Hashable {
    /// Relative to the model's folder; of a single file, to the folder that it lies in.
    var path: String
    var bytes: Int
    /// 64 hex digits.
    var sha256: String
  }
  /// Of this layout.
  var format = 1
  /// As the user wrote it; addresses without what follows a question mark.
  var source: String
  /// Of a hub's repository.
  var revision: String?
  var license: String?
  /// ISO 8601.
  var installed: String
  var files: [File]

  static let fileName = "easel-model.json"

  /// Where the manifest of the model at `path` is.
  static func path(of model: String) -> String {
    model.hasSuffix(".safetensors")
      ? String(model.dropLast(".safetensors".count)) + "." + fileName : "\(model)/\(fileName)"
  }

  /// What the paths of files are relative to.
  static func root(of model: String) -> String {
    model.hasSuffix(".safetensors") ? (model as NSString).deletingLastPathComponent : model
  }

  /// nil where there is none; throws where it cannot be read.
  static func read(of model: String) throws -> ModelManifest? {
    let path = path(of: model)
    guard Disk.kind(path) == .file else { return nil }
    do {
      guard Disk.size(path) <= 16 << 20 else { throw Failure(.modelDamaged, "it is too long") }
      let manifest = try JSONDecoder().decode(
        ModelManifest.self, from: Data(contentsOf: URL(filePath: path)))
      guard manifest.files.allSatisfy({ isSafe(path: $0.path) }) else {
        throw Failure(.modelDamaged, "a path in it leads elsewhere")
      }
      return manifest
    } catch {
      throw Failure(
        .modelDamaged, "the model's manifest cannot be read", hint: "install the model again",
        cause: "\(path): \((error as? Failure)?.what ?? "it is no manifest")")
    }
  }

  var data: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self) + Data("\n".utf8)
    }
  }
}
