internal import EaselKit
internal import EaselScreen

extension AppState {
  /// The rows of a list and what is told about the selected one, side by side or one under another.
  var listLayout: (list: CellRect, detail: CellRect, status: CellRect) {
    var (rest, status) = body.splitBottom(1)
    status = status.narrowed(1)
    rest = rest.narrowed(1)
    if size.columns >= 100 {
      let (list, detail) = rest.splitLeft(rest.columns * 55 / 100)
      return (list, detail.splitLeft(1).1, status)
    }
    let (list, detail) = rest.splitBottom(clamp(rest.rows / 2, 3...10))
    return (list, detail, status)
  }

  func drawModels(_ screen: inout Screen) {
    let layout = listLayout
    screen.frame(layout.list, title: "Models", focused: overlay == nil)
    screen.frame(layout.detail, title: "About")
    let lines = modelLines
    let inside = Box(layout.list).text
    let first = firstShown(models.selected, of: lines.count, in: inside.rows)
    for i in first..<min(lines.count, first + inside.rows) {
      draw(
        lines[i], in: inside.line(i - first), isSelected: i == models.selected, &screen)
    }
    let about = Box(layout.detail).text
    switch selectedLine {
    case .installed(let row): drawModel(row, in: about, &screen)
    case .offered(let offer): draw(offer, in: about, &screen)
    case .another, nil: drawSources(in: about, &screen)
    }
    if let notice {
      screen.write(notice.text, in: layout.status, notice.style)
    } else if models.question != nil {
      screen.write("Enter once more goes on, Esc does not", in: layout.status, Style(.notice))
    } else if let words = modelWorkWords {
      screen.write(words, in: layout.status, Style(.notice))
    } else if engines.isEmpty {
      screen.write("Looking for engines and models …", in: layout.status, Style(.faint))
    }
  }

  private func draw(
    _ entry: ModelLine, in line: CellRect, isSelected: Bool, _ screen: inout Screen
  ) {
    if isSelected { screen.fill(line, style: Style(.selected)) }
    let plain = Style(isSelected ? .selected : .text)
    let faint = Style(isSelected ? .selected : .faint)
    switch entry {
    case .installed(let row):
      let isUsed =
        row.engine.name == compose.form.engine && row.model.name == compose.form.model
      let isSound = row.model.problem == nil
      drawRow(
        line, "\(isUsed ? "●" : " ") \(row.model.name)", isSound ? plain : faint,
        engine: (row.engine.name, faint),
        facts: isSound ? modelSize(row.model) : ["cannot paint"],
        isSound ? faint : Style(isSelected ? .selected : .warning), work(on: entry), &screen)
    case .offered(let offer):
      let parts = [offer.known.map { byteCount($0.bytes) } ?? "", offer.known?.license ?? ""]
      drawRow(
        line, "↓ \(offer.name)", faint, engine: ("not installed", faint),
        facts: parts.filter { !$0.isEmpty }, faint, work(on: entry), &screen)
    case .another:
      if isSelected, let typed = models.typed {
        screen.write("+", in: line, plain)
        screen.edit(
          typed, in: line.splitLeft(2).1, focused: overlay == nil,
          placeholder: "folder, file, address or owner/name")
      } else {
        screen.write("+ another …", in: line, faint)
      }
    }
  }

  private func drawRow(
    _ line: CellRect, _ name: String, _ style: Style, engine: (String, Style), facts: [String],
    _ factStyle: Style, _ work: ModelWork?, _ screen: inout Screen
  ) {
    screen.write(name, in: line.splitLeft(24).0, style)
    let isWide = line.columns > 50
    // What there is no room for beside the name stands under About.
    let taken = isWide ? 41 : min(24, SafeText(name).widthInCells)
    let free = line.columns - taken
    if let work, let words = rowWords(work) {
      let room = line.splitRight(min(isWide ? line.columns - 25 : free - 1, 34)).1
      if work.isRunning, let fraction = work.progress?.fraction, room.columns >= 12 {
        let (bar, percent) = room.splitRight(6)
        screen.bar(fraction, in: bar)
        screen.write("\(Int(fraction * 100)) %", in: percent, factStyle, at: .right)
      } else {
        screen.write(words, in: room, factStyle, at: .right)
      }
      return
    }
    var parts = facts
    while parts.joined(separator: "  ").count + 2 > free, !parts.isEmpty { parts.removeLast() }
    if isWide {
      screen.write(engine.0, in: line.splitLeft(25).1.splitLeft(16).0, engine.1)
    }
    screen.write(parts.joined(separator: "  "), in: line, factStyle, at: .right)
  }

  /// What is said on the row in place of what the model is; nil where that is worth more.
  private func rowWords(_ work: ModelWork) -> String? {
    switch work.state {
    case .running: work.progress.map { verb($0.phase) + " …" } ?? "beginning …"
    case .stopped:
      if case .install(let source) = work.task,
        models.unfinished.contains(where: { $0.source == source })
      {
        "stopped"
      } else {
        nil
      }
    case .failed: "failed"
    case .verified(let verdict): verdict.problems.isEmpty ? "sound" : "damaged"
    }
  }

  private func verb(_ phase: ModelProgress.Phase) -> String {
    switch phase {
    case .asking: "asking which files there are"
    case .loading: "loading"
    case .copying: "copying"
    case .unpacking: "unpacking"
    case .verifying: "checking"
    }
  }

  /// `loading 42 %`, `1.5 GB of 3.5 GB`, and how fast it goes: `12 MB/s  2 min left`.
  private func progressWords(_ work: ModelWork) -> (what: String, bytes: String, pace: String) {
    guard let progress = work.progress else { return ("beginning …", "", "") }
    guard progress.phase != .asking else { return (verb(.asking), "", "") }
    let percent = progress.fraction.map { " \(Int($0 * 100)) %" } ?? ""
    let bytes =
      progress.total.map { "\(byteCount(progress.done)) of \(byteCount($0))" }
      ?? byteCount(progress.done)
    var parts: [String] = []
    if let rate = progress.bytesPerSecond, rate >= 1 { parts.append("\(byteCount(Int(rate)))/s") }
    if let left = progress.secondsLeft { parts.append("\(timeLeft(left)) left") }
    return (verb(progress.phase) + percent, bytes, parts.joined(separator: "  "))
  }

  private func timeLeft(_ seconds: Double) -> String {
    let n = Int(min(1e8, max(0, seconds)).rounded(.up))
    if n < 60 { return "\(n) s" }
    return n < 3600 ? "\((n + 59) / 60) min" : "\(n / 3600) h \(n / 60 % 60) min"
  }

  private var modelWorkWords: String? {
    models.work.first(where: \.isRunning).map { work in
      let words = progressWords(work)
      // Where there is no share to tell, the bytes say how far it is.
      let far = work.progress?.total == nil ? words.bytes : ""
      return "\(work.name): "
        + [words.what, far, words.pace].filter { !$0.isEmpty }.joined(separator: "  ")
    }
  }

  /// For the row of tabs, while another screen is looked at.
  var modelWorkShort: String? {
    guard route != .models, let work = models.work.first(where: \.isRunning) else { return nil }
    let doing = if case .install = work.task { "installing" } else { "checking" }
    return work.progress?.fraction.map { "\(doing) \(Int($0 * 100)) %" } ?? doing
  }

  // MARK: About

  private func drawFacts(
    _ facts: [(String, String)], in area: CellRect, _ screen: inout Screen
  ) -> CellRect {
    var rest = area
    for (label, value) in facts where !value.isEmpty && !rest.isEmpty {
      let (left, right) = rest.splitLeft(10)
      screen.write(label, in: left, Style(.label))
      rest = rest.splitTop(max(1, screen.writeWrapped(value, in: right, Style(.text)))).1
    }
    return rest
  }

  private func drawModel(_ row: ModelRow, in area: CellRect, _ screen: inout Screen) {
    var rest = area
    rest = rest.splitTop(screen.writeWrapped(row.model.summary, in: rest, Style(.value))).1
    if let problem = row.model.problem {
      rest = rest.splitTop(screen.writeWrapped(problem, in: rest, Style(.warning))).1
    }
    if let work = selectedWork { rest = draw(work, in: rest, &screen) }
    if rest.rows > 6 { rest = rest.splitTop(1).1 }
    let sizes = row.model.sizes.map { "\($0.width) × \($0.height)" }.joined(separator: ", ")
    _ = drawFacts(
      [
        ("Engine", "\(row.engine.name): \(row.engine.summary)"), ("Sizes", sizes),
        ("Weights", modelSize(row.model).joined(separator: "  ")), ("Licence", row.model.license),
        ("Folder", row.model.folder ?? ""),
      ], in: rest, &screen)
  }

  private func draw(_ offer: ModelOffer, in area: CellRect, _ screen: inout Screen) {
    var rest = area
    if let question = models.question, question.source == offer.source,
      let contact = question.contact
    {
      let words = "Easel \(contact)."
      rest = rest.splitTop(screen.writeWrapped(words, in: rest, Style(.notice, bold: true))).1
      let size = offer.known.map { " About \(byteCount($0.bytes)) are loaded." } ?? ""
      let next = "Enter once more goes on, Esc does not.\(size)"
      rest = rest.splitTop(screen.writeWrapped(next, in: rest, Style(.notice))).1
    } else if let known = offer.known {
      rest = rest.splitTop(screen.writeWrapped(known.summary, in: rest, Style(.value))).1
    }
    if let work = selectedWork { rest = draw(work, in: rest, &screen) }
    if let part = offer.unfinished, selectedWork?.isRunning != true {
      let of = part.total.map { " of \(byteCount($0))" } ?? ""
      let words = "\(byteCount(part.done))\(of) are here; i goes on with the rest."
      rest = rest.splitTop(screen.writeWrapped(words, in: rest, Style(.notice))).1
    }
    if rest.rows > 6 { rest = rest.splitTop(1).1 }
    let known = offer.known
    rest = drawFacts(
      [
        ("Source", offer.source),
        ("Sizes", known.map { "\($0.size.width) × \($0.size.height)" } ?? ""),
        (
          "Weights",
          known.map { "\($0.parameters / 1_000_000) M parameters  about \(byteCount($0.bytes))" }
            ?? ""
        ),
        ("Licence", known?.license ?? ""),
      ], in: rest, &screen)
    if known != nil, rest.rows > 2 {
      screen.writeWrapped(
        "Its licence has rules of use: read them before you share pictures or weights.",
        in: rest.splitTop(1).1, Style(.faint))
    }
  }

  private func drawSources(in area: CellRect, _ screen: inout Screen) {
    let rest = area.splitTop(
      screen.writeWrapped(
        "Enter, and type where a model is. Nothing is asked of a server before you say so again.",
        in: area, Style(.value))
    ).1
    _ = drawFacts(
      [
        ("Folder", "as diffusers' AmusedPipeline saves it"),
        ("File", "NAME.safetensors, or a .tar of a folder"),
        ("Address", "http(s)://… of such a file"), ("Hub", "owner/name on Hugging Face"),
      ], in: rest.rows > 5 ? rest.splitTop(1).1 : rest, &screen)
  }

  /// A bar and how fast it fills, or what came of it.
  private func draw(_ work: ModelWork, in area: CellRect, _ screen: inout Screen) -> CellRect {
    guard !area.isEmpty else { return area }
    var rest = area
    switch work.state {
    case .running:
      if let fraction = work.progress?.fraction {
        screen.bar(fraction, in: rest.line(0))
        rest = rest.splitTop(1).1
      }
      let words = progressWords(work)
      let first = [words.what, words.bytes].filter { !$0.isEmpty }.joined(separator: "  ")
      for line in [first, words.pace] where !line.isEmpty {
        rest = rest.splitTop(screen.writeWrapped(line, in: rest, Style(.notice))).1
      }
    case .stopped: break
    case .failed(let failure):
      for (words, role) in [(failure.what, Role.error), (failure.hint ?? "", .text)]
      where !words.isEmpty {
        rest = rest.splitTop(screen.writeWrapped(words, in: rest, Style(role))).1
      }
      if let cause = failure.cause {
        rest = rest.splitTop(screen.writeWrapped("(\(cause))", in: rest, Style(.faint))).1
      }
    case .verified(let verdict):
      let words =
        verdict.hasDigests
        ? "Every byte is as it was installed." : "Every number is one; there are no digests of it."
      let lines = verdict.problems.isEmpty ? [words] : verdict.problems
      for line in lines {
        let style = Style(verdict.problems.isEmpty ? .success : .error)
        rest = rest.splitTop(screen.writeWrapped(line, in: rest, style)).1
      }
    }
    return rest
  }

  private func modelSize(_ model: ModelDescription) -> [String] {
    let parameters =
      model.parameters >= 1_000_000
      ? "\(shortDecimal((Double(model.parameters) / 100_000).rounded() / 10)) M parameters"
      : model.parameters > 0 ? counted(model.parameters, "parameter") : ""
    let memory = model.memory.map { "needs \(byteCount($0)) of memory" } ?? ""
    return [parameters, model.bytes > 0 ? byteCount(model.bytes) : "", memory]
      .filter { !$0.isEmpty }
  }

  /// The first line of a list of `count` that keeps the selected one in sight.
  func firstShown(_ selected: Int, of count: Int, in rows: Int) -> Int {
    guard count > rows, rows > 0 else { return 0 }
    return clamp(selected - rows / 2, 0...(count - rows))
  }
}
