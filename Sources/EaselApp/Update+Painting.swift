internal import EaselKit

/// From Enter to the picture in the history.
extension AppState {
  func job(_ id: JobID) -> Job? { jobs.first { $0.id == id } }

  /// The job that is being painted now.
  var painting: Job? { jobs.first { $0.phase == .painting } }
  var waitingCount: Int { jobs.count { $0.phase == .waiting } }

  /// Asks for variations of a picture. What it shows comes from the picture, the rest from the form.
  mutating func vary(_ key: PictureKey, prompt: String, parent: String) -> [Effect] {
    let form = compose.form
    var request = GenerationRequest(
      prompt: prompt, width: form.width, height: form.height, steps: form.steps,
      guidance: form.guidance, seed: seeds.next() >> 32,
      // One variation would be no choice.
      count: form.count == 1 ? 4 : form.count, engine: form.engine, model: form.model)
    request.parent = parent
    return [.vary(key, request)]
  }

  mutating func varied(_ request: GenerationRequest) -> [Effect] {
    compose.follows = true
    compose.focus = .canvas
    overlay = nil
    route = .compose
    failure = nil
    let ahead = jobs.count(where: \.isActive)
    notice = Notice(
      ahead > 0 ? "queued behind \(counted(ahead, "painting"))" : "painting variations")
    queue(request)
    return []
  }

  /// News of a job. A stopped job may still have events under way, and ids are never used twice, so
  /// whatever is not active is ignored.
  mutating func take(_ event: GenerationEvent, of id: JobID) -> [Effect] {
    guard let j = jobs.firstIndex(where: { $0.id == id }), jobs[j].isActive else { return [] }
    switch event {
    case .queued: return []
    case .loading(let share):
      jobs[j].loading = share
      return []
    case .started:
      jobs[j].loading = nil
      jobs[j].phase = .painting
      if compose.shown == nil { show(id, 0) }
      return []
    case .step(let progress):
      jobs[j].phase = .painting
      jobs[j].progress = progress
      return []
    case .preview(let index, _):
      guard jobs[j].slots.indices.contains(index) else { return [] }
      jobs[j].phase = .painting
      switch jobs[j].slots[index] {
      case .empty: jobs[j].slots[index] = .preview(revision: 1)
      case .preview(let revision): jobs[j].slots[index] = .preview(revision: revision + 1)
      // Previews may be late; a finished picture never becomes unfinished again.
      case .painted: return []
      }
      if compose.follows, !isWatching(id) || compose.shown?.index == index { show(id, index) }
      return []
    case .image(let image):
      guard jobs[j].slots.indices.contains(image.index) else { return [] }
      if case .painted = jobs[j].slots[image.index] { return [] }
      jobs[j].phase = .painting
      jobs[j].slots[image.index] = .painted(seed: image.seed, item: nil)
      jobs[j].scores[image.index] = image.score
      if compose.follows { show(id, image.index) }
      return [.store(id, jobs[j].request, image)]
    }
  }

  /// True while an unfinished picture of the job is on the canvas: of those that are painted together,
  /// one is watched.
  private func isWatching(_ id: JobID) -> Bool {
    guard let shown = compose.shown, shown.job == id, let job = job(id),
      job.slots.indices.contains(shown.index)
    else { return false }
    if case .preview = job.slots[shown.index] { return true }
    return false
  }

  private mutating func show(_ id: JobID, _ index: Int) {
    compose.shown = ComposeState.Shown(job: id, index: index)
  }

  mutating func end(_ id: JobID) -> [Effect] {
    guard let j = jobs.firstIndex(where: { $0.id == id }), jobs[j].isActive else { return [] }
    let missing = jobs[j].slots.count { if case .painted = $0 { false } else { true } }
    guard missing == 0 else {
      return fail(
        id,
        Failure(
          .internalError, "the engine stopped with \(counted(missing, "picture")) unpainted",
          hint: "paint again; the pictures that are there are kept"))
    }
    jobs[j].phase = .done
    jobs[j].rank()
    if compose.follows, compose.shown?.job == id { show(id, jobs[j].order[0]) }
    if let seconds = jobs[j].progress?.secondsElapsed {
      let verb = jobs[j].request.enlargement == nil ? "painted" : "enlarged"
      notice = Notice(
        "\(verb) \(counted(jobs[j].slots.count, "picture")) in \(shortDuration(seconds))", .success)
    }
    return []
  }

  mutating func fail(_ id: JobID, _ failure: Failure) -> [Effect] {
    guard let j = jobs.firstIndex(where: { $0.id == id }), jobs[j].isActive else { return [] }
    jobs[j].phase = failure.code == .cancelled ? .stopped : .failed(failure)
    if failure.code != .cancelled { self.failure = failure }
    return []
  }

  mutating func stored(_ id: JobID, _ index: Int, _ item: HistoryItem) -> [Effect] {
    if let j = jobs.firstIndex(where: { $0.id == id }), jobs[j].slots.indices.contains(index),
      case .painted(let seed, _) = jobs[j].slots[index]
    {
      jobs[j].slots[index] = .painted(seed: seed, item: item)
    }
    gallery.add(item, isSeen: route != .compose)
    return reloadVersions()
  }

  mutating func stopAll() -> [Effect] {
    var effects: [Effect] = []
    var stopped = 0
    for j in jobs.indices where jobs[j].isActive {
      jobs[j].phase = .stopped
      stopped += 1
      if jobs[j].isStarted { effects.append(.cancel(jobs[j].id)) }
    }
    notice = Notice("stopped \(counted(stopped, "painting"))")
    return effects
  }
}

extension Recipe {
  /// The prompt; empty where it is only the name of an imported file.
  var wordsToVary: String { saysHow ? request.prompt : "" }
}

/// `0.3 s`, `12 s`, `2 min 5 s`, `1 h 3 min`.
func shortDuration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
  if seconds < 9.95 {
    let tenths = Int((seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) s"
  }
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole / 3600) h \(whole % 3600 / 60) min"
}

extension String {
  /// Without the blanks at both ends.
  var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
