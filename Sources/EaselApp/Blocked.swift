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
    case .edit(.undo): editedText?.canUndo == true ? nil : "nothing to undo"
    case .edit(.redo): editedText?.canRedo == true ? nil : "nothing to redo"
    case .edit(.newline): editedText?.isSingleLine == true ? "" : nil
    case .edit: editedText == nil ? "" : nil
    case .models(.use): selectedModel?.model.problem
    case .export(.overwrite): exportForm?.existing.isEmpty == false ? nil : ""
    case .export(.accept): exportForm?.isWriting == true ? "still writing" : nil
    case .export(.more), .export(.less):
      exportForm?.field == .format || exportForm?.field == .recipe ? nil : ""
    case .form(.less), .form(.more), .form(.clear), .form(.commit), .form(.abandon): nil
    case .train(let command): blocked(command)
    case .trainForm(let command): blocked(command)
    case .slides, .filter, .models, .settings, .picker, .help, .export: nil
    }
  }

  private func blocked(_ command: AppCommand) -> String? {
    switch command {
    case .dismiss: failure == nil ? "" : nil
    case .help, .palette: overlay == nil ? nil : ""
    case .compose, .gallery, .models, .train, .settings, .nextTab, .previousTab: nil
    case .interrupt, .redraw, .suspend, .quit: nil
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
    case .openEditor: compose.focus == .prompt || compose.focus == .avoid ? nil : ""
    case .recall: recall.isEmpty ? "no prompts yet: what you paint can be recalled here" : nil
    case .nextPicture, .previousPicture:
      (shownJob?.slots.count ?? 0) > 1 ? nil : ""
    case .previousBatch: olderJob == nil ? "this is the first painting of the session" : nil
    case .nextBatch: newerJob == nil ? "this is the newest painting" : nil
    case .open: compose.shownKey(in: jobs) == nil ? "nothing painted yet" : nil
    case .favourite, .export, .trash, .heat:
      shownItem == nil ? "no finished picture here yet" : nil
    case .compare: comparingProblem(from: .compose)
    case .mask: retouchingProblem(.mask, from: .compose)
    case .grow: retouchingProblem(.grow, from: .compose)
    case .remix, .copyPrompt, .keepSeed: shownJob == nil ? "nothing painted yet" : nil
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
    case .open, .favourite, .mark, .export, .remix, .copyPrompt, .trash, .markRange:
      gallery.items.isEmpty ? "no picture here" : nil
    case .vary: gallery.items.isEmpty ? "no picture here" : paintingProblem
    case .upscale: upscalingProblem(gallery.chosen)
    case .compare: comparingProblem(from: .gallery)
    case .mask: retouchingProblem(.mask, from: .gallery)
    case .grow: retouchingProblem(.grow, from: .gallery)
    case .undo: undoable.isEmpty ? "nothing to undo" : nil
    case .unmark: gallery.marked.isEmpty && gallery.filter.isEmpty ? "" : nil
    case .bigger: gallery.zoom >= GalleryState.tileRows.count - 1 ? "this is the largest" : nil
    case .smaller: gallery.zoom <= 0 ? "this is the smallest" : nil
    case .left, .right, .up, .down, .pageUp, .pageDown, .first, .last, .filter, .info: nil
    }
  }

  private func blocked(_ command: ViewerCommand) -> String? {
    switch command {
    case .next: viewerNeighbour(1) == nil ? "this is the last picture" : nil
    case .previous: viewerNeighbour(-1) == nil ? "this is the first picture" : nil
    case .favourite, .export, .trash, .copyPath, .openOutside:
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
    case .zoomIn: viewer.lens.zoom >= Lens.deepest ? "this is as close as it gets" : nil
    case .zoomOut, .fit: viewer.lens.zoom == 0 ? "the whole picture is shown" : nil
    case .up, .down, .left, .right: viewer.lens.zoom == 0 ? "" : nil
    case .close, .info, .remix, .copyPrompt: nil
    }
  }
}
