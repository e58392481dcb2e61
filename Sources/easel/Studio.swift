import EaselApp
import EaselConfig
import EaselKit
import EaselRuntime
import EaselScreen
import EaselStore
import EaselTerminal
import Foundation
import Synchronization

/// Opens the studio and runs it until the user leaves.
///
/// The terminal comes first: the frame that greets needs the settings, a theme and the draft, which
/// are three small files. The library and the model are opened behind it.
struct Studio {
  /// Names for this time only; nil takes the settings'.
  var theme: String?
  var graphics: String?

  func run() throws -> Never {
    let paths = Paths.current
    let themes = ThemeLibrary(folders: paths.themeFolders)
    var (settings, problems) = ConfigFile(path: paths.configFile).read()
    let (keys, wrongKeys) = ConfigFile(path: paths.configFile).readKeys()
    problems += wrongKeys
    let (ownStyles, wrongStyles) = StyleFile(path: paths.stylesFile).read()
    problems += wrongStyles
    // For this time: what the settings say stays as it is, whatever of them is changed and saved.
    var shown = settings
    if let graphics { try shown.set(.graphics, graphics) }
    let chosen: Theme
    if let theme {
      // Asked for by name: a wrong one is wrong usage.
      chosen = try themes.load(theme)
    } else {
      let (found, problem) = themes.loadOrPlain(settings.theme)
      chosen = found
      if let problem { problems.append(problem) }
    }
    // Before the first thread: the guard is a copy of this process.
    TerminalGuard.enter()
    try makeFolder(paths.state)

    var options = TerminalOptions(theme: chosen)
    options.take(shown.graphics)
    options.colour = Console.terminalColours
    options.takesManyColours = settings.quality.takesManyColours
    options.errorLog = paths.logFile
    let drafts = DraftFile(box: DraftBox(folders: paths.library))
    let (draft, unreadable) = drafts.read()
    if let unreadable { problems.insert(unreadable, at: 0) }
    let training = TrainingDesk(paths: paths)
    let supplier = PictureSupplier(training: training)
    let session = try TerminalSession.open(options, pictures: supplier.supply)
    let assembly = Assembly(
      paths: paths, themes: themes, session: session, training: training)
    var state = AppState(
      terminal: session.size, settings: settings, themes: themes.names,
      styles: StylePreset.builtIn + ownStyles,
      draft: draft, seed: UInt64.random(in: 0 ... .max),
      // Job numbers are never used twice: they go on from the clock, not from the last session.
      jobsStarted: Int(millisecondsNow()),
      process: thisProcess, hasGraphics: session.capabilities.graphics.isPixels)
    state.keys = keys
    state.themeForNow = theme
    let runtime = Runtime(
      state: state, services: assembly.services, surface: assembly.surface,
      executor: session.serialExecutor)
    supplier.serve(runtime)
    if let problem = Self.summary(problems) { runtime.send(.problem(problem)) }
    assembly.open(reportingTo: runtime)

    let executor = session.taskExecutor
    Task(executorPreference: executor) {
      for await event in session.events { runtime.input(event) }
      // The terminal is gone, or a signal asks us to go.
      runtime.send(.perform(.app(.quit)))
    }
    Task(executorPreference: executor) {
      await runtime.run()
      await assembly.close()
      await session.close()
      exit(session.end?.exitCode ?? 0)
    }
    while true { pause() }
  }

  /// The first of what is wrong, and how many there are besides; nil where nothing is.
  private static func summary(_ problems: [Failure]) -> Failure? {
    guard var first = problems.first else { return nil }
    let rest = problems.count - 1
    guard rest > 0 else { return first }
    let more = rest == 1 ? "1 more problem" : "\(rest) more problems"
    let hint = first.hint.map { $0 + ($0.hasSuffix("?") ? " " : "; ") } ?? ""
    first.hint = "\(hint)\(more): easel doctor lists all"
    return first
  }
}

extension TerminalOptions {
  /// How pictures are shown, as the settings say.
  mutating func take(_ setting: Settings.Graphics) {
    symbols = setting.symbols
    graphics =
      switch setting {
      case .auto: nil
      case .sixel: .sixel
      case .kitty: .kitty
      case .iterm2: .iterm2
      case .blocks, .halves, .sextants: .blocks
      }
  }
}
