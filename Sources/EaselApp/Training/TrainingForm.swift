/// What the next run is to be, while it is being chosen.
public struct TrainingForm: Hashable, Sendable {
  public enum Field: Hashable, Sendable, CaseIterable {
    case stage, data, model, name, folder, steps, batch
  }
  public var stage = TrainingStage.tune
  public var data = TextEditor(singleLine: true)
  /// The models that were chosen, stage by stage.
  private var models: [TrainingStage: String?] = [:]
  public var name = TextEditor(singleLine: true)
  /// Empty for the one that the plan chooses.
  public var folder = TextEditor(singleLine: true)
  public var steps = TextEditor(singleLine: true)
  public var batch = TextEditor(singleLine: true)
  public init() {}

  /// The model to go on from or to learn with; nil for the run's own. A painter learns in the tokens of its
  /// own run unless somebody says otherwise.
  public var model: String? {
    get { models[stage] ?? (stage == .transformer ? nil : "scenes") }
    set { models[stage] = .some(newValue) }
  }

  /// The rows that the stage has.
  public var fields: [Field] {
    Field.allCases.filter {
      switch $0 {
      case .model: stage.usesModel
      case .name: stage == .tune
      case .stage, .data, .folder, .steps, .batch: true
      }
    }
  }

  /// As it is typed: the folder may be empty, and numbers that are none are left out.
  public var request: TrainingRequest {
    func typed(_ editor: TextEditor) -> String? {
      let text = editor.text.trimmed
      return text.isEmpty ? nil : text
    }
    return TrainingRequest(
      stage: stage.rawValue, data: typed(data) ?? "scenes", model: stage.usesModel ? model : nil,
      name: stage == .tune ? typed(name) : nil, folder: typed(folder) ?? "",
      steps: number(.steps), batch: number(.batch))
  }

  subscript(field: Field) -> TextEditor? {
    get {
      switch field {
      case .data: data
      case .name: name
      case .folder: folder
      case .steps: steps
      case .batch: batch
      case .stage, .model: nil
      }
    }
    set {
      guard let newValue else { return }
      switch field {
      case .data: data = newValue
      case .name: name = newValue
      case .folder: folder = newValue
      case .steps: steps = newValue
      case .batch: batch = newValue
      case .stage, .model: break
      }
    }
  }

  private static let batches = 1...4096

  private func number(_ field: Field) -> Int? {
    guard let text = self[field]?.text.trimmed, let number = Int(text) else { return nil }
    return (field == .batch ? Self.batches : 1...Int.max).contains(number) ? number : nil
  }

  /// Why a row cannot be as it is, as far as it says so itself.
  func problem(_ field: Field) -> String? {
    switch field {
    case .data:
      stage == .tune && data.text.trimmed.isEmpty ? "type the path of their folder" : nil
    case .steps, .batch:
      if self[field]?.text.trimmed.isEmpty == false, number(field) == nil {
        field == .steps
          ? "a whole number from 1" : "a whole number from 1 to \(Self.batches.upperBound)"
      } else {
        nil
      }
    case .stage, .model, .name, .folder: nil
    }
  }
}

extension TrainingForm.Field {
  var title: String {
    switch self {
    case .stage: "Train"
    case .data: "Data"
    case .model: "Model"
    case .name: "Name"
    case .folder: "Folder"
    case .steps: "Steps"
    case .batch: "Batch"
    }
  }

  /// What it is for, under the form.
  func about(_ stage: TrainingStage) -> String {
    switch self {
    case .stage: stage.about
    case .data:
      stage == .tune
        ? "Your pictures: a folder with a .txt file of captions beside each, or a set that "
          + "easel data prepared."
        : "What to learn from: scenes, which are drawn as they are needed; a folder of pictures with "
          + "captions; or a set that easel data prepared."
    case .model:
      switch stage {
      case .tune: "The model to go on from."
      case .transformer:
        "The model that it begins from, with its weights, words and tokens. With the run's own it begins anew, "
          + "or goes on with what its folder holds."
      default: "The model that it is trained for."
      }
    case .name: "What the tuned model is called from then on."
    case .folder:
      "Checkpoints, log and samples go there. "
        + (stage.isPart ? "In the folder of a run, it goes on with that." : "")
    case .steps: "Steps to train; more is better and takes longer."
    case .batch: "Pictures in a step: more is steadier, and takes more memory and time."
    }
  }
}

extension TrainingStage {
  var title: String {
    switch self {
    case .tune: "tune with my own pictures"
    case .all: "a whole model"
    case .vqgan: "picture tokenizer"
    case .transformer: "painter"
    case .upscaler: "upscaler"
    case .clip: "image tower"
    }
  }

  var about: String {
    switch self {
    case .tune:
      "Teaches a finished model your own pictures and puts the result beside the other models. "
        + "Minutes to an hour."
    case .all:
      "Every part of a new model, one after the other: words, picture tokenizer, painter, upscaler, "
        + "image tower. Many hours."
    case .vqgan: "Learns to write pictures as tokens and back. The first part of a new model."
    case .transformer:
      "Learns to paint in the tokens of the picture tokenizer in the same folder. Train that first, or "
        + "begin from a model."
    case .upscaler: "Learns to enlarge what a model paints."
    case .clip: "Learns to agree with a model's words: it ranks, searches and varies pictures."
    }
  }
}
