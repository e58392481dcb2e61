internal import EaselKit
internal import EaselScreen

/// The picture on the canvas: whose it is, and which comes before and after it.
extension AppState {
  var shownJob: Job? { compose.shown.flatMap { job($0.job) } }

  /// The history's row of the picture on the canvas, once it has one.
  var shownItem: HistoryItem? {
    guard let shown = compose.shown, let job = job(shown.job),
      job.slots.indices.contains(shown.index)
    else { return nil }
    return job.slots[shown.index].item
  }

  var olderJob: Job? { neighbourOfShown(-1) }
  var newerJob: Job? { neighbourOfShown(1) }

  private func neighbourOfShown(_ step: Int) -> Job? {
    guard let shown = compose.shown, let here = jobs.firstIndex(where: { $0.id == shown.job })
    else { return nil }
    var i = here + step
    let series = jobs[here].place?.series
    // A job that was stopped before it painted anything has nothing to show.
    while jobs.indices.contains(i) {
      let isOther = series == nil || jobs[i].place?.series != series
      if isOther, jobs[i].slots.contains(where: { $0 != .empty }) { return jobs[i] }
      i += step
    }
    return nil
  }

  /// The finished picture on the canvas.
  var shownResult: PictureKey? {
    guard let key = compose.shownKey(in: jobs), case .result = key else { return nil }
    return key
  }

  /// The seed of the picture on the canvas, known before it is painted.
  var shownSeed: UInt64? {
    guard let shown = compose.shown, let job = job(shown.job) else { return nil }
    if job.slots.indices.contains(shown.index), case .painted(let seed, _) = job.slots[shown.index]
    {
      return seed
    }
    return job.request.seed &+ UInt64(shown.index)
  }

  mutating func turn(_ step: Int) -> [Effect] {
    let pictures = shownPictures
    guard let shown = compose.shown, let here = pictures.firstIndex(of: shown) else { return [] }
    compose.shown = pictures[(here + step + pictures.count) % pictures.count]
    compose.follows = false
    return []
  }

  mutating func show(_ job: Job?) -> [Effect] {
    guard let job else { return [] }
    let first = job.order.first { job.slots[$0] != .empty } ?? 0
    compose.shown = ComposeState.Shown(job: job.id, index: first)
    compose.follows = job.id == jobs.last?.id
    return []
  }
}

extension ComposeState {
  func shownKey(in jobs: [Job]) -> PictureKey? {
    guard let shown, let job = jobs.first(where: { $0.id == shown.job }) else { return nil }
    return job.key(shown.index)
  }
}
