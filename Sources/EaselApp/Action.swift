public import EaselKit
public import EaselScreen

/// Everything that can happen: a key, news of an effect, a signal.
public enum Action: Hashable, Sendable {
  /// The first action. Asks for history, recall and the training log, and takes up the paintings
  /// that the last session left waiting.
  case started
  /// The user did something; `at` is in seconds on any steady clock.
  case input(InputEvent, at: Double)
  /// A command chosen without its key (palette, mouse).
  case perform(Command)

  // Painting. All news of a job carries its id; news of a job that was stopped is ignored.
  case engine(JobID, GenerationEvent)
  /// The stream of the job ended with an error.
  case failed(JobID, Failure)
  /// The stream of the job ended without one.
  case ended(JobID)
  /// Answer to `.store`.
  case stored(JobID, index: Int, HistoryItem)
  case storeFailed(JobID, index: Int, Failure)
  /// Answer to `.vary`: the request with what names the picture it varies.
  case variationReady(GenerationRequest)
  /// Answer to `.retouch`: the request with what names picture and mask.
  case retouchReady(GenerationRequest)
  case enginesLoaded([EngineDescription])
  /// Answer to `.countTokens`.
  case tokensCounted(EditorField, text: String, TokenCount)

  // History.
  /// Answer to `.queryHistory`; the query says which question it answers.
  case historyLoaded(HistoryQuery, HistoryPage)
  /// Pictures came or went behind our back (another process, or a write that failed).
  case historyChanged
  /// Answer to `.loadRecall`: the prompts of the history, newest first, each once.
  case recallLoaded([String])
  /// Answer to `.loadInterrupted`: what is left to paint of each batch.
  case interruptedLoaded([GenerationRequest])
  /// Answers to `.export`.
  case exported(ExportRequest, files: [String])
  /// Files of these names exist already and nothing was written.
  case exportRefused(ExportRequest, existing: [String])
  case exportFailed(ExportRequest, Failure)

  /// Answer to `.openEditor`: the text as the editor left it.
  case edited(EditorField, String)
  /// Answer to `.copyText`.
  case copied
  /// What the maps of a picture are called, words first.
  case explained(ImageID, [HeatName])
  case explainFailed(ImageID, Failure)
  /// Answer to `.turnSlide`.
  case slideDue(Int)
  /// What is known of training now.
  case trainingLoaded(TrainingNews)
  /// Answer to `.lookAtTraining`.
  case trainingDue
  /// Answer to `.planTraining`; the request says which question it answers.
  case trainingPlanned(TrainingRequest, TrainingPlan)
  /// Something else went wrong.
  case problem(Failure)
  /// Something else went well, in a few words.
  case news(String)
}

/// One page of the history.
public struct HistoryPage: Hashable, Sendable {
  public var items: [HistoryItem]
  /// No older picture answers the query.
  public var isLast: Bool
  /// How many pictures answer the query in all, where the store knows.
  public var total: Int?
  /// Pictures that a search by likeness passed over because nobody looked at them yet.
  public var notIndexed: Int
  public init(items: [HistoryItem], isLast: Bool, total: Int? = nil, notIndexed: Int = 0) {
    self.items = items
    self.isLast = isLast
    self.total = total
    self.notIndexed = notIndexed
  }
}

/// What the model's tokenizer makes of a prompt.
public struct TokenCount: Hashable, Sendable {
  public var count: Int
  /// Tokens the model reads; what comes after them is cut off.
  public var limit: Int
  public init(count: Int, limit: Int) {
    self.count = count
    self.limit = limit
  }
}
