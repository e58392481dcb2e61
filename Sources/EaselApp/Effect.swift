public import EaselKit

/// What the world should do. Carried out in order by the runtime; news comes back as actions.
public enum Effect: Hashable, Sendable {
  // Painting.
  /// Queue this job. News: `.engine`, then `.failed` or `.ended`.
  case run(JobID, GenerationRequest)
  /// Stop this job, waiting or running. No news is expected.
  case cancel(JobID)
  /// Put a finished picture into the history. News: `.stored` or `.storeFailed`.
  case store(JobID, GenerationRequest, GeneratedImage)
  /// Make this request one for variations of a picture. News: `.variationReady` or `.problem`.
  case vary(PictureKey, GenerationRequest)
  /// Make this request one that paints a part of a picture anew, or lets it grow. News: `.retouchReady` or
  /// `.problem`.
  case retouch(PictureKey, Retouch, GenerationRequest)
  /// No screen names the previews and results of this job any more.
  case forgetPictures(JobID)
  /// Count the tokens of `text` for this engine and model. News: `.tokensCounted`, or none where
  /// nobody can count. A newer question about the same field replaces an older one.
  case countTokens(EditorField, String, engine: String, model: String)
  /// Read the lists of `__name__`. News: `.wildcardsLoaded`.
  case loadWildcards

  /// Ask anew who can paint: a training may have made a model. News: `.enginesLoaded`.
  case loadEngines

  // History. A change that fails is answered by `.problem` and then `.historyChanged`.
  /// A window of a list. A newer question replaces an older one.
  case queryHistory(HistoryQuery)
  /// What lies between two pictures of a list. News: `.rangeListed`.
  case listRange(HistoryQuery, from: ImageID, to: ImageID)
  /// Marked pictures that the state knows by their numbers only. News: `.markedLoaded` or `.problem`.
  case loadMarked([ImageID], MarkedUse)
  /// Read the list anew once every change before this is done. News: `.historyChanged`.
  case rereadHistory
  /// The line of paintings that a generation belongs to. News: `.versionsLoaded`.
  case loadVersions(String)
  /// News: `.tagsLoaded`, `.searchesLoaded`.
  case loadTags
  case loadSearches
  /// News: `.searchesLoaded`.
  case saveSearch(SavedSearch)
  case deleteSearch(String)
  /// Take files into the history. News: `.imported`.
  case importPictures([String], PastedPaths)
  case loadRecall
  /// Ask for the batches that a crash cut short. News: `.interruptedLoaded`.
  case loadInterrupted
  case setFavourite([ImageID], Bool)
  case setRating([ImageID], Int)
  case setRejected([ImageID], Bool)
  case changeTags([ImageID], add: [String], remove: [String])
  case trash([ImageID])
  case restore([ImageID])
  /// News: `.exported`, `.exportRefused` or `.exportFailed`.
  case export(ExportRequest)
  /// Write a table as one picture. News: `.tableExported` or `.problem`.
  case exportTable(TablePicture)
  /// A picture of the history that a job of an earlier session painted: its pixels as the job's, and its row. News:
  /// `.paintedLoaded`; none where it is no longer there.
  case loadPainted(JobID, ImageID)
  /// Find out why a picture looks as it does; it may have to be painted once more. News: `.explaining`, then
  /// `.explained` or `.explainFailed`.
  case explain(HistoryItem)

  // The user's surroundings.
  /// To the clipboard. News: `.copied` or `.problem`.
  case copyText(String)
  /// The path of a picture's file, to the clipboard. News: `.news` or `.problem`.
  case copyPath(ImageID)
  /// Show a picture in the user's own program. News: `.news` or `.problem`.
  case openOutside(ImageID)
  /// Say when a picture was shown so long. News: `.slideDue` with this number. A newer one replaces an
  /// older one.
  case turnSlide(after: Double, Int)
  /// Hand the terminal to `$VISUAL` or `$EDITOR`. News: `.edited` or `.problem`.
  case openEditor(EditorField, String)
  /// Keep what is not sent yet. Newest wins; the runtime may wait a moment for the next one.
  case saveDraft(Draft)
  case saveSettings(Settings)
  /// Keys of the user's own, all of them. They hold at once.
  case saveKeys(KeyMap)
  /// The user's own styles, all of them.
  case saveStyles([StylePreset])
  /// Draw with this theme from now on (not saved).
  case useTheme(String)

  /// News: `.models`, and `.problem` where what was wished is impossible.
  case models(ModelsWish)

  // Training. News of all of these: `.trainingLoaded`, or `.problem`.
  case loadTraining
  /// Say when so many seconds are over. News: `.trainingDue`. A newer one replaces an older one.
  case lookAtTraining(after: Double)
  /// Find out what this run would do. News: `.trainingPlanned`, or none where a newer question came.
  case planTraining(TrainingRequest)
  /// In a process of its own, which outlives the studio.
  case startTraining(TrainingRequest)
  /// Start the run in this folder again, with the settings that it had.
  case resumeTraining(String)
  case askTraining(_ folder: String, TrainingWord)

  /// Draw everything anew.
  case redraw
  case suspend
  case quit
}

/// Which editor a text belongs to.
public enum EditorField: String, Hashable, Sendable, CaseIterable, Codable {
  case prompt, avoid
}

/// Pictures of the history to be written where the user wants them.
public struct ExportRequest: Hashable, Sendable {
  public enum Format: String, Hashable, Sendable, CaseIterable, Codable {
    case png, jpeg, webp
  }
  public var ids: [ImageID]
  /// A folder, as typed; `~` is not expanded yet.
  public var folder: String
  public var format: Format
  /// Name of the file without its extension; `{id}`, `{seed}`, `{prompt}`, `{date}`, `{model}`.
  public var name: String
  /// Leave the recipe out of the file.
  public var stripsRecipe: Bool
  public var overwrites: Bool
  public init(
    ids: [ImageID], folder: String, format: Format = .png, name: String,
    stripsRecipe: Bool = false, overwrites: Bool = false
  ) {
    self.ids = ids
    self.folder = folder
    self.format = format
    self.name = name
    self.stripsRecipe = stripsRecipe
    self.overwrites = overwrites
  }
}

/// A table of paintings that is to become one picture.
public struct TablePicture: Hashable, Sendable {
  public var series: Series
  /// Row by row; nil where nothing is painted yet.
  public var cells: [PictureKey?]
  public var prompt: String
  /// A folder, as typed; `~` is not expanded yet.
  public var folder: String
}

/// Everything unsent: survives a crash.
public struct Draft: Hashable, Sendable, Codable {
  public var prompt: String
  public var avoid: String
  public var form: Form
  /// Paintings that were queued and not finished.
  public var waiting: [GenerationRequest]
  /// The tables that some of these belong to. Nil in drafts of older versions.
  public var series: [DraftSeries]?
  /// The generation that the prompt goes on from, as far as it does.
  public var origin: String?
  /// The queue was stopped on purpose and stays so. Nil is false; drafts of older versions have none.
  public var isPaused: Bool?
  public init(
    prompt: String = "", avoid: String = "", form: Form = Form(),
    waiting: [GenerationRequest] = [], series: [DraftSeries] = [], isPaused: Bool = false,
    origin: String? = nil
  ) {
    self.series = series.isEmpty ? nil : series
    self.origin = origin
    self.isPaused = isPaused ? true : nil
    self.prompt = prompt
    self.avoid = avoid
    self.form = form
    self.waiting = waiting
  }
}
