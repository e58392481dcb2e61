import ArgumentParser
import EaselImaging
import EaselKit
import EaselScreen
import EaselStore

struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Draw a picture on stdout and tell how it was made.",
    discussion: """
      On a terminal the picture comes first, its recipe below. Into a pipe only the picture is \
      written, as sixel unless --graphics says otherwise. --json prints the recipe and draws nothing.
      """)

  @Argument(help: "A picture of the history (12 or #12), or a file.")
  var picture: String

  @OptionGroup var graphics: GraphicsOptions
  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let desk = Desk()
    let writer = format.json ? nil : try graphics.writer(settings: desk.settings)
    if let argument = IDArgument(argument: picture), fileKind(picture) == nil {
      let library = try await desk.openForReading()
      let item = try await library.item(argument.id)
      let file = library.file(of: item)
      if let writer {
        writer.draw(try await library.picture(item.id))
        if Console.isOutputTerminal {
          describe(item.recipe, title: "\(item.id)  \(file ?? "file missing")")
        }
      } else {
        Console.json(fields(of: item, file: file))
      }
      await library.close()
    } else {
      let path = expandingTilde(picture)
      let read = try readPicture(readFile(path))
      if let writer {
        writer.draw(read.picture)
        if Console.isOutputTerminal { describe(read.recipe, title: path) }
      } else {
        Console.json(fileFields(path, read))
      }
    }
  }

  private func describe(_ recipe: Recipe?, title: String) {
    Console.out(Console.painted(SafeText(title).description, "1"))
    guard let recipe else { return Console.out("  no recipe in the file") }
    let request = recipe.request
    Console.out("  " + SafeText(request.prompt).description)
    if !request.avoid.isEmpty { Console.out("  avoid: " + SafeText(request.avoid).description) }
    guard recipe.saysHow else {
      let when = recipe.saysWhen ? "  \(timestamp(recipe.created))" : ""
      return Console.out(
        "  \(request.width)x\(request.height)  from a file that does not say how it was made\(when)"
      )
    }
    Console.out(
      "  \(request.width)x\(request.height)  \(request.steps) steps  guidance \(request.guidance)"
        + "  seed \(recipe.seed)")
    if let enlargement = request.enlargement {
      let source = enlargement.source.map { "\($0)" } ?? "a file"
      Console.out("  enlarged \(enlargement.scale) times from \(source)")
    }
    var parts = [SafeText(request.engine).description, SafeText(request.model).description]
    if recipe.saysWhen { parts.append(timestamp(recipe.created)) }
    if recipe.seconds > 0 { parts.append("\(ProgressLine.short(recipe.seconds)) s") }
    Console.out("  " + parts.joined(separator: "  "))
  }

  private func fileFields(_ path: String, _ read: ReadPicture) -> [JSON.Field] {
    let request = read.recipe?.request
    return [
      .init("id", JSON.null), .init("file", path), .init("prompt", request?.prompt),
      .init("avoid", request?.avoid),
      .init("seed", read.recipe.map { .unsigned($0.seed) } ?? .null),
      .init("width", read.picture.width), .init("height", read.picture.height),
      .init("steps", request.map { .integer(Int64($0.steps)) } ?? .null),
      .init("guidance", request.map { .number($0.guidance) } ?? .null),
      .init("engine", request?.engine), .init("model", request?.model),
      .init("model_digest", read.recipe?.modelDigest),
      .init("index", read.recipe.map { .integer(Int64($0.index)) } ?? .null),
      .init("seconds", read.recipe.map { .number($0.seconds) } ?? .null),
      .init("source", read.source?.rawValue), .init("format", read.format.rawValue),
    ]
  }
}
