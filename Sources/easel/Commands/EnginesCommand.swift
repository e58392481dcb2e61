import ArgumentParser
import EaselKit
import EaselScreen

struct EnginesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engines", abstract: "List what can paint.")

  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    for engine in Desk().engines.map(\.description) {
      if format.json {
        Console.json([
          .init("engine", engine.name), .init("summary", engine.summary),
          .init("models", .list(engine.models.map { .text($0.name) })),
          .init("ready", engine.models.contains { $0.problem == nil }),
        ])
      } else {
        Console.out(
          "\(Console.painted(engine.name, "1"))  \(SafeText(engine.summary))")
        for model in engine.models {
          let columns = Console.outputColumns.map { max(20, $0 - 2) }
          for line in ModelsCommand.List.lines(model, columns: columns, withFolder: false) {
            Console.out("  " + line)
          }
        }
        if engine.models.isEmpty { Console.out("  no model is installed") }
      }
    }
  }
}
