internal import EaselKit
internal import EaselScreen

/// Changes `state` by what happened and says what the world should do about it.
public func update(_ state: inout AppState, _ action: Action) -> [Effect] {
  let before = state
  var effects = state.take(action)
  state.settle()
  effects += state.startNext()

  // Whatever changed it, what is unsent is kept and its tokens are counted.
  let written = state.compose, were = before.compose
  let isAsked = action == .started || written.form.model != were.form.model
  if written.prompt.characters != were.prompt.characters || isAsked {
    effects.append(state.countTokens(.prompt))
  }
  if written.avoid.characters != were.avoid.characters || isAsked {
    effects.append(state.countTokens(.avoid))
  }
  if written.prompt.characters != were.prompt.characters
    || written.avoid.characters != were.avoid.characters || written.form != were.form
    || state.jobs.compactMap(\.rest) != before.jobs.compactMap(\.rest)
    || state.queueIsPaused != before.queueIsPaused || written.origin != were.origin
  {
    effects.append(.saveDraft(state.draft))
  }
  // A folder fills while its run trains: whether it is free is asked when the form is looked at.
  let isNew =
    before.route != .train || (state.train.isInForm && !before.train.isInForm)
    || state.train.form.request != before.train.form.request
  if state.route == .train, isNew {
    effects.append(.planTraining(state.train.form.request))
  }
  return effects
}

extension AppState {
  fileprivate mutating func take(_ action: Action) -> [Effect] {
    switch action {
    case .started: return start()
    case .input(let event, let seconds): return take(event, at: seconds)
    case .perform(let command): return perform(command, at: nil)

    case .engine(let id, let event): return take(event, of: id)
    case .failed(let id, let failure): return fail(id, failure)
    case .ended(let id): return end(id)
    case .stored(let id, let index, let item): return stored(id, index, item)
    case .storeFailed(_, _, let failure):
      self.failure = failure
      return []
    case .enginesLoaded(let engines):
      keepingLine { $0.engines = engines }
      return []
    case .tokensCounted(let field, let text, let count):
      // An answer to a text that has changed since is out of date.
      switch field {
      case .prompt where text == readText(.prompt): compose.promptTokens = count
      case .avoid where text == readText(.avoid): compose.avoidTokens = count
      default: break
      }
      return []
    case .wildcardsLoaded(let wildcards):
      self.wildcards = wildcards
      return []

    case .historyLoaded(let query, let page): return loaded(query, page)
    case .historyRefused(let query, let failure):
      refused(query, failure)
      return []
    case .historyChanged: return [reloadGallery()]
    case .recallLoaded(let prompts):
      // What was painted while the question was under way comes first.
      recall = unique(recall + prompts)
      return []
    case .rangeListed(let query, let pictures): return listed(query, pictures)
    case .versionsLoaded(let generation, let versions):
      loaded(versions, around: generation)
      return []
    case .markedLoaded(let use, let items): return loadedMarked(items, for: use)
    case .tagsLoaded(let tags):
      gallery.tags = tags
      return []
    case .searchesLoaded(let searches):
      gallery.searches = searches
      return []
    case .imported(let report, let paste): return imported(report, paste)
    case .variationReady(let request): return varied(request)
    case .retouchReady(let request): return retouchReady(request)
    case .interruptedLoaded(let requests): return takeUp(requests)
    case .exported(let request, let files): return exported(request, files)
    case .exportRefused(let request, let existing):
      guard case .export(var form) = overlay, form.ids == request.ids else { return [] }
      form.isWriting = false
      form.existing = existing
      form.failure = nil
      overlay = .export(form)
      return []
    case .exportFailed(let request, let failure):
      guard case .export(var form) = overlay, form.ids == request.ids else {
        self.failure = failure
        return []
      }
      form.isWriting = false
      form.existing = []
      form.failure = failure
      overlay = .export(form)
      return []

    case .tableExported(let file):
      notice = Notice("wrote \(file)", .success)
      return []

    case .edited(let field, let text):
      // Editors end a file with a line feed that nobody typed.
      let trimmed = text.hasSuffix("\n") ? String(text.dropLast()) : text
      switch field {
      case .prompt: compose.prompt.replaceAll(trimmed)
      case .avoid: compose.avoid.replaceAll(trimmed)
      }
      return [.redraw]
    case .copied:
      notice = Notice("the prompt is on the clipboard", .success)
      return []
    case .explained(let id, let maps):
      explained(id, maps)
      return []
    case .explainFailed(let id, let failure):
      explainFailed(id, failure)
      return []
    case .slideDue(let number): return slideDue(number)
    case .trainingLoaded(let news): return take(news)
    case .trainingDue: return lookAtTraining()
    case .trainingPlanned(let request, let plan): return take(plan, of: request)
    case .models(let news): return take(news)
    case .problem(let failure):
      if failure.code != .cancelled { self.failure = failure }
      return []
    case .news(let text):
      notice = Notice(text)
      return []
    }
  }

  private mutating func start() -> [Effect] {
    let effects: [Effect] = [
      .useTheme(themeForNow ?? settings.theme), .loadRecall, reloadGallery(), .loadTraining,
      .loadInterrupted,
      .loadWildcards,
    ]
    let waiting = leftWaiting
    leftWaiting = []
    return effects + goOn(with: waiting)
  }

  /// The draft names what waited when it was last written; the library what had been begun. They agree
  /// but where one of them was lost, so only what the draft did not bring is taken up.
  private mutating func takeUp(_ requests: [GenerationRequest]) -> [Effect] {
    goOn(with: requests.filter { request in !jobs.contains { $0.covers(request) } })
  }

  private mutating func goOn(with waiting: [GenerationRequest]) -> [Effect] {
    guard !waiting.isEmpty else { return [] }
    notice = Notice(
      "\(counted(waiting.count, "painting")) left from last time: "
        + (queueIsPaused ? "the queue is paused; Q shows it" : "going on; ^C stops"))
    for request in waiting { queue(request) }
    return []
  }

  // MARK: Input

  private mutating func take(_ event: InputEvent, at seconds: Double) -> [Effect] {
    switch event {
    case .key(let key): return take(key.normalised, at: seconds)
    case .paste(let text):
      notice = nil
      pendingKeys = []
      return paste(text)
    case .mouse(let mouse): return take(mouse)
    case .resize(let size):
      terminal = size
      return []
    case .focus: return []
    }
  }

  private mutating func take(_ key: KeyPress, at seconds: Double) -> [Effect] {
    notice = nil
    if keyList?.isCapturing == true { return capture(key) }
    let keys = pendingKeys + [key]
    pendingKeys = []
    switch match(keys) {
    case .command(let command): return perform(command, at: seconds)
    case .beginning:
      pendingKeys = keys
      return []
    case .blocked(let reason):
      notice = Notice(reason, .warning)
      return []
    case .nothing:
      // Any key stops pictures that turn by themselves.
      if scope == .slides { return perform(SlideCommand.stop) }
      if keys.count > 1 {
        notice = Notice("\(keys.map(\.name).joined(separator: " ")) means nothing here", .warning)
        return []
      }
      if let character = key.typed { return type(character) }
      return []
    }
  }

  /// A character without a command: text where something is being typed.
  private mutating func type(_ character: Character) -> [Effect] {
    if scope == .field { return beginTyping(character) }
    if scope == .settings { return [] }
    guard scope.isTyping else { return [] }
    return editText { editor, _, _ in editor.type(character) }
  }

  private mutating func paste(_ text: String) -> [Effect] {
    if scope == .gallery { return pasteIntoGallery(text) }
    if [.prompt, .field, .canvas].contains(scope), let effects = pasteIntoCompose(text) {
      return effects
    }
    if scope == .field { return beginTyping(nil) + editText { e, _, _ in e.paste(text) } }
    if scope == .canvas { compose.focus = .prompt }
    if scope == .mask || scope == .grow { retouching?.isTyping = true }
    // A path that is dropped on the form.
    if scope == .trainForm { train.focus = .form(.data) }
    guard scope.isTyping else { return [] }
    return editText { editor, _, _ in editor.paste(text) }
  }

  // MARK: Commands

  /// Carries out a command, or says why it cannot happen.
  mutating func perform(_ command: Command, at seconds: Double?) -> [Effect] {
    if let reason = blocked(command) {
      if !reason.isEmpty { notice = Notice(reason, .warning) }
      return []
    }
    switch command {
    case .app(let command): return perform(command, at: seconds)
    case .edit(let edit): return perform(edit)
    case .compose(let command): return perform(command)
    case .form(let command): return perform(command)
    case .gallery(let command): return perform(command)
    case .filter(let command): return perform(command)
    case .viewer(let command): return perform(command)
    case .compare(let command): return perform(command)
    case .retouch(let command): return perform(command)
    case .versions(let command): return perform(command)
    case .slides(let command): return perform(command)
    case .models(let command): return perform(command)
    case .train(let command): return perform(command)
    case .trainForm(let command): return perform(command)
    case .settings(let command): return perform(command)
    case .picker(let command): return perform(command)
    case .help(let command): return perform(command)
    case .export(let command): return perform(command)
    case .queue(let command): return perform(command)
    case .style(let command): return perform(command)
    case .tags(let command): return perform(command)
    case .searches(let command): return perform(command)
    case .keys(let command): return perform(command)
    }
  }

  private mutating func perform(_ command: AppCommand, at seconds: Double?) -> [Effect] {
    switch command {
    case .compose: return go(to: .compose)
    case .gallery: return go(to: .gallery)
    case .models: return go(to: .models)
    case .train: return go(to: .train)
    case .settings: return go(to: .settings)
    case .nextTab, .previousTab:
      let tabs = Route.tabs
      let here = tabs.firstIndex(of: tab) ?? 0
      let step = command == .nextTab ? 1 : tabs.count - 1
      return go(to: tabs[(here + step) % tabs.count])
    case .dismiss:
      failure = nil
      return []
    case .palette:
      overlay = .palette(Picker())
      return []
    case .help:
      overlay = .help(0)
      return []
    case .queue:
      overlay = .queue(queueEntries.first?.id ?? JobID(0))
      return []
    case .interrupt: return interrupt(at: seconds)
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .quit: return [.saveDraft(draft), .quit]
    }
  }

  mutating func go(to route: Route) -> [Effect] {
    overlay = nil
    commitTyped()
    compose.typed = nil
    settingsScreen.typed = nil
    models.typed = nil
    models.question = nil
    gallery.typing = nil
    self.route = route
    switch route {
    case .gallery: return gallery.isStale ? [reloadGallery()] : []
    case .train:
      if train.isKnown, train.report == nil, !train.isInForm { train.focus = .form(.stage) }
      return [.loadTraining]
    case .models: return [.loadEngines, .models(.look)]
    case .compose: return [.loadWildcards]
    case .settings, .viewer, .compare, .retouch, .versions: return []
    }
  }

  /// Ctrl-C: the running painting, then the oldest waiting one; twice within a second leaves.
  private mutating func interrupt(at seconds: Double?) -> [Effect] {
    if let seconds, let before = interruptedAt, seconds - before <= 1, seconds >= before {
      return [.saveDraft(draft), .quit]
    }
    interruptedAt = seconds
    if let effects = interruptModels() { return effects }
    let running = jobs.firstIndex { $0.phase == .painting } ?? jobs.firstIndex(where: \.isActive)
    guard let running else {
      notice = Notice("^C once more leaves Easel")
      return []
    }
    jobs[running].phase = .stopped
    notice = Notice("stopped; ^C once more leaves Easel and keeps the queue")
    return [.cancel(jobs[running].id)]
  }

  // MARK: After every change

  /// Puts right what a change elsewhere may have left pointing outside.
  fileprivate mutating func settle() {
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

  fileprivate func countTokens(_ field: EditorField) -> Effect {
    .countTokens(
      field, readText(field), engine: compose.form.engine, model: compose.form.model)
  }

  /// What of a text the model will read: where it holds choices, as they would fall now.
  fileprivate func readText(_ field: EditorField) -> String {
    let text = field == .prompt ? compose.prompt.text : compose.avoid.text
    let read = try? PromptTemplate(text).expanded(seed: nextSeed, index: 0, wildcards: wildcards)
    guard let read else { return text }
    // Of two prompts that are blended, the longer one is the first to be cut.
    guard let second = read.blend?.prompt, second.count > read.prompt.count else {
      return read.prompt
    }
    return second
  }
}

/// The same strings, each once, in the order of their first appearance.
func unique(_ strings: [String]) -> [String] {
  var seen: Set<String> = []
  return strings.filter { seen.insert($0).inserted }
}

/// `1 picture`, `3 pictures`.
func counted(_ n: Int, _ noun: String) -> String { n == 1 ? "1 \(noun)" : "\(n) \(noun)s" }
