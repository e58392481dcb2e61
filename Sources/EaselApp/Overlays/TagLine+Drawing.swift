internal import EaselKit
internal import EaselScreen

extension AppState {
  struct TagLayout {
    var box: Box
    var now: CellRect
    var line: CellRect
    var list: CellRect
  }

  var tagLayout: TagLayout {
    let box = popup(columns: 60, rows: clamp(body.rows - 4, 6...14))
    var rest = box.text
    let now: CellRect
    (now, rest) = rest.splitTop(rest.rows > 5 ? 2 : 1)
    let line: CellRect
    (line, rest) = rest.splitTop(1)
    return TagLayout(
      box: box, now: now, line: line, list: rest.rows > 2 ? rest.splitTop(1).1 : rest)
  }

  func drawTags(_ form: TagForm, _ screen: inout Screen) {
    let layout = tagLayout
    let what =
      form.pictures.count == 1
      ? form.pictures[0].id.description : counted(form.pictures.count, "picture")
    screen.frame(layout.box.frame, title: "Tags of \(what)", focused: true, ground: .popup)
    var now: [(String, Style)] = [(form.common.joined(separator: " "), Style(.value))]
    if !form.partial.isEmpty {
      let some = form.partial.joined(separator: " ")
      now.append((form.common.isEmpty ? "some: \(some)" : "  some: \(some)", Style(.faint)))
    }
    if form.common.isEmpty, form.partial.isEmpty { now = [("no tags yet", Style(.faint))] }
    screen.write(now, in: layout.now.line(0))
    screen.edit(form.line, in: layout.line, focused: true, placeholder: "snow  -winter takes away")
    if let failure = form.failure {
      draw(failure, in: layout.list, &screen)
      return
    }
    let suggestions = tagSuggestions(form)
    if suggestions.isEmpty, form.lastWord.word.isEmpty, gallery.tags.isEmpty {
      screen.writeWrapped(
        "Words that you type become tags; tag:snow in the filter finds them.", in: layout.list,
        Style(.faint))
    }
    let first = firstShown(form.selected, of: suggestions.count, in: layout.list.rows)
    for i in first..<min(suggestions.count, first + layout.list.rows) {
      let line = layout.list.line(i - first)
      let style = Style(i == form.selected ? .selected : .text)
      if i == form.selected { screen.fill(line, style: style) }
      let count = "\(suggestions[i].count)"
      screen.write(
        suggestions[i].tag, in: line.splitLeft(max(0, line.columns - count.count - 1)).0, style)
      screen.write(
        count, in: line, Style(i == form.selected ? .selected : .faint), at: .right)
    }
  }
}
