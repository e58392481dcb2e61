internal import EaselKit
internal import EaselScreen

extension AppState {
  /// A box in the middle of the body, at most this large.
  func popup(columns: Int, rows: Int) -> Box {
    let area = body
    let columns = clamp(columns, 2...max(2, area.columns - 2))
    let rows = clamp(rows, 2...max(2, area.rows))
    return Box(
      CellRect(
        column: (area.columns - columns) / 2, row: area.row + (area.rows - rows) / 2,
        columns: columns, rows: rows))
  }

  func drawOverlay(_ screen: inout Screen) {
    switch overlay {
    case .help(let line): drawHelp(from: line, &screen)
    case .palette(let picker):
      let rows = paletteRows(picker)
      drawPicker(
        picker, title: "Commands", placeholder: "what would you like to do?", count: rows.count,
        none: "no command is called that", &screen
      ) { i, line, isSelected, screen in
        let binding = rows[i].binding
        let style = Style(isSelected ? .selected : rows[i].reason == nil ? .text : .faint)
        let keys = binding.chords.first?.label ?? ""
        let text = rows[i].reason.map { "\(binding.help)  (\($0))" } ?? binding.help
        screen.write(text, in: line.splitLeft(max(0, line.columns - keys.count - 2)).0, style)
        screen.write(keys, in: line, Style(isSelected ? .selected : .footerKey), at: .right)
      }
    case .recall(let picker):
      let rows = recallRows(picker)
      drawPicker(
        picker, title: "Painted before", placeholder: "words of the prompt", count: rows.count,
        none: "no prompt holds these words", &screen
      ) { i, line, isSelected, screen in
        screen.write(rows[i], in: line, Style(isSelected ? .selected : .text))
      }
    case .keys(let list): drawKeys(list, &screen)
    case .export(let form): drawExport(form, &screen)
    case .queue: drawQueue(&screen)
    case .style(let form): drawStyle(form, &screen)
    case .tags(let form): drawTags(form, &screen)
    case .searches(let picker):
      let rows = searchRows(picker)
      let here = gallery.filter.trimmed
      drawPicker(
        picker, title: "Saved searches", placeholder: "a name", count: rows.count,
        none: here.isEmpty
          ? "none is called that; filter first with /, then ^S keeps the filter here"
          : "type a name: ^S keeps “\(here)” under it", &screen
      ) { i, line, isSelected, screen in
        let style = Style(isSelected ? .selected : .text)
        let (left, right) = line.splitLeft(min(24, line.columns / 2))
        screen.write(rows[i].name, in: left.splitLeft(left.columns - 1).0, style)
        screen.write(rows[i].text, in: right, Style(isSelected ? .selected : .faint))
      }
    case nil: break
    }
  }

  // MARK: Pickers

  var pickerLayout: (box: Box, query: CellRect, list: CellRect) {
    let box = popup(columns: 92, rows: clamp(body.rows - 4, 7...18))
    let (query, rest) = box.text.splitTop(1)
    var list = box.text.rows > 4 ? rest.splitTop(1).1 : rest
    // The list of keys says something below itself.
    if keyList != nil, list.rows > 3 { list = list.splitBottom(1).0 }
    return (box, query, list)
  }

  /// The first row of a picker's list that is shown.
  func firstPicked(_ selected: Int, of count: Int) -> Int {
    firstShown(selected, of: count, in: pickerLayout.list.rows)
  }

  func drawPicker(
    _ picker: Picker, title: String, placeholder: String, count: Int, none: String,
    _ screen: inout Screen, row: (Int, CellRect, Bool, inout Screen) -> Void
  ) {
    let layout = pickerLayout
    screen.frame(
      layout.box.frame, title: title, note: count == 0 ? "" : "\(picker.selected + 1)/\(count)",
      focused: true, ground: .popup)
    screen.edit(picker.query, in: layout.query, focused: true, placeholder: placeholder)
    if count == 0 { screen.write(none, in: layout.list, Style(.faint)) }
    let first = firstPicked(picker.selected, of: count)
    for i in first..<min(count, first + layout.list.rows) {
      let line = layout.list.line(i - first)
      if i == picker.selected { screen.fill(line, style: Style(.selected)) }
      row(i, line, i == picker.selected, &screen)
    }
  }

  // MARK: Help

  var helpBox: Box { popup(columns: 84, rows: body.rows) }
  /// Lines of help in sight.
  var helpHeight: Int { max(1, helpBox.text.rows) }

  private func drawHelp(from line: Int, _ screen: inout Screen) {
    let lines = helpLines
    let box = helpBox
    let last = min(lines.count, line + helpHeight)
    screen.frame(
      box.frame, title: "Keys",
      note: last < lines.count ? "\(lines.count - last) more below" : "", focused: true,
      ground: .popup)
    for i in min(line, last)..<last {
      let rect = box.text.line(i - line)
      switch lines[i] {
      case .heading(let text): screen.write(text, in: rect, Style(.popupTitle, bold: true))
      case .key(let keys, let help):
        let (left, right) = rect.splitLeft(helpKeyColumns)
        screen.write(keys, in: left.splitLeft(left.columns - 1).0, Style(.footerKey))
        screen.write(help, in: right, Style(.popup))
      case .blank: break
      }
    }
  }

  // MARK: Export

  struct ExportLayout {
    var box: Box
    var fields: [(field: ExportForm.Field, rect: CellRect)]
    var message: CellRect
  }

  var exportLayout: ExportLayout {
    let box = popup(columns: 66, rows: 12)
    let fields = ExportForm.Field.allCases
    let rest = box.text.rows >= 9 ? box.text.splitTop(1).1 : box.text
    return ExportLayout(
      box: box, fields: fields.enumerated().map { ($1, rest.line($0)) },
      message: rest.splitTop(fields.count + (rest.rows > 7 ? 1 : 0)).1)
  }

  private func drawExport(_ form: ExportForm, _ screen: inout Screen) {
    let layout = exportLayout
    let what = form.ids.count == 1 ? "\(form.ids[0])" : counted(form.ids.count, "picture")
    screen.frame(layout.box.frame, title: "Export \(what)", focused: true, ground: .popup)
    for (field, rect) in layout.fields where !rect.isEmpty {
      let isFocused = form.field == field
      let (label, value) = rect.splitLeft(10)
      screen.write(field.title, in: label, Style(isFocused ? .accent : .label))
      switch field {
      case .folder: screen.edit(form.folder, in: value, focused: isFocused)
      case .name: screen.edit(form.name, in: value, focused: isFocused)
      case .format: drawChoice(form.format.rawValue, isFocused, in: value, &screen)
      case .recipe:
        drawChoice(
          form.stripsRecipe ? "left out" : "kept in the file", isFocused, in: value, &screen)
      }
    }
    if form.isWriting {
      screen.write("writing …", in: layout.message, Style(.notice))
    } else if let failure = form.failure {
      draw(failure, in: layout.message, &screen)
    } else if !form.existing.isEmpty {
      let names = form.existing.prefix(2).joined(separator: ", ")
      let more = form.existing.count > 2 ? " and \(form.existing.count - 2) more" : ""
      let used = screen.writeWrapped(
        "Already there: \(names)\(more). Nothing was written.", in: layout.message,
        Style(.warning))
      screen.writeWrapped(
        "^O writes over them; or change the name.", in: layout.message.splitTop(used).1,
        Style(.faint))
    } else {
      screen.writeWrapped(
        "Names can hold {id} {seed} {prompt} {date} {model}.", in: layout.message, Style(.faint))
    }
  }

  private func drawChoice(
    _ text: String, _ isFocused: Bool, in rect: CellRect, _ screen: inout Screen
  ) {
    screen.write(
      isFocused ? "‹ \(text) ›" : text, in: rect, Style(isFocused ? .selected : .value))
  }

  // MARK: Errors

  /// What happened, what to do, what lay underneath.
  @discardableResult
  func draw(_ failure: Failure, in area: CellRect, _ screen: inout Screen) -> Int {
    var rest = area
    rest = rest.splitTop(screen.writeWrapped(failure.what, in: rest, Style(.error, bold: true))).1
    if let hint = failure.hint {
      rest = rest.splitTop(screen.writeWrapped(hint, in: rest, Style(.text))).1
    }
    if let cause = failure.cause {
      rest = rest.splitTop(screen.writeWrapped(cause, in: rest, Style(.faint))).1
    }
    return area.rows - rest.rows
  }

  /// An error lies at the lower edge of the body until Esc.
  func drawFailure(_ screen: inout Screen) {
    guard let failure else { return }
    let columns = min(72, body.columns - 2)
    let text = columns - 4
    let lines =
      wrapped(failure.what.onOneLine, text).count
      + (failure.hint.map { wrapped($0.onOneLine, text).count } ?? 0)
      + (failure.cause.map { min(3, wrapped($0.onOneLine, text).count) } ?? 0)
    let rows = clamp(lines + 2, 3...max(3, body.rows))
    let rect = CellRect(
      column: (body.columns - columns) / 2, row: body.endRow - rows, columns: columns, rows: rows)
    screen.frame(rect, title: "That did not work", note: "Esc closes", ground: .popup)
    draw(failure, in: Box(rect).text, &screen)
  }
}
