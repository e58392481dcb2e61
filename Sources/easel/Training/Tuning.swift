import EaselKit
import EaselMuse
import EaselScreen
import Foundation

/// Fine-tuning a model on a few pictures of one's own: what is chosen where nobody says otherwise.
struct Tuning: Sendable {
  /// Of the model that is made.
  var name: String
  /// Folder of the model that it goes on from.
  var base: String
  /// Where the model will be.
  var target: String

  /// - Parameters:
  ///   - data: what it learns from; its last part names the model where `name` does not.
  ///   - model: name or folder of the model to go on from; nil for the one that came with Easel.
  init(data: String, name: String?, model: String?, paths: Paths = .current) throws {
    guard data != "scenes" else {
      throw Failure(
        .badInput, "tune wants pictures of your own", hint: "name their folder with --data")
    }
    let stem = (expandingTilde(data) as NSString).lastPathComponent
    let name = name ?? (stem as NSString).deletingPathExtension
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), !name.utf8.contains(0) else {
      throw Failure(.badInput, "'\(name)' cannot name a model", hint: "choose one with --name")
    }
    let catalog = Desk(paths: paths).catalog
    self.name = name
    target = paths.models + "/" + name
    guard fileKind(target) == nil, (try? catalog.folder(of: name)) == nil else {
      throw Failure(
        .badInput, "there is a model called '\(name)' already", hint: "choose another with --name")
    }
    let wanted = model ?? "scenes", folder = expandingTilde(wanted)
    base = model != nil && fileKind(folder) == .folder ? folder : try catalog.folder(of: wanted)
  }

  /// Pictures in a step, where nobody says otherwise.
  static let batch = 16

  /// Where a run that makes the model `name` is, where nobody says otherwise.
  static func folder(of name: String, paths: Paths = .current) -> String {
    paths.state + "/tuning/" + name
  }

  /// Checkpoints, of 50 steps each, without a better loss on the held-out pictures.
  static let patience = 6

  /// Each picture is seen some 200 times, within what takes minutes.
  static func steps(pictures: Int, batch: Int) -> Int {
    min(3000, max(300, pictures * 200 / max(1, batch)))
  }

  func recipe() throws -> TrainingRecipe {
    try TrainingRecipe(
      ofModel: base, name: name, summary: "\(ModelName.of(base)), tuned on pictures of one's own")
  }

  /// - Parameter learning: what was said, which stays.
  func adjust(
    _ settings: inout TrainingRun.Settings, pictures: Int?, _ learning: StageOptions
  ) {
    settings.painter.batch = learning.batch ?? Self.batch
    settings.painter.learningRate = learning.rate ?? 3e-4
    settings.painter.steps =
      learning.steps ?? Self.steps(pictures: pictures ?? 1000, batch: settings.painter.batch)
    settings.checkpointEvery = 50
    settings.painter.patience = Self.patience
  }

  /// Puts the tuned model where the others are, and says so.
  func publish(_ run: TrainingRun) throws -> [String] {
    try run.publish(over: base, to: target)
    let name = SafeText(name)
    var lines = [
      "the model '\(name)' paints now: easel paint --model \(name) …",
      "  its image tower and upscaler are those of the model it came from",
    ]
    if let step = run.keptStep {
      lines.append("  its painter is that of step \(step), the best on the pictures held out")
    }
    return lines
  }
}

private enum ModelName {
  static func of(_ folder: String) -> String { (folder as NSString).lastPathComponent }
}
