import EaselApp
import EaselImaging
import EaselKit
import EaselMuse
import Foundation

/// What a run would do if it were started: looked at while it is typed, so that what cannot be is said at
/// once.
extension TrainingDesk {
  func plan(_ request: TrainingRequest) -> TrainingPlan {
    var plan = TrainingPlan(folder: "")
    var pictures: Int?
    do {
      (pictures, plan.data) = try Self.look(at: request.data)
      if request.stage == "tune" {
        plan.name =
          try Tuning(
            data: request.data, name: request.name, model: request.model, paths: paths
          ).name
      }
    } catch {
      plan.problem = Failure(error).what
    }
    plan.folder = request.folder.isEmpty ? freeFolder(request, plan) : absolute(request.folder)
    if fileKind(plan.folder) == .file {
      plan.problem = plan.problem ?? "\(plan.folder) is a file"
    }
    plan.isTaken = Self.holdsARun(plan.folder)
    let settings = TrainingRun.Settings()
    switch TrainingStage(rawValue: request.stage) {
    case .tune:
      plan.batch = Tuning.batch
      plan.steps = pictures.map { Tuning.steps(pictures: $0, batch: request.batch ?? Tuning.batch) }
    case .vqgan: (plan.steps, plan.batch) = (settings.tokenizer.steps, settings.tokenizer.batch)
    case .transformer: (plan.steps, plan.batch) = (settings.painter.steps, settings.painter.batch)
    case .upscaler: (plan.steps, plan.batch) = (settings.upscaler.steps, settings.upscaler.batch)
    case .clip: (plan.steps, plan.batch) = (settings.clip.steps, settings.clip.batch)
    case .all, nil: break
    }
    return plan
  }

  /// How many pictures the data called `name` has, where that is known without reading them, and what it is
  /// in words. Throws where nothing can be learnt from it.
  private static func look(at name: String) throws -> (Int?, String?) {
    if name == "scenes" { return (nil, nil) }
    let path = expandingTilde(name)
    switch fileKind(path) {
    case .file:
      let count = try PreparedFile(path).count
      return (count, "a set of \(words(count))")
    case .folder:
      let (count, isAll) = try FolderSource(path).count(atMost: 4000)
      guard isAll else { return (nil, count > 0 ? "\(words(count)) and more" : "a large folder") }
      guard count > 0 else {
        throw Failure(.badInput, "no pictures in there: PNG, JPEG, WebP or PPM")
      }
      return (count, words(count))
    case nil: throw Failure(.notFound, "nothing is there")
    }
  }

  private static func words(_ count: Int) -> String {
    count == 1 ? "1 picture" : "\(count) pictures"
  }

  private static func holdsARun(_ folder: String) -> Bool {
    fileKind(StoredTraining.path(folder)) != nil || fileKind(folder + "/log.jsonl") != nil
  }

  /// A folder that nothing was trained in. A painter goes where the latest picture tokenizer is: it learns in
  /// its tokens, unless it begins from a model, which has its own.
  private func freeFolder(_ request: TrainingRequest, _ plan: TrainingPlan) -> String {
    if request.stage == "transformer", request.model == nil,
      let latest = LatestTraining(paths: paths).folder,
      fileKind(latest + "/vqgan.safetensors") != nil
    {
      return latest
    }
    let wanted =
      request.stage == "tune"
      ? Tuning.folder(of: plan.name ?? "mine", paths: paths)
      : "\(paths.state)/runs/\(request.stage)"
    if !Self.holdsARun(wanted) { return wanted }
    return (2...).lazy.map { "\(wanted)-\($0)" }.first { !Self.holdsARun($0) } ?? wanted
  }
}
