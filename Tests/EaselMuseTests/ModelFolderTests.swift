import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Testing

@Suite("Folders and files of models")
struct ModelFolderTests {
  private let files = FileManager.default

  /// A root of models with copies of golden ones: target below the root → fixture.
  private func root(_ copies: [String: String]) throws -> String {
    let root = try TinyModel.folder("roots")
    for (target, source) in copies {
      try files.copyItem(atPath: "\(Golden.root)/\(source)", toPath: "\(root)/\(target)")
    }
    return root
  }
  private func catalog(_ root: String) -> ModelCatalog {
    ModelCatalog(roots: [root]) { "\($0.count) files" }
  }
  private func picture(_ model: MuseModel) throws -> Picture {
    // 4 tokens a side of 2 or 4 pixels.
    let side = 4 * model.pictures.configuration.pixelsPerToken
    let painted = try model.paint(
      GenerationRequest(
        prompt: "a fox", width: side, height: side, steps: 3, guidance: 2, seed: 5,
        model: model.name), indices: 0..<1, check: {}, step: { _, _, _ in })
    return try #require(painted.first).picture
  }

  @Test("Folders, half precision variants and single files are listed and load")
  func listing() throws {
    let root = try root(["a": "first", "b": "second", "c.safetensors": "third/model.safetensors"])
    defer { try? files.removeItem(atPath: root) }
    try files.createDirectory(atPath: root + "/empty", withIntermediateDirectories: true)
    let models = catalog(root).descriptions()
    #expect(models.map(\.name).sorted() == ["a", "b", "c"])
    for model in models {
      #expect(model.problem == nil && model.parameters > 50_000, "\(model)")
      let loaded = try catalog(root).load(model.name)
      #expect(loaded.digest == (model.name == "c" ? "1 files" : "3 files"))
      _ = try picture(loaded)
    }
    #expect(models.first { $0.name == "a" }?.sizes == [PixelSize(width: 16, height: 16)])
  }

  @Test("A single file's configuration may lie in a folder beside it, which is then no other model")
  func beside() throws {
    let root = try root(["inside.safetensors": "third/model.safetensors"])
    defer { try? files.removeItem(atPath: root) }
    let file = try SafetensorsFile(path: root + "/inside.safetensors")
    let entries = file.names.map { name in
      WeightEntry(name, file.info(name)?.shape ?? []) { () throws(WeightFileError) in
        try file.load(name)
      }
    }
    try writeSafetensors(path: root + "/beside.safetensors", entries: entries, dtype: .bfloat16)
    let alone = #expect(throws: Failure.self) { try catalog(root).load("beside") }
    // Which one is missed first is nobody's business.
    #expect(alone?.what.contains("beside.safetensors: ") == true)
    #expect(alone?.what.hasSuffix("config.json is missing") == true)
    #expect(alone?.hint?.contains("beside it") == true)
    for (name, text) in file.metadata where name.contains(".json") {
      let target = URL(filePath: "\(root)/beside/\(name)")
      try files.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: target)
    }
    #expect(catalog(root).folders().map(\.name).sorted() == ["beside", "inside"])
    let (a, b) = (try catalog(root).load("beside"), try catalog(root).load("inside"))
    #expect(try picture(a) == picture(b))
  }

  @Test("A pickle beside missing weights is named, with the way to convert it")
  func pickles() throws {
    let root = try root(["p": "first"])
    defer { try? files.removeItem(atPath: root) }
    for (part, stem, pickle) in [
      ("transformer", "diffusion_pytorch_model", "diffusion_pytorch_model.bin"),
      ("text_encoder", "model", "pytorch_model.bin"),
      ("vqvae", "diffusion_pytorch_model", "model.ckpt"),
    ] {
      let weights = "\(root)/p/\(part)/\(stem).safetensors"
      try files.moveItem(atPath: weights, toPath: weights + ".away")
      defer { try? files.moveItem(atPath: weights + ".away", toPath: weights) }
      let missing = #expect(throws: Failure.self) { try catalog(root).load("p") }
      #expect(missing?.code == .modelMissing && missing?.what.contains(weights) == true)
      let bytes = Data([0x80, 2, 0x7D] + [UInt8](repeating: 0, count: 64))
      try bytes.write(to: URL(filePath: "\(root)/p/\(part)/\(pickle)"))
      let failure = #expect(throws: Failure.self) { try catalog(root).load("p") }
      #expect(failure?.code == .unsupported)
      #expect(failure?.what.contains(weights) == true)
      #expect(failure?.cause?.contains(pickle) == true)
      #expect(failure?.hint?.contains("save_pretrained") == true)
      try files.removeItem(atPath: "\(root)/p/\(part)/\(pickle)")
      // The same under the right name.
      try bytes.write(to: URL(filePath: weights))
      let disguised = #expect(throws: Failure.self) { try catalog(root).load("p") }
      #expect(disguised?.cause?.contains("run code") == true)
      try files.removeItem(atPath: weights)
    }
    _ = try catalog(root).load("p")
  }

  @Test("Weights in several files, and models of another family, are said to be that")
  func others() throws {
    let root = try root(["s": "first", "o": "first"])
    defer { try? files.removeItem(atPath: root) }
    let stem = "\(root)/s/transformer/diffusion_pytorch_model"
    try files.moveItem(atPath: stem + ".safetensors", toPath: stem + "-00001-of-00002.safetensors")
    try Data("{}".utf8).write(to: URL(filePath: stem + ".safetensors.index.json"))
    let cut = #expect(throws: Failure.self) { try catalog(root).load("s") }
    #expect(cut?.hint?.contains("max_shard_size") == true)
    try Data(#"{"_class_name": "StableDiffusionPipeline"}"#.utf8).write(
      to: URL(filePath: root + "/o/model_index.json"))
    let other = #expect(throws: Failure.self) { try catalog(root).load("o") }
    #expect(other?.what.contains("StableDiffusionPipeline") == true)
    let problem = catalog(root).descriptions().first { $0.name == "o" }?.problem
    #expect(problem?.contains("StableDiffusionPipeline") == true)
  }

  @Test(
    "Weights that are no numbers are found, whatever they are stored as", arguments: Golden.names)
  func notNumbers(_ name: String) throws {
    let target = name == "third" ? "n.safetensors" : "n"
    let root = try root([target: name == "third" ? "third/model.safetensors" : name])
    defer { try? files.removeItem(atPath: root) }
    let path =
      switch name {
      case "first": root + "/n/vqvae/diffusion_pytorch_model.safetensors"
      case "second": root + "/n/vqvae/diffusion_pytorch_model.fp16.safetensors"
      default: root + "/n.safetensors"
      }
    let tensor = (name == "third" ? "vqvae." : "") + "quantize.embedding.weight"
    let info = try #require(try SafetensorsFile(path: path).info(tensor))
    // The third number becomes NaN, then infinite.
    let patterns: [[UInt8]] =
      switch info.type {
      case .f32: [[0, 0, 0xC0, 0x7F], [0, 0, 0x80, 0xFF]]
      case .f16: [[1, 0x7C], [0, 0xFC]]
      default: [[0xC0, 0x7F], [0x80, 0xFF]]
      }
    for pattern in patterns {
      let handle = try #require(FileHandle(forUpdatingAtPath: path))
      try handle.seek(toOffset: UInt64(info.range.lowerBound + 2 * info.type.bytes))
      try handle.write(contentsOf: pattern)
      try handle.close()
      let failure = #expect(throws: Failure.self) { try catalog(root).load("n") }
      let cause = try #require(failure?.cause)
      #expect(cause.contains(path) && cause.contains(tensor) && cause.contains("number 2"))
    }
  }

  @Test("An exported model paints the same from a folder and from a single file")
  func export() throws {
    let root = try root(["a": "first", "c.safetensors": "third/model.safetensors"])
    defer { try? files.removeItem(atPath: root) }
    for name in ["a", "c"] {
      let original = try picture(catalog(root).load(name))
      for type in StoredWeights.allCases {
        var written: [String] = []
        try catalog(root).export(name, to: "\(root)/\(name)-\(type)", as: type) {
          written.append($0)
        }
        #expect(written.count == 3)
        try catalog(root).export(name, to: "\(root)/\(name)-\(type)-file.safetensors", as: type)
        let folder = try picture(catalog(root).load("\(name)-\(type)"))
        #expect(try picture(catalog(root).load("\(name)-\(type)-file")) == folder)
        // The second model is stored in bfloat16, so that both types hold its weights exactly.
        if type == .float32 || (type == .bfloat16 && name == "c") { #expect(folder == original) }
        let header = try SafetensorsFile(
          path: "\(root)/\(name)-\(type)/text_encoder/model.safetensors")
        #expect(header.metadata == ["format": "pt"])
        #expect(header.names.contains("text_model.final_layer_norm.weight"))
        #expect(header.names.contains("text_projection.weight"))
      }
    }
  }

  @Test("An export never overwrites, and leaves nothing behind when it fails")
  func exportRefuses() throws {
    let root = try root(["a": "first"])
    defer { try? files.removeItem(atPath: root) }
    let refused = #expect(throws: Failure.self) {
      try catalog(root).export("a", to: root + "/a", as: .float32)
    }
    #expect(refused?.code == .badInput)
    let unknown = #expect(throws: Failure.self) {
      try catalog(root).export("b", to: root + "/x", as: .float32)
    }
    #expect(unknown?.code == .modelMissing)
    let nowhere = #expect(throws: Failure.self) {
      try catalog(root).export("a", to: "/proc/nowhere/x", as: .float32)
    }
    #expect(nowhere?.what.contains("/proc/nowhere/x") == true)
    let vq = root + "/a/vqvae/diffusion_pytorch_model.safetensors"
    let whole = try Data(contentsOf: URL(filePath: vq))
    try whole.prefix(whole.count / 2).write(to: URL(filePath: vq))
    let damaged = #expect(throws: Failure.self) {
      try catalog(root).export("a", to: root + "/x", as: .float32)
    }
    #expect(damaged?.code == .modelDamaged)
    #expect(try files.contentsOfDirectory(atPath: root) == ["a"])
  }

  @Test("easel.json gives the noise as a number or two, and what it cannot be is said")
  func card() throws {
    let root = try root(["a": "first"])
    defer { try? files.removeItem(atPath: root) }
    let card = URL(filePath: root + "/a/easel.json")
    var pictures: [Picture] = []
    for json in [
      "{}", #"{"temperature": 2}"#, #"{"temperature": [2, 0]}"#, #"{"drawing": 1}"#,
      #"{"drawing": [1, 1]}"#, #"{"revision": {"steps": 0, "tokens": 0.5}}"#,
    ] {
      try Data(json.utf8).write(to: card)
      pictures.append(try picture(catalog(root).load("a")))
    }
    for other in pictures { #expect(other == pictures[0]) }
    for json in [
      #"{"drawing": 0.1}"#, #"{"drawing": [1, 0.2]}"#,
      #"{"revision": {"steps": 0.5, "tokens": 0.5}}"#,
    ] {
      try Data(json.utf8).write(to: card)
      #expect(try picture(catalog(root).load("a")) != pictures[0], "\(json)")
    }
    // A picture of a batch is the one that it would be alone, revised or not.
    let model = try catalog(root).load("a")
    let both = try model.paint(
      TinyModel.request(steps: 8, count: 2), indices: 0..<2, check: {}, step: { _, _, _ in })
    for i in 0..<2 {
      let alone = try model.paint(
        TinyModel.request(steps: 8, count: 2), indices: i..<(i + 1), check: {},
        step: { _, _, _ in })
      #expect(alone[0].picture == both[i].picture)
    }
    for json in [
      #"{"temperature": -1}"#, #"{"temperature": [1]}"#, #"{"temperature": "hot"}"#,
      #"{"drawing": 0}"#, #"{"drawing": [1, 2, 3]}"#, #"{"drawing": "hot"}"#,
      #"{"revision": {"steps": 2, "tokens": 0.5}}"#, #"{"revision": {"steps": 0.5}}"#,
      #"{"revision": {"steps": 0.5, "tokens": 0.5, "drawing": 0}}"#,
    ] {
      try Data(json.utf8).write(to: card)
      let failure = #expect(throws: Failure.self) { try catalog(root).load("a") }
      #expect(failure?.what.contains("easel.json") == true)
    }
  }
}
