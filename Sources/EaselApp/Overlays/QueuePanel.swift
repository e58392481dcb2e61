internal import EaselKit
internal import EaselScreen

/// One line of the queue: a painting, or a series of them.
struct QueueEntry: Hashable {
  var jobs: [Job]
  var id: JobID { jobs[0].id }
  var isPainting: Bool { jobs.contains { $0.phase == .painting || $0.isStarted && $0.isActive } }
  var isWaiting: Bool { !isPainting && jobs.contains { $0.phase == .waiting } }
  var isActive: Bool { jobs.contains(where: \.isActive) }
  var failure: Failure? {
    for job in jobs { if case .failed(let failure) = job.phase { return failure } }
    return nil
  }
  var pictures: Int { jobs.reduce(0) { $0 + $1.slots.count } }
  var painted: Int {
    jobs.reduce(0) { $0 + $1.slots.count { if case .painted = $0 { true } else { false } } }
  }
  /// What can be taken up again.
  var hasRest: Bool { !isActive && painted < pictures }
}

/// The queue: what is painted, what waits, and what was stopped or failed.
extension AppState {
  /// In the order of painting; what ended without all its pictures comes last, newest first.
  var queueEntries: [QueueEntry] {
    var entries: [QueueEntry] = []
    for job in jobs {
      if let place = job.place,
        let known = entries.firstIndex(where: { $0.jobs[0].place?.series == place.series })
      {
        entries[known].jobs.append(job)
      } else {
        entries.append(QueueEntry(jobs: [job]))
      }
    }
    return entries.filter(\.isPainting) + entries.filter(\.isWaiting)
      + entries.filter(\.hasRest).reversed()
  }

  var queueSelection: Int {
    guard case .queue(let id) = overlay else { return 0 }
    let entries = queueEntries
    return entries.firstIndex { entry in entry.jobs.contains { $0.id == id } }
      ?? 0
  }

  var selectedEntry: QueueEntry? {
    let entries = queueEntries
    return entries.indices.contains(queueSelection) ? entries[queueSelection] : nil
  }

  /// What was stopped, the newest painting of it.
  var droppedLast: QueueEntry? {
    queueEntries.first { $0.hasRest && $0.jobs.contains { $0.phase == .stopped } }
  }

  mutating func perform(_ command: QueueCommand) -> [Effect] {
    let entries = queueEntries, here = queueSelection
    switch command {
    case .up, .down:
      let next = here + (command == .up ? -1 : 1)
      if entries.indices.contains(next) { overlay = .queue(entries[next].id) }
      return []
    case .earlier: return move(-1)
    case .later: return move(1)
    case .pause:
      queueIsPaused.toggle()
      return []
    case .cancel:
      guard let entry = selectedEntry else { return [] }
      let next = entries.indices.contains(here + 1) ? entries[here + 1].id : entry.id
      let effects = stop(entry)
      overlay = .queue(next)
      return effects
    case .cancelAll: return stopAll()
    case .retry:
      return selectedEntry.map { retry($0) } ?? []
    case .undo: return droppedLast.map { retry($0) } ?? []
    case .show:
      guard let entry = selectedEntry, let job = entry.jobs.first(where: { $0.slots[0] != .empty })
      else { return [] }
      overlay = nil
      compose.shown = ComposeState.Shown(job: job.id, index: 0)
      compose.focus = .canvas
      compose.follows = entry.isPainting
      return go(to: .compose)
    case .close:
      overlay = nil
      return []
    }
  }

  /// Moves what is selected before or behind its neighbour among those that wait.
  private mutating func move(_ step: Int) -> [Effect] {
    let waiting = queueEntries.filter(\.isWaiting)
    guard let entry = selectedEntry, let here = waiting.firstIndex(of: entry),
      waiting.indices.contains(here + step)
    else { return [] }
    let other = waiting[here + step]
    let moved = entry.jobs.map(\.id)
    jobs.removeAll { moved.contains($0.id) }
    let edge = step < 0 ? other.jobs[0].id : other.jobs[other.jobs.count - 1].id
    guard let at = jobs.firstIndex(where: { $0.id == edge }) else { return [] }
    jobs.insert(contentsOf: entry.jobs, at: step < 0 ? at : at + 1)
    return []
  }

  private mutating func stop(_ entry: QueueEntry) -> [Effect] {
    var effects: [Effect] = []
    for j in jobs.indices where entry.jobs.contains(where: { $0.id == jobs[j].id }) {
      guard jobs[j].isActive else { continue }
      if jobs[j].isStarted { effects.append(.cancel(jobs[j].id)) }
      jobs[j].phase = .stopped
    }
    notice = Notice("stopped; u takes it up again")
    return effects
  }

  /// Queues what a painting still lacks. What it has stays where it is.
  private mutating func retry(_ entry: QueueEntry) -> [Effect] {
    failure = nil
    var first: JobID?
    var effects: [Effect] = []
    for job in entry.jobs {
      guard let rest = job.unpainted else { continue }
      // A job without a finished picture gives its place in a table to the one that takes it up, also
      // where a preview of it is seen: each place has one picture.
      let isUnpainted = !job.slots.contains { if case .painted = $0 { true } else { false } }
      queue(rest, at: isUnpainted ? job.place : nil)
      guard let next = jobs.last?.id else { continue }
      first = first ?? next
      let isShown = compose.shown?.job == job.id
      if isUnpainted, job.place != nil || !isShown {
        jobs.removeAll { $0.id == job.id }
        effects.append(.forgetPictures(job.id))
        if isShown { compose.shown = ComposeState.Shown(job: next, index: 0) }
      } else if let j = jobs.firstIndex(where: { $0.id == job.id }) {
        jobs[j].phase = .done
      }
    }
    if let first { overlay = .queue(first) }
    compose.follows = true
    return effects
  }

  // MARK: Drawing

  var queueBox: Box { popup(columns: 88, rows: clamp(queueEntries.count + 4, 7...20)) }

  func drawQueue(_ screen: inout Screen) {
    let entries = queueEntries, box = queueBox
    let waiting = entries.count(where: \.isWaiting)
    screen.frame(
      box.frame, title: queueIsPaused ? "Queue: paused" : "Queue",
      note: waiting > 0 ? "\(waiting) waiting" : "", focused: true, ground: .popup)
    guard !entries.isEmpty else {
      screen.write("Nothing is being painted.", in: box.text.line(0), Style(.faint))
      screen.write(
        "Every Enter in Compose adds a painting; here they can be moved, held back and dropped.",
        in: box.text.line(1), Style(.faint))
      return
    }
    let first = firstShown(queueSelection, of: entries.count, in: box.text.rows)
    for (i, entry) in entries.dropFirst(first).prefix(box.text.rows).enumerated() {
      let isSelected = first + i == queueSelection
      let line = box.text.line(i)
      let style = Style(isSelected ? .selected : entry.isActive ? .text : .faint)
      if isSelected { screen.fill(line, style: style) }
      let (mark, state) = words(entry)
      let (left, right) = line.splitLeft(max(0, line.columns - 30))
      screen.write(
        "\(mark) \(entry.jobs[0].request.prompt)", in: left.splitLeft(left.columns - 1).0, style)
      screen.write(
        state, in: right, entry.failure == nil || isSelected ? style : Style(.error), at: .right)
    }
  }

  private func words(_ entry: QueueEntry) -> (mark: String, state: String) {
    let count = counted(entry.pictures, "picture")
    if entry.isPainting {
      let job = entry.jobs.first { $0.isStarted && $0.isActive }
      let share = job?.progress.map { " \(Int($0.fraction * 100)) %" } ?? ""
      return ("▶", entry.pictures > 1 ? "\(entry.painted) of \(count)\(share)" : "painting\(share)")
    }
    if entry.isWaiting { return ("·", count) }
    if let failure = entry.failure { return ("!", failure.what) }
    return ("■", "stopped, \(entry.painted) of \(count)")
  }
}
