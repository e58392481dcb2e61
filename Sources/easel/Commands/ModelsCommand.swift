import ArgumentParser
import EaselKit
import EaselScreen

struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "The models that engines paint with.",
    subcommands: [List.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the models that are installed.")

    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let desk = Desk()
      var count = 0
      for engine in desk.engines.map(\.description) {
        for model in engine.models {
          count += 1
          if format.json {
            Console.json([
              .init("model", model.name), .init("engine", engine.name),
              .init("summary", model.summary),
              .init("sizes", .list(model.sizes.map { .text($0.description) })),
              .init("size_step", model.otherSizes.map { .integer(Int64($0.step)) } ?? .null),
              .init("parameters", model.parameters), .init("bytes", model.bytes),
              .init("license", model.license), .init("folder", model.folder),
              .init("problem", model.problem),
            ])
          } else {
            Console.out(Self.line(model))
            if let folder = model.folder { Console.out("  \(SafeText(folder))") }
          }
        }
      }
      if count == 0, !format.json {
        Console.err("no model is installed; looked in:")
        for folder in desk.paths.modelFolders { Console.err("  " + folder) }
      }
    }

    /// `scenes  64x64  7.6 M parameters  8.1 MB  MIT  small scenes …`
    static func line(_ model: ModelDescription) -> String {
      let name = Console.painted(SafeText(model.name).description, "1;32")
      if let problem = model.problem {
        return "\(name)  " + Console.painted(SafeText(problem).description, "31")
      }
      let sizes = model.sizes.map(\.description).joined(separator: ", ")
      return [
        name, sizes, "\(ProgressLine.short(Double(model.parameters) / 1e6)) M parameters",
        "\(ProgressLine.short(Double(model.bytes) / 1e6)) MB", SafeText(model.license).description,
        SafeText(model.summary).description,
      ].joined(separator: "  ")
    }
  }
}
