internal import EaselKit
internal import EaselScreen

/// Saved searches: keeping the filter under a name, choosing one, deleting one.
extension AppState {
  /// Those whose name or filter holds what is typed.
  func searchRows(_ picker: Picker) -> [SavedSearch] {
    best(gallery.searches, for: picker.query.text, name: \.name, words: \.text)
  }

  var searchPicker: Picker? {
    if case .searches(let picker) = overlay { picker } else { nil }
  }

  var chosenSearch: SavedSearch? {
    guard let picker = searchPicker else { return nil }
    let rows = searchRows(picker)
    return rows.indices.contains(picker.selected) ? rows[picker.selected] : nil
  }

  mutating func perform(_ command: SearchCommand) -> [Effect] {
    guard var picker = searchPicker else { return [] }
    switch command {
    case .close:
      overlay = nil
      return []
    case .up: movePicker(-1)
    case .down: movePicker(1)
    case .pageUp: movePicker(-max(1, pickerLayout.list.rows))
    case .pageDown: movePicker(max(1, pickerLayout.list.rows))
    case .accept:
      guard let search = chosenSearch else { return [] }
      overlay = nil
      return take(search)
    case .save:
      let name = picker.query.text.trimmed
      let search = SavedSearch(name: name, text: gallery.filter.trimmed, sort: gallery.order)
      let was = gallery.searches.first { $0.name == name }
      remember(.search(name, was: was))
      overlay = nil
      notice = Notice(
        was == nil ? "kept as “\(name)”; S finds it" : "“\(name)” is this filter now", .success)
      return [.saveSearch(search)]
    case .delete:
      guard let search = chosenSearch else { return [] }
      remember(.search(search.name, was: search))
      gallery.searches.removeAll { $0.name == search.name }
      picker.selected = min(picker.selected, max(0, gallery.searches.count - 1))
      overlay = .searches(picker)
      notice = Notice("“\(search.name)” deleted; u in the gallery takes it back")
      return [.deleteSearch(search.name)]
    }
    return []
  }

  /// Shows what a search finds, in its order.
  private mutating func take(_ search: SavedSearch) -> [Effect] {
    gallery.typing = nil
    gallery.filter = search.text
    gallery.rangeStart = nil
    gallery.unmarkAll()
    if gallery.asksForLikeness {
      gallery.likeSort = search.sort
    } else {
      gallery.sort = search.sort
    }
    notice = Notice("“\(search.name)”")
    return [beginList()]
  }
}
