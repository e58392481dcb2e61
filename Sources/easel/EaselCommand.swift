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
    subcommands: [
      PaintCommand.self, UpscaleCommand.self, HistoryCommand.self, ShowCommand.self,
      ExplainCommand.self,
      ExportCommand.self,
      ImportCommand.self, TrashCommand.self, RestoreCommand.self, EmptyTrashCommand.self,
      EnginesCommand.self, ModelsCommand.self, DataCommand.self, TrainCommand.self,
      EvaluateCommand.self,
      DoctorCommand.self,
    ])

  @Option(help: ArgumentHelp("Theme of the studio, for this time.", valueName: "name"))
  var theme: String?

  @Option(
    help: ArgumentHelp(
      "How the studio shows pictures: auto, sixel, kitty, iterm2 or blocks.", valueName: "kind"))
  var graphics: String?

  @Flag(
    help:
      "The studio as lines of text that are never drawn over: for screen readers and dumb terminals."
  )
  var plain = false

  func run() throws {
    if plain { PlainStudio().run() }
    try Studio(theme: theme, graphics: graphics).run()
  }
}
