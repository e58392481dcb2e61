internal import EaselKit
internal import EaselScreen

/// Clicks and the wheel. The layouts that draw a screen say what is under the pointer.
extension AppState {
  mutating func take(_ mouse: MouseEvent) -> [Effect] {
    guard !isTooSmall else { return [] }
    if overlay == nil, failure == nil {
      if route == .retouch, takeRetouching(mouse) { return [] }
      if route == .compare, mouse.kind == .drag { return clickCompared(mouse.at) }
    }
    switch mouse.kind {
    case .wheelUp: return wheel(-1, at: mouse.at)
    case .wheelDown: return wheel(1, at: mouse.at)
    case .press where mouse.button == 0:
      notice = nil
      pendingKeys = []
      return click(mouse.at)
    case .press, .release, .drag: return []
    }
  }

  private mutating func click(_ at: CellPoint) -> [Effect] {
    if let item = footerItems.first(where: { $0.rect.contains(at) }) {
      return perform(item.binding.command, at: nil)
    }
    if overlay != nil { return clickOverlay(at) }
    if failure != nil, at.row > 0 {
      failure = nil
      return []
    }
    if let tab = tabRects.first(where: { $0.rect.contains(at) }) { return go(to: tab.route) }
    switch route {
    case .compose: return clickCompose(at)
    case .gallery: return clickGallery(at)
    case .versions: return clickVersions(at)
    case .models:
      let inside = Box(listLayout.list).text
      guard inside.contains(at) else { return [] }
      let row =
        firstShown(models.selected, of: modelLines.count, in: inside.rows) + at.row - inside.row
      guard row < modelLines.count else { return [] }
      if row != models.selected { (models.typed, models.question) = (nil, nil) }
      models.selected = row
      return []
    case .settings:
      let inside = Box(listLayout.list).text
      let count = SettingKey.allCases.count
      guard inside.contains(at) else { return [] }
      let row =
        firstShown(settingsScreen.selected, of: count, in: inside.rows) + at.row - inside.row
      guard row < count else { return [] }
      if row != settingsScreen.selected { settingsScreen.typed = nil }
      settingsScreen.selected = row
      return []
    case .train:
      if let field = trainingField(at: at) {
        train.focus = .form(field)
      } else if trainLayout.run?.contains(at) == true {
        train.focus = .run
      }
      return []
    case .viewer: return perform(SlideCommand.stop)
    case .compare: return clickCompared(at)
    case .retouch: return []
    }
  }

  private mutating func clickOverlay(_ at: CellPoint) -> [Effect] {
    switch overlay {
    case .palette(let picker): return clickPicker(at, picker, count: paletteRows(picker).count)
    case .recall(let picker): return clickPicker(at, picker, count: recallRows(picker).count)
    case .keys(let list):
      return clickPicker(at, list.picker, count: keyRows(list).count)
    case .searches(let picker): return clickPicker(at, picker, count: searchRows(picker).count)
    case .tags(var form):
      let layout = tagLayout
      guard layout.box.frame.contains(at) else {
        overlay = nil
        return []
      }
      let suggestions = tagSuggestions(form)
      let first = firstShown(form.selected, of: suggestions.count, in: layout.list.rows)
      let row = first + at.row - layout.list.row
      if layout.list.contains(at), suggestions.indices.contains(row) {
        form.complete(suggestions[row].tag)
        overlay = .tags(form)
      }
      return []
    case .help:
      if !helpBox.frame.contains(at) { overlay = nil }
      return []
    case .queue:
      let box = queueBox, entries = queueEntries
      guard box.frame.contains(at) else {
        overlay = nil
        return []
      }
      let row =
        firstShown(queueSelection, of: entries.count, in: box.text.rows) + at.row - box.text.row
      if box.text.contains(at), entries.indices.contains(row) { overlay = .queue(entries[row].id) }
      return []
    case .style(var form):
      let layout = styleLayout
      guard layout.box.frame.contains(at) else {
        overlay = nil
        return []
      }
      if let row = layout.fields.first(where: { $0.rect.contains(at) }) {
        form.field = row.field
        overlay = .style(form)
      }
      return []
    case .export(var form):
      let layout = exportLayout
      guard layout.box.frame.contains(at) else {
        overlay = nil
        return []
      }
      if let row = layout.fields.first(where: { $0.rect.contains(at) }) {
        form.field = row.field
        overlay = .export(form)
      }
      return []
    case nil: return []
    }
  }

  private mutating func clickPicker(_ at: CellPoint, _ picker: Picker, count: Int) -> [Effect] {
    let layout = pickerLayout
    guard layout.box.frame.contains(at) else {
      overlay = nil
      return []
    }
    let row = firstPicked(picker.selected, of: count) + at.row - layout.list.row
    guard layout.list.contains(at), row < count else { return [] }
    movePicker(row - picker.selected)
    return acceptPicked()
  }

  private mutating func clickCompose(_ at: CellPoint) -> [Effect] {
    let layout = composeLayout
    if let thumb = layout.thumbs.first(where: { $0.rect.contains(at) }) {
      guard commitTyped() else { return [] }
      compose.focus = .canvas
      compose.shown = thumb.shown
      compose.follows = false
      return []
    }
    if let box = layout.prompt, box.frame.contains(at) {
      guard commitTyped() else { return [] }
      compose.focus = .prompt
      place(&compose.prompt, at, in: box.text)
    } else if let box = layout.avoid, box.frame.contains(at) {
      guard commitTyped() else { return [] }
      compose.focus = .avoid
      place(&compose.avoid, at, in: box.text)
    } else if let row = layout.fields.first(where: { $0.rect.contains(at) }) {
      guard compose.focus != .field(row.field), commitTyped() else { return [] }
      compose.focus = .field(row.field)
    } else if layout.canvas.contains(at) {
      guard commitTyped() else { return [] }
      if clickTable(at, in: layout.picture) { return [] }
      // A second click opens what the first one chose.
      if compose.focus == .canvas { return perform(.compose(.open), at: nil) }
      compose.focus = .canvas
    }
    return []
  }

  private func place(_ editor: inout TextEditor, _ at: CellPoint, in rect: CellRect) {
    let first = editor.firstRow(width: rect.columns, height: rect.rows)
    let cell = CellPoint(
      column: max(0, at.column - rect.column), row: max(0, at.row - rect.row + first))
    editor.move(to: editor.place(at: cell, width: rect.columns))
  }

  private mutating func clickGallery(_ at: CellPoint) -> [Effect] {
    let layout = galleryLayout
    if layout.head.contains(at) { return perform(.gallery(.filter), at: nil) }
    guard layout.grid.contains(at) else { return [] }
    let column = (at.column - layout.grid.column) / layout.tile.columns
    let row = (at.row - layout.grid.row) / layout.tile.rows + gallery.firstRow
    let index = row * layout.columns + column
    guard column < layout.columns, index < gallery.count else { return [] }
    gallery.typing = nil
    if index == gallery.selected { return perform(.gallery(.open), at: nil) }
    return moveInGallery(index - gallery.selected)
  }

  private mutating func wheel(_ step: Int, at: CellPoint) -> [Effect] {
    switch overlay {
    case .help(let line):
      overlay = .help(line + 3 * step)
      return []
    case .palette, .recall, .searches, .keys:
      movePicker(step)
      return []
    case .queue: return perform(.queue(step > 0 ? .down : .up), at: nil)
    case .tags: return perform(.tags(step > 0 ? .next : .previous), at: nil)
    case .export, .style: return []
    case nil: break
    }
    switch route {
    case .compose:
      let layout = composeLayout
      if layout.canvas.contains(at) || layout.thumbs.contains(where: { $0.rect.contains(at) }) {
        return perform(.compose(step > 0 ? .nextPicture : .previousPicture), at: nil)
      }
      if let row = layout.fields.first(where: { $0.rect.contains(at) }),
        compose.focus == .field(row.field)
      {
        return perform(.form(step > 0 ? .less : .more), at: nil)
      }
      return []
    case .gallery: return moveInGallery(step * galleryLayout.columns)
    case .compare: return perform(.compare(step > 0 ? .zoomOut : .zoomIn), at: nil)
    case .retouch where retouching?.kind == .grow:
      return perform(.retouch(step > 0 ? .less : .more), at: nil)
    case .retouch: return zoomRetouched(-step, at: at)
    case .viewer: return perform(.viewer(step > 0 ? .zoomOut : .zoomIn), at: nil)
    case .models: return perform(.models(step > 0 ? .down : .up), at: nil)
    case .settings: return perform(.settings(step > 0 ? .down : .up), at: nil)
    case .versions: return perform(.versions(step > 0 ? .down : .up), at: nil)
    case .train: return []
    }
  }
}
