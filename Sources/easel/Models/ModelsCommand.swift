import ArgumentParser
import EaselKit
import EaselMuse
import EaselScreen

struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "The models that engines paint with.",
    subcommands: [
      List.self, Install.self, Remove.self, Restore.self, EmptyTrash.self, Verify.self, Export.self,
    ], defaultSubcommand: List.self)

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
              .init("memory_bytes", model.memory.map { .integer(Int64($0)) } ?? .null),
              .init("license", model.license), .init("folder", model.folder),
              .init("problem", model.problem),
            ])
          } else {
            for line in Self.lines(model, columns: Console.outputColumns) { Console.out(line) }
          }
        }
      }
      if count == 0, !format.json {
        Console.err("no model is installed; looked in:")
        for folder in desk.paths.modelFolders { Console.err("  " + folder) }
      }
    }

    /// `scenes  64x64  7.6 M parameters  8.1 MB  MIT  small scenes …`, and where it is.
    ///
    /// - Parameter columns: of the terminal that the lines have to fit; nil where nothing is folded.
    static func lines(_ model: ModelDescription, columns: Int?, withFolder: Bool = true)
      -> [String]
    {
      let name = SafeText(model.name).description
      let folder = withFolder ? model.folder.map { "  \(SafeText($0))" } : nil
      let facts = facts(model)
      let isDamaged = model.problem != nil
      func painted(_ text: String) -> String { isDamaged ? Console.painted(text, "31") : text }
      guard let columns else {
        return [
          ([Console.painted(name, "1;32")] + facts.map(painted)).joined(separator: "  ")
        ] + (folder.map { [$0] } ?? [])
      }
      // The name and the short facts, then what it is, a step further in.
      var lines = folded([name] + (isDamaged ? [] : facts.dropLast()), by: "  ", columns: columns)
      lines[0] = Console.painted(name, "1;32") + lines[0].dropFirst(name.count)
      for words in isDamaged ? facts : facts.suffix(1) {
        lines += folded([words], by: " ", columns: columns, indent: 2).map(painted)
      }
      return lines + (folder.map { [$0] } ?? [])
    }

    /// Short ones, and last what the model is for; of a damaged one what is wrong with it.
    private static func facts(_ model: ModelDescription) -> [String] {
      if let problem = model.problem { return [SafeText(problem).description] }
      let sizes = model.sizes.map(\.description).joined(separator: ", ")
      return [
        sizes, "\(ProgressLine.short(Double(model.parameters) / 1e6)) M parameters",
        "\(ProgressLine.short(Double(model.bytes) / 1e6)) MB",
        model.memory.map { "needs \(ProgressLine.short(Double($0) / 1e9)) GB of memory" } ?? "",
        SafeText(model.license).description, SafeText(model.summary).description,
      ].filter { !$0.isEmpty }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Copy a model into a folder that diffusers loads, or into a single file.",
      discussion: """
        In Python, AmusedPipeline.from_pretrained(PATH) of diffusers loads the folder.
        """)

    @Argument(help: "A model of `easel models list`.")
    var name: String

    @Option(
      help: ArgumentHelp(
        "A folder that is not there yet, or a file that ends in .safetensors.", valueName: "path"))
    var to: String

    @Option(
      help: ArgumentHelp(
        "How weights are stored: fp32, fp16, bf16, or int8, which only Easel reads.",
        valueName: "type"))
    var dtype = "fp32"

    @OptionGroup var json: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      guard let type = StoredWeights(rawValue: dtype) else {
        throw Failure.unknown("dtype", dtype, known: StoredWeights.allCases.map(\.rawValue))
      }
      let path = expandingTilde(to)
      try Desk().catalog.export(name, to: path, as: type) { file in
        if !json.json { Console.err("writing \(SafeText(file))") }
      }
      if json.json {
        Console.json([.init("model", name), .init("to", path), .init("dtype", type.rawValue)])
      } else {
        Console.out(SafeText(path).description)
      }
    }
  }
}
