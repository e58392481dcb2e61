internal import EaselKit
internal import EaselScreen

/// Which part of the studio carries out a command, and what those do that belong to none.
extension AppState {
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
}
