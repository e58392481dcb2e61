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

  var painting: [JobID: Task<Void, Never>] = [:]
  var counting: [EditorField: Task<Void, Never>] = [:]
  /// The newest change of the history, and the newest question to it.
  var changing: Task<Void, Never>?
  var asking: Task<Void, Never>?
  /// Reads the thumbnails that scrolling will show next.
  var readingAhead: Task<Void, Never>?
  var thumbnailsAhead: [ImageID] = []
  var training: Task<Void, Never>?
  var planning: Task<Void, Never>?
  /// Waits until the training run is looked at again.
  var looking: Task<Void, Never>?
  /// Installations and checks under way.
  var modelWork: [ModelTask: Task<Void, Never>] = [:]
  /// Waits until the next picture of a slideshow.
  var sliding: Task<Void, Never>?
  /// The newest draft that is not written yet, and whether one is being written.
  var draft: Draft?
  var isWritingDraft = false
  var hasQuit = false

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

  // MARK: Beside everything else

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

  /// Tells what `body` answers, or why it has no answer.
  func tell(_ body: @escaping @Sendable (Services) async throws -> Action) {
    perform { services, mailbox in
      do { mailbox.post(try await body(services)) } catch {
        mailbox.post(.problem(Failure(error)))
      }
    }
  }

  /// Does something that has no news when it goes well.
  func attempt(_ body: @escaping @Sendable (Services) async throws -> Void) {
    perform { services, mailbox in
      do { try await body(services) } catch { mailbox.post(.problem(Failure(error))) }
    }
  }
}

/// Lends the executor that an actor has when it asks for none.
private actor DefaultExecutor {
  nonisolated func asUnownedSerialExecutor() -> UnownedSerialExecutor { unownedExecutor }
}
