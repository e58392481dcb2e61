import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen

extension Evaluation.Row {
  /// Keys that scripts rely on.
  func fields(model: String) -> [JSON.Field] {
    [
      .init("model", model), .init("split", split.rawValue), .init("pictures", pictures.rawValue),
      .init("metric", metric.rawValue), .init("value", value),
      .init("standard_error", standardError), .init("count", count),
    ]
  }
}

/// The table of the terminal: one line for each number, seen and held-out side by side.
struct EvaluationTable {
  let lines: [String]

  init(_ found: Evaluation) {
    let columns: [(Evaluation.Split, Evaluation.Pictures)] = Evaluation.Split.allCases.flatMap {
      split in Evaluation.Pictures.allCases.map { (split, $0) }
    }
    func name(_ pictures: Evaluation.Pictures) -> String {
      switch pictures {
      case .painted: "painted"
      case .reconstructed: "tokenizer"
      case .real: "real"
      }
    }
    let wide = 15
    func cell(_ text: String) -> String {
      text + String(repeating: " ", count: max(1, wide - text.count))
    }
    let s = found.settings
    let best = s.bestOf > 1 ? ", the best of \(s.bestOf)" : ""
    let head =
      "\(s.count) prompts on each side\(best), \(s.steps) steps, guidance "
      + "\(ProgressLine.short(s.guidance)), seed \(s.seed)"
    var made = [Console.painted(SafeText(found.model).description, "1;32") + "  " + head, ""]
    let label = String(repeating: " ", count: 28)
    let half = String(repeating: " ", count: wide * 3)
    made.append(label + "seen" + half.dropFirst(4) + "held out")
    made.append((label + columns.map { cell(name($0.1)) }.joined()).trimmedAtEnd)
    for metric in Evaluation.Metric.allCases {
      let rows = columns.map { found.row($0.0, $0.1, metric) }
      guard rows.contains(where: { $0 != nil }) else { continue }
      let title = metric.title + String(repeating: " ", count: max(1, 28 - metric.title.count))
      let cells = rows.map { row -> String in
        guard let row else { return cell("-") }
        let decimals = metric == .nearestPixels ? 3 : 2
        let error =
          row.standardError.isFinite ? " ±" + Self.decimal(row.standardError, decimals) : ""
        return cell(Self.decimal(row.value, decimals) + error)
      }
      made.append((title + cells.joined()).trimmedAtEnd)
    }
    lines = made.map { Console.isUnicode ? $0 : $0.replacing("±", with: "+-") }
  }

  static func decimal(_ x: Double, _ digits: Int) -> String {
    guard x.isFinite, abs(x) < 1e12 else { return "-" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let n = Int((abs(x) * Double(scale)).rounded())
    let rest = "\(scale + n % scale)".dropFirst()
    return (x < 0 && n > 0 ? "-" : "") + "\(n / scale).\(rest)"
  }
}

extension String {
  fileprivate var trimmedAtEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}

extension Evaluation.Metric {
  var title: String {
    switch self {
    case .noun: "noun"
    case .colour: "colour"
    case .background: "background"
    case .count: "count"
    case .style: "style"
    case .clipScore: "CLIP score"
    case .pictureForText: "picture found by its text"
    case .textForPicture: "text found by its picture"
    case .kernelDistance: "KID x 1000"
    case .nearestPixels: "nearest in training, pixels"
    case .nearestFeatures: "nearest, features"
    case .diversity: "diversity, features"
    }
  }
}

/// The files of `easel evaluate --out`.
struct EvaluationFiles {
  static let names = [
    "evaluation.json", "page.png", "sheet.png", "sheet-captions.txt", "pictures.jsonl",
  ]
  private let folder: String
  private let collision: Collision

  /// Asks before an evaluation of minutes, and not after, whether its files may be written.
  init(folder: String, overwrite: Bool) throws {
    let folder = expandingTilde(folder)
    self.folder = folder
    collision = overwrite ? .overwrite : .refuse
    try makeFolder(folder)
    if !overwrite, let there = Self.names.first(where: { fileKind("\(folder)/\($0)") != nil }) {
      throw Failure(
        .badInput, "\(folder)/\(there) is there already",
        hint: "--overwrite replaces it; or choose another folder with --out")
    }
  }

  func write(_ found: Evaluation) throws -> [String] {
    let contents: [[UInt8]] = [
      Array((Self.json(found).line + "\n").utf8),
      try encodePNG(plotPage(Self.plots(found))),
      try encodePNG(Self.sheet(found)),
      Array(Self.captions(found).utf8),
      Array(found.findings.map { Self.json($0).line + "\n" }.joined().utf8),
    ]
    return try zip(Self.names, contents).map {
      try publish($1, at: "\(folder)/\($0)", collision: collision)
    }
  }

  static func json(_ found: Evaluation) -> JSON {
    let s = found.settings
    return .object([
      .init("model", found.model), .init("version", easelVersion), .init("count", s.count),
      .init("seed", s.seed), .init("steps", s.steps), .init("guidance", s.guidance),
      .init("best_of", s.bestOf), .init("training_pictures", s.trainingPictures),
      .init(
        "rows",
        .list(found.rows.map { .object(Array($0.fields(model: found.model).dropFirst())) })),
      .init(
        "fixed_prompts",
        .list(
          found.cells.map { cell in
            .object(
              [
                .init("prompt", cell.prompt), .init("held_out", cell.isHeldOut),
                .init("clip_score", cell.clipScore),
              ]
                + fields(cell.grades))
          })),
      .init("notes", .list(found.notes.map { .text($0) })),
    ])
  }

  static func json(_ finding: Evaluation.Finding) -> JSON {
    .object(
      [
        .init("split", finding.split.rawValue), .init("pictures", finding.pictures.rawValue),
        .init("prompt", finding.prompt),
      ]
        + fields(finding.grades)
        + [.init("things", .list(finding.things.map { .text($0) }))])
  }

  private static func fields(_ grades: [RefereeHead: Double]) -> [JSON.Field] {
    RefereeHead.allCases.compactMap { head in grades[head].map { .init(head.rawValue, $0) } }
  }

  /// Seen beside held-out, with marks where the tokenizer's reconstructions are.
  static func plots(_ found: Evaluation) -> [PagePlot] {
    func bar(_ split: Evaluation.Split, _ metric: Evaluation.Metric) -> BarGroup.Bar? {
      guard let row = found.row(split, .painted, metric) else { return nil }
      let ceiling =
        found.row(split, .reconstructed, metric) ?? found.row(split, .real, metric)
      return .init(
        row.value, error: row.standardError.isFinite ? row.standardError : 0,
        ceiling: ceiling?.value)
    }
    func group(_ name: String, _ metric: Evaluation.Metric) -> BarGroup {
      BarGroup(name, Evaluation.Split.allCases.map { bar($0, metric) })
    }
    func values(
      _ all: [Evaluation.Key: [Double]], _ kinds: [Evaluation.Pictures]
    ) -> [(name: String, values: [Double])] {
      kinds.flatMap { kind in
        Evaluation.Split.allCases.compactMap { split in
          all[Evaluation.Key(split, kind)].map {
            ((kind == .real ? "real " : "") + (split == .seen ? "seen" : "held out"), $0)
          }
        }
      }
    }
    let series = ["seen", "held out"], mark = "tokenizer"
    return [
      .bars(
        title: "share of right answers",
        groups: [
          group("noun", .noun), group("colour", .colour), group("backgr.", .background),
          group("count", .count), group("style", .style),
        ], series: series, mark: mark, top: 1),
      .bars(
        title: "clip: score and retrieval",
        groups: [
          group("score", .clipScore), group("picture", .pictureForText),
          group("text", .textForPicture),
        ], series: series, mark: mark, top: 1),
      .histogram(
        title: "clip: cosine of picture and prompt",
        series: values(found.cosines, [.painted, .real]), bins: 24),
      .histogram(
        title: "distance to the nearest training picture",
        series: values(found.nearest, [.painted, .real]), bins: 24),
      .bars(
        title: "kid x 1000", groups: [group("kid", .kernelDistance)], series: series,
        mark: mark, top: nil),
      .bars(
        title: "distance in features",
        groups: [group("diversity", .diversity), group("nearest", .nearestFeatures)],
        series: series, mark: "real", top: nil),
    ]
  }

  /// The 48 fixed prompts; what they say is in the other file, so that one can guess first.
  static func sheet(_ found: Evaluation) -> Picture {
    let isLarge = found.cells.contains { $0.picture.width > 128 }
    let tiles = found.cells.enumerated().map { i, cell -> (picture: Picture, caption: String) in
      let factor = max(1, 128 / max(1, cell.picture.width))
      let wrong = RefereeHead.allCases.filter { (cell.grades[$0] ?? 1) < 1 }.map(\.rawValue)
      return (
        factor == 1 ? cell.picture : cell.picture.enlarged(by: factor),
        "\(i + 1) clip \(EvaluationTable.decimal(cell.clipScore, 2)) "
          + (wrong.isEmpty ? "all right" : "not " + wrong.joined(separator: ", "))
      )
    }
    return captionedSheet(tiles, columns: 8, side: isLarge ? 160 : 128)
  }

  static func captions(_ found: Evaluation) -> String {
    found.cells.enumerated().map { i, cell in
      "\(i + 1)\t\(cell.isHeldOut ? "held out" : "seen")\t\(cell.prompt)\n"
    }.joined()
  }
}

extension Picture {
  /// Every pixel as a square, so that small pictures stay sharp.
  fileprivate func enlarged(by factor: Int) -> Picture {
    var large = Picture(width: width * factor, height: height * factor)
    for y in 0..<large.height {
      for x in 0..<large.width {
        let from = (y / factor * width + x / factor) * 3, to = (y * large.width + x) * 3
        for c in 0..<3 { large.pixels[to + c] = pixels[from + c] }
      }
    }
    return large
  }
}
