internal import EaselKit
internal import EaselScreen

extension AppState {
  func drawCompose(_ screen: inout Screen) {
    let layout = composeLayout
    if let box = layout.prompt {
      let focused = compose.focus == .prompt && overlay == nil
      screen.frame(
        box.frame, title: "Prompt", note: tokens(compose.promptTokens), focused: focused,
        noteStyle: tokenStyle(compose.promptTokens))
      screen.edit(
        compose.prompt, in: box.text, focused: focused,
        placeholder: Self.examples[compose.example % Self.examples.count],
        colours: PromptColours(compose.prompt, compose.promptTokens, wildcards))
      let notes = promptNoteLines(layout.notes.columns), rows = layout.notes.rows
      for (i, note) in notes.prefix(rows).enumerated() {
        screen.fill(layout.notes.line(i), style: Style(.editor))
        // The last row goes on past its end where there are more, and so says it.
        let isCut = i == rows - 1 && notes.count > rows
        screen.write(
          isCut ? "\(note.text) \(notes[rows].text)" : note.text, in: layout.notes.line(i),
          note.style)
      }
    }
    if let box = layout.avoid {
      let focused = compose.focus == .avoid && overlay == nil
      screen.frame(
        box.frame, title: "Avoid",
        note: compose.avoid.isEmpty ? "" : tokens(compose.avoidTokens), focused: focused,
        noteStyle: tokenStyle(compose.avoidTokens))
      screen.edit(
        compose.avoid, in: box.text, focused: focused,
        placeholder: focused ? "what it should not show" : "",
        colours: PromptColours(compose.avoid, compose.avoidTokens, wildcards))
    }
    for (field, rect) in layout.fields { draw(field, in: rect, &screen) }
    drawCanvas(layout, &screen)
    drawStrip(layout, &screen)
    if layout.notice != layout.progress || notice == nil { drawProgress(layout.progress, &screen) }
    if let notice {
      let style = notice.style
      if layout.notice.rows > 1 {
        screen.writeWrapped(notice.text, in: layout.notice, style)
      } else {
        screen.write(notice.text, in: layout.notice, style)
      }
    }
  }

  // MARK: Words

  private func tokens(_ count: TokenCount?) -> String {
    guard let count else { return "" }
    let cut = count.count - count.limit
    return cut > 0
      ? "\(count.count)/\(count.limit): the last \(cut) are cut off"
      : "\(count.count)/\(count.limit)"
  }

  private func tokenStyle(_ count: TokenCount?) -> Style {
    guard let count else { return Style(.faint) }
    if count.count > count.limit { return Style(.warning, bold: true) }
    return Style(count.count * 10 > count.limit * 9 ? .warning : .faint)
  }

  private func draw(_ field: FormField, in rect: CellRect, _ screen: inout Screen) {
    let isFocused = compose.focus == .field(field) && overlay == nil
    let (label, rest) = rect.splitLeft(10)
    screen.write(field.title, in: label.splitLeft(9).0, Style(isFocused ? .accent : .label))
    let value = rest.splitLeft(rest.columns - 1).0
    if isFocused, let typed = compose.typed {
      screen.edit(typed, in: value, focused: true, placeholder: compose.form.text(field))
    } else if isFocused {
      // What does not fit between its arrows stands without them.
      let text = compose.form.text(field)
      let all = ["‹ \(text) ›", "‹\(text)›", text]
      screen.write(Self.first(of: all, in: value), in: value, Style(.selected))
    } else {
      let isRandom = field == .seed && compose.form.seed == nil
      let isPlain = field == .style && compose.form.style == StylePreset.none.name
      let isIdle = field == .count && !compose.form.sweeps.isEmpty
      screen.write(
        Self.first(of: [compose.form.text(field)], in: value), in: value,
        Style(isRandom || isPlain || isIdle ? .faint : .value))
    }
  }

  /// The first that `room` has place for, in the end the last with its sizes written close: `256×256`.
  private static func first(of texts: [String], in room: CellRect) -> String {
    let last = texts.last ?? ""
    let close = last.split(separator: " × ").joined(separator: "×")
    return texts.first { SafeText($0).widthInCells <= room.columns } ?? close
  }

  // MARK: Picture

  private func drawCanvas(_ layout: ComposeLayout, _ screen: inout Screen) {
    let area = layout.picture
    guard !area.isEmpty else { return }
    let isFocused = compose.focus == .canvas && overlay == nil
    let item = shownItem
    var mark = item.map {
      ($0.isFavourite ? "♥ " : "") + ($0.isTrashed ? "in the trash" : "\($0.id)")
    }
    if layout.canvasHasFrame, !stripHasRoom(layout), !shownWords.isEmpty {
      mark = [shownWords, mark].compactMap(\.self).joined(separator: "  ")
    }
    if layout.canvasHasFrame {
      screen.frame(
        layout.canvas, title: tableTitle ?? (isFocused ? "Picture" : ""), note: mark ?? "",
        focused: isFocused)
    }
    screen.fill(area, style: Style(.canvas))
    if let table = shownTable {
      drawTable(table, in: area, &screen)
    } else if let job = shownJob, let key = compose.shownKey(in: jobs) {
      let size = PixelSize(width: job.request.width, height: job.request.height)
      let frame = cell.fit(size, in: area)
      screen.edge(around: frame, in: area, joins: layout.canvasHasFrame)
      screen.place(key, in: frame)
    } else if let job = shownJob, job.isActive {
      let middle = area.line(area.rows / 2)
      screen.write("the first strokes are coming …", in: middle, Style(.faint), at: .middle)
    } else {
      drawWelcome(area, &screen)
    }
  }

  /// `steps → · guidance ↓`: what varies along which side.
  private var tableTitle: String? {
    shownTable.map {
      $0.rowTitle.isEmpty ? "\($0.columnTitle) →" : "\($0.columnTitle) →  \($0.rowTitle) ↓"
    }
  }

  private func drawStrip(_ layout: ComposeLayout, _ screen: inout Screen) {
    guard !layout.strip.isEmpty else { return }
    guard let shown = compose.shown else { return }
    let hasPictures = layout.thumbs.first.map { $0.rect.row < layout.strip.row } ?? false
    let pictures = layout.thumbs.isEmpty ? [] : shownPictures
    for (picture, rect) in layout.thumbs {
      guard let job = job(picture.job) else { continue }
      let index = picture.index
      let isShown = picture == shown
      if hasPictures {
        if let key = job.key(index) {
          let size = PixelSize(width: job.request.width, height: job.request.height)
          screen.fill(rect, style: Style(.canvas))
          screen.place(key, in: cell.fit(size, in: rect))
        } else {
          screen.fill(rect, style: Style(.canvas))
          screen.write("·", in: rect.line(rect.rows / 2), Style(.faint), at: .middle)
        }
      }
      let label = CellRect(
        column: rect.column, row: layout.strip.row, columns: rect.columns, rows: 1)
      let heart = job.slots[index].item?.isFavourite == true ? "♥" : ""
      let mark =
        switch job.slots[index] {
        case .painted: "▣"
        case .preview: "◧"
        case .empty: "▢"
        }
      // Wide enough pictures have their score below them; numbers in one row have no room for it.
      let score =
        hasPictures && rect.columns >= 9 ? job.scores[index].map { " " + hundredths($0) } ?? "" : ""
      screen.write(
        "\(mark) \((pictures.firstIndex(of: picture) ?? 0) + 1)\(heart)\(score)", in: label,
        Style(isShown ? .accent : .faint, bold: isShown),
        at: hasPictures ? .middle : .left)
    }
    if stripHasRoom(layout) || !layout.canvasHasFrame {
      screen.write(shownWords, in: layout.strip, Style(.faint), at: .right)
    }
  }

  /// Score and seed of the picture on the canvas.
  private var shownWords: String {
    guard let shown = compose.shown, let job = shownJob, let seed = shownSeed else { return "" }
    let score = job.scores.indices.contains(shown.index) ? job.scores[shown.index] : nil
    return (score.map { "score \(hundredths($0))  " } ?? "") + "seed \(seed)"
  }

  /// Whether those words have a place beside the names of the small pictures; else they stand in the
  /// canvas's frame.
  private func stripHasRoom(_ layout: ComposeLayout) -> Bool {
    guard let last = layout.thumbs.last?.rect else { return true }
    return layout.strip.endColumn - last.endColumn > shownWords.count
  }

  // MARK: Progress

  private func drawProgress(_ rect: CellRect, _ screen: inout Screen) {
    guard let job = painting ?? jobs.first(where: \.isActive) else {
      drawRest(rect, &screen)
      return
    }
    let queue = waitingCount - (job.phase == .waiting ? 1 : 0)
    var words: [String] = []
    if let share = job.loading { words.append("reading the model \(Int(share * 100)) %") }
    if let progress = job.progress {
      if progress.count > 1 { words.append("picture \(progress.numbers)/\(progress.count)") }
      words.append("\(progress.step)/\(progress.steps)")
      words.append("\(Int(progress.fraction * 100)) %")
      if let left = progress.secondsLeft { words.append("\(shortDuration(left)) left") }
      if let rate = progress.stepsPerSecond { words.append("\(shortRate(rate))/s") }
    } else {
      words.append(
        job.phase != .waiting ? "starting" : queueIsPaused ? "paused, Alt-q shows it" : "waiting")
    }
    if queue > 0 { words.append("queue \(queue)") }
    // Least important last: what leaves too little for the bar goes first from there.
    while words.count > 1, words.joined(separator: "  ").count > rect.columns * 3 / 5 {
      words.removeLast()
    }
    let text = words.joined(separator: "  ")
    let bar = rect.splitLeft(max(0, rect.columns - text.count - 2)).0
    screen.bar(job.loading ?? job.progress?.fraction ?? 0, in: bar)
    screen.write(text, in: rect, Style(.text), at: .right)
  }

  /// Nothing is being painted: how the shown painting ended.
  private func drawRest(_ rect: CellRect, _ screen: inout Screen) {
    guard let job = shownJob else { return }
    let prompt = job.request.prompt
    switch job.phase {
    case .done: screen.write(prompt, in: rect, Style(.faint))
    case .stopped:
      screen.write([("stopped  ", Style(.warning)), (prompt, Style(.faint))], in: rect)
    case .failed(let failure):
      screen.write([("\(failure.what)  ", Style(.error)), (prompt, Style(.faint))], in: rect)
    case .waiting, .painting: break
    }
  }
}

extension Notice {
  var style: Style {
    switch kind {
    case .info: Style(.notice)
    case .success: Style(.success)
    case .warning: Style(.warning)
    }
  }
}

/// `0.83`, `-0.05`.
func hundredths(_ x: Double) -> String {
  guard x.isFinite, abs(x) < 1e6 else { return "?" }
  let n = Int((abs(x) * 100).rounded())
  return "\(x < 0 && n > 0 ? "-" : "")\(n / 100).\(n / 10 % 10)\(n % 10)"
}

/// `14`, `3.2`, `0.4`.
func shortRate(_ rate: Double) -> String {
  guard rate.isFinite, rate >= 0, rate < 1e9 else { return "?" }
  if rate >= 9.95 { return String(Int(rate.rounded())) }
  let tenths = Int((rate * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}
