internal import EaselKit
internal import EaselScreen

extension AppState {
  struct TrainLayout {
    /// The form of the next run and the latest run: one of them, or both side by side.
    var form: CellRect?
    var run: CellRect?
    var status: CellRect
  }

  var trainLayout: TrainLayout {
    var (rest, status) = body.splitBottom(1)
    status = status.narrowed(1)
    rest = rest.narrowed(1)
    let isWide = size.columns >= 100
    guard train.report == nil || train.isInForm || (isWide && !train.isAlive) else {
      return TrainLayout(form: nil, run: rest, status: status)
    }
    guard isWide else { return TrainLayout(form: rest, run: nil, status: status) }
    let (form, run) = rest.splitLeft(clamp(rest.columns * 2 / 5, 44...64))
    return TrainLayout(form: form, run: run.splitLeft(1).1, status: status)
  }

  func drawTrain(_ screen: inout Screen) {
    let layout = trainLayout
    if let area = layout.form { drawTrainingForm(in: area, &screen) }
    if let area = layout.run { drawLatestRun(in: area, &screen) }
    if let notice {
      screen.write(notice.text, in: layout.status, notice.style)
    } else if !train.isInForm, train.isStarting {
      screen.write("starting …", in: layout.status, Style(.notice))
    }
  }

  // MARK: The form

  private enum FormLine: Hashable {
    case field(TrainingForm.Field)
    case note(String, isProblem: Bool)
  }

  /// The form's rows, and under them what is known of what stands there.
  private var formLines: [FormLine] {
    train.form.fields.flatMap { field -> [FormLine] in
      guard let note = note(field) else {
        // The line stays free, so that rows do not jump when the answer comes.
        return field == .data ? [.field(field), .note("", isProblem: false)] : [.field(field)]
      }
      return [.field(field), note]
    }
  }

  private func note(_ field: TrainingForm.Field) -> FormLine? {
    if let problem = train.form.problem(field) {
      // What was not typed yet is no mistake.
      return .note(problem, isProblem: train.form[field]?.isEmpty == false)
    }
    guard let plan = train.plan else { return nil }
    switch field {
    case .data:
      return plan.problem.map { .note($0, isProblem: true) }
        ?? plan.data.map { .note($0, isProblem: false) }
    case .folder where plan.isTaken:
      return .note(
        train.form.stage.isPart ? "a run is there, and goes on" : "a run is there already",
        isProblem: !train.form.stage.isPart)
    default: return nil
    }
  }

  /// The form's lines that fit into `area`, and where.
  private func placedFormLines(in area: CellRect) -> [(line: FormLine, rect: CellRect)] {
    let lines = formLines
    guard case .form(let focus) = train.focus else {
      return lines.prefix(area.rows).enumerated().map { ($1, area.line($0)) }
    }
    let first = firstShown(lines.firstIndex(of: .field(focus)) ?? 0, of: lines.count, in: area.rows)
    return lines.dropFirst(first).prefix(area.rows).enumerated().map { ($1, area.line($0)) }
  }

  /// The row of the form at a cell.
  func trainingField(at: CellPoint) -> TrainingForm.Field? {
    guard let area = trainLayout.form else { return nil }
    let hit = placedFormLines(in: Box(area).text).first { $0.rect.contains(at) }
    if case .field(let field) = hit?.line { return field }
    return nil
  }

  private func drawTrainingForm(in area: CellRect, _ screen: inout Screen) {
    screen.frame(area, title: "Train a model", focused: train.isInForm && overlay == nil)
    let inside = Box(area).text
    let placed = placedFormLines(in: inside)
    for (line, rect) in placed {
      let (label, value) = rect.splitLeft(9)
      switch line {
      case .field(let field):
        let isFocused = train.focus == .form(field)
        screen.write(field.title, in: label, Style(isFocused ? .accent : .label))
        drawValue(field, isFocused, in: value, &screen)
      case .note(let text, let isProblem):
        screen.write(text, in: value, Style(isProblem ? .warning : .faint))
      }
    }
    var rest = inside.splitTop(placed.count + 1).1
    if train.isInForm, train.isStarting || train.startsWhenPlanned {
      screen.writeWrapped(
        "Starting: reading the data and making the networks …", in: rest, Style(.notice))
    } else if let refusal = train.shownRefusal {
      draw(refusal, in: rest, &screen)
    } else if case .form(let field) = train.focus {
      rest =
        rest.splitTop(
          screen.writeWrapped(field.about(train.form.stage), in: rest, Style(.text))
        ).1
      screen.writeWrapped(
        "It trains in the background, saves as it goes, and goes on when you leave.",
        in: rest.splitTop(1).1, Style(.faint))
    } else {
      screen.writeWrapped("Enter chooses what to train next.", in: rest, Style(.faint))
    }
  }

  private func drawValue(
    _ field: TrainingForm.Field, _ isFocused: Bool, in rect: CellRect, _ screen: inout Screen
  ) {
    let form = train.form, plan = train.plan
    let unknown =
      form.stage == .all ? "each part its own" : plan == nil ? "" : "as many as the pictures need"
    func choice(_ text: String) {
      screen.write(
        isFocused ? "‹ \(text) ›" : text, in: rect, Style(isFocused ? .selected : .value))
    }
    func line(_ placeholder: String) {
      guard let editor = form[field] else { return }
      screen.edit(
        editor, in: rect, focused: isFocused && overlay == nil,
        placeholder: fittedAtEnd(placeholder, rect.columns))
    }
    switch field {
    case .stage: choice(form.stage.title)
    case .model: choice(form.model ?? Self.ownModel)
    case .data: line(form.stage == .tune ? "~/pictures" : "scenes")
    case .name: line(plan?.name ?? "the name of the data")
    case .folder: line(plan?.folder ?? "")
    case .steps: line(plan?.steps.map { String($0) } ?? unknown)
    case .batch: line(plan?.batch.map { String($0) } ?? unknown)
    }
  }

  // MARK: The run

  private func drawLatestRun(in area: CellRect, _ screen: inout Screen) {
    guard let report = train.report else {
      screen.frame(area, title: "The latest run")
      screen.writeWrapped(
        "Nothing has been trained yet. Curves and samples of the latest run will be here.",
        in: Box(area).text, Style(.faint))
      return
    }
    screen.frame(
      area, title: runTitle(report), note: fittedAtEnd(report.folder, area.columns - 6),
      focused: !train.isInForm && overlay == nil)
    drawRun(report, in: Box(area).text, &screen)
  }

  private func runTitle(_ report: TrainingReport) -> String {
    let word =
      switch report.state {
      case .running: "Running"
      case .paused: "Paused"
      case .stopped: "Stopped"
      case .finished: "Trained"
      case .failed: "Failed"
      case .killed: "Killed"
      }
    let stage = report.stage.isEmpty ? report.request?.stage ?? "" : report.stage
    guard !stage.isEmpty else { return word }
    let part = report.part.map { report.parts > 1 ? " (\($0) of \(report.parts))" : "" } ?? ""
    return "\(word): \(stage)\(part)"
  }

  private func drawRun(_ report: TrainingReport, in area: CellRect, _ screen: inout Screen) {
    var (head, rest) = area.splitTop(1)
    guard !head.isEmpty else { return }
    let share = report.steps > 0 ? clamp(Double(report.step) / Double(report.steps), 0...1) : 0
    let words = report.steps > 0 ? "\(report.step)/\(report.steps)  \(Int(share * 100)) %" : ""
    screen.bar(share, in: head.splitLeft(max(0, head.columns - words.count - 2)).0)
    screen.write(words, in: head, Style(.text), at: .right)

    (head, rest) = rest.splitTop(1)
    screen.write(figures(report), in: head, Style(.text))
    rest = rest.splitTop(drawSituation(report, in: rest, &screen)).1

    // Where there is no room for pictures, the log's last lines say how it goes.
    let (pictures, log) = rest.splitBottom(
      rest.rows >= 12
        ? min(report.log.count, max(2, rest.rows / 6)) + 1 : rest.rows < 6 ? rest.rows : 0)
    for (i, line) in report.log.suffix(max(0, log.rows - 1)).enumerated() {
      screen.write(line, in: log.line(i + 1), Style(.faint))
    }
    drawRunPictures(report, in: pictures.splitTop(1).1, &screen)
  }

  private func figures(_ report: TrainingReport) -> String {
    var words: [String] = []
    if report.state == .running {
      if let rate = report.imagesPerSecond { words.append("\(shortValue(rate)) images/s") }
      if let left = report.secondsLeft { words.append("\(shortDuration(left)) left") }
    }
    if report.cpuSeconds > 0 { words.append("\(shortDuration(report.cpuSeconds)) of CPU") }
    return words.isEmpty
      ? "the first figures come after some steps" : words.joined(separator: "   ")
  }

  /// What the run was asked, or how it stands where it is not running. Returns the rows used.
  private func drawSituation(
    _ report: TrainingReport, in area: CellRect, _ screen: inout Screen
  ) -> Int {
    if report.state == .failed, let failure = report.failure {
      return draw(failure, in: area.splitTop(min(4, area.rows)).0, &screen)
    }
    let (text, style): (String, Style) =
      switch report.state {
      case .running where report.asked.contains(.stop):
        ("writes a checkpoint and stops", Style(.notice))
      case .running where report.asked.contains(.pause):
        ("pauses after this step", Style(.notice))
      case .running where report.asked.contains(.save):
        ("saves after this step", Style(.notice))
      case .running: ("", Style())
      case .paused: ("paused, with a checkpoint; p goes on", Style(.notice))
      case .stopped: ("stopped, with a checkpoint; r goes on from there", Style(.notice))
      case .finished: (outcome(report), Style(.success))
      case .failed: ("it failed; r tries again from its last checkpoint", Style(.error))
      case .killed:
        ("its process is gone without a word; r goes on from the last checkpoint", Style(.error))
      }
    return text.isEmpty ? 0 : screen.writeWrapped(text, in: area, style)
  }

  private func outcome(_ report: TrainingReport) -> String {
    switch (report.request?.stage, report.request?.name) {
    case ("tune", let name?): "trained: Models has '\(name)', which paints"
    case ("all", _): "trained: the model is in the run's folder, in model/"
    default: "trained to the last step"
    }
  }

  /// Curves and samples beside each other, or under each other where it is narrow.
  private func drawRunPictures(
    _ report: TrainingReport, in area: CellRect, _ screen: inout Screen
  ) {
    guard area.rows >= 3, area.columns >= 8 else { return }
    var curves = area
    if let revision = report.samplesRevision {
      let isWide = area.columns >= 60
      let (first, second) =
        isWide ? area.splitLeft(area.columns * 3 / 5) : area.splitTop(area.rows * 3 / 5)
      let samples = isWide ? second.splitLeft(1).1 : second.splitTop(1).1
      if isWide || area.rows >= 12 {
        curves = first
        screen.place(.training(.samples, revision: revision), in: samples)
      }
    }
    guard let revision = report.curvesRevision else { return }
    guard !hasGraphics else {
      return screen.place(.training(.curves, revision: revision), in: curves)
    }
    let shown = report.curves.filter { $0.points.count > 1 }
      .prefix(max(1, min(3, curves.columns / 30)))
    for (i, curve) in shown.enumerated() {
      let width = curves.columns / shown.count
      screen.draw(
        curve,
        in: CellRect(
          column: curves.column + i * width, row: curves.row, columns: width - 2,
          rows: curves.rows))
    }
  }
}

/// `text` on one line; where it is wider than `width` cells its beginning is cut: of a path, the end tells
/// the most.
func fittedAtEnd(_ text: String, _ width: Int) -> String {
  let all = SafeText(text.onOneLine)
  guard all.widthInCells > width, width > 0 else { return width > 0 ? all.description : "" }
  var kept: [Character] = []
  var used = 0
  for glyph in all.glyphs.reversed() {
    if used + glyph.width > width - 1 { break }
    kept.append(glyph.character)
    used += glyph.width
  }
  return "…" + String(kept.reversed())
}
