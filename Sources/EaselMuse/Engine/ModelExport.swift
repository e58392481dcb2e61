import EaselKit
import EaselTensor
import Foundation

/// How an exported model stores its weights.
public enum StoredWeights: String, CaseIterable, Sendable {
  case float32 = "fp32"
  case float16 = "fp16"
  case bfloat16 = "bf16"
  /// Read by Easel only.
  case int8

  var stored: StoredType {
    switch self {
    case .int8: .int8Rows
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32: .float32
    }
  }
}

extension ModelCatalog {
  /// Copies a model to `path` with its weights stored as `type`: a folder that diffusers loads with
  /// `AmusedPipeline.from_pretrained`, or, where `path` ends in `.safetensors`, a single file that Easel
  /// reads. One tensor is in memory at a time.
  ///
  /// - Parameter progress: hears of every file that is about to be written.
  public func export(
    _ name: String, to path: String, as type: StoredWeights,
    progress: (_ file: String) -> Void = { _ in }
  ) throws {
    let model = try ModelFolder(folder(of: name))
    guard isFree(path) else {
      throw Failure(
        .badInput, "\(path) is there already", hint: "name a file or folder that is not")
    }
    let export = ModelExport(model: model, type: type)
    if path.hasSuffix(ModelFolder.fileExtension) {
      progress(path)
      try export.writeFile(path)
    } else {
      try export.writeFolder(path, progress)
    }
  }

  /// Whether nothing is at `path`, or an empty folder.
  private func isFree(_ path: String) -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return true }
    return (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true
  }
}

private struct ModelExport {
  let model: ModelFolder
  let type: StoredWeights

  /// Networks of Easel beside the pipeline's; diffusers leaves folders that it does not know alone.
  private static let companions = ["image_encoder", "upscaler"]
  private static let configurations =
    ["easel.json", "lexicon.tsv", "words.txt", "scheduler/scheduler_config.json"]
    + ModelFolder.Part.allCases.map { "\($0.rawValue)/config.json" }

  /// Everything but weights: path below the folder → contents.
  private func texts() throws -> [(name: String, data: Data)] {
    let names = Self.configurations + ModelFolder.tokenizerFiles.map { "tokenizer/" + $0 }
    var found = try names.compactMap { name in try model.data(name).map { (name, $0) } }
    found.append(
      ("model_index.json", try model.data("model_index.json") ?? Data(Self.index.utf8)))
    return found
  }

  /// Written beside its place and then moved there, so that no half of a model ever looks like one.
  func writeFolder(_ path: String, _ progress: (String) -> Void) throws {
    let files = FileManager.default
    let partial = path + ".partial"
    try? files.removeItem(atPath: partial)
    do {
      for (name, data) in try texts() {
        let target = URL(filePath: "\(partial)/\(name)")
        try files.createDirectory(
          at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: target)
      }
      for part in ModelFolder.Part.allCases {
        let name = "\(part.rawValue)/\(part.stem)\(ModelFolder.fileExtension)"
        progress(name)
        try writeSafetensors(
          path: "\(partial)/\(name)", entries: entries(part, prefix: ""), dtype: type.stored,
          metadata: ["format": "pt"])
      }
      for companion in Self.companions where !model.isSingleFile {
        try copyCompanion(companion, to: partial, progress)
      }
      // Only an empty folder may be there.
      if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
      try files.moveItem(atPath: partial, toPath: path)
    } catch {
      try? files.removeItem(atPath: partial)
      throw failure(error, path)
    }
  }

  /// Configurations as they are, weights in the type of the others.
  private func copyCompanion(
    _ name: String, to partial: String, _ progress: (String) -> Void
  ) throws {
    let files = FileManager.default
    let folder = "\(model.path)/\(name)", target = "\(partial)/\(name)"
    guard let entries = try? files.contentsOfDirectory(atPath: folder) else { return }
    try files.createDirectory(atPath: target, withIntermediateDirectories: true)
    for entry in entries.sorted() {
      if entry.hasSuffix(".json") {
        try readSmallFile("\(folder)/\(entry)")?.write(to: URL(filePath: "\(target)/\(entry)"))
      } else if entry.hasSuffix(ModelFolder.fileExtension) {
        progress("\(name)/\(entry)")
        let file = try SafetensorsFile(path: "\(folder)/\(entry)")
        try writeSafetensors(
          path: "\(target)/\(entry)", entries: self.entries(of: file), dtype: type.stored,
          metadata: file.metadata)
      }
    }
  }

  func writeFile(_ path: String) throws {
    do {
      var metadata = ["format": "pt"]
      for (name, data) in try texts() { metadata[name] = String(decoding: data, as: UTF8.self) }
      let entries = try ModelFolder.Part.allCases.flatMap {
        try self.entries($0, prefix: $0.rawValue + ".")
      }
      try writeSafetensors(path: path, entries: entries, dtype: type.stored, metadata: metadata)
    } catch {
      throw failure(error, path)
    }
  }

  /// Every number of a part under the name that diffusers or transformers gives it.
  private func entries(_ part: ModelFolder.Part, prefix: String) throws -> [WeightEntry] {
    let weights = try model.weights(part)
    let file = try SafetensorsFile(path: weights.path)
    let inner = "text_model."
    let lacksInner =
      part == .textEncoder && !file.names.contains { $0.hasPrefix(weights.prefix + inner) }
    return entries(of: file, prefix: weights.prefix) { name in
      prefix + (lacksInner && !name.hasPrefix("text_projection") ? inner + name : name)
    }
  }

  /// Positions that some files store as whole numbers are no weights, and factors of whole numbers are
  /// part of what they belong to.
  private func entries(
    of file: SafetensorsFile, prefix: String = "", renamed: (String) -> String = { $0 }
  ) -> [WeightEntry] {
    file.names.sorted().compactMap { stored in
      guard stored.hasPrefix(prefix), let info = file.info(stored), info.type.isWeight,
        !file.isScale(stored)
      else { return nil }
      let name = renamed(String(stored.dropFirst(prefix.count)))
      return WeightEntry(name, info.shape) { () throws(WeightFileError) in
        try file.requireFinite(stored)
        return try file.load(stored)
      }
    }
  }

  private func failure(_ error: any Error, _ path: String) -> Failure {
    if let failure = error as? Failure { return failure }
    let isSource = (error as? WeightFileError).map { !$0.path.hasPrefix(path) } ?? false
    return isSource
      ? Failure(
        .modelDamaged, "the model cannot be read", hint: "install it again", cause: "\(error)")
      : Failure(
        .diskFull, "\(path) cannot be written", hint: "is there room, and may you write there?",
        cause: "\(error)")
  }

  private static let index = """
    {
      "_class_name": "AmusedPipeline",
      "scheduler": ["diffusers", "AmusedScheduler"],
      "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
      "tokenizer": ["transformers", "CLIPTokenizer"],
      "transformer": ["diffusers", "UVit2DModel"],
      "vqvae": ["diffusers", "VQModel"]
    }

    """
}
