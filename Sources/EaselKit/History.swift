/// One picture of the history, without its pixels.
public struct HistoryItem: Hashable, Sendable, Identifiable {
  public var id: ImageID
  public var recipe: Recipe
  public var width: Int
  public var height: Int
  /// Content address of the PNG, 64 hex digits.
  public var sha256: String
  public var bytes: Int
  public var isFavourite: Bool
  /// 0...5; 0 is not rated.
  public var rating: Int
  /// Sorted out, and kept all the same.
  public var isRejected: Bool
  public var isTrashed: Bool
  /// True when the file is gone or its bytes changed.
  public var isMissing: Bool
  /// Sorted, lower case, without blanks.
  public var tags: [String]
  public init(
    id: ImageID, recipe: Recipe, width: Int, height: Int, sha256: String, bytes: Int,
    isFavourite: Bool = false, rating: Int = 0, isTrashed: Bool = false, isMissing: Bool = false,
    tags: [String] = [], isRejected: Bool = false
  ) {
    self.id = id
    self.recipe = recipe
    self.width = width
    self.height = height
    self.sha256 = sha256
    self.bytes = bytes
    self.isFavourite = isFavourite
    self.rating = rating
    self.isTrashed = isTrashed
    self.isMissing = isMissing
    self.tags = tags
    self.isRejected = isRejected
  }
}

/// The order of a list of pictures.
public enum HistorySort: String, Hashable, Sendable, CaseIterable, Codable {
  case newest, oldest
  /// The best rated first, then the newest.
  case best
  /// By the words of the prompt.
  case prompt
  /// The most alike first; of a list that `like:` asks for, else the newest.
  case likeness
}

/// What to list from the history.
public struct HistoryQuery: Hashable, Sendable {
  /// Words and fields as typed: `fox snow`, `seed:7`, `model:scenes`, `is:favourite`, `is:trashed`,
  /// `before:2026-11`, `after:2026-11-02`, `#12`.
  public var text: String
  public var limit: Int
  /// Only pictures older than this one (keyset paging); nil from the newest.
  public var before: ImageID?
  /// The order of a window; pages are the newest first, or the most alike.
  public var sort: HistorySort
  /// Of the pictures of one batch, a window lists only the first.
  public var foldsBatches: Bool
  /// The middle of a window: this place of the list, or this picture where the list has it.
  public var place: Int
  public var around: ImageID?
  public init(
    text: String = "", limit: Int = 200, before: ImageID? = nil, sort: HistorySort = .newest,
    foldsBatches: Bool = false, place: Int = 0, around: ImageID? = nil
  ) {
    self.text = text
    self.limit = limit
    self.before = before
    self.sort = sort
    self.foldsBatches = foldsBatches
    self.place = place
    self.around = around
  }
}
