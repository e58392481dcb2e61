/// What the Train screen can start.
public enum TrainingStage: String, Hashable, Sendable, CaseIterable {
  case tune, all, vqgan, transformer, upscaler, clip

  /// Whether it can go on from a model that is there, or learn with one.
  var usesModel: Bool { self != .all && self != .vqgan }
  /// Whether it is one of the parts that a run is made of, and so goes on in a folder that holds a run.
  /// The others begin a run, and would mix two in one folder.
  var isPart: Bool { self != .tune && self != .all }
}

/// A training run as it is asked for: what `easel train` needs to know.
public struct TrainingRequest: Hashable, Sendable {
  /// As `easel train` calls it.
  public var stage: String
  /// `scenes`, a folder or a prepared set, as typed.
  public var data: String
  /// The model that it goes on from or learns with; nil for the run's own.
  public var model: String?
  /// Of the model that `tune` makes; nil for the data's.
  public var name: String?
  /// Folder of the run; empty for one that the plan chooses.
  public var folder: String
  public var seed: UInt64?
  /// Of each stage; nil for the stage's own.
  public var steps: Int?
  /// Pictures in a step; nil for the stage's own.
  public var batch: Int?
  /// Pictures that the Transformer learns from; nil for as many as it takes otherwise.
  public var pool: Int?
  /// Goes on in a folder that holds a run already.
  public var goesOn: Bool
  /// Learns from what is left of a folder in which much cannot be used; without it, such a folder is refused.
  public var keepsGoing = false

  public init(
    stage: String, data: String, model: String? = nil, name: String? = nil, folder: String,
    seed: UInt64? = nil, steps: Int? = nil, batch: Int? = nil, pool: Int? = nil,
    goesOn: Bool = false
  ) {
    self.stage = stage
    self.data = data
    self.model = model
    self.name = name
    self.folder = folder
    self.seed = seed
    self.steps = steps
    self.batch = batch
    self.pool = pool
    self.goesOn = goesOn
  }

  /// What `easel train` names when it refuses a folder that it could learn from all the same.
  static let keepGoing = "--keep-going"

  /// The words after `easel`.
  public var arguments: [String] {
    var words = ["train", stage]
    func add(_ option: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      // A value with a dash in front would be taken for an option.
      words += value.hasPrefix("-") ? ["\(option)=\(value)"] : [option, value]
    }
    add("--data", data)
    add("--for", model)
    add("--name", name)
    add("--out", folder)
    add("--seed", seed.map { String($0) })
    add("--steps", steps.map { String($0) })
    add("--batch", batch.map { String($0) })
    add("--pool", pool.map { String($0) })
    if goesOn { words.append("--resume") }
    if keepsGoing { words.append(Self.keepGoing) }
    return words
  }

  /// The same as one would type it into a shell.
  public var commandLine: String {
    (["easel"] + arguments).map(quotedForShell).joined(separator: " ")
  }
}

/// `word` as a shell reads it unchanged.
private func quotedForShell(_ word: String) -> String {
  let plain =
    !word.isEmpty
    && word.allSatisfy { character in
      character.isASCII
        && (character.isLetter || character.isNumber || "-_./=,:+@%~".contains(character))
    }
  guard !plain else { return word }
  return "'"
    + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    + "'"
}

/// What a run would do if it were started now, found out while it is being typed.
public struct TrainingPlan: Hashable, Sendable {
  /// What the data is: "24 pictures".
  public var data: String?
  /// Why it cannot be started.
  public var problem: String?
  /// Where the run would be.
  public var folder: String
  /// The folder holds a run already.
  public var isTaken: Bool
  /// Of the model that `tune` would make.
  public var name: String?
  /// Steps and pictures in a step, where nothing is typed; nil where every stage has its own.
  public var steps: Int?
  public var batch: Int?
  public init(
    data: String? = nil, problem: String? = nil, folder: String, isTaken: Bool = false,
    name: String? = nil, steps: Int? = nil, batch: Int? = nil
  ) {
    self.data = data
    self.problem = problem
    self.folder = folder
    self.isTaken = isTaken
    self.name = name
    self.steps = steps
    self.batch = batch
  }
}
