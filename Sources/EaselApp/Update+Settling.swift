internal import EaselKit
internal import EaselScreen

/// What is put right after every change.
extension AppState {
  /// Puts right what a change elsewhere may have left pointing outside.
  mutating func settle() {
    gallery.settle(layout: galleryLayout)
    models.selected = min(max(0, models.selected), max(0, modelLines.count - 1))
    settingsScreen.selected = min(
      max(0, settingsScreen.selected), SettingKey.allCases.count - 1)
    if let shown = compose.shown, job(shown.job) == nil { compose.shown = nil }
    if case .form(let field) = train.focus, !train.form.fields.contains(field) {
      train.focus = .form(.stage)
    }
    if route == .compare, comparison.pair == nil { route = comparison.home }
    if route == .retouch, retouching == nil { route = .compose }
    if route == .versions, versions == nil { route = .compose }
    // With its last letter, what the prompt went on from is gone.
    if compose.prompt.isEmpty { compose.origin = nil }
    if route == .viewer, viewerKey == nil { route = viewer.home }
    if route != .viewer || overlay != nil || failure != nil { viewer.slides = nil }
    if let heat = viewer.heat, route != .viewer || viewerItem?.id != heat.id { viewer.heat = nil }
    if case .palette(var picker) = overlay {
      picker.selected = min(max(0, picker.selected), max(0, paletteRows(picker).count - 1))
      overlay = .palette(picker)
    }
    if case .recall(var picker) = overlay {
      picker.selected = min(max(0, picker.selected), max(0, recallRows(picker).count - 1))
      overlay = .recall(picker)
    }
    if case .searches(var picker) = overlay {
      picker.selected = min(max(0, picker.selected), max(0, searchRows(picker).count - 1))
      overlay = .searches(picker)
    }
    if case .keys(var list) = overlay {
      list.picker.selected = min(
        max(0, list.picker.selected), max(0, keyRows(list).count - 1))
      overlay = .keys(list)
    }
    if case .tags(var form) = overlay {
      form.selected = min(max(0, form.selected), max(0, tagSuggestions(form).count - 1))
      overlay = .tags(form)
    }
    if case .help(let line) = overlay {
      overlay = .help(min(max(0, line), max(0, helpLines.count - helpHeight)))
    }
  }
}
