internal import EaselKit

/// What Compose asks for becomes jobs; the queue hands the engine one after the other, so that those that
/// wait can still be moved, held back and dropped.
extension AppState {
  /// Queues what Compose holds. `seed` nil takes the form's, or draws one.
  mutating func paint(seed: UInt64? = nil) -> [Effect] {
    let typed = compose.prompt.text.trimmed
    let ahead = jobs.count(where: \.isActive)
    let first = JobID(jobsStarted + 1).generation(in: process)
    do throws(Failure) {
      if compose.form.sweeps.isEmpty {
        try paintBatch(compose.form, seed: seed ?? nextSeed)
      } else {
        try paintTable(seed: seed ?? nextSeed)
      }
    } catch {
      notice = Notice(error.description, .warning)
      return []
    }
    // The seed that was promised is drawn.
    if seed == nil, compose.form.seed == nil { _ = seeds.next() }
    // What is changed from here on is a version of this.
    compose.origin = first
    recall = unique([typed] + recall)
    compose.recalled = nil
    compose.follows = true
    compose.showsTable = true
    failure = nil
    if queueIsPaused {
      notice = Notice("the queue is paused; Alt-q shows it", .warning)
    } else if ahead > 0 {
      notice = Notice("queued behind \(counted(ahead, "painting"))")
    }
    return forgetOldJobs()
  }

  /// The seed of the next painting: the form's, or the one that will be drawn. 32 bits are what other tools take
  /// and what people can still copy by hand.
  package var nextSeed: UInt64 {
    var seeds = seeds
    return compose.form.seed ?? seeds.next() >> 32
  }

  /// Pictures whose prompts are the same are one job, as a batch always was.
  private mutating func paintBatch(_ form: Form, seed: UInt64) throws(Failure) {
    var requests: [GenerationRequest] = []
    for index in 0..<form.count {
      let request = try self.request(form, seed: seed &+ UInt64(index), index: index)
      if let last = requests.last, last.prompt == request.prompt, last.blend == request.blend {
        requests[requests.count - 1].count += 1
      } else {
        requests.append(request)
      }
    }
    let first = JobID(jobsStarted + 1)
    for (n, request) in requests.enumerated() {
      let place = requests.count > 1 ? Series.Place(SeriesID(first), column: n) : nil
      queue(request, at: place)
    }
    if requests.count > 1 { series[SeriesID(first)] = Series() }
  }

  /// One picture for each pair of values; all have the same seed unless that is what varies.
  private mutating func paintTable(seed: UInt64) throws(Failure) {
    let (table, cells) = try compose.form.table()
    var requests: [(GenerationRequest, column: Int, row: Int)] = []
    for cell in cells {
      let request = try request(cell.form, seed: cell.form.seed ?? seed, index: 0)
      requests.append((request, cell.column, cell.row))
    }
    let id = SeriesID(JobID(jobsStarted + 1))
    for (request, column, row) in requests {
      queue(request, at: Series.Place(id, column: column, row: row))
    }
    series[id] = table
  }

  /// What one picture is painted from. `index`: which one of its batch.
  func request(_ form: Form, seed: UInt64, index: Int) throws(Failure) -> GenerationRequest {
    let style = styles.first { $0.name == form.style } ?? .none
    let typed = style.applied(to: compose.prompt.text.trimmed)
    let template = PromptTemplate(typed)
    let expansion = try template.expanded(seed: seed, index: index, wildcards: wildcards)
    let avoid = try PromptTemplate(style.applied(toAvoid: compose.avoid.text.trimmed))
      .expanded(seed: seed, index: index, wildcards: wildcards)
    guard !expansion.prompt.isEmpty else {
      throw Failure(
        .badInput, "this time the choices leave no words", hint: "add words around them")
    }
    var request = GenerationRequest(
      prompt: expansion.prompt, avoid: avoid.prompt, width: form.width, height: form.height,
      steps: form.steps, guidance: form.guidance, seed: seed, count: 1, engine: form.engine,
      model: form.model, blend: expansion.blend)
    if template.hasChoices { request.template = typed }
    request.parent = compose.origin
    return request.readingWeights
  }

  mutating func queue(_ request: GenerationRequest, at place: Series.Place? = nil) {
    jobsStarted += 1
    var job = Job(id: JobID(jobsStarted), request: request)
    job.place = place
    // For the history, which folds what belongs together long after the jobs are forgotten.
    // What an earlier session began keeps the name that its pictures have there.
    if let place, request.series == nil {
      job.request.series = place.series.first.generation(in: process)
    }
    jobs.append(job)
  }

  /// Hands the engine the next job once it is free.
  mutating func startNext() -> [Effect] {
    guard !queueIsPaused, !jobs.contains(where: { $0.isActive && $0.isStarted }),
      let next = jobs.firstIndex(where: { $0.phase == .waiting })
    else { return [] }
    jobs[next].isStarted = true
    return [.run(jobs[next].id, jobs[next].request)]
  }

  /// Keeps the last finished jobs, the one that is shown and what belongs with it.
  private mutating func forgetOldJobs() -> [Effect] {
    let shown = shownJob
    let finished = jobs.filter {
      !$0.isActive && $0.id != shown?.id
        && ($0.place == nil || $0.place?.series != shown?.place?.series)
    }
    // A series is one painting.
    var kept: Set<JobID> = []
    var paintings = 0
    var last: SeriesID?
    for job in finished.reversed() {
      let isNew = job.place == nil || job.place?.series != last
      if isNew { paintings += 1 }
      last = job.place?.series
      if paintings <= 12 { kept.insert(job.id) }
    }
    let old = Set(finished.map(\.id)).subtracting(kept)
    jobs.removeAll { old.contains($0.id) }
    let alive = Set(jobs.compactMap { $0.place?.series })
    series = series.filter { alive.contains($0.key) }
    return old.sorted().map { .forgetPictures($0) }
  }
}
