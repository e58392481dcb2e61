internal import EaselKit

/// Why a command cannot happen now. Footer, palette and `update` all ask here.
extension AppState {
  /// Words for the footer; empty when the key simply means nothing now; nil when it can happen.
  package func blocked(_ command: Command) -> String? {
    switch command {
    case .app(let command): blocked(command)
    case .compose(let command): blocked(command)
    case .gallery(let command): blocked(command)
    case .viewer(let command): blocked(command)
    case .compare(let command): blocked(command)
    case .retouch(let command): blocked(command)
    case .versions(let command): blocked(command)
    case .edit(.undo): editedText?.canUndo == true ? nil : "nothing to undo"
    case .edit(.redo): editedText?.canRedo == true ? nil : "nothing to redo"
    case .edit(.newline): editedText?.isSingleLine == true ? "" : nil
    case .edit: editedText == nil ? "" : nil
    case .models(let command): blocked(command)
    case .export(.overwrite): exportForm?.existing.isEmpty == false ? nil : ""
    case .export(.accept): exportForm?.isWriting == true ? "still writing" : nil
    case .export(.more), .export(.less):
      exportForm?.field == .format || exportForm?.field == .recipe ? nil : ""
    case .form(.all):
      if case .field(let field) = compose.focus, formChoices(field).count > 1 {
        formChoices(field).count <= ValueList.most ? nil : "too many for a table"
      } else {
        ""
      }
    case .form(.newStyle): compose.focus == .field(.style) ? nil : ""
    case .form(.editStyle):
      compose.focus != .field(.style) || compose.form.style == StylePreset.none.name ? "" : nil
    case .form(.removeStyle):
      compose.focus != .field(.style)
        ? "" : ownStyles.contains { $0.name == compose.form.style } ? nil : "it came with Easel"
    case .form(.less), .form(.more), .form(.clear), .form(.commit), .form(.abandon): nil
    case .train(let command): blocked(command)
    case .trainForm(let command): blocked(command)
    case .queue(let command): blocked(command)
    case .tags(.complete), .tags(.next), .tags(.previous):
      tagForm.map { tagSuggestions($0).isEmpty } ?? true ? "no tag goes on like this" : nil
    case .searches(let command): blocked(command)
    case .keys(.reset): chosenKeyRow?.isChanged == true ? nil : "it has the keys that it came with"
    case .keys(.none): chosenKeyRow?.binding.chords.isEmpty == true ? "it has none" : nil
    case .keys(.capture): chosenKeyRow == nil ? "no command answers that" : nil
    case .keys: nil
    case .slides, .tags, .filter, .style, .settings, .picker, .help, .export: nil
    }
  }

  private func blocked(_ command: AppCommand) -> String? {
    switch command {
    case .dismiss: failure == nil ? "" : nil
    case .help, .palette, .queue: overlay == nil ? nil : ""
    case .compose, .gallery, .models, .train, .settings, .nextTab, .previousTab: nil
    case .interrupt, .redraw, .suspend, .quit: nil
    }
  }

  private func blocked(_ command: QueueCommand) -> String? {
    let entry = selectedEntry
    switch command {
    case .show:
      return entry == nil ? "" : entry?.painted == 0 ? "nothing of it is painted yet" : nil
    case .earlier, .later:
      guard let entry else { return "" }
      guard entry.isWaiting else { return "only what waits can be moved" }
      let waiting = queueEntries.filter(\.isWaiting)
      let edge = command == .earlier ? waiting.first : waiting.last
      return edge == entry
        ? (command == .earlier ? "it is the next one" : "it is the last one") : nil
    case .cancel: return entry?.isActive == true ? nil : entry == nil ? "" : "it has ended"
    case .cancelAll: return jobs.contains(where: \.isActive) ? nil : "nothing is being painted"
    case .retry:
      return entry?.hasRest == true ? nil : entry == nil ? "" : "nothing of it is missing"
    case .undo: return droppedLast == nil ? "nothing was stopped" : nil
    case .pause, .up, .down, .close: return nil
    }
  }

  private func blocked(_ command: ComposeCommand) -> String? {
    switch command {
    case .paint:
      if compose.prompt.text.trimmed.isEmpty {
        "write a prompt first; Tab takes the example"
      } else {
        paintingProblem
      }
    case .vary:
      shownResult == nil ? "no finished picture here yet" : paintingProblem
    case .again: shownJob == nil ? "nothing to vary yet: paint something first" : nil
    case .example:
      compose.focus == .prompt && compose.prompt.isEmpty ? nil : ""
    case .openEditor, .heavier, .lighter:
      compose.focus == .prompt || compose.focus == .avoid ? nil : ""
    case .recall: recall.isEmpty ? "no prompts yet: what you paint can be recalled here" : nil
    case .nextPicture, .previousPicture:
      shownPictures.count > 1 ? nil : ""
    case .nextInStrip: compose.shown == shownPictures.last ? "" : nil
    case .previousInStrip: compose.shown == shownPictures.first ? "" : nil
    case .previousBatch: olderJob == nil ? "this is the first painting of the session" : nil
    case .nextBatch: newerJob == nil ? "this is the newest painting" : nil
    case .open: compose.shownKey(in: jobs) == nil ? "nothing painted yet" : nil
    case .favourite, .export, .trash, .heat, .copyPath, .openOutside:
      shownItem == nil ? "no finished picture here yet" : nil
    case .compare: comparingProblem(from: .compose)
    case .mask: retouchingProblem(.mask, from: .compose)
    case .grow: retouchingProblem(.grow, from: .compose)
    case .versions: shownJob == nil ? "nothing painted yet" : nil
    case .remix, .copyPrompt, .keepSeed: shownJob == nil ? "nothing painted yet" : nil
    case .table:
      shownJob?.place.flatMap { series[$0.series]?.isTable } == true
        ? nil : "this picture is of no table: give a setting several values, as 4,8,12"
    case .exportTable:
      shownTable == nil
        ? "no table is shown"
        : jobs.contains { $0.place != nil && $0.isActive } ? "still being painted" : nil
    case .undo: undoable.isEmpty ? "nothing to undo" : nil
    case .stopAll: jobs.contains(where: \.isActive) ? nil : "nothing is being painted"
    case .nextField, .previousField, .leaveTyping, .type: nil
    }
  }

  /// Why the form's model cannot paint; nil when it can, and while engines are being looked for.
  var paintingProblem: String? {
    guard !engines.isEmpty else { return nil }
    guard let engine = engines.first(where: { $0.name == compose.form.engine }) else {
      return Failure.unknown("engine", compose.form.engine, known: engines.map(\.name)).description
    }
    guard let model = engine.models.first(where: { $0.name == compose.form.model }) else {
      return Failure.unknown("model", compose.form.model, known: engine.models.map(\.name))
        .description
    }
    return model.problem
  }

  private func blocked(_ command: GalleryCommand) -> String? {
    switch command {
    case .open, .mark, .remix, .copyPrompt, .markRange: noPicture
    case .favourite, .export, .trash, .rate0, .rate1, .rate2, .rate3, .rate4, .rate5, .reject,
      .tags:
      gallery.marked.isEmpty ? noPicture : nil
    case .vary: noPicture ?? paintingProblem
    case .upscale:
      // Those that are not at hand are looked at when they are.
      !gallery.hasFarMarks || !gallery.chosen.isEmpty ? upscalingProblem(gallery.chosen) : nil
    case .compare: comparingProblem(from: .gallery)
    case .mask: retouchingProblem(.mask, from: .gallery)
    case .grow: retouchingProblem(.grow, from: .gallery)
    case .versions, .copyPath, .openOutside: noPicture
    case .undo: undoable.isEmpty ? "nothing to undo" : nil
    case .unmark:
      gallery.marked.isEmpty && gallery.filter.isEmpty && gallery.rangeStart == nil ? "" : nil
    case .bigger: gallery.zoom >= GalleryState.tileRows.count - 1 ? "this is the largest" : nil
    case .smaller: gallery.zoom <= 0 ? "this is the smallest" : nil
    case .left, .right, .up, .down, .pageUp, .pageDown, .first, .last, .filter, .info, .sort,
      .searches,
      .fold:
      nil
    }
  }

  /// Why there is no picture under the gallery's cursor.
  private var noPicture: String? {
    if gallery.current != nil { return nil }
    return gallery.count == 0 ? "no picture here" : "still being read"
  }

  private func blocked(_ command: SearchCommand) -> String? {
    switch command {
    case .accept, .delete: chosenSearch == nil ? "no search is called that" : nil
    case .save:
      gallery.filter.trimmed.isEmpty
        ? "there is no filter to keep: / types one"
        : searchPicker?.query.text.trimmed.isEmpty == false
          ? nil : "type the name to keep the filter under"
    case .up, .down, .pageUp, .pageDown, .close: nil
    }
  }

  private func blocked(_ command: ViewerCommand) -> String? {
    switch command {
    case .next: viewerNeighbour(1) == nil ? "this is the last picture" : nil
    case .previous: viewerNeighbour(-1) == nil ? "this is the first picture" : nil
    case .favourite, .export, .trash, .copyPath, .openOutside, .rate1, .rate2, .rate3, .rate4,
      .rate5,
      .reject, .tags:
      viewerItem == nil ? "not in the history yet" : nil
    case .heat:
      viewer.heat != nil ? "" : viewerItem == nil ? "not in the history yet" : nil
    case .leaveHeat: viewer.heat == nil ? "" : nil
    case .nextHeat, .previousHeat: (viewer.heat?.maps?.count ?? 0) < 2 ? "" : nil
    case .vary:
      viewer.source == .canvas && shownResult == nil
        ? "no finished picture here yet" : paintingProblem
    case .upscale: upscalingProblem(viewerItem.map { [$0] } ?? [])
    case .undo: undoable.isEmpty ? "nothing to undo" : nil
    case .compare: comparingProblem(from: .viewer)
    case .mask: retouchingProblem(.mask, from: .viewer)
    case .grow: retouchingProblem(.grow, from: .viewer)
    case .slides: slidesProblem
    case .zoomIn: viewer.lens.closerProblem
    case .zoomOut, .fit: viewer.lens.widerProblem
    case .up, .down, .left, .right: viewer.lens.zoom == 0 ? "" : nil
    case .close, .info, .remix, .copyPrompt, .versions: nil
    }
  }
}
