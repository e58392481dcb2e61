import EaselApp
import EaselImaging
import EaselKit
import EaselScreen

/// `--sweep`: a table of pictures, by the rules of the studio's tables.
extension PaintCommand {
  /// The sides of the table and the command of each picture, row by row; nil where nothing is swept.
  func table(_ desk: Desk) throws -> (series: Series, cells: [PaintCommand])? {
    guard !sweep.isEmpty else { return nil }
    guard sweep.count <= 2 else {
      throw Failure(
        .badInput, "a table has two sides, and \(sweep.count) settings are swept",
        hint: "use --sweep twice at most")
    }
    if let count, count != 1 {
      throw Failure(
        .badInput, "--count and --sweep do not go together",
        hint:
          "a table has one picture for each pair of values; --sweep seed=1..\(max(2, count)) varies the seed"
      )
    }
    var form = Form(desk.settings)
    var swept: [FormField] = []
    for text in sweep {
      let (field, values) = try values(text, desk)
      guard !swept.contains(field) else {
        throw Failure(
          .badInput, "--sweep names \(field.rawValue) twice",
          hint: "one list holds all values: \(field.rawValue)=4,8,12")
      }
      guard !isGiven(field) else {
        throw Failure(
          .badInput, "--\(field.rawValue) and --sweep \(text) say two things",
          hint: "leave one of them out")
      }
      try form.sweep(field, values)
      swept.append(field)
    }
    guard !form.sweeps.isEmpty else {
      throw Failure(
        .badInput, "'\(sweep.joined(separator: "' and '"))' is one value",
        hint: "a sweep has several: steps=4,8,12 or seed=1..9")
    }
    let (series, cells) = try form.table(across: swept.first { form.sweeps[$0] != nil })
    // One for all of them: a table shows what its settings change.
    let seed = seed ?? UInt64(UInt32.random(in: 0...UInt32.max))
    return (
      series,
      cells.map { cell in
        var command = self
        command.seed = seed
        command.count = 1
        for field in swept { command.take(field, from: cell.form) }
        return command
      }
    )
  }

  /// `steps=4,8,12` as the setting and its values.
  private func values(_ text: String, _ desk: Desk) throws -> (FormField, [String]) {
    let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    let known = FormField.allCases.filter { $0 != .count }.map(\.rawValue)
    guard halves.count == 2, !halves[1].isEmpty else {
      throw Failure(
        .badInput, "--sweep \(text) names no values", hint: "as in: --sweep steps=4,8,12")
    }
    guard let field = FormField(rawValue: halves[0].lowercased()) else {
      throw Failure.unknown("setting to sweep", halves[0], known: known)
    }
    let names = try choices(field, desk)
    guard halves[1] != "*" || names.isEmpty else { return (field, names) }
    let values = try ValueList.values(halves[1])
    if !names.isEmpty, let stranger = values.first(where: { !names.contains($0) }) {
      throw Failure.unknown(field.rawValue, stranger, known: names)
    }
    return (field, values)
  }

  /// Names to choose from; empty for settings that are numbers.
  private func choices(_ field: FormField, _ desk: Desk) throws -> [String] {
    switch field {
    case .engine: desk.engines.map(\.description.name)
    case .model:
      try desk.engine(engine ?? desk.settings.engine).description.models.map(\.name)
    case .style: styles.map(\.name)
    case .size, .count, .steps, .guidance, .seed: []
    }
  }

  private func isGiven(_ field: FormField) -> Bool {
    switch field {
    case .engine: engine != nil
    case .model: model != nil
    case .size: size != nil
    case .count: count != nil
    case .steps: steps != nil
    case .guidance: guidance != nil
    case .seed: seed != nil
    case .style: style != StylePreset.none.name
    }
  }

  private mutating func take(_ field: FormField, from form: Form) {
    switch field {
    case .engine: engine = form.engine
    case .model: model = form.model
    case .size: size = form.size.description
    case .count: count = form.count
    case .steps: steps = form.steps
    case .guidance: guidance = form.guidance
    case .seed: seed = form.seed ?? seed
    case .style: style = form.style
    }
  }

  /// Says where the table went, and draws it where pictures are drawn.
  func tell(_ target: TableTarget, _ table: Picture, _ writer: PictureWriter?) throws {
    let file = try target.write(table)
    writer?.draw(table)
    guard let file else { return }
    if format.json {
      let series = target.series
      Console.json([
        .init("table", file), .init("prompt", prompt), .init("across", series.columnTitle),
        .init("columns", .list(series.columns.map { .text($0) })),
        .init("down", series.rowTitle.isEmpty ? nil : series.rowTitle),
        .init("rows", .list(series.rows.map { .text($0) })),
      ])
    } else if !result.quiet {
      Console.out("table  \(SafeText(file))")
    }
  }
}

/// Where `-o` puts the picture of a table.
struct TableTarget {
  private enum Place {
    case nowhere
    case file(PaintTarget)
    /// Named as the studio names it.
    case folder(String)
  }
  let series: Series
  private let prompt: String
  private let place: Place

  /// Refuses before anything is painted what would be refused afterwards.
  init(_ path: String?, _ series: Series, prompt: String, overwrite: Bool) throws {
    self.series = series
    self.prompt = prompt
    guard let path else {
      place = .nowhere
      return
    }
    let expanded = expandingTilde(path)
    place =
      expanded.hasSuffix("/") || fileKind(expanded) == .folder
      ? .folder(expanded) : .file(try PaintTarget.single(path, overwrite: overwrite))
  }

  /// The file; nil where none was asked for.
  func write(_ table: Picture) throws -> String? {
    switch place {
    case .nowhere: nil
    case .file(let target): try target.write(table)
    case .folder(let folder): try publishTable(table, prompt: prompt, in: folder)
    }
  }
}
