/// What a line typed into the Gallery's filter asks for. Different fields must all hold; of several
/// engines, models, seeds or numbers, one must. `HistoryFilter(parsing:)` makes it from text.
public struct HistoryFilter: Hashable, Sendable {
  /// Text to be found in the prompt, the avoided words or the tags.
  public struct Words: Hashable, Sendable {
    public var text: String
    /// The words must stand together, the last one complete.
    public var isPhrase: Bool
    public init(_ text: String, isPhrase: Bool = false) {
      self.text = text
      self.isPhrase = isPhrase
    }
  }

  /// What pictures are to look like.
  public enum Likeness: Hashable, Sendable {
    /// A picture of the history.
    case picture(Int64)
    /// What words mean, rather than how they are written.
    case words(String)
  }

  /// A year, a month or a day, as typed. Where a time is needed, its first moment is meant.
  public struct Day: Hashable, Sendable {
    public var year: Int
    public var month: Int
    public var day: Int
    public init(year: Int, month: Int = 1, day: Int = 1) {
      self.year = year
      self.month = month
      self.day = day
    }
  }

  public var words: [Words] = []
  /// None of these may be found.
  public var without: [Words] = []
  public var tags: [String] = []
  public var withoutTags: [String] = []
  /// Beginnings of names, capitals or not.
  public var engines: [String] = []
  public var models: [String] = []
  public var seeds: [UInt64] = []
  public var numbers: [Int64] = []
  /// nil: no matter.
  public var isFavourite: Bool?
  public var isMissing: Bool?
  /// The trash is never mixed with the rest.
  public var isTrashed = false
  public var isRejected: Bool?
  /// The ratings that are wanted.
  public var minimumRating = 0
  public var maximumRating = 5
  /// Order by likeness to all of these, the most alike first.
  public var likes: [Likeness] = []
  /// Made before the first moment of this day, month or year.
  public var before: Day?
  /// Made in this day, month or year, or later.
  public var after: Day?

  public init() {}
}
