import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen

/// What a training run learns from and is judged by.
struct TrainingData {
  var pictures: any TrainingPictures
  var validation: any TrainingPictures
  /// Prompts whose pictures show how far the model is.
  var samples: [String]
}

/// The data called `name`: `scenes`, a prepared set, or a folder of pictures with captions.
///
/// A folder is prepared into `folder`, that of the run, once: a run that goes on learns from what it
/// began with, whatever became of the pictures since. A set is read through before, so that damage is
/// known before hours of work.
///
/// - Parameter keepsGoing: prepares what is left where more than 5 % cannot be used, without asking.
func trainingData(
  named name: String, seed: UInt64, in folder: String, keepsGoing: Bool
) throws -> TrainingData {
  if name == "scenes" {
    let sprites = try SceneSprites(decode: { try decodeDrawing($0) })
    return TrainingData(
      pictures: SceneSource(sprites: sprites, seed: seed, split: .training),
      validation: SceneSource(sprites: sprites, seed: seed &+ 1, split: .heldOut),
      samples: ScenePrompts.fixed48.map(\.prompt))
  }
  let path = expandingTilde(name)
  switch fileKind(path) {
  case .file: return try trainingData(PreparedFile(path), seed: seed)
  case .folder:
    let prepared = folder + "/data.easeldata"
    if fileKind(prepared) == nil {
      try makeFolder(folder)
      let (done, _, _) = try Preparing(
        settings: PreparationSettings(), keepsGoing: keepsGoing
      ).prepare(FolderSource(path), to: prepared, overwriting: false)
      for line in done.statistics.lines { Console.err(line) }
      if done.statistics.skipped > 0 { Console.err("\(SafeText(done.report)) says why") }
    }
    return try trainingData(PreparedFile(prepared), seed: seed)
  case nil:
    throw Failure(
      .notFound, "there is no data called '\(name)'",
      hint: "'scenes', a file that 'easel data' prepared, or a folder of pictures with captions")
  }
}

private func trainingData(_ set: PreparedFile, seed: UInt64) throws -> TrainingData {
  try set.verify { seen in
    try Task.checkCancellation()
    if set.count > 1000 { ProgressLine.show("read \(seen) of \(set.count) pictures") }
  }
  ProgressLine.clear()
  func part(_ part: DataPart) throws -> PreparedPictures {
    try PreparedPictures(
      set, part, seed: seed, scaled: PictureTools.imaging.scaled, complain: { Console.warn($0) })
  }
  let validation = try part(.heldOut)
  return TrainingData(
    pictures: try part(.training), validation: validation,
    samples: (0..<24).map {
      validation.caption(index: $0, variant: $0 / max(1, validation.count ?? 1))
    })
}
