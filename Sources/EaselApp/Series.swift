public import EaselKit

/// Names a `Series` by the first of its jobs.
public struct SeriesID: Hashable, Sendable {
  public var first: JobID
  public init(_ first: JobID) { self.first = first }
}

/// Paintings that belong together although each is a job of its own: a batch whose pictures have different
/// prompts, or a table of settings.
public struct Series: Hashable, Sendable {
  /// The values along both sides; empty for a mere batch.
  public var columns: [String] = []
  public var rows: [String] = []
  /// What the values are of; empty where there is no such side.
  public var columnTitle = ""
  public var rowTitle = ""

  public init() {}

  public var isTable: Bool { !columns.isEmpty }

  /// Where a job stands.
  public struct Place: Hashable, Sendable {
    public var series: SeriesID
    public var column: Int
    public var row: Int
    public init(_ series: SeriesID, column: Int, row: Int = 0) {
      self.series = series
      self.column = column
      self.row = row
    }
  }
}

/// Several values of one setting, as typed: `4,8,12`, `1..9`, `2..4:0.5`.
public enum ValueList {
  /// Values of one setting, and pictures of one table.
  public static let most = 64
  public static let mostPictures = 256

  /// True when a text names more than one value.
  public static func isList(_ text: String) -> Bool { text.contains(",") || text.contains("..") }

  /// The values as texts, each once, in the order they are named.
  ///
  /// Throws `Failure(.badInput)` for what is no number, ranges that never end and more than `most` values.
  public static func values(_ text: String) throws(Failure) -> [String] {
    var values: [String] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let part = String(part).trimmed
      guard !part.isEmpty else {
        throw Failure(.badInput, "'\(text)' lacks a value between commas", hint: hint)
      }
      values += part.contains("..") ? try range(part) : [part]
      guard values.count <= most else {
        throw Failure(
          .badInput, "'\(text)' is more than \(most) values", hint: "name fewer, or a larger step")
      }
    }
    return unique(values)
  }

  private static let hint = "write 4,8,12 or 1..9 or 2..4:0.5"

  private static func range(_ text: String) throws(Failure) -> [String] {
    func refuse() -> Failure { Failure(.badInput, "'\(text)' is no range", hint: hint) }
    let halves = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard halves.count <= 2, let dots = halves[0].firstRange(of: "..") else { throw refuse() }
    let ends = [String(halves[0][..<dots.lowerBound]), String(halves[0][dots.upperBound...])]
      .map(\.trimmed)
    // Seeds do not fit into a Double.
    if let first = UInt64(ends[0]), let last = UInt64(ends[1]) {
      if halves.count == 1 || UInt64(halves[1].trimmed) != nil {
        let step = halves.count == 1 ? 1 : UInt64(halves[1].trimmed) ?? 1
        guard step > 0 else { throw refuse() }
        let count = (max(first, last) - min(first, last)) / step
        guard count < UInt64(most) else {
          throw Failure(
            .badInput, "'\(text)' is more than \(most) values",
            hint: "name fewer, or a larger step")
        }
        return (0...count).map { String(first <= last ? first + $0 * step : first - $0 * step) }
      }
    }
    guard let first = Double(ends[0]), let last = Double(ends[1]), first.isFinite, last.isFinite,
      let step = halves.count == 1 ? 1 : Double(halves[1].trimmed), step > 0, step.isFinite
    else { throw refuse() }
    let count = (abs(last - first) / step + 1e-9).rounded(.down)
    guard count < Double(most) else {
      throw Failure(
        .badInput, "'\(text)' is more than \(most) values", hint: "name fewer, or a larger step")
    }
    return (0...Int(count)).map {
      shortDecimal(first + (first <= last ? step : -step) * Double($0))
    }
  }
}

extension AppState {
  /// Every picture that belongs with the one on the canvas, in the order they are shown.
  var shownPictures: [ComposeState.Shown] {
    guard let job = shownJob else { return [] }
    guard let place = job.place else { return job.order.map { .init(job: job.id, index: $0) } }
    return jobs.filter { $0.place?.series == place.series }
      .flatMap { job in job.order.map { .init(job: job.id, index: $0) } }
  }

  /// The table on the canvas; nil where it shows one picture.
  package var shownTable: Series? {
    guard compose.showsTable, let place = shownJob?.place, let series = series[place.series],
      series.isTable
    else { return nil }
    return series
  }

  /// The job at a place of the table on the canvas.
  func tableJob(column: Int, row: Int) -> Job? {
    guard let id = shownJob?.place?.series else { return nil }
    return jobs.first { $0.place == Series.Place(id, column: column, row: row) }
  }
}
