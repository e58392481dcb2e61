import EaselKit
import EaselModels
import EaselTestSupport
import Foundation

/// A folder of models of its own, and a server.
struct Workplace {
  let folder = NSTemporaryDirectory() + "easel-models-" + UUID().uuidString
  let server = FileServer()

  init() throws {
    try FileManager.default.createDirectory(
      atPath: folder + "/models", withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  var shelf: ModelShelf { ModelShelf(folder: folder + "/models") }
  var hub: Hub {
    get throws { try Hub(environment: ["HF_ENDPOINT": server.address]) }
  }

  /// A model here is a `model_index.json` that says "sound", and one file of weights.
  var tools: ModelTools {
    var tools = ModelTools(
      needed: { paths in
        guard paths.contains("model_index.json") else {
          throw Failure(.badInput, "there is no model_index.json")
        }
        guard paths.contains("unet/weights.safetensors") else {
          throw Failure(.modelMissing, "unet/weights.safetensors is missing")
        }
        return paths.filter {
          ["model_index.json", "unet/weights.safetensors", "README.md"].contains($0)
        }
      },
      checkKind: { path in
        let text = try String(contentsOfFile: path + "/model_index.json", encoding: .utf8)
        if text.contains("Other") { throw Failure(.unsupported, "a model for another program") }
      },
      check: { path in
        guard path.hasSuffix(".safetensors") else {
          let text = try String(contentsOfFile: path + "/model_index.json", encoding: .utf8)
          guard text == "sound" else { throw Failure(.modelDamaged, "it is not sound") }
          return
        }
        guard FileManager.default.fileExists(atPath: path) else {
          throw Failure(.modelMissing, "no file")
        }
      },
      inspect: { _, progress in
        try progress(1, 1)
        return []
      }, readTar: { _, _ in throw Failure(.unsupported, "no archives here") })
    tools.retryDelays = [0.01, 0.01]
    return tools
  }

  func installer(_ change: (inout ModelTools) -> Void = { _ in }) throws -> ModelInstaller {
    var tools = self.tools
    change(&tools)
    return ModelInstaller(
      shelf: shelf, hub: try hub, tools: tools, isTaken: { $0 == "shipped" })
  }

  /// Bytes that are all different from their neighbours.
  static let weights: [UInt8] = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 8) }

  static let weightsPath = "/o/m/resolve/abc123/unet/weights.safetensors"

  /// Puts the repository `o/m` on the server.
  func publish(index: String = "sound", digest: String? = nil) {
    let weights = Self.weights
    func listed(_ path: String, _ size: Int, _ more: String = "") -> String {
      "{\"type\": \"file\", \"path\": \"\(path)\", \"size\": \(size)\(more)}"
    }
    let oid = digest ?? sha256(weights)
    let lfs = ", \"lfs\": {\"oid\": \"\(oid)\", \"size\": \(weights.count)}"
    let tree = [
      "{\"type\": \"directory\", \"path\": \"unet\", \"size\": 0}",
      listed("model_index.json", index.utf8.count), listed("../../escape.json", 3),
      listed("unet/weights.safetensors", weights.count, lfs), listed("unused.bin", 9_000_000),
    ]
    server["/api/models/o/m"] = .init(
      Array("{\"sha\": \"abc123\", \"cardData\": {\"license\": \"openrail++\"}}".utf8))
    server["/api/models/o/m/tree/abc123"] = .init(
      Array("[\(tree.joined(separator: ","))]".utf8))
    server["/o/m/resolve/abc123/model_index.json"] = .init(Array(index.utf8), etag: "\"i\"")
    // As the hub does: the large files are elsewhere.
    server[Self.weightsPath] = .init(redirect: "\(server.address)/store/weights")
    server["/store/weights"] = .init(weights, etag: "\"w\"")
  }

  func models() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: shelf.folder)) ?? [])
      .filter { !$0.hasPrefix(".") }.sorted()
  }
}

/// Of the manifest's file, by asking the installer's own answer would prove nothing: `sha256sum` is the
/// second opinion.
func sha256(_ bytes: [UInt8]) -> String {
  let file = NSTemporaryDirectory() + UUID().uuidString
  defer { try? FileManager.default.removeItem(atPath: file) }
  let process = Process(), pipe = Pipe()
  process.executableURL = URL(filePath: "/usr/bin/sha256sum")
  process.arguments = [file]
  process.standardOutput = pipe
  do {
    try Data(bytes).write(to: URL(filePath: file))
    try process.run()
  } catch {
    preconditionFailure("sha256sum does not run: \(error)")
  }
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: output.prefix(64), as: UTF8.self)
}
