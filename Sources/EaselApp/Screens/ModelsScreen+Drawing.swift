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
    let rows = modelRows
    let inside = Box(layout.list).text
    if rows.isEmpty {
      screen.writeWrapped("Looking for engines and models …", in: inside, Style(.faint))
    }
    let first = firstShown(models.selected, of: rows.count, in: inside.rows)
    for i in first..<min(rows.count, first + inside.rows) {
      let row = rows[i]
      let line = inside.line(i - first)
      let isSelected = i == models.selected
      let isUsed =
        row.engine.name == compose.form.engine && row.model.name == compose.form.model
      if isSelected { screen.fill(line, style: Style(.selected)) }
      let text = Style(isSelected ? .selected : row.model.problem == nil ? .text : .faint)
      let name = "\(isUsed ? "●" : " ") \(row.model.name)"
      screen.write(name, in: line.splitLeft(24).0, text)
      // What there is no room for beside the name stands under About.
      let taken = line.columns > 50 ? 41 : min(24, SafeText(name).widthInCells)
      var parts = row.model.problem == nil ? modelSize(row.model) : ["cannot paint"]
      while parts.joined(separator: "  ").count + 2 > line.columns - taken, !parts.isEmpty {
        parts.removeLast()
      }
      let facts = parts.joined(separator: "  ")
      if line.columns > 50 {
        screen.write(
          row.engine.name, in: line.splitLeft(25).1.splitLeft(16).0,
          Style(isSelected ? .selected : .faint))
      }
      screen.write(
        facts, in: line,
        Style(isSelected ? .selected : row.model.problem == nil ? .faint : .warning),
        at: .right)
    }
    if let row = selectedModel { drawModel(row, in: Box(layout.detail).text, &screen) }
    if let notice { screen.write(notice.text, in: layout.status, notice.style) }
  }

  private func drawModel(_ row: ModelRow, in area: CellRect, _ screen: inout Screen) {
    var rest = area
    rest = rest.splitTop(screen.writeWrapped(row.model.summary, in: rest, Style(.value))).1
    if let problem = row.model.problem {
      rest = rest.splitTop(screen.writeWrapped(problem, in: rest, Style(.warning))).1
    }
    if rest.rows > 6 { rest = rest.splitTop(1).1 }
    let sizes = row.model.sizes.map { "\($0.width) × \($0.height)" }.joined(separator: ", ")
    let facts = [
      ("Engine", "\(row.engine.name): \(row.engine.summary)"), ("Sizes", sizes),
      ("Weights", modelSize(row.model).joined(separator: "  ")), ("Licence", row.model.license),
      ("Folder", row.model.folder ?? ""),
    ]
    for (label, value) in facts where !value.isEmpty && !rest.isEmpty {
      let (left, right) = rest.splitLeft(10)
      screen.write(label, in: left, Style(.label))
      rest = rest.splitTop(max(1, screen.writeWrapped(value, in: right, Style(.text)))).1
    }
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
