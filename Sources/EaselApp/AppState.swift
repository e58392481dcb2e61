public import EaselKit
public import EaselScreen

/// Everything the studio knows. Pictures are named, never held; time and chance arrive from outside.
public struct AppState: Hashable, Sendable {
  public var terminal: TerminalSize
  /// Pictures are shown in pixels: small letters and thin lines in them can be read.
  public var hasGraphics: Bool
  public var route = Route.compose
  /// What lies over the screen and takes the keys.
  public var overlay: Overlay?

  /// This process, in the names of generations.
  let process: UInt64

  public var settings: Settings
  public var keys = KeyMap()
  /// Who can paint; empty while they are being looked for.
  public var engines: [EngineDescription]
  /// A theme for this time only, until another one is chosen.
  public var themeForNow: String?
  /// Names of the themes that can be chosen.
  public var themes: [String]
  public var styles: [StylePreset]

  /// Draws the seeds of new paintings.
  public var seeds: SplitMix64
  /// The highest job number given so far; the next painting gets the one after it.
  public var jobsStarted: Int
  /// Paintings of this session, oldest first: all active ones and the last finished ones.
  public var jobs: [Job] = []
  /// What those of them that belong together are; forgotten with the last of its jobs.
  public var series: [SeriesID: Series] = [:]
  /// Nothing more is begun until it goes on; what is being painted is finished.
  public var queueIsPaused = false

  public var compose: ComposeState
  public var gallery = GalleryState()
  public var viewer = ViewerState()
  public var comparison = CompareState()
  /// The picture that was last masked or grown.
  public var retouching: RetouchState?
  /// The line of paintings that is looked at.
  public var versions: VersionsState?
  /// Turns of slideshows so far.
  var slidesStarted = 0
  public var models = ModelsState()
  public var train = TrainState()
  public var settingsScreen = SettingsState()

  /// Prompts of the history, newest first, each once.
  public var recall: [String] = []
  /// The lists that `__name__` in a prompt draws from.
  public var wildcards = Wildcards()
  public var kills = KillRing()
  /// Keys of an unfinished sequence such as Ctrl-X Ctrl-E.
  public var pendingKeys: [KeyPress] = []
  /// A few words about the last thing that happened; goes with the next key.
  public var notice: Notice?
  /// An error that stays until Esc or until something is painted.
  public var failure: Failure?
  /// What `u` takes back, newest last.
  public var undoable: [UndoStep] = []
  /// When Ctrl-C came last.
  public var interruptedAt: Double?
  /// Paintings that the last session left waiting.
  var leftWaiting: [GenerationRequest]
  /// The tables that some of them belong to.
  var leftSeries: [DraftSeries]

  /// - Parameters:
  ///   - jobsStarted: the highest job number ever used with this library.
  ///   - process: the number of this process, for what is painted here to be named by.
  ///   - hasGraphics: the terminal shows pixels and not blocks.
  public init(
    terminal: TerminalSize, settings: Settings = Settings(), engines: [EngineDescription] = [],
    themes: [String] = [], styles: [StylePreset] = StylePreset.builtIn, draft: Draft? = nil,
    seed: UInt64, jobsStarted: Int = 0, process: UInt64 = 0, hasGraphics: Bool = true
  ) {
    self.terminal = terminal
    self.process = process
    self.hasGraphics = hasGraphics
    self.settings = settings
    self.engines = engines
    self.themes = themes
    self.styles = styles
    seeds = SplitMix64(seed: seed)
    self.jobsStarted = jobsStarted
    compose = ComposeState(draft: draft ?? Draft(form: Form(settings)))
    leftWaiting = draft?.waiting ?? []
    leftSeries = draft?.series ?? []
    queueIsPaused = draft?.isPaused ?? false
  }

  /// Everything unsent, as it is kept for the next start.
  public var draft: Draft {
    let (waiting, series) = unfinished
    // Before the first action nothing is queued but what the draft brought.
    return Draft(
      prompt: compose.prompt.text, avoid: compose.avoid.text, form: compose.form,
      waiting: waiting + leftWaiting, series: series + leftSeries, isPaused: queueIsPaused,
      origin: compose.origin)
  }
}

/// A short message and how serious it is.
public struct Notice: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case info, success, warning }
  public var kind: Kind
  public var text: String
  public init(_ text: String, _ kind: Kind = .info) {
    self.text = text
    self.kind = kind
  }
}

/// Something that `u` takes back.
public enum UndoStep: Hashable, Sendable {
  /// `far`: pictures that are known by their numbers only.
  case trashed([HistoryItem], far: [ImageID])
  /// What the changed pictures had before, and the change.
  case labels([LabelledPicture], LabelChange)
  case imported([ImageID])
  /// Marks that were taken away from all of these.
  case unmarked([LabelledPicture])
  /// The search that had this name before; nil where there was none.
  case search(_ name: String, was: SavedSearch?)
  case removedStyle(StylePreset)
  case removedModel(RemovedModel)
}

/// What lies over a screen.
public enum Overlay: Hashable, Sendable {
  /// First line shown.
  case help(Int)
  case palette(Picker)
  case recall(Picker)
  case tags(TagForm)
  case searches(Picker)
  case keys(KeyList)
  case export(ExportForm)
  /// The job that the keys act on.
  case queue(JobID)
  case style(StyleForm)
}

/// A line to type in and a list that narrows.
public struct Picker: Hashable, Sendable {
  public var query = TextEditor(singleLine: true)
  public var selected = 0
  public init() {}
}
