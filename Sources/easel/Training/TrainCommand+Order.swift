import EaselKit
import EaselMuse

extension TrainCommand {
  /// What is to be done: what was typed, and where nothing was, what the run's folder keeps.
  ///
  /// - Parameter run: folder of a run that goes on, whatever it was; nil for what was typed.
  func order(goingOnIn run: String?) throws -> TrainingOrder {
    var asked = self
    var base: String?
    if let run {
      asked.stage = nil
      asked.out = run
      asked.resume = true
      base = asked.take(try StoredTraining(folder: run))
    } else if resume, let out, fileKind(StoredTraining.path(absolute(out))) != nil {
      base = asked.take(try StoredTraining(folder: absolute(out)))
    }
    let tuning =
      asked.stage == "tune"
      ? try Tuning(data: asked.data ?? "scenes", name: asked.name, model: asked.model) : nil
    if let tuning, asked.out == nil {
      let own = Tuning.folder(of: tuning.name)
      asked.out = own
      if resume, fileKind(StoredTraining.path(own)) != nil {
        base = asked.take(try StoredTraining(folder: own))
      }
    }
    guard let out = asked.out else {
      throw Failure(.badInput, "a run wants a folder", hint: "name it with --out DIR")
    }
    let stage = asked.stage ?? "all"
    // What a painter goes on from gives its shapes to everything in the folder: its stages and its export.
    if stage == TrainingRun.Stage.transformer.rawValue
      || stage == TrainingRun.Stage.export.rawValue
    {
      base = asked.model ?? base
    }
    try asked.learning.check(for: stage)
    if let pool = asked.pool, pool < 1 {
      throw Failure(.badInput, "--pool cannot be \(pool)", hint: "use 1 or more")
    }
    return TrainingOrder(
      stage: stage, data: asked.data ?? "scenes", seed: asked.seed ?? 1, folder: absolute(out),
      goesOn: asked.resume, learning: asked.learning, pool: asked.pool,
      keepsGoing: asked.keepGoing, model: asked.model, base: base, tuning: tuning)
  }

  /// The settings of a run that goes on; what was typed beats them. How long another stage was to learn,
  /// and from which model, says nothing about this one. Returns the model whose shapes the run has.
  private mutating func take(_ stored: StoredTraining) -> String? {
    data = data ?? stored.data
    seed = seed ?? stored.seed
    pool = pool ?? stored.pool
    // Runs of before this was kept began from the model that they named.
    let base =
      stored.base ?? (stored.stage == TrainingRun.Stage.transformer.rawValue ? stored.model : nil)
    guard stage == nil || stage == stored.stage else { return base }
    stage = stored.stage
    learning.take(stored)
    model = model ?? stored.model
    name = name ?? stored.name
    return base
  }
}
