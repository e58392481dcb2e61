public import EaselKit
internal import EaselScreen

/// Train: the form of the next run, and the latest one.
public struct TrainState: Hashable, Sendable {
  public enum Focus: Hashable, Sendable {
    /// Keys act on the run.
    case run
    case form(TrainingForm.Field)
  }
  /// A plan and what it answers.
  public struct Planned: Hashable, Sendable {
    public var request: TrainingRequest
    public var plan: TrainingPlan
  }
  public var report: TrainingReport?
  /// Whether there is a run was told; until then nobody knows where the keys should go.
  public var isKnown = false
  public var focus = Focus.run
  public var form = TrainingForm()
  /// The newest answer; it may be one to what was typed before.
  public var planned: Planned?
  /// Enter came before the plan: what is typed starts as soon as it is known to be right.
  public var startsWhenPlanned = false
  /// A run was started from here and has not begun yet.
  public var isStarting = false
  /// Why the last one that was started did not begin.
  public var refusal: Failure?
  public init() {}

  var isAlive: Bool { report?.state.isAlive == true }
  var isInForm: Bool { focus != .run }

  /// What the form's run would do; nil while that is being found out.
  var plan: TrainingPlan? { planned?.request == form.request ? planned?.plan : nil }

  /// What Enter starts.
  var request: TrainingRequest? {
    guard let plan else { return nil }
    var request = form.request
    request.folder = plan.folder
    request.goesOn = plan.isTaken && form.stage.isPart
    request.keepsGoing = asksToKeepGoing
    return request
  }

  /// Whether the refusal is a question: much of the folder cannot be used, and Enter once more means the rest.
  var asksToKeepGoing: Bool { refusal?.hint?.contains(TrainingRequest.keepGoing) == true }

  /// The refusal in the words of this screen, where a key stands for the option.
  var shownRefusal: Failure? {
    guard var shown = refusal else { return nil }
    shown.hint = shown.hint?.replacing(TrainingRequest.keepGoing, with: "Enter")
    return shown
  }
}

extension AppState {
  /// Seconds between two looks at a run: when it is about to begin, and while it lives.
  private static let soon = 0.25, later = 1.0

  mutating func perform(_ command: TrainCommand) -> [Effect] {
    guard let report = train.report else {
      return command == .new ? openTrainingForm() : []
    }
    switch command {
    case .pause: return [.askTraining(report.folder, .pause)]
    case .goOn: return [.askTraining(report.folder, .goOn)]
    case .save:
      notice = Notice("saves after this step")
      return [.askTraining(report.folder, .save)]
    case .stop: return [.askTraining(report.folder, .stop)]
    case .resume:
      train.isStarting = true
      train.refusal = nil
      return [.resumeTraining(report.folder)]
    case .new: return openTrainingForm()
    case .copy: return report.request.map { [.copyText($0.commandLine)] } ?? []
    }
  }

  private mutating func openTrainingForm() -> [Effect] {
    train.focus = .form(.stage)
    return []
  }

  mutating func perform(_ command: TrainFormCommand) -> [Effect] {
    guard case .form(let field) = train.focus else { return [] }
    let fields = train.form.fields
    let here = fields.firstIndex(of: field) ?? 0
    switch command {
    case .start:
      train.startsWhenPlanned = train.request == nil
      guard let request = train.request else { return [] }
      train.isStarting = true
      train.refusal = nil
      return [.startTraining(request)]
    case .nextField: train.focus = .form(fields[(here + 1) % fields.count])
    case .previousField:
      train.focus = .form(fields[(here + fields.count - 1) % fields.count])
    case .more: chooseForTraining(field, 1)
    case .less: chooseForTraining(field, -1)
    case .leaveTyping:
      train.focus = .form(.stage)
      train.startsWhenPlanned = false
    case .back:
      train.focus = .run
      train.startsWhenPlanned = false
    case .copy: return train.request.map { [.copyText($0.commandLine)] } ?? []
    }
    return []
  }

  private mutating func chooseForTraining(_ field: TrainingForm.Field, _ step: Int) {
    switch field {
    case .stage:
      let names = TrainingStage.allCases.map(\.rawValue)
      let name = next(names, after: train.form.stage.rawValue, step)
      train.form.stage = TrainingStage(rawValue: name) ?? train.form.stage
    case .model:
      let names = trainingModels
      let chosen = next(names, after: train.form.model ?? Self.ownModel, step)
      train.form.model = chosen == Self.ownModel ? nil : chosen
    case .data, .name, .folder, .steps, .batch: break
    }
    train.refusal = nil
    train.startsWhenPlanned = false
  }

  static let ownModel = "the run's own"

  /// Models of this machine, and the run's own where there may be one: what is tuned is always a model.
  private var trainingModels: [String] {
    let here = engines.flatMap(\.models).filter { $0.folder != nil && $0.problem == nil }
    return unique(here.map(\.name)) + (train.form.stage == .tune ? [] : [Self.ownModel])
  }

  /// The text of the form that keys change now.
  mutating func editTrainingForm(_ change: (inout TextEditor, inout KillRing, Int) -> Void) {
    guard case .form(let field) = train.focus, var editor = train.form[field] else { return }
    change(&editor, &kills, 1_000)
    train.form[field] = editor
    train.refusal = nil
    train.startsWhenPlanned = false
  }

  /// An answer to what was typed before is none.
  mutating func take(_ plan: TrainingPlan, of request: TrainingRequest) -> [Effect] {
    train.planned = TrainState.Planned(request: request, plan: plan)
    guard train.startsWhenPlanned, train.plan != nil, route == .train else { return [] }
    train.startsWhenPlanned = false
    return perform(.trainForm(.start), at: nil)
  }

  /// Asks anew while there is something to see: a run that lives, or one that is about to begin.
  mutating func take(_ news: TrainingNews) -> [Effect] {
    train.report = news.report
    train.isKnown = true
    let wasStarting = train.isStarting
    train.isStarting = news.start == .underWay
    if case .refused(let failure) = news.start {
      // The form has room for it; a run that was to go on has not.
      if train.isInForm { train.refusal = failure } else { self.failure = failure }
    } else if wasStarting, !train.isStarting, news.report != nil {
      train.focus = .run
    }
    if news.report == nil, !train.isInForm { train.focus = .form(.stage) }
    guard route == .train else { return [] }
    if train.isStarting { return [.lookAtTraining(after: Self.soon)] }
    guard let report = train.report, report.state.isAlive else { return [] }
    return [.lookAtTraining(after: report.asked.isEmpty ? Self.later : Self.soon)]
  }

  /// The time to look at the run has come; nobody does where another screen is open.
  func lookAtTraining() -> [Effect] { route == .train ? [.loadTraining] : [] }

  // MARK: Why not

  func blocked(_ command: TrainCommand) -> String? {
    guard let report = train.report else {
      return command == .new ? nil : "nothing has been trained yet"
    }
    let isPausing = report.state == .paused || report.asked.contains(.pause)
    let over: String? =
      switch report.state {
      case .running, .paused: report.asked.contains(.stop) ? "it is stopping" : nil
      case .finished: "the run has finished"
      case .stopped, .failed, .killed: "the run is over; r goes on with it"
      }
    switch command {
    case .pause: return over ?? (isPausing ? "" : nil)
    case .goOn: return isPausing && over == nil ? nil : ""
    case .save:
      return over ?? (report.state == .paused ? "it was saved when it paused" : nil)
    case .stop: return over
    case .resume:
      if train.isStarting { return "it is being started" }
      switch report.state {
      case .running: return "it is running"
      case .paused: return "it is paused; p goes on"
      case .finished: return "the run has finished"
      case .stopped, .failed, .killed:
        return report.request == nil ? "its folder does not say how it was started" : nil
      }
    case .new: return nil
    case .copy:
      return report.request == nil ? "its folder does not say how it was started" : nil
    }
  }

  func blocked(_ command: TrainFormCommand) -> String? {
    guard case .form(let field) = train.focus else { return "" }
    switch command {
    case .start: return startingProblem
    case .more, .less: return train.form[field] == nil ? nil : ""
    case .back: return train.report == nil ? "" : nil
    case .copy: return train.plan == nil ? "the data is being looked at" : nil
    case .nextField, .previousField, .leaveTyping: return nil
    }
  }

  /// Why the form's run cannot be started.
  private var startingProblem: String? {
    if train.isStarting { return "it is being started" }
    if train.report?.state == .running {
      return "one run at a time: Esc, then p pauses the other one and x stops it"
    }
    for field in train.form.fields {
      if let problem = train.form.problem(field) {
        return "\(field.title.lowercased()): \(problem)"
      }
    }
    return train.plan?.problem
  }
}
