internal import EaselKit
internal import EaselScreen

/// Where everything on Compose is; the same for drawing and for the mouse.
struct ComposeLayout: Hashable {
  var prompt: Box?
  /// What is said about the prompt, inside its frame.
  var notes = CellRect(column: 0, row: 0, columns: 0, rows: 0)
  var avoid: Box?
  /// The rows of the form that are seen: the label and value of each.
  var fields: [(field: FormField, rect: CellRect)] = []
  /// The picture's pane; low ones have no frame, so that the picture gets its rows.
  var canvas = CellRect(column: 0, row: 0, columns: 0, rows: 0)
  var canvasHasFrame = true
  /// Where the picture itself can be.
  var picture: CellRect { canvasHasFrame ? canvas.inset() : canvas }
  /// One rectangle for each picture of the batch that is seen.
  var thumbs: [(shown: ComposeState.Shown, rect: CellRect)] = []
  /// Under the thumbnails: numbers and the seed.
  var strip = CellRect(column: 0, row: 0, columns: 0, rows: 0)
  var progress = CellRect(column: 0, row: 0, columns: 0, rows: 0)
  /// Where a message goes.
  var notice = CellRect(column: 0, row: 0, columns: 0, rows: 0)

  static func == (a: Self, b: Self) -> Bool {
    a.prompt == b.prompt && a.avoid == b.avoid && a.canvas == b.canvas && a.strip == b.strip
      && a.progress == b.progress && a.notice == b.notice
      && a.fields.map(\.rect) == b.fields.map(\.rect)
      && a.thumbs.map(\.rect) == b.thumbs.map(\.rect)
  }
  func hash(into hasher: inout Hasher) {
    hasher.combine(canvas)
    hasher.combine(progress)
  }
}

extension AppState {
  /// From 100 columns on, words stand left and the picture right; below that words stand on top.
  var composeLayout: ComposeLayout {
    var layout =
      size.columns >= 100 ? wideLayout : size.columns >= 60 ? stackedLayout : narrowLayout
    if let text = layout.prompt?.text {
      // What is typed keeps two rows, where it has them.
      let rows = min(promptNoteLines(text.columns).count, max(0, text.rows - 2))
      if rows > 0 {
        layout.prompt?.reserved = rows
        layout.notes = text.splitBottom(rows).1
      }
    }
    return layout
  }

  private var wideLayout: ComposeLayout {
    var layout = ComposeLayout()
    let area = body.narrowed(1)
    let (left, rest) = area.splitLeft(clamp(size.columns * 38 / 100, 40...56))
    let right = rest.splitLeft(1).1
    layoutPicture(right, progress: nil, &layout)

    // Words: the prompt grows with what is in it; the form keeps its five rows where it can.
    let formRows = 5
    let showsAvoid = left.rows >= 3 + 3 + formRows
    let editors = left.rows - formRows - 1
    let wanted =
      max(2, compose.prompt.rows(width: left.columns - 4).rows.count) + 2
      + promptNoteLines(left.columns - 4).count
    let room = editors - (showsAvoid ? 4 : 0)
    let promptRows = clamp(max(wanted, min(5, room)), 3...max(3, min(room, 14)))
    var (top, below) = left.splitTop(promptRows)
    if showsAvoid {
      layout.prompt = Box(top)
      (top, below) = below.splitTop(3)
      layout.avoid = Box(top)
    } else if compose.focus == .avoid {
      layout.avoid = Box(top)
    } else {
      layout.prompt = Box(top)
    }
    if below.rows > formRows { below = below.splitTop(1).1 }
    let (form, free) = below.splitTop(formRows)
    layoutForm(form.narrowed(2), pairs: true, &layout)
    layout.notice = (free.rows > 1 ? free.splitTop(1).1 : free).splitTop(4).0.narrowed(2)
    if layout.notice.isEmpty { layout.notice = layout.progress }
    return layout
  }

  /// Editors on top, side by side; under them the form beside the canvas.
  private var stackedLayout: ComposeLayout {
    var layout = ComposeLayout()
    let area = body
    let wanted =
      compose.prompt.rows(width: area.columns * 2 / 3 - 4).rows.count + 2
      + promptNoteLines(area.columns * 2 / 3 - 4).count
    let most = area.rows >= 18 ? 6 : area.rows >= 14 ? 4 : 3
    let (top, below) = area.splitTop(clamp(wanted, min(4, most)...most))
    let (promptArea, avoidArea) = top.splitLeft(area.columns * 2 / 3)
    layout.prompt = Box(promptArea)
    layout.avoid = Box(avoidArea)
    let (middle, last) = below.splitBottom(1)
    var (form, picture) = middle.splitLeft(24)
    layoutPicture(picture, progress: last, &layout)
    // In line with the picture, not with its frame.
    if form.rows > FormField.allCases.count { form = form.splitTop(1).1 }
    layoutForm(form.narrowed(1), pairs: false, &layout)
    layout.notice = layout.progress
    return layout
  }

  /// One editor on top, a few settings under it, the canvas below.
  private var narrowLayout: ComposeLayout {
    var layout = ComposeLayout()
    let area = body
    let (top, below) = area.splitTop(area.rows >= 16 ? 4 : 3)
    if compose.focus == .avoid { layout.avoid = Box(top) } else { layout.prompt = Box(top) }
    let (form, picture) = below.splitTop(area.rows >= 20 ? 5 : area.rows >= 14 ? 2 : 1)
    layoutForm(form.narrowed(1), pairs: true, &layout)
    layoutPicture(picture, progress: nil, &layout)
    layout.notice = layout.progress
    return layout
  }

  /// Canvas, strip and progress line, one under the other; `progress` where that line has its place
  /// already.
  private func layoutPicture(
    _ area: CellRect, progress: CellRect?, _ layout: inout ComposeLayout
  ) {
    let pictures = shownTable == nil ? shownPictures : []
    let slots = pictures.count
    let thumbRows = slots > 1 ? (area.rows >= 36 ? 6 : area.rows >= 20 ? 4 : 0) : 0
    let stripRows = area.rows >= 8 ? 1 : 0
    var rest = area
    if let progress {
      layout.progress = progress
    } else {
      (rest, layout.progress) = rest.splitBottom(1)
    }
    (rest, layout.strip) = rest.splitBottom(stripRows)
    var thumbs: CellRect
    (rest, thumbs) = rest.splitBottom(thumbRows)
    layout.canvas = rest
    layout.canvasHasFrame = rest.rows >= 7
    layout.progress = layout.progress.narrowed(1)
    layout.strip = layout.strip.narrowed(1)
    thumbs = thumbs.narrowed(1)
    guard let job = shownJob, slots > 1 else { return }

    // Thumbnails keep the picture's shape; without room for them numbers stand in the strip.
    let shape = PixelSize(width: job.request.width, height: job.request.height)
    let wide =
      thumbRows > 0
      ? clamp(
        cell.fit(
          shape, in: CellRect(column: 0, row: 0, columns: thumbs.columns, rows: thumbRows)
        ).columns, 3...max(3, thumbs.columns)) : 5
    // The seed keeps its place at the right of the strip when numbers share the row with it.
    let room = thumbRows > 0 ? thumbs.columns : layout.strip.columns - 30
    let fits = max(1, (room + 1) / (wide + 1))
    let shown = compose.shown.flatMap { pictures.firstIndex(of: $0) } ?? 0
    let first = clamp(shown - fits / 2, 0...max(0, slots - fits))
    for i in first..<min(slots, first + fits) {
      let column = layout.strip.column + (i - first) * (wide + 1)
      let rect =
        thumbRows > 0
        ? CellRect(column: column, row: thumbs.row, columns: wide, rows: thumbRows)
        : CellRect(column: column, row: layout.strip.row, columns: wide, rows: layout.strip.rows)
      layout.thumbs.append((pictures[i], rect))
    }
  }

  /// Rows of the form; with `pairs` the short values stand two in a row. Where rows lack, those
  /// around the focused one are shown.
  private func layoutForm(_ area: CellRect, pairs: Bool, _ layout: inout ComposeLayout) {
    guard !area.isEmpty else { return }
    let lines: [[FormField]] =
      pairs
      ? [[.engine], [.model], [.size, .count], [.steps, .guidance], [.seed, .style]]
      : FormField.allCases.map { [$0] }
    var first = 0
    if lines.count > area.rows {
      // Engine and model seldom change; without a focus the numbers are worth more.
      var wanted = pairs ? 2 : 0
      if case .field(let field) = compose.focus {
        wanted = (lines.firstIndex { $0.contains(field) } ?? 0) - area.rows / 2
      }
      first = clamp(wanted, 0...(lines.count - area.rows))
    }
    for (i, line) in lines.dropFirst(first).prefix(area.rows).enumerated() {
      let row = area.line(i)
      let (left, right) = row.splitLeft(line.count == 1 ? row.columns : row.columns / 2 + 1)
      layout.fields.append((line[0], left))
      if line.count > 1 { layout.fields.append((line[1], right)) }
    }
  }
}
