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
    case .paintedLoaded(let id, let item):
      paintedLoaded(id, item)
      return []
    case .explaining(let id, let share):
      if viewer.heat?.id == id, viewer.heat?.maps == nil { viewer.heat?.share = share }
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
    let (waiting, series) = (leftWaiting, leftSeries)
    (leftWaiting, leftSeries) = ([], [])
    return effects + goOn(with: waiting, in: series)
  }

  /// The draft names what waited when it was last written; the library what had been begun. They agree
  /// but where one of them was lost, so only what the draft did not bring is taken up.
  private mutating func takeUp(_ requests: [GenerationRequest]) -> [Effect] {
    goOn(with: requests.filter { request in !jobs.contains { $0.covers(request) } })
  }

  private mutating func goOn(
    with waiting: [GenerationRequest], in series: [DraftSeries] = []
  ) -> [Effect] {
    guard !waiting.isEmpty else { return [] }
    notice = Notice(
      "\(counted(waiting.count, "painting")) left from last time: "
        + (queueIsPaused ? "the queue is paused; Alt-q shows it" : "going on; ^C stops"))
    return takeUp(waiting, in: series)
  }

  // MARK: Tokens

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
