import ArgumentParser
import EaselKit
import EaselScreen
import EaselStore

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List and search what was painted, newest first.",
    discussion: """
      QUERY holds words of the prompt and fields: tag:snow seed:7 model:scenes engine:built-in \
      is:favourite is:rejected is:trashed rating:>=3 before:2026-11 after:2026-11-02 #12. A dash before \
      a word, tag: or is: leaves pictures out.

      like:#12 lists what looks like picture 12, and like:"foggy harbour" what the words mean, the \
      most alike first. Both can be narrowed by the other words and fields.
      """)

  @Argument(help: "What to look for; everything without.")
  var query: [String] = []

  // Unconditional: `-l -3` is a number out of range and no missing one.
  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("Pictures to list at most.", valueName: "n"))
  var limit = 20

  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    guard limit >= 1 else {
      throw Failure(.badInput, "--limit cannot be \(limit)", hint: "use 1 or more")
    }
    let library = try await Desk().openForReading()
    var rest = limit
    var before: ImageID?
    while rest > 0 {
      let page = try await library.page(
        HistoryQuery(text: query.joined(separator: " "), limit: min(rest, 500), before: before))
      for (i, item) in page.items.enumerated() {
        let likeness = page.likeness.indices.contains(i) ? page.likeness[i] : nil
        tell(item, library.file(of: item), likeness)
      }
      if page.notIndexed > 0, !format.json {
        let what = page.notIndexed == 1 ? "1 picture is" : "\(page.notIndexed) pictures are"
        Console.err("\(what) not indexed yet; an open studio does it, or 'easel import'")
      }
      rest -= page.items.count
      before = page.items.last?.id
      if page.isLast || page.items.isEmpty { break }
    }
    await library.close()
  }

  private func tell(_ item: HistoryItem, _ file: String?, _ likeness: Double?) {
    if format.json {
      return Console.json(
        fields(of: item, file: file) + (likeness.map { [.init("likeness", $0)] } ?? []))
    }
    var parts = [
      Console.painted(padded(item.id.description, to: 6), "1;36"),
      item.recipe.saysWhen ? LocalTime(milliseconds: item.recipe.created).day : "no date   ",
      "\(item.width)x\(item.height)",
      SafeText(item.recipe.request.prompt).description,
    ]
    if let likeness { parts.append("\(Int((likeness * 100).rounded())) %") }
    if item.isFavourite { parts.append(Console.painted("favourite", "33")) }
    if item.rating > 0 { parts.append("\(item.rating)/5") }
    if item.isRejected { parts.append(Console.painted("rejected", "31")) }
    parts += item.tags.map { Console.painted(SafeText($0).description, "35") }
    if item.isTrashed { parts.append("in the trash") }
    if item.isMissing { parts.append(Console.painted("file missing", "31")) }
    Console.out(parts.joined(separator: "  "))
  }

  private func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// null for a picture that was not enlarged.
private func enlarged(_ enlargement: Enlargement?) -> JSON {
  guard let enlargement else { return .null }
  return .object([
    .init("scale", enlargement.scale),
    .init("source", enlargement.source.map { .integer($0.number) } ?? .null),
    .init("digest", enlargement.digest),
  ])
}

/// A picture of the history for scripts; the keys are a contract.
func fields(of item: HistoryItem, file: String?) -> [JSON.Field] {
  let recipe = item.recipe, request = recipe.request
  // Of a picture that was taken in nobody knows how it was made.
  func known(_ value: JSON) -> JSON { recipe.saysHow ? value : .null }
  return [
    .init("id", item.id.number), .init("file", file), .init("prompt", request.prompt),
    .init("avoid", request.avoid), .init("seed", known(.unsigned(recipe.seed))),
    .init("width", item.width),
    .init("height", item.height), .init("steps", known(.integer(Int64(request.steps)))),
    .init("guidance", known(.number(request.guidance))), .init("engine", request.engine),
    .init("model", request.model), .init("model_digest", recipe.modelDigest),
    .init("index", recipe.index), .init("seconds", recipe.seconds),
    .init("created", recipe.saysWhen ? timestamp(recipe.created) : nil),
    .init("favourite", item.isFavourite),
    .init("rating", item.rating), .init("rejected", item.isRejected),
    .init("trashed", item.isTrashed),
    .init("missing", item.isMissing),
    .init("tags", .list(item.tags.map { .text($0) })), .init("bytes", item.bytes),
    .init("sha256", item.sha256), .init("enlarged", enlarged(request.enlargement)),
  ]
}
