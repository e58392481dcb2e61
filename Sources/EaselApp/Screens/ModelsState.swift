public import EaselKit

/// Models: those that are installed, those that can be, and what is being done to either.
public struct ModelsState: Hashable, Sendable {
  public var selected = 0
  /// A source while it is typed.
  public var typed: TextEditor?
  public var work: [ModelWork] = []
  /// What has arrived of models in earlier sessions.
  public var unfinished: [UnfinishedModel] = []
  /// The user's own folder of models; nil until it was told.
  public var folder: String?
  /// Before a server is asked: what is about to happen, until Enter or any other key.
  public var question: ModelPlan?
  /// The model that the cursor goes to as soon as it is in the list.
  var awaited: String?
  public init() {}

  func work(_ task: ModelTask) -> ModelWork? { work.first { $0.task == task } }

  mutating func change(_ task: ModelTask, _ body: (inout ModelWork) -> Void) {
    guard let i = work.firstIndex(where: { $0.task == task }) else { return }
    body(&work[i])
  }
}

/// Something that takes its time, done to one model.
public enum ModelTask: Hashable, Sendable {
  case install(source: String)
  case verify(name: String)
}

public struct ModelWork: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    case running, stopped
    case failed(Failure)
    /// A check came to its end.
    case verified(ModelVerdict)
  }
  public var task: ModelTask
  /// Of the model.
  public var name: String
  public var progress: ModelProgress?
  public var state = State.running
  public init(task: ModelTask, name: String) {
    self.task = task
    self.name = name
  }
  var isRunning: Bool { state == .running }
}

/// What an installation would do, found out without doing anything.
public struct ModelPlan: Hashable, Sendable {
  public var source: String
  public var name: String
  /// In plain words, which server is asked for what; nil where none is.
  public var contact: String?
  public init(source: String, name: String, contact: String?) {
    self.source = source
    self.name = name
    self.contact = contact
  }
}

/// What the world should do about models. News comes back as `Action.models`.
public enum ModelsWish: Hashable, Sendable {
  /// Look what is unfinished.
  case look
  /// Find out what a source means.
  case plan(source: String)
  case install(source: String)
  case verify(name: String, path: String)
  /// What has arrived is kept.
  case stop(ModelTask)
  case remove(name: String)
  case restore(RemovedModel)
}

/// What became of it.
public enum ModelsNews: Hashable, Sendable {
  case looked(folder: String, unfinished: [UnfinishedModel])
  case planned(ModelPlan)
  case progress(ModelTask, ModelProgress)
  case installed(ModelTask, InstalledModel)
  case verified(ModelTask, ModelVerdict)
  case failed(ModelTask, Failure)
  case removed(RemovedModel)
  case restored(RemovedModel)
}
