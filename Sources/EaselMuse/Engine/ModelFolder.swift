import EaselKit
import EaselTensor
import Foundation

/// The files of one model, in either of two forms:
/// - a folder as diffusers saves pipelines: `model_index.json`, and a folder for each part with its
///   `config.json` and weights;
/// - one `NAME.safetensors` with the weights of all parts, their names prefixed with the part's
///   (`transformer.embed.conv.weight`). The other files are texts in its metadata, under the path that
///   they would have in the folder, or lie in a folder `NAME` beside it.
struct ModelFolder: Sendable {
  enum Part: String, CaseIterable, Sendable {
    case textEncoder = "text_encoder"
    case transformer, vqvae

    /// Of the weight file, without its extension.
    var stem: String { self == .textEncoder ? "model" : "diffusion_pytorch_model" }
    /// What other programs name pickled weights.
    var pickles: [String] {
      let stem = self == .textEncoder ? "pytorch_model" : stem
      return ["\(stem).bin", "\(stem).fp16.bin", "model.ckpt", "model.pt", "model.pth"]
    }
  }

  /// Where a part's weights are.
  struct Weights: Hashable, Sendable {
    var path: String
    /// Before the name of every tensor.
    var prefix: String
  }

  /// The folder, or the single file.
  let path: String
  /// Of a single file.
  private let texts: [String: String]?

  static let fileExtension = ".safetensors"

  /// Whether something that could be a model is at `path`: cheap, and says nothing about its soundness.
  static func isModel(_ path: String) -> Bool {
    path.hasSuffix(fileExtension) ? isFile(path) : isFile(path + "/model_index.json")
  }

  /// The name that a model at `path` goes by.
  static func name(_ path: String) -> String {
    let last = (path as NSString).lastPathComponent
    return last.hasSuffix(fileExtension) ? String(last.dropLast(fileExtension.count)) : last
  }

  init(_ path: String) throws {
    self.path = path
    guard path.hasSuffix(Self.fileExtension) else {
      texts = nil
      try checkKind()
      return
    }
    do { texts = try SafetensorsFile(path: path).metadata } catch {
      throw Failure(
        .modelDamaged, "the model's file cannot be read", hint: "install the model again",
        cause: "\(error)")
    }
    try checkKind()
  }

  var isSingleFile: Bool { texts != nil }

  /// A file that is no weights; nil where the model has none of this name.
  func data(_ name: String) throws -> Data? {
    guard let texts else { return try readSmallFile("\(path)/\(name)") }
    if let text = texts[name] { return Data(text.utf8) }
    return try readSmallFile("\(path.dropLast(Self.fileExtension.count))/\(name)")
  }

  /// How errors name a file of this model.
  func place(_ name: String) -> String { isSingleFile ? "\(path): \(name)" : "\(path)/\(name)" }

  func configuration<C: Decodable>(_ name: String, _ type: C.Type = C.self) throws -> C {
    guard let data = try data(name) else {
      throw Failure(
        .modelDamaged, "\(place(name)) is missing",
        hint: isSingleFile
          ? "keep it in the file's metadata, or in a folder of the file's name beside it"
          : "install the model again")
    }
    return try parseConfiguration(data, name: place(name))
  }

  func configuration<C: Decodable>(_ part: Part, _ type: C.Type = C.self) throws -> C {
    try configuration("\(part.rawValue)/config.json")
  }

  /// - Parameter defaultLength: tokens of a caption where the tokenizer's files do not say.
  func tokenizer(defaultLength: Int = 77) throws -> CaptionTokenizer {
    try CaptionTokenizer(place: place("tokenizer"), defaultLength: defaultLength) {
      try data("tokenizer/\($0)")
    }
  }

  /// The whole weights first, then those that diffusers saves as a variant.
  func weights(_ part: Part) throws -> Weights {
    if isSingleFile { return Weights(path: path, prefix: part.rawValue + ".") }
    let folder = "\(path)/\(part.rawValue)"
    let names = Self.weightNames(part)
    if let found = names.first(where: { isFile("\(folder)/\($0)") }) {
      return Weights(path: "\(folder)/\(found)", prefix: "")
    }
    throw missing(part, folder, names[0])
  }

  static func weightNames(_ part: Part) -> [String] {
    ["", ".fp16", ".bf16", ".fp32"].map { part.stem + $0 + fileExtension }
  }

  /// Files that a tokenizer may be read from, in any version of the libraries that write them.
  static let tokenizerFiles = [
    "vocab.json", "merges.txt", "added_tokens.json", "tokenizer.json", "tokenizer_config.json",
    "special_tokens_map.json",
  ]

  /// Files whose bytes are the model, for a digest.
  func weightFiles() throws -> [String] {
    isSingleFile ? [path] : try Part.allCases.map { try weights($0).path }
  }

  private func missing(_ part: Part, _ folder: String, _ wanted: String) -> Failure {
    let what = "\(folder)/\(wanted) is missing"
    if let pickle = part.pickles.first(where: { isFile("\(folder)/\($0)") }) {
      return Failure(
        .unsupported, what,
        hint: "convert the model where Python has diffusers: "
          + "AmusedPipeline.from_pretrained(FOLDER, use_safetensors=False).save_pretrained(OTHER)",
        cause: "\(pickle) beside it is a pickle, which may run code when it is read")
    }
    if isFile("\(folder)/\(part.stem).safetensors.index.json") {
      return Failure(
        .unsupported, what,
        hint: "save the model again with max_shard_size=\"100GB\"",
        cause: "the weights are cut into several files")
    }
    return Failure(.modelMissing, what, hint: "install the model again")
  }

  /// Other pipelines have a `model_index.json` too.
  private func checkKind() throws {
    struct Index: Decodable { var _class_name: String? }
    let name = "model_index.json"
    guard let data = try data(name) else { return }
    let index: Index = try parseConfiguration(data, name: place(name))
    guard let kind = index._class_name, !kind.hasPrefix("Amused") else { return }
    throw Failure(
      .unsupported, "\(place(name)): this is a model for \(kind)",
      hint: "models of the aMUSEd family are read: AmusedPipeline")
  }

  static func nativeSize(
    _ t: TransformerConfiguration, _ v: PictureTokenizerConfiguration
  ) -> PixelSize {
    // The published 512-pixel model keeps the class default of 64 for sample_size only in its code;
    // its files say 32.
    PixelSize(width: t.sampleSize * v.pixelsPerToken, height: t.sampleSize * v.pixelsPerToken)
  }

  /// Sizes besides the native one: whole tokens, by twos where the painter halves the grid. What a
  /// decoder makes of more than 4,096 would not fit into the memory that people have.
  static func sizes(
    _ t: TransformerConfiguration, _ v: PictureTokenizerConfiguration
  ) -> SizeRange {
    let side = t.downsample ? 2 : 1
    return SizeRange(step: v.pixelsPerToken * side, mostSteps: 4096 / (side * side))
  }
}

private func isFile(_ path: String) -> Bool {
  var isFolder: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
}

/// A file of text of at most 64 MiB; nil where there is none. Of a larger one no more than that is read.
func readSmallFile(_ path: String, limit: Int = 64 << 20) throws -> Data? {
  func failure(_ cause: String) -> Failure {
    Failure(.modelDamaged, "\(path) cannot be read", hint: "install the model again", cause: cause)
  }
  guard isFile(path) else { return nil }
  guard let handle = FileHandle(forReadingAtPath: path) else { throw failure("no permission") }
  defer { try? handle.close() }
  do {
    let data = try handle.read(upToCount: limit + 1) ?? Data()
    guard data.count <= limit else { throw failure("it is larger than \(limit >> 20) MiB") }
    return data
  } catch let failure as Failure {
    throw failure
  } catch {
    throw failure("\(error)")
  }
}
