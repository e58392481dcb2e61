import EaselApp
import EaselImaging
import EaselKit
import EaselMuse
import Foundation

/// How a run was started, as `run.json` in its folder, so that it can be started again by its folder
/// alone.
struct StoredTraining: Codable, Hashable, Sendable {
  var stage: String
  /// `scenes`, or an absolute path.
  var data: String
  var seed: UInt64
  var steps: Int?
  var batch: Int?
  var accumulate: Int?
  var rate: Float?
  var schedule: TrainingSchedule.Form?
  var adversary: Adversary?
  var pool: Int?
  var model: String?
  /// Of the model that `tune` makes.
  var name: String?
  /// The model that the run's painter began from, and whose shapes everything in the folder has; nil where
  /// they are the recipe's.
  var base: String?

  static func path(_ folder: String) -> String { folder + "/run.json" }

  init(
    stage: String, data: String, seed: UInt64, learning: StageOptions, pool: Int?, model: String?,
    name: String? = nil, base: String? = nil
  ) {
    self.stage = stage
    self.data = data
    self.seed = seed
    steps = learning.steps
    batch = learning.batch
    accumulate = learning.accumulate
    rate = learning.rate
    schedule = learning.schedule
    adversary = learning.adversary
    self.pool = pool
    self.model = model
    self.name = name
    self.base = base
  }

  init(folder: String) throws {
    let path = Self.path(folder)
    guard fileKind(path) != nil else {
      throw Failure(
        .notFound, "\(folder) does not say how its run was started",
        hint: "easel train STAGE --out \(folder) --resume, with the settings that it had")
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(readFile(path)))
    } catch {
      throw Failure(
        .badInput, "\(path) cannot be read",
        hint: "easel train STAGE --out \(folder) --resume, with the settings that it had",
        cause: "\(error)")
    }
  }

  /// The same as it would be asked for.
  func request(in folder: String) -> TrainingRequest {
    TrainingRequest(
      stage: stage, data: data, model: model, name: name, folder: folder, seed: seed, steps: steps,
      batch: batch, pool: pool)
  }

  func write(to folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try makeFolder(folder)
    _ = try publish([UInt8](encoder.encode(self)), at: Self.path(folder), collision: .overwrite)
  }
}

/// `path` from the root.
func absolute(_ path: String) -> String {
  let full = expandingTilde(path)
  return full.hasPrefix("/") ? full : FileManager.default.currentDirectoryPath + "/" + full
}
