internal import EaselKit
internal import EaselScreen

/// Compose: what its commands do. `ComposeScreen+Drawing` draws it.
extension AppState {
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
