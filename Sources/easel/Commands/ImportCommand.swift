import ArgumentParser
import EaselKit
import EaselScreen
import EaselStore
import Foundation

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take pictures into the history, with their recipes.",
    discussion: """
      PNG, JPEG and PPM files, and folders of them. Recipes of Easel, A1111 and its relatives are \
      understood. The files stay where they are.
      """)

  @Argument(help: ArgumentHelp("Files and folders.", valueName: "path"))
  var paths: [String]
  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let library = try await Desk().openForWriting()
    let files = try paths.flatMap { try Self.files(below: expandingTilde($0)) }
    guard !files.isEmpty else {
      throw Failure(.notFound, "there are no pictures in \(paths.joined(separator: ", "))")
    }
    var problems = 0
    for path in files {
      try Task.checkCancellation()
      do {
        let item = try await library.importFile(readFile(path))
        if format.json {
          Console.json(fields(of: item, file: library.file(of: item)) + [.init("source", path)])
        } else {
          Console.out(
            "\(Console.painted(item.id.description, "1;36"))  \(SafeText(path))  "
              + SafeText(item.recipe.request.prompt).description)
        }
      } catch {
        // One damaged file of a hundred should not lose the other ninety-nine.
        problems += 1
        var failure = Failure(error)
        failure.what = "\(path): \(failure.what)"
        if files.count == 1 { throw failure }
        Console.warn(failure)
      }
    }
    await library.close()
    if problems > 0 {
      throw Failure(.internalError, "\(problems) of \(files.count) files could not be imported")
    }
  }

  private static func files(below path: String) throws -> [String] {
    guard let kind = fileKind(path) else { throw Failure(.notFound, "there is no file \(path)") }
    guard kind == .folder else { return [path] }
    let endings: Set<String> = ["png", "jpg", "jpeg", "ppm", "pgm", "pnm"]
    return try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
      .filter { endings.contains(($0 as NSString).pathExtension.lowercased()) }
      .map { "\(path)/\($0)" }
  }
}
