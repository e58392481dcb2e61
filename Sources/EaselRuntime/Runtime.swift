public import EaselApp
public import EaselKit
public import EaselScreen

/// Owns the state of the studio and carries out its effects.
///
/// Everything that happens is an `Action`: keys through `input`, news of effects through the mailbox.
/// The runtime takes all that arrived, runs `update` on each, starts the effects, and shows one frame.
/// It runs on the executor it is given (the terminal's thread), so that painting, which keeps every
/// core busy, cannot keep a key from being seen.
public actor Runtime {
  private let executor: (any SerialExecutor)?
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor?.asUnownedSerialExecutor() ?? generic.asUnownedSerialExecutor()
  }
  // An actor of its own only lends its default executor.
  private let generic = DefaultExecutor()

  public private(set) var state: AppState
  let services: Services
  let surface: Surface
  nonisolated let mailbox = ActionMailbox()
  nonisolated let shelf = PictureShelf()

  private var painting: [JobID: Task<Void, Never>] = [:]
  private var counting: [EditorField: Task<Void, Never>] = [:]
  /// The newest change of the history, and the newest question to it.
  private var changing: Task<Void, Never>?
  private var asking: Task<Void, Never>?
  /// Reads the thumbnails that scrolling will show next.
  private var readingAhead: Task<Void, Never>?
  private var thumbnailsAhead: [ImageID] = []
  var training: Task<Void, Never>?
  var planning: Task<Void, Never>?
  /// Waits until the training run is looked at again.
  var looking: Task<Void, Never>?
  /// Installations and checks under way.
  var modelWork: [ModelTask: Task<Void, Never>] = [:]
  /// Waits until the next picture of a slideshow.
  var sliding: Task<Void, Never>?
  /// The newest draft that is not written yet, and whether one is being written.
  private var draft: Draft?
  private var isWritingDraft = false
  private var hasQuit = false

  /// - Parameter executor: the thread to run on; nil for any.
  public init(
    state: AppState, services: Services, surface: Surface, executor: (any SerialExecutor)? = nil
  ) {
    self.state = state
    self.services = services
    self.surface = surface
    self.executor = executor
  }

  /// Tells the runtime what happened; from any thread, in order.
  public nonisolated func send(_ action: Action) { mailbox.post(action) }

  /// A key, a mouse button, a new size.
  public nonisolated func input(_ event: InputEvent) {
    mailbox.post(.input(event, at: services.now()))
  }

  /// Returns when nothing waits and no effect is under way; for tests.
  public nonisolated func settle() async { await mailbox.idle() }

  /// The pixels of a picture that a frame names; nil when they are gone or cannot be read. A thumbnail has
  /// enough of them for `size`, or as many as those before.
  public nonisolated func picture(
    _ key: PictureKey, for size: PixelSize? = nil
  ) async -> Picture? {
    let side: Int
    if case .thumbnail = key { side = shelf.thumbnailSide(for: size) } else { side = 0 }
    if let picture = shelf.picture(key, side: side) { return picture }
    let loaded: Picture?
    switch key {
    case .image(let id): loaded = try? await services.picture(id)
    case .thumbnail(let id): loaded = try? await services.thumbnail(id, side)
    case .heat(let id, let map): loaded = try? await services.heat(id, map)
    // These are drawn for the cells they fill, by whoever scales the others.
    case .preview, .result, .training, .composed: loaded = nil
    }
    if let loaded { shelf.keep(loaded, as: key, side: side) }
    return loaded
  }

  /// Runs until the user quits. What is being stored or saved then is finished first.
  public func run() async {
    let changes = Task { [services, mailbox] in
      for await _ in services.historyChanges() { mailbox.post(.historyChanged) }
    }
    let engines = Task { [services, mailbox] in
      mailbox.post(.enginesLoaded(await services.describeEngines()))
    }
    surface.present(render(state))
    mailbox.post(.started)
    for await _ in mailbox.arrivals {
      let actions = mailbox.take()
      let before = state
      for action in actions {
        for effect in update(&state, action) { start(effect) }
        if hasQuit { break }
      }
      if hasQuit { break }
      if state != before {
        surface.present(render(state))
        readAhead()
      }
      mailbox.finished()
    }
    changes.cancel()
    engines.cancel()
    for task in painting.values { task.cancel() }
    for task in counting.values { task.cancel() }
    for task in modelWork.values { task.cancel() }
    planning?.cancel()
    looking?.cancel()
    readingAhead?.cancel()
    sliding?.cancel()
    mailbox.finished()
    mailbox.close()
    await mailbox.idle()
  }

  // MARK: Effects

  private func start(_ effect: Effect) {
    switch effect {
    case .run(let job, let request): paint(job, request)
    case .cancel(let job): painting.removeValue(forKey: job)?.cancel()
    case .store(let job, let request, let image):
      perform { services, mailbox in
        do {
          let item = try await services.store(request, image, job)
          mailbox.post(.stored(job, index: image.index, item))
        } catch {
          mailbox.post(.storeFailed(job, index: image.index, Failure(error)))
        }
      }
    case .vary(let key, let request):
      perform { services, mailbox in
        do {
          guard let picture = await self.picture(key) else {
            throw Failure(
              .notFound, "the picture to vary is not at hand", hint: "look at it in the gallery")
          }
          var request = request
          let base = try services.variation(picture, request)
          self.shelf.keep(base)
          // The state holds names and never pixels.
          request.base = base
          request.base?.picture = nil
          mailbox.post(.variationReady(request))
        } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .retouch(let key, let what, let request): retouch(key, what, request)
    case .copyPath(let id): copyPath(of: id)
    case .openOutside(let id): openOutside(id)
    case .turnSlide(let seconds, let number): turnSlide(after: seconds, number)
    case .forgetPictures(let job): shelf.forget(job)
    case .countTokens(let field, let text, let engine, let model):
      count(field, text, engine, model)
    case .loadWildcards:
      perform { services, mailbox in
        mailbox.post(.wildcardsLoaded(await services.loadWildcards()))
      }

    case .loadEngines:
      perform { services, mailbox in
        mailbox.post(.enginesLoaded(await services.describeEngines()))
      }

    case .queryHistory(let query): look(for: query)
    case .listRange(let query, let from, let to):
      perform { services, mailbox in
        do {
          let pictures = try await services.listRange(query, from, to)
          mailbox.post(.rangeListed(query, pictures))
        } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .loadMarked(let ids, let use):
      perform { services, mailbox in
        do {
          mailbox.post(.markedLoaded(use, try await services.items(ids)))
        } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .rereadHistory:
      let mailbox = mailbox
      change { _ in mailbox.post(.historyChanged) }
    case .loadVersions(let generation):
      perform { services, mailbox in
        do {
          let versions = try await services.versions(generation)
          mailbox.post(.versionsLoaded(generation, versions))
        } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .loadTags:
      perform { services, mailbox in
        // Completion is a convenience: a history that cannot be read says so elsewhere.
        if let tags = try? await services.loadTags() { mailbox.post(.tagsLoaded(tags)) }
      }
    case .loadSearches: changeSearches { _ in }
    case .saveSearch(let search): changeSearches { try await $0.saveSearch(search) }
    case .deleteSearch(let name): changeSearches { try await $0.deleteSearch(name) }
    case .importPictures(let paths, let paste):
      perform { services, mailbox in
        var report = ImportedPictures(items: [], new: [])
        do { report = try await services.importPictures(paths) } catch {
          report.problem = Failure(error)
        }
        mailbox.post(.imported(report, paste))
      }
    case .loadRecall:
      perform { services, mailbox in
        // Recall is a convenience: a history that cannot be read says so elsewhere.
        if let prompts = try? await services.loadRecall() { mailbox.post(.recallLoaded(prompts)) }
      }
    case .loadInterrupted:
      perform { services, mailbox in
        let requests = await services.interrupted()
        if !requests.isEmpty { mailbox.post(.interruptedLoaded(requests)) }
      }
    case .setFavourite(let ids, let value): change { try await $0.setFavourite(ids, value) }
    case .setRating(let ids, let value): change { try await $0.setRating(ids, value) }
    case .setRejected(let ids, let value): change { try await $0.setRejected(ids, value) }
    case .changeTags(let ids, let add, let remove):
      change { try await $0.changeTags(ids, add, remove) }
    case .trash(let ids): change { try await $0.trash(ids) }
    case .restore(let ids): change { try await $0.restore(ids) }
    case .export(let request): export(request)
    case .exportTable(let table):
      perform { services, mailbox in
        do {
          var cells: [Picture?] = []
          for key in table.cells {
            if let key { cells.append(await self.picture(key)) } else { cells.append(nil) }
          }
          mailbox.post(.tableExported(try await services.exportTable(cells, table)))
        } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }

    case .explain(let item):
      perform { services, mailbox in
        do {
          mailbox.post(.explained(item.id, try await services.explain(item)))
        } catch {
          mailbox.post(.explainFailed(item.id, Failure(error)))
        }
      }

    case .copyText(let text):
      let surface = surface
      perform { _, mailbox in
        do {
          try await surface.copyText(text)
          mailbox.post(.copied)
        } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .openEditor(let field, let text):
      let surface = surface
      perform { _, mailbox in
        do {
          mailbox.post(.edited(field, try await surface.edit(text)))
        } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .saveDraft(let draft): save(draft)
    case .saveSettings(let settings):
      perform { services, mailbox in
        do { try await services.saveSettings(settings) } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .saveKeys(let keys):
      perform { services, mailbox in
        do { try await services.saveKeys(keys) } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .saveStyles(let styles):
      perform { services, mailbox in
        do { try await services.saveStyles(styles) } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .useTheme(let name):
      do { surface.useTheme(try services.theme(name)) } catch {
        mailbox.post(.problem(Failure(error)))
      }
    case .models(let wish): carryOut(wish)
    case .loadTraining: train { _ in }
    case .startTraining(let request):
      train(isStart: true) { try await $0.startTraining(request) }
    case .resumeTraining(let folder):
      train(isStart: true) { try await $0.resumeTraining(folder) }
    case .askTraining(let folder, let word): train { try await $0.askTraining(folder, word) }
    case .planTraining(let request): plan(request)
    case .lookAtTraining(let seconds): look(after: seconds)
    case .redraw: surface.redraw()
    case .suspend:
      let surface = surface
      perform { _, _ in await surface.suspend() }
    case .quit: hasQuit = true
    }
  }

  /// Runs `body` beside everything else; `settle` and quitting wait for it.
  func perform(
    _ body: @escaping @Sendable (Services, ActionMailbox) async -> Void
  ) {
    mailbox.began()
    Task { [services, mailbox] in
      await body(services, mailbox)
      mailbox.finished()
    }
  }

  /// A change of the history that is already on the screen: when it fails, the history is read again.
  /// One after the other, so that of two ratings of one picture the later one stays.
  private func change(_ body: @escaping @Sendable (Services) async throws -> Void) {
    let before = changing
    mailbox.began()
    changing = Task { [services, mailbox] in
      defer { mailbox.finished() }
      await before?.value
      do { try await body(services) } catch {
        mailbox.post(.problem(Failure(error)))
        mailbox.post(.historyChanged)
      }
    }
  }

  /// Changes the saved searches, after the changes before, and tells what they are now.
  private func changeSearches(_ body: @escaping @Sendable (Services) async throws -> Void) {
    let before = changing
    mailbox.began()
    changing = Task { [services, mailbox] in
      defer { mailbox.finished() }
      await before?.value
      do {
        do { try await body(services) } catch { mailbox.post(.problem(Failure(error))) }
        mailbox.post(.searchesLoaded(try await services.loadSearches()))
      } catch {
        mailbox.post(.problem(Failure(error)))
      }
    }
  }

  /// Reads thumbnails above and below what is in sight; those that one has scrolled past by then are
  /// not read any more. Nobody waits for it.
  private func readAhead() {
    let ids = state.thumbnailsAhead
    guard ids != thumbnailsAhead else { return }
    thumbnailsAhead = ids
    readingAhead?.cancel()
    readingAhead = Task(priority: .utility) {
      for id in ids where !Task.isCancelled { _ = await self.picture(.thumbnail(id)) }
    }
  }

  /// A newer question about the history makes an older one idle.
  private func look(for query: HistoryQuery) {
    asking?.cancel()
    mailbox.began()
    asking = Task { [services, mailbox, changing] in
      defer { mailbox.finished() }
      // What is on the screen already is in the answer too.
      await changing?.value
      do {
        let page = try await services.queryHistory(query)
        if !Task.isCancelled { mailbox.post(.historyLoaded(query, page)) }
      } catch {
        if !Task.isCancelled { mailbox.post(.historyRefused(query, Failure(error))) }
      }
    }
  }

  private func paint(_ job: JobID, _ request: GenerationRequest) {
    let engine: any ImageEngine
    do { engine = try services.engine(request.engine) } catch {
      return mailbox.post(.failed(job, Failure(error)))
    }
    mailbox.began()
    // A painting is queued at once, in order; only what needs pixels of the disk waits for them.
    let request = shelf.completed(request)
    let lacksPixels = request.enlargement != nil || request.base.map { $0.picture == nil } ?? false
    let stream = lacksPixels ? nil : engine.generate(request)
    // Beside the queueing, so that the library's disk does not hold up the first preview; the draft
    // names the painting already.
    let noted = Task { [services] in await services.notePainting(request, job) }
    painting[job] = Task { [mailbox, shelf, services] in
      defer { mailbox.finished() }
      do {
        let events =
          if let stream { stream } else { engine.generate(try await services.complete(request)) }
        for try await event in events {
          switch event {
          case .preview(let index, let picture): shelf.put(preview: picture, job, index)
          case .image(let image): shelf.put(result: image.picture, job, image.index)
          default: break
          }
          mailbox.post(.engine(job, event))
        }
        // A stopped job has no news: the state stopped listening before it was cancelled.
        if !Task.isCancelled { mailbox.post(.ended(job)) }
      } catch {
        if !Task.isCancelled { mailbox.post(.failed(job, Failure(error))) }
      }
      await noted.value
      await self.painted(job)
    }
  }

  private func painted(_ job: JobID) async {
    painting[job] = nil
    // What quitting cut short goes on at the next start.
    if !hasQuit { await services.endPainting(job) }
  }

  private func count(_ field: EditorField, _ text: String, _ engine: String, _ model: String) {
    counting[field]?.cancel()
    mailbox.began()
    counting[field] = Task { [services, mailbox] in
      defer { mailbox.finished() }
      // Whoever types fast asks faster than is counted.
      guard !Task.isCancelled else { return }
      guard let count = await services.countTokens(text, engine, model), !Task.isCancelled else {
        return
      }
      mailbox.post(.tokensCounted(field, text: text, count))
    }
  }

  private func export(_ request: ExportRequest) {
    perform { services, mailbox in
      do {
        switch try await services.export(request) {
        case .written(let files): mailbox.post(.exported(request, files: files))
        case .refused(let existing): mailbox.post(.exportRefused(request, existing: existing))
        }
      } catch {
        mailbox.post(.exportFailed(request, Failure(error)))
      }
    }
  }

  /// Writes drafts one after the other; those that a newer one overtook are skipped.
  private func save(_ newest: Draft) {
    draft = newest
    guard !isWritingDraft else { return }
    isWritingDraft = true
    mailbox.began()
    Task { [mailbox] in
      while let next = self.takeDraft() {
        do { try await services.saveDraft(next) } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
      mailbox.finished()
    }
  }

  private func takeDraft() -> Draft? {
    defer { draft = nil }
    if draft == nil { isWritingDraft = false }
    return draft
  }
}

/// Lends the executor that an actor has when it asks for none.
private actor DefaultExecutor {
  nonisolated func asUnownedSerialExecutor() -> UnownedSerialExecutor { unownedExecutor }
}
