/// What is in a prepared set, and what did not get into it. Stored in the set as JSON.
public struct DataStatistics: Codable, Hashable, Sendable {
  /// Smallest, middle and largest of some numbers.
  public struct Spread: Codable, Hashable, Sendable {
    public var smallest = 0
    public var median = 0
    public var largest = 0
  }
  public struct Counted: Codable, Hashable, Sendable {
    public var text: String
    public var count: Int
  }

  /// Kind of the source: `coco`, `folder`, …
  public var source = ""
  /// Records of the source, bad ones included.
  public var records = 0
  public var pictures = 0
  public var training = 0
  public var heldOut = 0
  public var captions = 0
  /// Records that could not be used.
  public var skipped = 0
  /// Why, most frequent first.
  public var reasons: [Counted] = []
  /// Pictures whose pixels were there already.
  public var duplicates = 0
  /// Pictures that looked like one that was there.
  public var nearDuplicates = 0
  /// Captions that were too long.
  public var captionsCut = 0
  /// Captions that were empty or came twice.
  public var captionsDropped = 0
  /// Pictures that had to be made larger.
  public var enlarged = 0
  /// Shorter sides of the pictures as they were found, in pixels.
  public var sides = Spread()
  public var captionsOfPicture = Spread()
  /// Words of a caption.
  public var captionWords = Spread()
  /// Different words in all captions.
  public var differentWords = 0
  /// The most frequent ones.
  public var words: [Counted] = []

  public init() {}
}

/// Counts for `DataStatistics` in memory that does not grow with the number of pictures.
struct DataCounter {
  var statistics = DataStatistics()
  private var sides = Histogram()
  private var captionsOfPicture = Histogram()
  private var captionWords = Histogram()
  private var words: [String: Int] = [:]
  private var reasons: [String: Int] = [:]
  /// Beyond so many different words those that came once are forgotten.
  private static let mostWords = 500_000

  mutating func skip(_ reason: String) {
    statistics.skipped += 1
    // Reasons that name files are not counted one by one.
    if reasons[reason] != nil || reasons.count < 1000 { reasons[reason, default: 0] += 1 }
  }

  mutating func keep(shorterSide: Int, size: Int) {
    sides.add(shorterSide)
    if shorterSide < size { statistics.enlarged += 1 }
  }

  mutating func hear(_ captions: [String], _ part: DataPart) {
    statistics.pictures += 1
    if part == .training { statistics.training += 1 } else { statistics.heldOut += 1 }
    statistics.captions += captions.count
    captionsOfPicture.add(captions.count)
    for caption in captions {
      let found = CaptionWords.words(caption).filter { $0.contains { $0.isLetter || $0.isNumber } }
      captionWords.add(found.count)
      for word in found { words[word, default: 0] += 1 }
      if words.count > Self.mostWords { words = words.filter { $0.value > 1 } }
    }
  }

  mutating func finished() -> DataStatistics {
    statistics.sides = sides.spread
    statistics.captionsOfPicture = captionsOfPicture.spread
    statistics.captionWords = captionWords.spread
    statistics.differentWords = words.count
    statistics.words = Self.mostFrequent(words, 64)
    statistics.reasons = Self.mostFrequent(reasons, 16)
    return statistics
  }

  private static func mostFrequent(_ counts: [String: Int], _ n: Int) -> [DataStatistics.Counted] {
    // By name where counts agree: dictionaries have no order of their own.
    counts.map { DataStatistics.Counted(text: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.text) < ($0.count, $1.text) }.prefix(n).map { $0 }
  }
}

/// How often each small number came.
private struct Histogram {
  private var counts: [Int: Int] = [:]
  mutating func add(_ number: Int) { counts[number, default: 0] += 1 }
  var spread: DataStatistics.Spread {
    let sorted = counts.sorted { $0.key < $1.key }
    guard let first = sorted.first, let last = sorted.last else { return .init() }
    let half = (sorted.reduce(0) { $0 + $1.value } + 1) / 2
    var sum = 0
    var median = first.key
    for (number, count) in sorted {
      median = number
      sum += count
      if sum >= half { break }
    }
    return .init(smallest: first.key, median: median, largest: last.key)
  }
}
