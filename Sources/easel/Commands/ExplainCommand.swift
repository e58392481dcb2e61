import ArgumentParser
import EaselImaging
import EaselKit
import EaselScreen
import EaselStore

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show which word painted what, how surely and when.",
    discussion: """
      Painting is repeatable, so a picture that was painted without --explain is painted once more to \
      see how. The picture that is written shows, for every word, where the painter looked at it: light \
      cells most, beside each the share of attention that the lightest one gave. Certainty is the \
      probability of each cell's code when it was fixed, order the step at which that was.
      """)

  @Argument(help: "A picture of the history, as 12 or #12.")
  var id: IDArgument

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the maps to this file (png, jpg, webp).", valueName: "file"))
  var out: String?

  @Option(help: ArgumentHelp("Only this word of the prompt.", valueName: "word"))
  var word: String?

  @Option(
    help: ArgumentHelp("The picture that this one was started from.", valueName: "id|file"))
  var from: String?

  @Option(help: ArgumentHelp("The mask it was painted with.", valueName: "file"))
  var mask: String?

  @Option(
    help: ArgumentHelp("The picture it was blended with.", valueName: "id|file"))
  var blend: String?

  @Flag(help: "Replace a file that is there.")
  var overwrite = false

  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let desk = Desk()
    let target = try out.map { try PaintTarget.single($0, overwrite: overwrite) }
    let library = try await desk.openForReading()
    let item = try await library.item(id.id)
    let explanation: Explanation
    do {
      defer { ProgressLine.clear() }
      explanation = try await desk.explanation(
        of: item, in: library,
        news: { event in
          guard case .step(let progress) = event else { return }
          ProgressLine.show("painting it once more  " + ProgressLine.words(for: progress))
        }
      ) { request in
        try await fill(&request, desk)
      }
    }
    let words = try chosen(explanation)
    var file: String?
    if let target {
      let maps: [Explanation.Map]? = word == nil ? nil : words.map { .word($0) }
      let sheet = explanationSheet(try await library.picture(item.id), explanation, maps: maps)
      file = try target.write(sheet)
    }
    await library.close()
    if format.json {
      Console.json(fields(item, explanation, words, file))
    } else {
      tell(explanation, words, file)
    }
  }

  /// The words to show: all of them, or those that are `word`.
  private func chosen(_ explanation: Explanation) throws -> [Int] {
    guard let word else { return Array(explanation.words.indices) }
    let known = explanation.words.map(\.text)
    let found = explanation.words.indices.filter { known[$0] == word.lowercased() }
    guard !found.isEmpty else { throw Failure.unknown("word of the prompt", word, known: known) }
    return found
  }

  /// Pictures that the recipe names, if they are the ones it names.
  private func fill(_ request: inout GenerationRequest, _ desk: Desk) async throws {
    guard let base = request.base else { return }
    let size = request.sizeOfBase
    func read(_ argument: String, _ digest: String?, _ what: String) async throws -> Picture {
      let picture = try await desk.pictureAndPrompt(argument).picture.filling(size)
      guard sha256Hex(picture.pixels) == digest else {
        throw Failure(
          .badInput, "\(argument) is not the \(what) that \(id.id) was painted with",
          cause: "its pixels have another SHA-256 than the recipe names")
      }
      return picture
    }
    if let from { request.base?.picture = try await read(from, base.digest, "picture") }
    if let mask { request.base?.mask = try await read(mask, base.maskDigest, "mask") }
    if let blend {
      let digest = request.blend?.digest
      request.blend?.picture = try await read(blend, digest, "second picture")
    }
  }

  private func tell(_ explanation: Explanation, _ words: [Int], _ file: String?) {
    if let file { return Console.out(SafeText(file).description) }
    for index in words {
      let word = explanation.words[index]
      let (column, row) = Self.middle(word.map, columns: explanation.columns)
      Console.out(
        "\(Console.painted(SafeText(word.text).description, "1;36"))  most "
          + "\(explanation.label(.word(index)).scale), around cell \(column),\(row) of "
          + "\(explanation.columns)x\(explanation.rows)")
    }
  }

  /// The cell where a map's weight lies, from 1.
  private static func middle(_ map: Explanation.HeatMap, columns: Int) -> (column: Int, row: Int) {
    var total = 0.0, x = 0.0, y = 0.0
    for (cell, value) in map.values.enumerated() {
      // The square lets the light cells speak.
      let weight = Double(value) * Double(value)
      total += weight
      x += weight * Double(cell % columns)
      y += weight * Double(cell / columns)
    }
    guard total > 0 else { return (1, 1) }
    return (Int((x / total).rounded()) + 1, Int((y / total).rounded()) + 1)
  }

  private func fields(
    _ item: HistoryItem, _ explanation: Explanation, _ words: [Int], _ file: String?
  ) -> [JSON.Field] {
    func numbers(_ map: Explanation.HeatMap) -> JSON {
      .list(map.values.indices.map { .number(Double(map.value($0)) * 100) })
    }
    let entries = words.map { index -> JSON in
      let word = explanation.words[index]
      return .object([
        .init("word", word.text), .init("percent", numbers(word.map)),
        .init("percent_of_steps", .list(word.steps.map(numbers))),
      ])
    }
    return [
      .init("id", item.id.number), .init("file", file), .init("prompt", item.recipe.request.prompt),
      .init("columns", explanation.columns), .init("rows", explanation.rows),
      .init("steps", explanation.steps), .init("words", .list(entries)),
      .init(
        "certainty", .list(explanation.certainty.map { .number(Double($0) / 255) })),
      .init("order", .list(explanation.order.map { .integer(Int64($0)) })),
    ]
  }
}
