import ArgumentParser
import EaselApp
import EaselImaging
import EaselKit
import EaselScreen
import EaselStore

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write pictures of the history to files.")

  @Argument(help: "Pictures of the history, as 12 or #12.")
  var ids: [IDArgument]

  @Option(
    help: ArgumentHelp("A file (png, jpg, webp) for one picture, or a folder.", valueName: "path"))
  var to: String

  @Option(
    help: ArgumentHelp("png, jpeg or webp; without it, the file's ending.", valueName: "name"))
  var format: String?

  @Option(help: ArgumentHelp("Quality of jpeg and webp, 1 to 100.", valueName: "n"))
  var quality = 92

  @Option(
    help: ArgumentHelp(
      "Names in a folder: {id} {seed} {prompt} {date} {model} {n}.", valueName: "template"))
  var name: String?

  @Flag(help: "Leave the recipe out.")
  var strip = false

  @Flag(help: "Replace files that are there.")
  var overwrite = false

  @OptionGroup var json: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    guard (1...100).contains(quality) else {
      throw Failure(.badInput, "--quality cannot be \(quality)", hint: "use 1 to 100")
    }
    let desk = Desk()
    let path = expandingTilde(to)
    let collision: Collision = overwrite ? .overwrite : .refuse
    let isFolder = path.hasSuffix("/") || fileKind(path) == .folder || ids.count > 1
    let template = try NameTemplate(name ?? desk.settings.exportName)
    let chosen = try exporter(
      named: format ?? (isFolder ? desk.settings.exportFormat.rawValue : ending(of: path)))
    let library = try await desk.openForReading()
    // All of them are looked for before the first file is written.
    var items: [HistoryItem] = []
    for argument in ids { items.append(try await library.item(argument.id)) }
    if isFolder { try makeFolder(path) }
    for (n, item) in items.enumerated() {
      try Task.checkCancellation()
      let picture = try await library.picture(item.id)
      let file: String
      if isFolder {
        file = try exportPicture(
          picture, id: item.id, recipe: item.recipe, n: n + 1, to: path,
          ExportOptions(
            format: chosen.name, quality: quality, name: template, strip: strip,
            collision: collision))
      } else {
        let bytes = try chosen.encode(
          picture, recipe: strip ? nil : item.recipe, quality: quality)
        file = try publish(bytes, at: path, collision: collision)
      }
      if json.json {
        Console.json([
          .init("id", item.id.number), .init("file", file), .init("format", chosen.name),
        ])
      } else {
        Console.out("\(Console.painted(item.id.description, "1;36"))  \(SafeText(file))")
      }
    }
    await library.close()
  }

  private func ending(of path: String) throws -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
      throw Failure(
        .badInput, "\(path) does not say which kind of file to write",
        hint: "end it with .png, .jpg or .webp, or with / for a folder")
    }
    return String(name[name.index(after: dot)...])
  }
}
