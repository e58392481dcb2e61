public import EaselApp
public import EaselKit
public import EaselScreen

/// What the runtime needs of the world, as functions: the program fills them from the leaves, tests
/// from values. Every function may be called from any thread; those that throw say why as `Failure`.
public struct Services: Sendable {
  // Painting.
  /// The engine of this name.
  public var engine: @Sendable (String) throws -> any ImageEngine
  /// What all engines are and can do. May take a while.
  public var describeEngines: @Sendable () async -> [EngineDescription]
  /// Tokens of a text for an engine and a model; nil where nobody can count.
  public var countTokens:
    @Sendable (_ text: String, _ engine: String, _ model: String) async -> TokenCount?

  /// The lists that `__name__` in a prompt draws from.
  public var loadWildcards: @Sendable () async -> Wildcards

  /// Brings the pixels that a request names by their number in the history, and those that a painting starts from
  /// where an earlier run of the studio kept them.
  public var complete: @Sendable (GenerationRequest) async throws -> GenerationRequest

  // History.
  /// Notes that a batch is being painted, so that even without a draft a crash leaves a trace of it.
  public var notePainting: @Sendable (GenerationRequest, _ job: JobID) async -> Void
  /// The batch is over: painted, stopped or failed.
  public var endPainting: @Sendable (_ job: JobID) async -> Void
  /// What was noted and never ended, as far as it is not painted yet. Each is told once.
  public var interrupted: @Sendable () async -> [GenerationRequest]
  /// What a variation of a picture starts from, in the size of the request.
  public var variation: @Sendable (Picture, GenerationRequest) throws -> BasePicture
  /// What a painting on a part of a picture, or past its border, starts from; the request's size is that of
  /// the whole.
  public var retouch: @Sendable (Picture, Retouch, GenerationRequest) throws -> BasePicture
  /// Puts a picture into the history. `generation` names the batch.
  public var store:
    @Sendable (GenerationRequest, GeneratedImage, _ job: JobID) async throws -> HistoryItem
  public var queryHistory: @Sendable (HistoryQuery) async throws -> HistoryPage
  /// What people say about the pictures between two of a list.
  public var listRange:
    @Sendable (HistoryQuery, _ from: ImageID, _ to: ImageID) async throws -> [LabelledPicture]
  /// Several pictures in the order asked for.
  public var items: @Sendable ([ImageID]) async throws -> [HistoryItem]
  /// The line of paintings that this generation belongs to, the oldest first.
  public var versions: @Sendable (_ generation: String) async throws -> [PictureVersion]
  public var loadRecall: @Sendable () async throws -> [String]
  public var setFavourite: @Sendable ([ImageID], Bool) async throws -> Void
  public var setRating: @Sendable ([ImageID], Int) async throws -> Void
  public var setRejected: @Sendable ([ImageID], Bool) async throws -> Void
  public var changeTags:
    @Sendable ([ImageID], _ add: [String], _ remove: [String]) async throws -> Void
  public var loadTags: @Sendable () async throws -> [TagCount]
  public var loadSearches: @Sendable () async throws -> [SavedSearch]
  public var saveSearch: @Sendable (SavedSearch) async throws -> Void
  public var deleteSearch: @Sendable (String) async throws -> Void
  /// Takes files and folders into the history; what is wrong with single files is in the answer.
  public var importPictures: @Sendable ([String]) async throws -> ImportedPictures
  public var trash: @Sendable ([ImageID]) async throws -> Void
  public var restore: @Sendable ([ImageID]) async throws -> Void
  public var export: @Sendable (ExportRequest) async throws -> ExportOutcome
  /// Writes a table of paintings as one picture and names the file; nil for what is not painted.
  public var exportTable: @Sendable ([Picture?], TablePicture) async throws -> String
  public var picture: @Sendable (ImageID) async throws -> Picture
  /// A small version whose longer side is at most so many pixels.
  public var thumbnail: @Sendable (ImageID, _ side: Int) async throws -> Picture
  /// Where the file of a picture lies.
  public var file: @Sendable (ImageID) async throws -> String
  /// Shows a file in a program of the user's and answers with the program's name.
  public var openOutside: @Sendable (_ file: String) async throws -> String
  /// Names of the maps that say why a picture looks as it does. May paint it once more, and then says how far it
  /// is, 0...1.
  public var explain:
    @Sendable (HistoryItem, _ news: @escaping @Sendable (Double) -> Void) async throws -> [HeatName]
  /// A picture under one of these maps.
  public var heat: @Sendable (ImageID, _ map: Int) async throws -> Picture
  /// Says so when another process changed the history.
  public var historyChanges: @Sendable () -> AsyncStream<Void>

  // Surroundings.
  public var saveDraft: @Sendable (Draft) async throws -> Void
  public var saveSettings: @Sendable (Settings) async throws -> Void
  public var saveKeys: @Sendable (KeyMap) async throws -> Void
  public var saveStyles: @Sendable ([StylePreset]) async throws -> Void
  public var theme: @Sendable (String) throws -> Theme

  // Training.
  public var loadTraining: @Sendable () async -> TrainingNews
  public var planTraining: @Sendable (TrainingRequest) async -> TrainingPlan
  /// Starts a process that trains. Throws where there is none to start; how it goes on is in the news.
  public var startTraining: @Sendable (TrainingRequest) async throws -> Void
  /// The same for the run in a folder, which was stopped.
  public var resumeTraining: @Sendable (_ folder: String) async throws -> Void
  public var askTraining: @Sendable (_ folder: String, TrainingWord) async throws -> Void

  // Models.
  /// Where the user's own models are, and what is unfinished there; nil where nothing can be installed.
  public var unfinishedModels: @Sendable () async -> ModelsNews?
  public var planModel: @Sendable (_ source: String) async throws -> ModelPlan
  /// Ending the stream stops the work; what has arrived is kept.
  public var installModel:
    @Sendable (_ source: String) throws -> AsyncThrowingStream<ModelEvent, any Error>
  public var verifyModel:
    @Sendable (_ name: String, _ path: String) throws -> AsyncThrowingStream<ModelEvent, any Error>
  public var removeModel: @Sendable (_ name: String) async throws -> RemovedModel
  public var restoreModel: @Sendable (RemovedModel) async throws -> Void

  /// Seconds on a steady clock.
  public var now: @Sendable () -> Double

  public enum ExportOutcome: Sendable, Hashable {
    case written([String])
    /// Files that exist already; nothing was written.
    case refused([String])
  }

  /// A world that has nothing and forgets everything; set what matters.
  public init() {
    engine = { throw Failure.unknown("engine", $0, known: []) }
    describeEngines = { [] }
    countTokens = { _, _, _ in nil }
    complete = { $0 }
    notePainting = { _, _ in }
    endPainting = { _ in }
    interrupted = { [] }
    variation = { picture, _ in
      BasePicture(picture, digest: "", strength: 1, kind: .variation)
    }
    retouch = { picture, what, _ in
      switch what {
      case .mask(let mask):
        BasePicture(
          picture, digest: "", mask: mask.picture(picture.size), maskDigest: "", strength: 1)
      case .grow(let margins): BasePicture(picture, digest: "", strength: 1, margins: margins)
      }
    }
    store = { _, _, _ in throw Failure(.readOnly, "there is no history") }
    queryHistory = { _ in HistoryPage(items: [], isLast: true, total: 0) }
    listRange = { _, _, _ in [] }
    items = { _ in throw Failure(.readOnly, "there is no history") }
    versions = { _ in [] }
    loadRecall = { [] }
    setFavourite = { _, _ in throw Failure(.readOnly, "there is no history") }
    setRating = { _, _ in throw Failure(.readOnly, "there is no history") }
    setRejected = { _, _ in throw Failure(.readOnly, "there is no history") }
    changeTags = { _, _, _ in throw Failure(.readOnly, "there is no history") }
    loadTags = { [] }
    loadSearches = { [] }
    saveSearch = { _ in throw Failure(.readOnly, "there is no history") }
    deleteSearch = { _ in throw Failure(.readOnly, "there is no history") }
    importPictures = { _ in throw Failure(.readOnly, "there is no history") }
    trash = { _ in throw Failure(.readOnly, "there is no history") }
    restore = { _ in throw Failure(.readOnly, "there is no history") }
    export = { _ in throw Failure(.readOnly, "there is no history") }
    exportTable = { _, _ in throw Failure(.readOnly, "tables cannot be written here") }
    loadWildcards = { Wildcards() }
    picture = { throw Failure(.notFound, "there is no picture \($0)") }
    thumbnail = { id, _ in throw Failure(.notFound, "there is no picture \(id)") }
    file = { throw Failure(.notFound, "there is no picture \($0)") }
    openOutside = { _ in throw Failure(.unsupported, "nothing can be opened from here") }
    explain = { _, _ in throw Failure(.unsupported, "nobody knows why") }
    heat = { id, _ in throw Failure(.notFound, "there is no picture \(id)") }
    historyChanges = { AsyncStream { $0.finish() } }
    saveDraft = { _ in }
    saveSettings = { _ in }
    saveKeys = { _ in }
    saveStyles = { _ in }
    theme = { throw Failure.unknown("theme", $0, known: []) }
    loadTraining = { TrainingNews(report: nil) }
    planTraining = { TrainingPlan(folder: $0.folder) }
    startTraining = { _ in throw Failure(.unsupported, "nothing can be trained here") }
    resumeTraining = { _ in throw Failure(.unsupported, "nothing can be trained here") }
    askTraining = { _, _ in throw Failure(.unsupported, "nothing can be trained here") }
    unfinishedModels = { nil }
    planModel = { _ in throw Failure(.unsupported, "nothing can be installed here") }
    installModel = { _ in throw Failure(.unsupported, "nothing can be installed here") }
    verifyModel = { _, _ in throw Failure(.unsupported, "nothing can be checked here") }
    removeModel = { _ in throw Failure(.unsupported, "nothing can be removed here") }
    restoreModel = { _ in throw Failure(.unsupported, "nothing can be brought back here") }
    now = { 0 }
  }
}

/// Where frames go and what the screen's owner can do.
public struct Surface: Sendable {
  /// Shows a frame; the newest wins.
  public var present: @Sendable (Screen) -> Void
  public var useTheme: @Sendable (Theme) -> Void
  /// Draws everything anew.
  public var redraw: @Sendable () -> Void
  /// To the clipboard.
  public var copyText: @Sendable (String) async throws -> Void
  /// Hands the terminal to the user's editor and answers with the text it left.
  public var edit: @Sendable (String) async throws -> String
  /// Stops the program until it is continued.
  public var suspend: @Sendable () async -> Void

  public init(
    present: @escaping @Sendable (Screen) -> Void,
    useTheme: @escaping @Sendable (Theme) -> Void = { _ in },
    redraw: @escaping @Sendable () -> Void = {},
    copyText: @escaping @Sendable (String) async throws -> Void = { _ in },
    edit: @escaping @Sendable (String) async throws -> String = { $0 },
    suspend: @escaping @Sendable () async -> Void = {}
  ) {
    self.present = present
    self.useTheme = useTheme
    self.redraw = redraw
    self.copyText = copyText
    self.edit = edit
    self.suspend = suspend
  }
}
