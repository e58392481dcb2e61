import ArgumentParser
import EaselKit
import EaselMuse

/// How a stage of training learns. What is not said, the stage chooses for itself.
struct StageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Steps of each stage.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Pictures in a step.", valueName: "n"))
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "Portions that the pictures of a step are worked through in, for less memory; 1 without.",
      valueName: "n"))
  var accumulate: Int?

  @Option(
    help: ArgumentHelp(
      "Learning rate at its highest, of the one stage that is named; docs/TRAINING.md tells which without.",
      valueName: "x"))
  var rate: Float?

  @Option(
    help: ArgumentHelp(
      "How the learning rate goes on after its rise: \(named(TrainingSchedule.Form.allCases)); plateau without.",
      valueName: "form"),
    transform: { text in
      guard let form = TrainingSchedule.Form(rawValue: text) else {
        throw Failure.unknown(
          "schedule", text, known: TrainingSchedule.Form.allCases.map(\.rawValue))
      }
      return form
    })
  var schedule: TrainingSchedule.Form?

  @Option(
    help: ArgumentHelp(
      "What critic and decoder play for: \(named(Adversary.allCases)); bce without.",
      valueName: "loss"),
    transform: { text in
      guard let adversary = Adversary(rawValue: text) else {
        throw Failure.unknown("adversary", text, known: Adversary.allCases.map(\.rawValue))
      }
      return adversary
    })
  var adversary: Adversary?

  /// What a run's folder keeps; what was typed beats it.
  mutating func take(_ stored: StoredTraining) {
    steps = steps ?? stored.steps
    batch = batch ?? stored.batch
    accumulate = accumulate ?? stored.accumulate
    rate = rate ?? stored.rate
    schedule = schedule ?? stored.schedule
    adversary = adversary ?? stored.adversary
  }

  /// Throws where a value is out of range, or where `stage` would not heed an option.
  func check(for stage: String) throws {
    func within(_ option: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
      guard let value, !range.contains(value) else { return }
      throw Failure(
        .badInput, "--\(option) cannot be \(value)",
        hint: "use \(range.lowerBound) to \(range.upperBound)")
    }
    if let steps, steps < 1 {
      throw Failure(.badInput, "--steps cannot be \(steps)", hint: "use 1 or more")
    }
    try within("batch", batch, 1...4096)
    try within("accumulate", accumulate, 1...4096)
    if let rate, !(rate > 0 && rate <= 1) {
      throw Failure(
        .badInput, "--rate cannot be \(rate)", hint: "use more than 0 and at most 1, as in 0.0003")
    }

    let all = "all"
    func heeded(_ option: String, _ isGiven: Bool, by stages: [String]) throws {
      guard isGiven, !stages.contains(stage) else { return }
      throw Failure(
        .badInput, "the stage '\(stage)' does not heed --\(option)",
        hint: "it is for \(stages.joined(separator: ", "))")
    }
    // The stages' rates differ by more than ten: one for all would spoil most of them.
    try heeded("rate", rate != nil, by: ["vqgan", "transformer", "tune", "upscaler", "clip"])
    try heeded(
      "schedule", schedule != nil, by: ["vqgan", "transformer", "tune", "upscaler", "clip", all])
    try heeded("accumulate", accumulate != nil, by: ["vqgan", "transformer", "tune", all])
    try heeded("adversary", adversary != nil, by: ["vqgan", "upscaler", all])
  }

  func apply(to settings: inout TrainingRun.Settings) {
    apply(to: &settings.tokenizer)
    apply(to: &settings.painter)
    apply(to: &settings.clip)
    apply(to: &settings.upscaler)
    if let accumulate {
      settings.tokenizer.accumulate = accumulate
      settings.painter.accumulate = accumulate
    }
    if let adversary {
      settings.tokenizer.adversary = adversary
      settings.upscaler.adversary = adversary
    }
  }

  private func apply(to stage: inout some StageTraining) {
    if let steps { stage.steps = steps }
    if let batch { stage.batch = batch }
    if let rate { stage.learningRate = rate }
    if let schedule { stage.schedule = schedule }
  }
}

private func named<Choice: RawRepresentable<String>>(_ all: [Choice]) -> String {
  all.map(\.rawValue).joined(separator: ", ")
}
