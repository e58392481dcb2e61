import ArgumentParser
import EaselKit
import EaselScreen
import EaselStore

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take pictures into the history, with their recipes.",
    discussion: """
      PNG, JPEG, WebP and PPM files, and folders of them. Recipes of Easel, A1111 and its relatives are \
      understood. The files stay where they are.
      """)

  @Argument(help: ArgumentHelp("Files and folders.", valueName: "path"))
  var paths: [String]
  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    for path in paths where fileKind(expandingTilde(path)) == nil {
      throw Failure(.notFound, "there is no file \(path)")
    }
    let library = try await Desk().openForWriting()
    let isQuiet = format.json
    let report = try await library.importFiles(paths.map(expandingTilde)) { path in
      if !isQuiet { ProgressLine.show("read \(SafeText(path))") }
    }
    ProgressLine.clear()
    for imported in report.imported { tell(imported, library.file(of: imported.item)) }
    do {
      try await library.indexPictures { report in
        if !isQuiet { ProgressLine.show("looked at \(report.indexed) pictures") }
      }
    } catch let failure as Failure where failure.code != .cancelled {
      // The pictures are in; only 'like:' will not find them yet.
      Console.warn(failure)
    }
    ProgressLine.clear()
    await library.close()
    for skipped in report.skipped {
      var failure = skipped.failure
      failure.what = "\(skipped.path): \(failure.what)"
      // One damaged file of a hundred does not lose the other ninety-nine.
      if report.imported.isEmpty, report.skipped.count == 1 { throw failure }
      Console.warn(failure)
    }
    if !report.skipped.isEmpty {
      throw Failure(
        .internalError,
        "\(report.skipped.count) of \(report.skipped.count + report.imported.count) files could "
          + "not be imported")
    }
    if report.imported.isEmpty {
      throw Failure(.notFound, "there are no pictures in \(paths.joined(separator: ", "))")
    }
  }

  private func tell(_ imported: ImportReport.Imported, _ file: String?) {
    let item = imported.item
    if format.json {
      return Console.json(
        fields(of: item, file: file) + [
          .init("source", imported.path), .init("new", imported.isNew),
        ])
    }
    var parts = [
      Console.painted(item.id.description, "1;36"), SafeText(imported.path).description,
      SafeText(item.recipe.request.prompt).description,
    ]
    if !imported.isNew { parts.append("was there already") }
    Console.out(parts.joined(separator: "  "))
  }
}
