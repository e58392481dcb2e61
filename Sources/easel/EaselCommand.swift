import ArgumentParser
import EaselKit

/// `easel` itself. Without a command it opens the studio.
struct EaselCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "easel",
    abstract: "An image studio in the terminal.",
    discussion: """
      Without a command the studio opens: type a prompt, press Enter, watch it being painted. With --plain it
      speaks in lines, for screen readers.

      Exit status: 0 done, 1 failed, 2 wrong usage, 3 engine unreachable, 4 not found, 130 interrupted.
      """,
    version: "easel \(easelVersion)",
    subcommands: commands)

  fileprivate static let commands: [any ParsableCommand.Type] = [
    PaintCommand.self, UpscaleCommand.self, HistoryCommand.self, ShowCommand.self,
    ExplainCommand.self,
    ExportCommand.self,
    ImportCommand.self, TrashCommand.self, RestoreCommand.self, EmptyTrashCommand.self,
    EnginesCommand.self, ModelsCommand.self, DataCommand.self, TrainCommand.self,
    EvaluateCommand.self,
    DoctorCommand.self,
  ]

  @Option(help: ArgumentHelp("Theme of the studio, for this time.", valueName: "name"))
  var theme: String?

  @Option(
    help: ArgumentHelp(
      "How the studio shows pictures: auto, sixel, kitty, iterm2, blocks, halves or sextants.",
      valueName: "kind"))
  var graphics: String?

  @Flag(
    help:
      "The studio as lines of text that are never drawn over: for screen readers and dumb terminals."
  )
  var plain = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    if plain { PlainStudio().run() }
    try Studio(theme: theme, graphics: graphics).run()
  }
}

extension EaselCommand {
  /// The command that `arguments` (without the program's name) ask for.
  ///
  /// The parser gives an option to the outermost command that knows it. `--graphics` and `--plain` mean something
  /// to the studio and something to commands, so that the studio's are not there where a command is named.
  static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
    let arguments = joiningNegativeNumbers(arguments)
    guard let first = arguments.first else { return try parseAsRoot(arguments) }
    if !first.hasPrefix("-"), first != "help" { return try CommandsAlone.parseAsRoot(arguments) }
    let command = try parseAsRoot(arguments)
    // A command behind the studio's options would not see them.
    if command is any AsyncParsableCommand {
      throw Failure(
        .badInput, "'\(first)' stands before the command",
        hint: "options stand behind it, as in: easel history --json")
    }
    return command
  }
}

/// `--guidance -1` as `--guidance=-1`. The parser takes whatever begins with a dash for an option and would miss the
/// value; no option of ours is a number, so that this is one, and the command says what it thinks of it.
func joiningNegativeNumbers(_ arguments: [String]) -> [String] {
  var joined: [String] = []
  var isPlain = false
  for argument in arguments {
    if argument == "--" { isPlain = true }
    let isNumber =
      argument.hasPrefix("-") && Double(argument) != nil
      && argument.dropFirst().first.map { $0.isNumber || $0 == "." } == true
    if isNumber, !isPlain, let last = joined.last, last.hasPrefix("--"), last.count > 2,
      !last.contains("=")
    {
      joined[joined.count - 1] += "=" + argument
    } else {
      joined.append(argument)
    }
  }
  return joined
}

/// `easel` with a command behind it.
private struct CommandsAlone: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: EaselCommand.configuration.commandName,
    abstract: EaselCommand.configuration.abstract, version: EaselCommand.configuration.version,
    subcommands: EaselCommand.commands)
}
