public import EaselKit

/// Compose: the prompt, its settings and the picture being painted.
public struct ComposeState: Hashable, Sendable {
  public enum Focus: Hashable, Sendable {
    case prompt, avoid
    case field(FormField)
    /// Keys act on the picture; letters are commands.
    case canvas
  }
  /// Which picture is on the canvas.
  public struct Shown: Hashable, Sendable {
    public var job: JobID
    public var index: Int
    public init(job: JobID, index: Int) {
      self.job = job
      self.index = index
    }
  }

  public var prompt: TextEditor
  public var avoid: TextEditor
  public var form: Form
  public var focus = Focus.prompt
  /// The value of the focused field while it is typed.
  public var typed: TextEditor?
  public var shown: Shown?
  /// The canvas turns to whatever is being painted; off once the user picks a picture.
  public var follows = true
  /// A table of paintings is shown whole, and not one picture of it.
  public var showsTable = true
  public var promptTokens: TokenCount?
  public var avoidTokens: TokenCount?
  /// Which example an empty prompt offers.
  public var example = 0
  /// Where Up and Down stand in the recalled prompts, and what was typed before.
  public var recalled: Int?
  public var typedBeforeRecall = ""

  /// The generation that the prompt goes on from; nil once nothing of it is left.
  public var origin: String?

  public init(draft: Draft) {
    origin = draft.origin
    prompt = TextEditor(draft.prompt)
    avoid = TextEditor(draft.avoid)
    form = draft.form
  }
}

/// The rows of Compose's form, in the order of Tab.
public enum FormField: String, Hashable, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
  case engine, model, size, count, steps, guidance, seed, style
}

/// Gallery: the history as a grid.
public struct GalleryState: Hashable, Sendable {
  /// The filter that `items` answer.
  public var filter = ""
  /// The filter line while it is typed.
  public var typing: TextEditor?
  /// What is wrong with the filter as it stands; the list is the one before, and nobody leaves the filter line with it.
  public var refusal: String?
  /// The part of the list around the cursor; the history has the rest.
  public var items: [HistoryItem] = []
  /// Place of the first of `items` in the list.
  public var start = 0
  public var isLoading = false
  /// Another list was asked for; `items` are still of the one before.
  public var awaitsList = false
  /// It was asked for while the cursor was on the newest picture, where it is to stay.
  public var restsOnNewest = false
  /// The newest question about the list.
  public var asked: HistoryQuery?
  /// Length of the list.
  public var total: Int?
  /// The order of lists, and of those that `like:` asks for.
  public var sort = HistorySort.newest
  public var likeSort = HistorySort.likeness
  /// A batch is one tile.
  public var foldsBatches = false
  /// How many pictures a tile stands for, if several.
  public var siblings: [ImageID: Int] = [:]
  /// Pictures that `like:` passed over because nobody looked at them yet.
  public var notIndexed = 0
  /// Where the cursor is in the list; 0 when it is empty.
  public var selected = 0
  public var marked: Set<ImageID> = []
  /// What people say about marked pictures, which may be far away.
  public var markedLabels: [ImageID: Labels] = [:]
  /// Where a range begins that `V` will end.
  public var rangeStart: ImageID?
  /// First row of the grid that is shown.
  public var firstRow = 0
  /// Size of the thumbnails: 0 small, 1 middle, 2 large.
  public var zoom = 1
  public var showsInfo = false
  /// A picture came that `items` may lack.
  public var isStale = false
  /// Filters that are kept under a name.
  public var searches: [SavedSearch] = []
  /// Tags of the library, the most used first.
  public var tags: [TagCount] = []
  public init() {}
}

/// The line in which tags are changed.
public struct TagForm: Hashable, Sendable {
  public var pictures: [LabelledPicture]
  public var line = TextEditor(singleLine: true)
  /// Which suggestion Tab takes.
  public var selected = 0
  public var failure: Failure?
  public init(_ pictures: [LabelledPicture]) { self.pictures = pictures }
}

/// Viewer: one picture, as large as it goes.
public struct ViewerState: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    /// The gallery's selected picture.
    case gallery
    /// The picture on Compose's canvas.
    case canvas
  }
  public var source = Source.gallery
  public var lens = Lens()
  public var showsInfo = false
  /// While the pictures turn by themselves.
  public var slides: Slideshow?
  /// Why the picture looks as it does, while that lies over it.
  public var heat: Heat?
  public init() {}

  /// What the maps of a picture are called; the pixels have names as well (`PictureKey.heat`).
  public struct Heat: Hashable, Sendable {
    public var id: ImageID
    /// Nil while they are being found out.
    public var maps: [HeatName]?
    /// How far finding them out is, 0...1; nil while it has not begun.
    public var share: Double?
    public var selected = 0
    public init(id: ImageID) { self.id = id }
  }
}

/// A map over a picture: a word of its prompt, how sure each cell was, or when it was fixed.
public struct HeatName: Hashable, Sendable {
  public var name: String
  /// What the lightest colour stands for, as "34.2% of the attention".
  public var scale: String
  public init(_ name: String, scale: String) {
    self.name = name
    self.scale = scale
  }
}

public struct SettingsState: Hashable, Sendable {
  public var selected = 0
  /// The value of the selected row while it is typed.
  public var typed: TextEditor?
  public init() {}
}

/// Where and how pictures are to be exported.
public struct ExportForm: Hashable, Sendable {
  public enum Field: Hashable, Sendable, CaseIterable { case folder, name, format, recipe }
  public var ids: [ImageID]
  public var folder: TextEditor
  public var name: TextEditor
  public var format: ExportRequest.Format
  public var stripsRecipe = false
  public var field = Field.folder
  /// Files that were in the way of the last try.
  public var existing: [String] = []
  public var failure: Failure?
  public var isWriting = false

  public init(ids: [ImageID], settings: Settings) {
    self.ids = ids
    folder = TextEditor(settings.exportFolder, singleLine: true)
    name = TextEditor(settings.exportName, singleLine: true)
    format = settings.exportFormat
  }

  func request(overwriting: Bool = false) -> ExportRequest {
    ExportRequest(
      ids: ids, folder: folder.text, format: format, name: name.text, stripsRecipe: stripsRecipe,
      overwrites: overwriting)
  }
}
