public import EaselKit
import EaselTensor
import Foundation

/// Going on from a finished model with pictures of one's own.
extension TrainingRun {
  /// Writes the checkpoints that the stages begin from with the weights of the model in `model`, whose
  /// words are kept as well, and puts its image tower and upscaler into the run's model, which has them until stages
  /// of its own make others. Nothing is done where they are there already.
  public func begin(with model: String) throws {
    let files = try ModelFolder(model)
    let manager = FileManager.default
    if !manager.fileExists(atPath: tokenizerFolder) {
      try manager.createDirectory(
        atPath: folder + "/model", withIntermediateDirectories: true)
      try manager.copyItem(atPath: model + "/tokenizer", toPath: tokenizerFolder)
    }
    for part in ["image_encoder", "upscaler"]
    where manager.fileExists(atPath: "\(model)/\(part)")
      && !manager.fileExists(atPath: "\(folder)/model/\(part)")
    {
      try manager.copyItem(atPath: "\(model)/\(part)", toPath: "\(folder)/model/\(part)")
    }
    if !manager.fileExists(atPath: vqCheckpoint) {
      let pictures = try VQModel(
        files.configuration(.vqvae), ParameterSource(files.weights(.vqvae)))
      try TokenizerTrainer(model: pictures, settings: settings.tokenizer, seed: settings.seed)
        .save(to: vqCheckpoint)
    }
    guard !manager.fileExists(atPath: painterCheckpoint) else { return }
    let words = try CaptionTokenizer(folder: tokenizerFolder)
    let text = try TextEncoder(
      files.configuration(.textEncoder),
      ParameterSource(files.weights(.textEncoder), alternativePrefix: "text_model."))
    let transformer = try UVit2D(
      files.configuration(.transformer), ParameterSource(files.weights(.transformer)))
    let schedule: SchedulerConfiguration = try configuration(
      json: recipe.text("scheduler/scheduler_config.json"))
    try PainterTrainer(
      transformer: transformer, text: text, settings: settings.painter, seed: settings.seed,
      maskToken: Int32(schedule.maskTokenId), emptyText: words.padded(""), pixels: recipe.pixels
    ).save(to: painterCheckpoint)
  }

  /// Puts the trained painter and the rest of the model it came from together in `target`, which must not
  /// exist: the picture tokenizer, the image tower and the upscaler are carried over unchanged.
  public func publish(over model: String, to target: String) throws {
    let manager = FileManager.default
    let hidden = "\(target).making-\(getpid())"
    do {
      try manager.createDirectory(
        at: URL(filePath: target).deletingLastPathComponent(), withIntermediateDirectories: true)
      try manager.copyItem(atPath: folder + "/model", toPath: hidden)
      for part in ["vqvae", "image_encoder", "upscaler"]
      where manager.fileExists(atPath: "\(model)/\(part)") {
        try? manager.removeItem(atPath: "\(hidden)/\(part)")
        try manager.copyItem(atPath: "\(model)/\(part)", toPath: "\(hidden)/\(part)")
      }
      try carryWords(from: model, to: hidden)
      try manager.moveItem(atPath: hidden, toPath: target)
    } catch {
      try? manager.removeItem(atPath: hidden)
      throw Failure(
        .diskFull, "the model \(target) could not be written",
        hint: "what was learnt is kept in \(folder)", cause: "\(error)")
    }
  }
}

/// What a tuned model knows: the words of the one it came from and those it was tuned with. Where that one
/// does not say which it knows, neither does this: half a list would warn of words that it paints.
private func carryWords(from model: String, to folder: String) throws {
  let manager = FileManager.default
  let new = folder + "/words.txt", old = model + "/words.txt"
  if !manager.fileExists(atPath: old) {
    if manager.fileExists(atPath: new) { try manager.removeItem(atPath: new) }
  } else {
    let lists = try [old, new].filter { manager.fileExists(atPath: $0) }
      .map { try String(contentsOfFile: $0, encoding: .utf8) }
    let known = Set(lists.joined(separator: "\n").split(separator: "\n"))
    try (known.sorted().joined(separator: "\n") + "\n")
      .write(toFile: new, atomically: true, encoding: .utf8)
  }
  let lexicon = "/lexicon.tsv"
  if manager.fileExists(atPath: model + lexicon), !manager.fileExists(atPath: folder + lexicon) {
    try manager.copyItem(atPath: model + lexicon, toPath: folder + lexicon)
  }
}

extension TrainingRecipe {
  /// The shapes of a model that is there, under another name.
  ///
  /// - Parameter summary: what it is; nil for what the model says.
  public init(ofModel model: String, name: String, summary: String? = nil) throws {
    let files = try ModelFolder(model)
    guard !files.isSingleFile else {
      throw Failure(
        .unsupported, "\(model) is one file; only model folders can be tuned",
        hint: "easel models list names others")
    }
    let t: TransformerConfiguration = try files.configuration(.transformer)
    let v: PictureTokenizerConfiguration = try files.configuration(.vqvae)
    let words: TextEncoderConfiguration = try files.configuration(.textEncoder)
    var texts: [String: String] = [:]
    for path in [
      "easel.json", "model_index.json", "scheduler/scheduler_config.json", "vqvae/config.json",
      "transformer/config.json", "text_encoder/config.json",
    ] {
      if let data = try files.data(path) { texts[path] = String(decoding: data, as: UTF8.self) }
    }
    var about =
      texts["easel.json"].flatMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      } ?? [:]
    if let summary { about["summary"] = summary }
    let written = try JSONSerialization.data(
      withJSONObject: about, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    texts["easel.json"] = String(decoding: written, as: UTF8.self) + "\n"
    self.init(
      name: name, pixels: ModelFolder.nativeSize(t, v).width, vocabulary: words.vocabSize,
      captionLength: words.maxPositionEmbeddings, codes: t.codebookSize, configurations: texts)
  }
}
