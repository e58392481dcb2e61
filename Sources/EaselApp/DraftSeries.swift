public import EaselKit

/// A table, or another series, of which pictures were still to be painted when the draft was written.
public struct DraftSeries: Hashable, Sendable, Codable {
  /// One that is still to be painted.
  public struct Waiting: Hashable, Sendable, Codable {
    /// Which one of `Draft.waiting`.
    public var index: Int
    public var column: Int
    public var row: Int
  }
  /// One that is in the history.
  public struct Painted: Hashable, Sendable, Codable {
    public var picture: Int64
    public var request: GenerationRequest
    public var column: Int
    public var row: Int
  }

  /// The number of its first job.
  public var first: Int
  public var columns: [String]
  public var rows: [String]
  public var columnTitle: String
  public var rowTitle: String
  public var waiting: [Waiting] = []
  public var painted: [Painted] = []

  init(_ id: SeriesID, _ series: Series) {
    first = id.first.number
    (columns, rows) = (series.columns, series.rows)
    (columnTitle, rowTitle) = (series.columnTitle, series.rowTitle)
  }

  var id: SeriesID { SeriesID(JobID(first)) }
  var series: Series {
    var series = Series()
    (series.columns, series.rows) = (columns, rows)
    (series.columnTitle, series.rowTitle) = (columnTitle, rowTitle)
    return series
  }
}

/// What waits is kept with its place in its table, and the table with what is painted of it.
extension AppState {
  /// The requests that are not painted yet, and the series that they belong to.
  var unfinished: (waiting: [GenerationRequest], series: [DraftSeries]) {
    var waiting: [GenerationRequest] = []
    var kept: [DraftSeries] = []
    for job in jobs {
      guard let rest = job.rest else { continue }
      if let place = job.place, let known = series[place.series] {
        let s =
          kept.firstIndex { $0.id == place.series }
          ?? {
            kept.append(DraftSeries(place.series, known))
            return kept.count - 1
          }()
        kept[s].waiting.append(
          .init(index: waiting.count, column: place.column, row: place.row))
      }
      waiting.append(rest)
    }
    for s in kept.indices {
      for job in jobs where job.place?.series == kept[s].id && job.slots.count == 1 {
        guard let place = job.place, let item = job.slots[0].item else { continue }
        kept[s].painted.append(
          .init(
            picture: item.id.number, request: job.request, column: place.column, row: place.row))
      }
    }
    return (waiting, kept)
  }

  /// Queues what the last session left, every picture of a table at its place.
  mutating func takeUp(
    _ waiting: [GenerationRequest], in kept: [DraftSeries]
  ) -> [Effect] {
    var effects: [Effect] = []
    var places: [Int: Series.Place] = [:]
    for one in kept {
      // A draft is a file, and may say anything.
      let ofThis = one.waiting.filter { waiting.indices.contains($0.index) }
      guard !ofThis.isEmpty, series[one.id] == nil else { continue }
      series[one.id] = one.series
      for cell in ofThis {
        places[cell.index] = Series.Place(one.id, column: cell.column, row: cell.row)
      }
      for cell in one.painted {
        jobsStarted += 1
        var job = Job(id: JobID(jobsStarted), request: cell.request)
        job.place = Series.Place(one.id, column: cell.column, row: cell.row)
        job.phase = .done
        guard job.slots.count == 1 else { continue }
        jobs.append(job)
        effects.append(.loadPainted(job.id, ImageID(cell.picture)))
      }
    }
    for (i, request) in waiting.enumerated() { queue(request, at: places[i]) }
    return effects
  }

  /// A picture that an earlier session painted of a table is at hand.
  mutating func paintedLoaded(_ id: JobID, _ item: HistoryItem) {
    guard let j = jobs.firstIndex(where: { $0.id == id }), jobs[j].phase == .done,
      jobs[j].slots == [.empty]
    else { return }
    jobs[j].slots = [.painted(seed: item.recipe.seed, item: item)]
  }
}
