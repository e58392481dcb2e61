public import EaselKit
import EaselTensor
import Foundation

/// What those who install and check models must know of them.
public enum ModelLayout {
  /// Of the paths of a folder's files, relative to it, those that a model is made of: weights in one
  /// precision, configurations, Easel's own parts, and what says under which terms it is published.
  /// Throws where something is missing, and says what.
  public static func needed(_ paths: [String]) throws -> [String] {
    let there = Set(paths)
    guard there.contains("model_index.json") else {
      throw Failure(
        .badInput, "there is no model_index.json, so this is no model that Easel reads",
        hint: "a model is a folder as AmusedPipeline.save_pretrained of diffusers writes it")
    }
    var needed: Set<String> = ["model_index.json"]
    for part in ModelFolder.Part.allCases {
      let folder = part.rawValue
      guard there.contains("\(folder)/config.json") else { throw missing("\(folder)/config.json") }
      needed.insert("\(folder)/config.json")
      let names = ModelFolder.weightNames(part).map { "\(folder)/\($0)" }
      guard let weights = names.first(where: there.contains) else {
        throw missingWeights(part, names[0], there)
      }
      needed.insert(weights)
    }
    let scheduler = "scheduler/scheduler_config.json"
    guard there.contains(scheduler) else { throw missing(scheduler) }
    needed.insert(scheduler)
    let tokenizer = ModelFolder.tokenizerFiles.map { "tokenizer/" + $0 }.filter(there.contains)
    guard
      tokenizer.contains("tokenizer/tokenizer.json") || tokenizer.contains("tokenizer/vocab.json")
    else { throw missing("tokenizer/vocab.json") }
    needed.formUnion(tokenizer)
    let optional =
      [
        "easel.json", "lexicon.tsv", "words.txt", "README.md", "LICENSE", "LICENSE.md",
        "LICENSE.txt",
      ]
      + ["image_encoder", "upscaler"].flatMap { folder in
        ["config.json", "preprocessor_config.json", "model.safetensors"]
          .map { "\(folder)/\($0)" } + ["\(folder)/diffusion_pytorch_model.safetensors"]
      }
    needed.formUnion(optional.filter(there.contains))
    return needed.sorted()
  }

  private static func missing(_ path: String) -> Failure {
    Failure(.modelMissing, "\(path) is missing", hint: "the model's folder is not complete")
  }

  private static func missingWeights(
    _ part: ModelFolder.Part, _ wanted: String, _ there: Set<String>
  ) -> Failure {
    if let pickle = part.pickles.first(where: { there.contains("\(part.rawValue)/\($0)") }) {
      return Failure(
        .unsupported, "\(wanted) is missing",
        hint: "convert the model where Python has diffusers: "
          + "AmusedPipeline.from_pretrained(FOLDER, use_safetensors=False).save_pretrained(OTHER)",
        cause: "\(pickle) is a pickle, which may run code when it is read")
    }
    if there.contains("\(part.rawValue)/\(part.stem).safetensors.index.json") {
      return Failure(
        .unsupported, "\(wanted) is missing",
        hint: "save the model again with max_shard_size=\"100GB\"",
        cause: "the weights are cut into several files")
    }
    return missing(wanted)
  }

  /// Throws where the configurations at `path` are those of another kind of model; weights are not asked
  /// for.
  public static func checkKind(_ path: String) throws {
    let folder = try ModelFolder(path)
    let _: TransformerConfiguration = try folder.configuration(.transformer)
    let _: PictureTokenizerConfiguration = try folder.configuration(.vqvae)
    let _: TextEncoderConfiguration = try folder.configuration(.textEncoder)
  }

  /// Throws where the model at `path`, a folder or a single file, could not paint: a configuration that
  /// makes no sense, a tensor that is missing or has another shape, parts that do not fit each other.
  /// Every number of those parts is looked at, and nothing is packed.
  public static func check(_ path: String) throws {
    _ = try MuseModel(
      name: ModelFolder.name(path), folder: path, digest: "", loading: .forLooking, precision: .fp32
    )
    _ = try ModelCatalog(roots: [], digest: { _ in "" }).describe(ModelFolder.name(path), path)
  }

  /// Reads every number of the weights of the model at `path`; names what is wrong with them.
  ///
  /// - Parameter progress: hears of bytes that are done, and of all.
  public static func inspect(
    _ path: String, progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> [String] {
    var problems: [String] = []
    let files = try allWeights(path).map { try SafetensorsFile(path: $0) }
    let total = files.reduce(0) { $0 + $1.bytes }
    var done = 0
    for file in files {
      for name in file.names.sorted() {
        do { try file.requireFinite(name) } catch { problems.append("\(error)") }
        done += file.info(name)?.range.count ?? 0
        try progress(min(done, total), total)
      }
    }
    try progress(total, total)
    return problems
  }

  /// Also those of the parts that painting can do without.
  private static func allWeights(_ path: String) throws -> [String] {
    let folder = try ModelFolder(path)
    let more = ["image_encoder", "upscaler"].flatMap { part in
      ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(part)")) ?? []).sorted()
        .filter { $0.hasSuffix(ModelFolder.fileExtension) }.map { "\(path)/\(part)/\($0)" }
    }
    return try folder.weightFiles() + (folder.isSingleFile ? [] : more)
  }

  /// Says where the plain files of a tar archive lie in it.
  public static func readTar(
    _ path: String, _ member: (_ name: String, _ offset: Int, _ size: Int) throws -> Void
  ) throws {
    try TarReader.read(ReadableFile(path)) { try member($0.name, $0.offset, $0.size) }
  }
}

/// The part of `easel-model.json` that a list of models shows.
struct InstalledFrom: Decodable, Sendable {
  var source: String?
  var license: String?

  /// nil where the model was not installed, or where its manifest cannot be read: a check says so.
  init?(_ folder: ModelFolder) {
    let path =
      folder.isSingleFile
      ? String(folder.path.dropLast(ModelFolder.fileExtension.count)) + ".easel-model.json"
      : folder.path + "/easel-model.json"
    guard let data = try? readSmallFile(path),
      let found = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = found
  }
}
