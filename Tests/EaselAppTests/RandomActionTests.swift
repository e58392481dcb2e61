import EaselApp
import EaselKit
import EaselScreen
import Testing

private let keys: [KeyPress.Key] =
  [
    .enter, .tab, .backTab, .escape, .backspace, .delete, .insert, .up, .down, .left, .right, .home,
    .end, .pageUp, .pageDown, .function(1), .function(5), .character("雪"), .character("👩‍🎨"),
    .character("\u{301}"), .character("\u{202E}"),
  ]
  + " abcdefghijklmnopqrstuvwxyzGVXxHJKLOQRSUY0123456789/:?+-=<>_[]é.*{}|(),DE".map {
    .character($0)
  }

private func someAction(_ random: inout SplitMix64, _ state: AppState) -> Action {
  func job() -> JobID { JobID(random.nextInt(max(1, state.jobsStarted) + 2)) }
  switch random.nextInt(24) {
  case 0..<12:
    let key = keys[random.nextInt(keys.count)]
    // Leaving is left out, so that the walk goes on.
    let press = KeyPress(
      key, control: random.nextInt(5) == 0, alt: random.nextInt(8) == 0,
      shift: random.nextInt(6) == 0)
    return .input(.key(press), at: random.nextDouble() * 100)
  case 12: return .input(.key(enter), at: 0)
  case 13:
    return .input(
      .paste(["a hare", "雪\n\u{1B}]0;x\u{7}", "", "\u{301}", "/tmp/a.png"][random.nextInt(5)]),
      at: 0)
  case 14, 15:
    let kinds: [MouseEvent.Kind] = [.press, .press, .press, .release, .drag, .wheelUp, .wheelDown]
    return .input(
      .mouse(
        MouseEvent(
          kinds[random.nextInt(kinds.count)], button: random.nextInt(3),
          at: CellPoint(column: random.nextInt(220) - 5, row: random.nextInt(70) - 3))), at: 0)
  case 16:
    let cells = CellSize(columns: random.nextInt(210), rows: random.nextInt(64))
    return .input(
      .resize(
        TerminalSize(
          cells: cells, cellWidth: random.nextInt(3) == 0 ? nil : random.nextInt(20),
          cellHeight: random.nextInt(40))), at: 0)
  case 17:
    return .engine(
      job(),
      step(random.nextInt(5), of: 4, random.nextInt(14), of: 12, seconds: random.nextDouble()))
  case 18: return .engine(job(), .preview(index: random.nextInt(6) - 1, grey))
  case 19: return .engine(job(), painted(random.nextInt(6) - 1, seed: random.next()))
  case 20:
    return random.nextInt(2) == 0
      ? .ended(job())
      : .failed(job(), Failure(.engineUnreachable, "gone", hint: "look", cause: "no route"))
  case 21: return .stored(job(), index: random.nextInt(5), item(Int64(random.nextInt(300))))
  case 22:
    return someList(&random, state)
  default:
    switch random.nextInt(12) {
    case 6:
      let id = state.viewer.heat?.id ?? ImageID(Int64(random.nextInt(40)))
      return .explained(
        id, (0..<random.nextInt(4)).map { HeatName("word \($0)", scale: "1.0% of the attention") })
    case 7: return .explainFailed(ImageID(Int64(random.nextInt(40))), Failure(.unsupported, "no"))
    case 8: return .slideDue(random.nextInt(20))
    case 0: return .enginesLoaded(random.nextInt(3) == 0 ? [] : engines)
    case 1: return .recallLoaded(["a", "b", "雪"])
    case 2: return .problem(Failure(.diskFull, "the disk is full", cause: "ENOSPC"))
    case 3: return .historyChanged
    case 4: return .edited(.avoid, "fog\n")
    case 9: return someAnswer(&random, state)
    default: return someTraining(&random, state)
    }
  }
}

/// A window of the list that is shown, or of another one.
private func someList(_ random: inout SplitMix64, _ state: AppState) -> Action {
  let total = random.nextInt(2) == 0 ? 100_000 : random.nextInt(60)
  let start = random.nextInt(total + 1)
  let items = (0..<min(total - start, random.nextInt(60))).map {
    item(Int64(200_000 - start - $0))
  }
  var query = HistoryQuery(
    text: state.gallery.filter, sort: state.gallery.order,
    foldsBatches: state.gallery.foldsBatches, place: state.gallery.selected)
  if random.nextInt(3) == 0, let asked = state.gallery.asked { query = asked }
  if random.nextInt(8) == 0 {
    return .historyRefused(
      query, Failure(random.nextInt(2) == 0 ? .badInput : .libraryDamaged, "no such list"))
  }
  return .historyLoaded(
    query,
    HistoryPage(
      items: items, isLast: start + items.count == total, total: total, start: start,
      place: random.nextInt(3) == 0 ? random.nextInt(total + 1) : nil,
      siblings: items.first.map { [$0.id: 4] } ?? [:]))
}

private func someAnswer(_ random: inout SplitMix64, _ state: AppState) -> Action {
  switch random.nextInt(6) {
  case 5:
    return .markedLoaded(
      random.nextInt(2) == 0 ? .enlarge : .compare,
      (0..<random.nextInt(4)).map { item(Int64(250 + $0 * 7), trashed: random.nextInt(4) == 0) })
  case 4:
    let asked = state.versions?.asked ?? "a"
    let versions = (0..<random.nextInt(7)).map { n in
      PictureVersion(
        generation: n == 3 ? asked : "\(n)", parent: random.nextInt(3) == 0 ? asked : "\(n - 1)",
        request: GenerationRequest(prompt: subjects[n % subjects.count], seed: random.next()),
        pictures: (0..<random.nextInt(3)).map { item(Int64(300 + n * 3 + $0)) })
    }
    return .versionsLoaded(random.nextInt(8) == 0 ? "other" : asked, versions)
  case 0: return .tagsLoaded([TagCount("snow", 7), TagCount("雪", 2), TagCount("sea", 1)])
  case 1:
    return .searchesLoaded([
      SavedSearch(name: "best", text: "rating:>=4", sort: .best),
      SavedSearch(name: "雪 \u{202E}", text: "like:#2", sort: .likeness),
    ])
  case 2:
    let query = HistoryQuery(
      text: state.gallery.filter, sort: state.gallery.order,
      foldsBatches: state.gallery.foldsBatches)
    return .rangeListed(
      query, (0..<random.nextInt(9)).map { item(Int64(1 + $0 * 9)).labelled })
  default:
    let items = (0..<random.nextInt(3)).map { item(Int64(210_000 + $0)) }
    return .imported(
      ImportedPictures(
        items: items, new: items.map(\.id),
        problem: items.isEmpty ? Failure(.badInput, "no picture") : nil),
      PastedPaths(text: "/tmp/a.png", intoCompose: random.nextInt(2) == 0))
  }
}

private func someTraining(_ random: inout SplitMix64, _ state: AppState) -> Action {
  switch random.nextInt(6) {
  case 0: return .trainingLoaded(TrainingNews(report: nil))
  case 1:
    return .trainingLoaded(
      TrainingNews(
        report: nil,
        start: random.nextInt(2) == 0 ? .underWay : .refused(Failure(.notFound, "no data"))))
  case 2: return .trainingDue
  case 3:
    return .trainingPlanned(
      state.train.form.request, TrainingPlan(data: "24 pictures", folder: "/state/雪"))
  default:
    var report = trainingReport(TrainingReport.State.allCases[random.nextInt(6)])
    report.step = random.nextInt(3) == 0 ? .max : random.nextInt(9)
    report.steps = random.nextInt(9)
    if random.nextInt(3) == 0 { report.request = nil }
    if random.nextInt(2) == 0 { report.asked = [TrainingReport.Asked.allCases[random.nextInt(3)]] }
    return .trainingLoaded(TrainingNews(report: report))
  }
}

/// A hundred thousand in all; fewer where nothing is optimised.
#if DEBUG
  private let actionsInWalk = 150
#else
  private let actionsInWalk = 1_250
#endif

@Test(arguments: 1...80 as ClosedRange<UInt64>)
func noSequenceOfActionsBreaksTheState(seed: UInt64) throws {
  var random = SplitMix64(seed: seed)
  var state = studio(
    40 + random.nextInt(160), 10 + random.nextInt(50), seed: seed, prompt: "a hare", pictures: 40)
  var run: Set<JobID> = []
  for _ in 0..<actionsInWalk {
    let effects = update(&state, someAction(&random, state))
    for effect in effects {
      if case .run(let id, let request) = effect {
        // No job is begun twice, and none beside another; nothing is painted without words.
        try #require(run.insert(id).inserted && id.number <= state.jobsStarted)
        try #require(state.jobs.count { $0.isActive && $0.isStarted } == 1 && !state.queueIsPaused)
        try #require(!request.prompt.isEmpty)
        try #require((1...256).contains(request.steps) && (1...64).contains(request.count))
      }
    }
    try checkInvariants(state)
  }
}

private func checkInvariants(_ state: AppState) throws {
  let gallery = state.gallery
  try #require(
    gallery.count == 0 ? gallery.selected == 0 : (0..<gallery.count).contains(gallery.selected))
  try #require(gallery.known.upperBound <= gallery.count)
  try #require(Set(gallery.items.map(\.id)).count == gallery.items.count)
  if case .form(let field) = state.train.focus {
    try #require(state.train.form.fields.contains(field))
  }
  for editor in [state.compose.prompt, state.compose.avoid, state.train.form.data] {
    try #require((0...editor.characters.count).contains(editor.cursor))
  }
  if let retouching = state.retouching {
    try #require((0...1).contains(retouching.at.x) && (0...1).contains(retouching.at.y))
    try #require(retouching.margins.all.allSatisfy { $0 >= 0 } && retouching.brush > 0)
  }
  if state.route == .compare {
    let count = state.comparison.entries.count
    try #require((2...9).contains(count) && state.comparison.first != state.comparison.second)
  }
  if let shown = state.compose.shown {
    let job = state.jobs.first { $0.id == shown.job }
    try #require(job?.slots.indices.contains(shown.index) == true)
  }

  let screen = render(state)
  try #require(screen.size == state.terminal.cells)
  if let cursor = screen.cursor { try #require(screen.bounds.contains(cursor)) }
  for picture in screen.pictures {
    let r = picture.frame
    try #require(!r.isEmpty && r.column >= 0 && r.row >= 0)
    try #require(r.endColumn <= screen.size.columns && r.endRow <= screen.size.rows)
    // The last row of a terminal scrolls when a picture touches it.
    try #require(r.endRow < screen.size.rows)
    if let part = picture.part { try #require(part.x >= 0 && part.y >= 0 && part.width > 0) }
  }
  let keys = state.footerItems.map(\.key)
  try #require(Set(keys).count == keys.count, "\(keys)")
  for item in state.footerItems { try #require(state.blocked(item.binding.command) == nil) }
}
