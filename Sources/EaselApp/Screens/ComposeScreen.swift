internal import EaselKit
internal import EaselScreen

/// Compose: what its commands do. `ComposeScreen+Drawing` draws it.
extension AppState {
  var shownJob: Job? { compose.shown.flatMap { job($0.job) } }

  /// The history's row of the picture on the canvas, once it has one.
  var shownItem: HistoryItem? {
    guard let shown = compose.shown, let job = job(shown.job),
      job.slots.indices.contains(shown.index)
    else { return nil }
    return job.slots[shown.index].item
  }

  var olderJob: Job? { neighbourOfShown(-1) }
  var newerJob: Job? { neighbourOfShown(1) }

  private func neighbourOfShown(_ step: Int) -> Job? {
    guard let shown = compose.shown, let here = jobs.firstIndex(where: { $0.id == shown.job })
    else { return nil }
    var i = here + step
    let series = jobs[here].place?.series
    // A job that was stopped before it painted anything has nothing to show.
    while jobs.indices.contains(i) {
      let isOther = series == nil || jobs[i].place?.series != series
      if isOther, jobs[i].slots.contains(where: { $0 != .empty }) { return jobs[i] }
      i += step
    }
    return nil
  }

  mutating func perform(_ command: ComposeCommand) -> [Effect] {
    switch command {
    case .paint:
      guard commitTyped() else { return [] }
      return paint()
    case .example:
      compose.prompt.replaceAll(Self.examples[compose.example % Self.examples.count])
      compose.example = (compose.example + 1) % Self.examples.count
      return []
    case .nextField: return moveFocus(1)
    case .previousField: return moveFocus(-1)
    case .openEditor:
      return compose.focus == .avoid
        ? [.openEditor(.avoid, compose.avoid.text)] : [.openEditor(.prompt, compose.prompt.text)]
    case .recall:
      overlay = .recall(Picker())
      return []
    case .leaveTyping:
      commitTyped()
      compose.typed = nil
      compose.focus = .canvas
      return []
    case .type:
      compose.focus = .prompt
      return []
    case .previousPicture: return turn(-1)
    case .nextPicture: return turn(1)
    case .previousInStrip: return turn(-1)
    case .nextInStrip: return turn(1)
    case .previousBatch: return moveInTable(-1) ?? show(olderJob)
    case .nextBatch: return moveInTable(1) ?? show(newerJob)
    case .table:
      compose.showsTable.toggle()
      return []
    case .exportTable: return exportTable()
    case .heavier: return reweigh(by: 0.1)
    case .lighter: return reweigh(by: -0.1)
    case .open:
      viewer = ViewerState()
      viewer.source = .canvas
      return go(to: .viewer)
    case .favourite:
      guard let item = shownItem else { return [] }
      return toggleFavourite([item])
    case .export:
      guard let item = shownItem else { return [] }
      overlay = .export(ExportForm(ids: [item.id], settings: settings))
      return []
    case .trash:
      guard let item = shownItem else { return [] }
      return trash([item])
    case .heat:
      let effects = perform(ComposeCommand.open)
      return effects + showHeat()
    case .compare: return compare(from: .compose)
    case .mask: return retouch(.mask, from: .compose)
    case .grow: return retouch(.grow, from: .compose)
    case .versions: return showVersions(from: .compose)
    case .copyPath: return shownItem.map { [.copyPath($0.id)] } ?? []
    case .openOutside: return shownItem.map { [.openOutside($0.id)] } ?? []
    case .undo: return undo()
    case .again:
      guard let job = shownJob else { return [] }
      var request = job.request.beforeEnlarging
      request.seed = seeds.next() >> 32
      request.parent = generation(of: job)
      request.series = nil
      compose.follows = true
      queue(request)
      return []
    case .vary:
      guard let key = shownResult, let job = shownJob else { return [] }
      return vary(key, prompt: job.request.prompt, parent: generation(of: job))
    case .keepSeed:
      guard let seed = shownSeed else { return [] }
      compose.form.seed = seed
      notice = Notice("the next painting keeps seed \(seed)")
      return []
    case .remix:
      guard let job = shownJob, let seed = shownSeed else { return [] }
      remix(job.request, seed: seed, from: generation(of: job))
      return []
    case .copyPrompt:
      guard let job = shownJob else { return [] }
      return [.copyText(job.request.prompt)]
    case .stopAll: return stopAll()
    }
  }

  private mutating func reweigh(by step: Double) -> [Effect] {
    let done =
      compose.focus == .avoid
      ? compose.avoid.reweigh(by: step) : compose.prompt.reweigh(by: step)
    if !done {
      notice = Notice("put the cursor on a word first; weights go from 0 to 5", .warning)
    }
    return []
  }

  /// The finished picture on the canvas.
  var shownResult: PictureKey? {
    guard let key = compose.shownKey(in: jobs), case .result = key else { return nil }
    return key
  }

  /// The seed of the picture on the canvas, known before it is painted.
  var shownSeed: UInt64? {
    guard let shown = compose.shown, let job = job(shown.job) else { return nil }
    if job.slots.indices.contains(shown.index), case .painted(let seed, _) = job.slots[shown.index]
    {
      return seed
    }
    return job.request.seed &+ UInt64(shown.index)
  }

  private mutating func turn(_ step: Int) -> [Effect] {
    let pictures = shownPictures
    guard let shown = compose.shown, let here = pictures.firstIndex(of: shown) else { return [] }
    compose.shown = pictures[(here + step + pictures.count) % pictures.count]
    compose.follows = false
    return []
  }

  private mutating func show(_ job: Job?) -> [Effect] {
    guard let job else { return [] }
    let first = job.order.first { job.slots[$0] != .empty } ?? 0
    compose.shown = ComposeState.Shown(job: job.id, index: first)
    compose.follows = job.id == jobs.last?.id
    return []
  }

  /// Takes a recipe into the form. What was typed can be had back with undo.
  /// `origin`: the generation that it was made in.
  mutating func remix(_ made: GenerationRequest, seed: UInt64, from origin: String) {
    guard made.engine != Recipe.importedEngine else {
      notice = Notice(
        "there is no recipe: the picture's file does not say how it was made", .warning)
      return
    }
    let request = made.beforeEnlarging
    let prompt = request.typedPrompt, avoid = PromptTemplate.escaped(request.avoid)
    if compose.prompt.text != prompt { compose.prompt.replaceAll(prompt) }
    if compose.avoid.text != avoid { compose.avoid.replaceAll(avoid) }
    var form = compose.form
    // Recipes of other programs name engines and models that are not here.
    let isHere =
      engines.isEmpty
      || engines.contains { engine in
        engine.name == request.engine && engine.models.contains { $0.name == request.model }
      }
    if isHere {
      form.engine = request.engine
      form.model = request.model
    }
    form.size = PixelSize(width: request.width, height: request.height)
    form.steps = request.steps
    form.guidance = request.guidance
    form.seed = seed
    form.count = 1
    form.sweeps = [:]
    form.style = StylePreset.none.name
    compose.form = form
    compose.origin = origin
    compose.typed = nil
    compose.focus = .prompt
    overlay = nil
    route = .compose
    notice =
      isHere
      ? Notice("recipe taken; change a word, or clear the seed for variations", .success)
      : Notice(
        "recipe taken but for its model \(request.model), which is not here", .warning)
  }

  // MARK: Focus

  static let focusOrder: [ComposeState.Focus] =
    [.prompt, .avoid] + FormField.allCases.map { .field($0) } + [.canvas]

  private mutating func moveFocus(_ step: Int) -> [Effect] {
    guard commitTyped() else { return [] }
    let order = Self.focusOrder
    let here = order.firstIndex(of: compose.focus) ?? 0
    compose.focus = order[(here + step + order.count) % order.count]
    return []
  }

  // MARK: Editing text

  /// The text that keys change now.
  var editedText: TextEditor? {
    switch overlay {
    case .palette(let picker), .recall(let picker), .searches(let picker): return picker.query
    case .keys(let list): return list.picker.query
    case .tags(let form): return form.line
    case .export(let form):
      switch form.field {
      case .folder: return form.folder
      case .name: return form.name
      case .format, .recipe: return nil
      }
    case .style(let form): return form[form.field]
    case .help, .queue: return nil
    case nil: break
    }
    switch scopeOfScreen {
    case .prompt: return compose.focus == .avoid ? compose.avoid : compose.prompt
    case .fieldTyping: return compose.typed
    case .filter: return gallery.typing
    case .settingTyping: return settingsScreen.typed
    case .modelTyping: return models.typed
    case .retouchTyping: return retouching?.prompt
    case .trainTyping:
      if case .form(let field) = train.focus { return train.form[field] }
      return nil
    default: return nil
    }
  }

  /// Changes the text that keys change now; `width` is its pane's.
  mutating func editText(_ change: (inout TextEditor, inout KillRing, Int) -> Void) -> [Effect] {
    switch overlay {
    case .palette(var picker):
      overlay = nil
      change(&picker.query, &kills, 1_000)
      picker.selected = 0
      overlay = .palette(picker)
      return []
    case .recall(var picker):
      overlay = nil
      change(&picker.query, &kills, 1_000)
      picker.selected = 0
      overlay = .recall(picker)
      return []
    case .searches(var picker):
      overlay = nil
      change(&picker.query, &kills, 1_000)
      picker.selected = 0
      overlay = .searches(picker)
      return []
    case .keys(var list):
      overlay = nil
      change(&list.picker.query, &kills, 1_000)
      list.picker.selected = 0
      overlay = .keys(list)
      return []
    case .tags(var form):
      change(&form.line, &kills, 1_000)
      form.selected = 0
      form.failure = nil
      overlay = .tags(form)
      return []
    case .export(var form):
      switch form.field {
      case .folder: change(&form.folder, &kills, 1_000)
      case .name: change(&form.name, &kills, 1_000)
      case .format, .recipe: return []
      }
      form.existing = []
      form.failure = nil
      overlay = .export(form)
      return []
    case .style(var form):
      overlay = nil
      change(&form[form.field], &kills, 1_000)
      form.problem = nil
      overlay = .style(form)
      return []
    case .help, .queue: return []
    case nil: break
    }
    switch scopeOfScreen {
    case .prompt:
      let layout = composeLayout
      if compose.focus == .avoid {
        change(&compose.avoid, &kills, layout.avoid?.text.columns ?? 80)
      } else {
        change(&compose.prompt, &kills, layout.prompt?.text.columns ?? 80)
      }
      return []
    case .fieldTyping:
      if var typed = compose.typed {
        change(&typed, &kills, 1_000)
        compose.typed = typed
      }
      return []
    case .filter: return editFilter { change(&$0, &$1, 1_000) }
    case .settingTyping:
      if var typed = settingsScreen.typed {
        change(&typed, &kills, 1_000)
        settingsScreen.typed = typed
      }
      return []
    case .modelTyping:
      if var typed = models.typed {
        change(&typed, &kills, 1_000)
        models.typed = typed
      }
      return []
    case .retouchTyping:
      if var prompt = retouching?.prompt {
        change(&prompt, &kills, 1_000)
        retouching?.prompt = prompt
      }
      return []
    case .trainTyping:
      editTrainingForm(change)
      return []
    default: return []
    }
  }

  mutating func perform(_ edit: EditCommand) -> [Effect] {
    var moved = false
    let effects = editText { editor, kills, width in
      moved = editor.apply(edit, kills: &kills, width: width)
    }
    // At the first and last row of the prompt, up and down walk through what was painted before.
    if !moved, overlay == nil, scopeOfScreen == .prompt, compose.focus == .prompt {
      if edit == .up { recallOlder() }
      if edit == .down { recallNewer() }
    }
    return effects
  }

  private mutating func recallOlder() {
    let next = (compose.recalled ?? -1) + 1
    guard next < recall.count else {
      notice = Notice(recall.isEmpty ? "no prompts painted yet" : "this is the oldest prompt")
      return
    }
    if compose.recalled == nil { compose.typedBeforeRecall = compose.prompt.text }
    // The prompt that is there already is no step back.
    let skips = next == 0 && recall[0] == compose.prompt.text && recall.count > 1
    compose.recalled = skips ? 1 : next
    compose.prompt.replaceAll(recall[compose.recalled ?? 0])
  }

  private mutating func recallNewer() {
    guard let here = compose.recalled else { return }
    compose.recalled = here > 0 ? here - 1 : nil
    compose.prompt.replaceAll(here > 0 ? recall[here - 1] : compose.typedBeforeRecall)
  }

  /// Prompts that an empty editor offers; the built-in model knows their words.
  package static let examples = [
    "a red fox in the snow, pixel art",
    "two yellow fish in the sea",
    "a blue car on the beach",
    "a green frog in a meadow",
    "three pink flowers in the desert",
    "a white owl at night",
    "a small house in the forest, watercolour",
  ]
}

extension ComposeState {
  func shownKey(in jobs: [Job]) -> PictureKey? {
    guard let shown, let job = jobs.first(where: { $0.id == shown.job }) else { return nil }
    return job.key(shown.index)
  }
}
