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
  case wildcardsLoaded(Wildcards)

  // History.
  /// Answer to `.queryHistory`; the query says which question it answers.
  case historyLoaded(HistoryQuery, HistoryPage)
  /// The other answer: there is no such list, or none can be read.
  case historyRefused(HistoryQuery, Failure)
  /// Pictures came or went behind our back (another process, or a write that failed).
  case historyChanged
  /// Answer to `.loadRecall`: the prompts of the history, newest first, each once.
  case recallLoaded([String])
  /// Answer to `.listRange`; the query says of which list.
  case rangeListed(HistoryQuery, [LabelledPicture])
  /// Answer to `.loadVersions`: the whole line, the oldest first.
  case versionsLoaded(String, [PictureVersion])
  /// Answer to `.loadMarked`.
  case markedLoaded(MarkedUse, [HistoryItem])
  case tagsLoaded([TagCount])
  case searchesLoaded([SavedSearch])
  /// Answer to `.importPictures`.
  case imported(ImportedPictures, PastedPaths)
  /// Answer to `.loadInterrupted`: what is left to paint of each batch.
  case interruptedLoaded([GenerationRequest])
  /// Answers to `.export`.
  case exported(ExportRequest, files: [String])
  /// Files of these names exist already and nothing was written.
  case exportRefused(ExportRequest, existing: [String])
  case exportFailed(ExportRequest, Failure)
  /// The file that a table was written to.
  case tableExported(String)

  /// Answer to `.openEditor`: the text as the editor left it.
  case edited(EditorField, String)
  /// Answer to `.copyText`.
  case copied
  /// Answer to `.loadPainted`.
  case paintedLoaded(JobID, HistoryItem)
  /// How far painting a picture once more is, 0...1.
  case explaining(ImageID, Double)
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
  /// What became of an installation, a check or a removal.
  case models(ModelsNews)
  /// Something else went wrong.
  case problem(Failure)
  /// Something else went well, in a few words.
  case news(String)
}

/// One page of the history.
public struct HistoryPage: Hashable, Sendable {
  public var items: [HistoryItem]
  /// No picture comes after these.
  public var isLast: Bool
  /// How many pictures answer the query in all, where the store knows.
  public var total: Int?
  /// Place of the first item in the list.
  public var start: Int
  /// Place of the picture that the query is about; nil where the list does not have it.
  public var place: Int?
  /// Where batches are folded: how many pictures an item stands for, if several.
  public var siblings: [ImageID: Int]
  /// Pictures that a search by likeness passed over because nobody looked at them yet.
  public var notIndexed: Int
  public init(
    items: [HistoryItem], isLast: Bool, total: Int? = nil, notIndexed: Int = 0, start: Int = 0,
    place: Int? = nil, siblings: [ImageID: Int] = [:]
  ) {
    self.items = items
    self.isLast = isLast
    self.total = total
    self.notIndexed = notIndexed
    self.start = start
    self.place = place
    self.siblings = siblings
  }
}

/// What became of files whose paths were pasted.
public struct ImportedPictures: Hashable, Sendable {
  /// In the order of the files.
  public var items: [HistoryItem]
  /// Those of them that were not here before.
  public var new: [ImageID]
  /// What was wrong with the first file that could not be taken in.
  public var problem: Failure?
  public init(items: [HistoryItem], new: [ImageID], problem: Failure? = nil) {
    self.items = items
    self.new = new
    self.problem = problem
  }
}

/// A text of paths, and where it was pasted.
public struct PastedPaths: Hashable, Sendable {
  public var text: String
  /// The settings of the picture are wanted there.
  public var intoCompose: Bool
  public init(text: String, intoCompose: Bool) {
    self.text = text
    self.intoCompose = intoCompose
  }
}

/// What the model's tokenizer makes of a prompt.
public struct TokenCount: Hashable, Sendable {
  public var count: Int
  /// Tokens the model reads; what comes after them is cut off.
  public var limit: Int
  /// The end of the text that is cut off; empty where all of it is read.
  public var cut = ""
  /// The text in the words that the model was taught, where those are others or fewer.
  public var readAs: String?
  /// Whether they are others.
  public var isTranslated = false
  /// Words that the model was never taught and leaves out, as they are written.
  public var unknown: [String] = []
  /// What the model knows instead of the first of them.
  public var hint: String?
  public init(count: Int, limit: Int) {
    self.count = count
    self.limit = limit
  }
}
