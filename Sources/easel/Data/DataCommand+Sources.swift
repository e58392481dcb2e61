import ArgumentParser
import EaselKit
import EaselMuse
import EaselScreen
import EaselStore

private let preparedNote = """
  The prepared set is one file that 'easel train --data FILE' streams from. Beside it lie \
  FILE.report.jsonl, which says of every record that was left out why, and FILE.sheet.png with some \
  of the pictures. The same input gives the same bytes. docs/DATA.md tells more.
  """

extension DataCommand {
  struct Coco: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "coco", abstract: "Prepare COCO captions.",
      discussion: "JSON is a file of captions as published, such as captions_train2017.json.\n\n"
        + preparedNote)
    @Argument(help: ArgumentHelp("The captions.", valueName: "json"))
    var json: String
    @Argument(help: ArgumentHelp("The folder of the pictures.", valueName: "images"))
    var images: String
    @OptionGroup var options: PrepareOptions
    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let folder = expandingTilde(images)
      guard fileKind(folder) == .folder else {
        throw Failure(.notFound, "there is no folder \(folder)")
      }
      try prepare(CocoSource(json: expandingTilde(json), images: folder), options, format)
    }
  }

  struct Folder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "folder", abstract: "Prepare a folder of pictures with captions.",
      discussion: "Beside harbour.png lies harbour.txt or harbour.caption, one caption a line.\n\n"
        + preparedNote)
    @Argument(help: ArgumentHelp("The folder; those inside are searched too.", valueName: "dir"))
    var folder: String
    @OptionGroup var options: PrepareOptions
    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws { try prepare(FolderSource(expandingTilde(folder)), options, format) }
  }

  struct Table: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "table", abstract: "Prepare the pictures that a table names.",
      discussion: """
        CSV, TSV and the like with a line of column names, or JSON lines. The file's column is \
        called file, file_name, image or path, the caption's caption, text, prompt or title. Names \
        are below the table's folder.


        """ + preparedNote)
    @Argument(help: ArgumentHelp("A .csv, .tsv or .jsonl file.", valueName: "file"))
    var table: String
    @OptionGroup var options: PrepareOptions
    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws { try prepare(TableSource(expandingTilde(table)), options, format) }
  }

  struct Webdataset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "webdataset", abstract: "Prepare WebDataset shards.",
      discussion: """
        Shards are tar files whose samples are 0017.jpg (or png, webp) with 0017.txt or a caption \
        in 0017.json. Names may hold {000..007}, * and ?; a folder means all its .tar files.


        """ + preparedNote)
    @Argument(help: ArgumentHelp("The shards.", valueName: "shards"))
    var shards: [String]
    @OptionGroup var options: PrepareOptions
    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try prepare(ShardSource(shards.map(expandingTilde)), options, format)
    }
  }

  struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "history", abstract: "Prepare pictures that were painted, with their prompts.",
      discussion: "Favourites are taken, or what QUERY finds, as 'easel history' does.\n\n"
        + preparedNote)
    @Argument(help: "What to take; is:favourite without.")
    var query: [String] = []
    @OptionGroup var options: PrepareOptions
    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let text = query.isEmpty ? "is:favourite" : query.joined(separator: " ")
      let source = try await historySource(Desk(), query: text)
      try prepare(source, options, format)
    }
  }
}

/// Pictures of the history that `query` finds, oldest first.
private func historySource(_ desk: Desk, query: String) async throws -> ListedSource {
  let library = try await desk.openForReading()
  var items: [HistoryItem] = []
  var before: ImageID?
  while true {
    let page = try await library.page(HistoryQuery(text: query, limit: 500, before: before))
    items += page.items
    before = page.items.last?.id
    if page.isLast || page.items.isEmpty { break }
  }
  items.sort { $0.id.number < $1.id.number }
  let records = items.map { item in
    let request = item.recipe.request, file = library.file(of: item)
    // A weight speaks to the painter; it is no part of what the picture shows.
    return DataRecord(
      name: item.id.description, captions: [request.words(of: request.prompt).plain],
      content: .file {
        guard let file else { throw Failure(.notFound, "its file is missing") }
        return try readFile(file)
      })
  }
  await library.close()
  guard !records.isEmpty else {
    throw Failure(
      .notFound, "the history has no picture for '\(query)'",
      hint: "mark some with f in the Gallery, or name others: easel data history 'fox' -o FILE")
  }
  return ListedSource(kind: "history", records)
}

/// What all of these commands do with their source.
private func prepare(
  _ source: any DataSource, _ options: PrepareOptions, _ format: JSONOptions
) throws {
  let path = expandingTilde(options.out)
  let preparing = Preparing(
    settings: try options.settings(), keepsGoing: options.keepGoing, isQuiet: options.quiet)
  let (done, sheet, seconds) = try preparing.prepare(
    source, to: path, overwriting: options.overwrite)
  if format.json {
    return Console.json(
      [.init("file", path)] + done.statistics.fields + [
        .init("bytes", done.bytes), .init("seconds", seconds), .init("report", done.report),
        .init("sheet", sheet),
      ])
  }
  guard !options.quiet else { return }
  Console.out(Console.painted(SafeText(path).description, "1;36"))
  for line in done.statistics.lines { Console.out(line) }
  let rate = Double(done.statistics.records) / max(0.001, seconds)
  Console.out(
    "\(ProgressLine.bytes(done.bytes)) in \(ProgressLine.short(seconds)) s, "
      + "\(ProgressLine.short(rate)) pictures/s; \(SafeText(done.report)), \(SafeText(sheet))")
}
