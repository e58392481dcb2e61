import CScreen
public import EaselKit
public import EaselScreen
import Glibc
import Synchronization

/// The terminal while the studio has it: keys and mouse come out of `events`, frames go in through
/// `present`. It has a thread of its own; nothing it is asked waits for a slow terminal.
///
///     let session = try TerminalSession.open(TerminalOptions(theme: theme), pictures: supply)
///     for await event in session.events { … session.present(screen) … }
///     await session.close()
///     exit(session.end?.exitCode ?? 0)
///
/// One session at a time: curses keeps its state in globals.
public actor TerminalSession {
  /// What the user does, in order. It ends when the session is closed, the terminal is gone, or a
  /// signal (SIGTERM, SIGHUP, SIGINT) asks the process to end; save and `close` then, within five
  /// seconds. `end` says why.
  public nonisolated let events: AsyncStream<InputEvent>
  /// What the terminal can do. The size of a cell may change later: see `size`.
  public nonisolated let capabilities: Capabilities
  /// The terminal's thread, for tasks that must stay quick while every core computes:
  /// `Task(executorPreference: session.taskExecutor) { … }`.
  public nonisolated var taskExecutor: any TaskExecutor { thread.tasks }
  /// The same thread, for actors that live on it.
  public nonisolated var serialExecutor: any SerialExecutor { thread }

  /// The terminal's size now.
  public nonisolated var size: TerminalSize { shared.withLock { $0.size } }
  /// Why the session ended; nil while it lasts.
  public nonisolated var end: TerminalEnd? { shared.withLock { $0.end } }

  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// What other threads touch.
  struct Shared {
    var frame: Screen?
    var theme: Theme?
    var mayHaveNewSize = false
    /// Frames presented so far.
    var presented = 0
    var size: TerminalSize
    var end: TerminalEnd?
  }
  nonisolated let thread: TerminalThread
  nonisolated let shared: Mutex<Shared>
  nonisolated let continuation: AsyncStream<InputEvent>.Continuation
  let options: TerminalOptions
  let cooked: termios

  // Input.
  var decoder: InputDecoder
  /// When a lone escape counts as the Escape key (monotonic nanoseconds).
  var escapeDeadline: UInt64?
  /// Whether the terminal tells the size of a cell, and whether an answer is still to come.
  let tellsCell: Bool
  var awaitsCell = false

  // Output.
  var isOnScreen = false
  var isClosed = false
  var canvas: Canvas
  var plan: PicturePlan
  var shelf = PictureShelf()
  var painter: PicturePainter
  var kitty = KittyGraphics()
  let supply: PictureSupply
  var screen: Screen?
  var names: [PictureShelf.Name] = []
  var pieces: ArraySlice<PicturePlan.Piece> = []
  /// Whether pieces took parts of other pictures with them since pieces were chosen last.
  var hasLosses = false
  var loads: [Int: Task<Void, Never>] = [:]
  var isSynchronized = false
  /// Number of the frame that is being shown, and of the last one announced as finished.
  var frameNumber = 0
  var announced = 0

  // Signals.
  var signalPipe: (read: Int32, write: Int32) = (-1, -1)
  /// The next SIGCONT belongs to a stop of our own and has been dealt with.
  var expectsContinue = false
  var savedErrors: Int32 = -1

  /// Takes the terminal: asks it what it can do, enters the screen, and starts the thread.
  ///
  /// Throws `Failure(.unsupported)` when input or output is no terminal, or cannot move its cursor;
  /// `Failure(.internalError)` when a session is open already or the system refuses a thread.
  public static func open(
    _ options: TerminalOptions, pictures supply: PictureSupply
  ) throws(Failure) -> TerminalSession {
    let started = try Startup.run(options)
    let session = TerminalSession(started, options, supply)
    do {
      try session.thread.start(
        watching: [
          (options.input, { [weak session] in session?.assumeIsolated { $0.readInput() } }),
          (
            started.signalPipe.read,
            { [weak session] in session?.assumeIsolated { $0.readSignals() } }
          ),
        ],
        turn: { [weak session] in session?.assumeIsolated { $0.turn() } ?? .forever })
    } catch {
      Startup.undo(started, options)
      throw error
    }
    return session
  }

  private init(_ started: Startup.Result, _ options: TerminalOptions, _ supply: PictureSupply) {
    self.options = options
    self.supply = supply
    capabilities = started.capabilities
    cooked = started.cooked
    decoder = started.decoder
    signalPipe = started.signalPipe
    savedErrors = started.savedErrors
    thread = TerminalThread()
    tellsCell = started.tellsCell
    let size = TerminalSize(
      cells: started.window.cells,
      cellWidth: started.capabilities.isCellSizeKnown ? started.capabilities.cell.width : nil,
      cellHeight: started.capabilities.isCellSizeKnown ? started.capabilities.cell.height : nil)
    shared = Mutex(Shared(size: size))
    (events, continuation) = AsyncStream.makeStream()
    canvas = Canvas(theme: options.theme, capabilities: started.capabilities, size: size.cells)
    plan = PicturePlan(size: size.cells, sparesLastRow: started.capabilities.graphics.isPixels)
    painter = PicturePainter(
      graphics: started.capabilities.graphics, colours: canvas.colours,
      isUnicode: started.capabilities.isUnicode, cell: started.capabilities.cell, supply: supply)
    isOnScreen = true
    continuation.yield(.resize(size))
    for event in started.early { continuation.yield(event) }
  }

  deinit { thread.stop() }

  /// Shows `screen`. Only the newest frame counts; a slow terminal skips those in between.
  public nonisolated func present(_ screen: Screen) {
    shared.withLock {
      $0.frame = screen
      $0.presented += 1
    }
    thread.wake()
  }

  /// Draws everything anew in another theme.
  public nonisolated func use(_ theme: Theme) {
    shared.withLock { $0.theme = theme }
    thread.wake()
  }

  /// Looks at the window's size again. Called by itself on SIGWINCH; a program that keeps signals
  /// to itself (`handlesSignals`) calls it.
  public nonisolated func windowChanged() {
    shared.withLock { $0.mayHaveNewSize = true }
    thread.wake()
  }

  /// Draws everything anew, for a terminal that something else wrote to.
  public func redraw() {
    guard isOnScreen else { return }
    forgetScreen()
    if let screen { draw(screen) }
  }

  /// Puts `text` on the clipboard through the terminal (OSC 52), which also works over ssh; false
  /// when it is longer than terminals take.
  @discardableResult
  public func copy(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count <= 74_000, isOnScreen else { return false }
    return write(Array("\u{1B}]52;c;\(base64(bytes))\u{1B}\\".utf8))
  }

  /// Gives the terminal to somebody else while `body` runs, an editor for example, and takes it
  /// back afterwards. Keys go to the other program; frames wait.
  public func suspended<Value: Sendable>(
    _ body: @Sendable () async throws -> Value
  ) async rethrows -> Value {
    leaveScreen()
    thread.unwatch(options.input)
    defer {
      if !isClosed, end == nil {
        watchInput()
        enterScreen()
      }
    }
    return try await body()
  }

  /// Runs `program` (found on PATH) on the terminal and waits for it; returns its exit status, or
  /// 128 + n when signal n ended it.
  public func run(_ program: String, _ arguments: [String]) async throws -> Int32 {
    try await suspended { try await Program.run(program, arguments) }
  }

  /// Stops the process (Ctrl-Z) until the shell continues it; the screen is given back meanwhile.
  public func stop() { stopProcess() }

  /// Gives the terminal back and ends `events`. Further frames are ignored.
  public func close() { close(.closed) }
}
