import EaselImaging
import EaselKit
import EaselMuse
import Foundation
import Synchronization

/// `easel train judge` and `easel train referee`: the judges of `easel evaluate`.
struct JudgeTraining: Sendable {
  var folder: String
  var seed: UInt64
  var steps: Int?
  var batch: Int?
  var minutes: Double?
  var resume: Bool
  var json: Bool

  static let stageNames = ["referee", "judge"]

  /// nil for the stages of a painter's training.
  static func parts(of stage: String) -> [JudgeRun.Part]? {
    switch stage {
    case "referee": [.referee]
    case "judge": JudgeRun.Part.allCases
    default: nil
    }
  }

  func run(_ parts: [JudgeRun.Part]) async throws {
    if !resume, fileKind(folder + "/log.jsonl") != nil {
      throw Failure(
        .badInput, "\(folder) already holds a training run",
        hint: "--resume goes on with it; or choose another folder with --out")
    }
    let settings = try settings()
    let sprites = try SceneSprites(decode: { try decodeDrawing($0) })
    let deadline = try minutes.map { minutes in
      guard minutes > 0 else {
        throw Failure(.badInput, "--minutes cannot be \(minutes)", hint: "use more than 0")
      }
      return Date(timeIntervalSinceNow: minutes * 60)
    }
    let stopped = Mutex(false)
    let asJSON = json
    let training = try JudgeRun(
      folder: folder, settings: settings, sprites: sprites,
      shouldStop: {
        stopped.withLock { $0 } || deadline.map { Date() >= $0 } ?? false
      }
    ) { record in
      Console.out(asJSON ? record.json : record.line)
    }
    try LatestTraining(paths: .current).note(folder: folder)
    try await withTaskCancellationHandler {
      try training.run(parts)
    } onCancel: {
      stopped.withLock { $0 = true }
    }
    try Task.checkCancellation()
  }

  private func settings() throws -> JudgeRun.Settings {
    var settings = JudgeRun.Settings()
    // Seed 1 of a painter's data and seed 1 of its judge's are different streams.
    settings.seed = seed &+ 7_000
    if let steps {
      settings.referee.steps = steps
      settings.clip.steps = steps
    }
    if let batch {
      settings.referee.batch = batch
      settings.clip.batch = batch
    }
    return settings
  }
}
