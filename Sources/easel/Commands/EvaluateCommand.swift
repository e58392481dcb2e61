import ArgumentParser
import EaselApp
import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure how well a model paints what prompts say.",
    discussion: """
      Two judges that no painter learnt from look at pictures of prompts whose combinations training \
      knows, and at pictures of combinations it never saw: a classifier tells thing, colour, \
      background, number and style, a CLIP of its own how well picture and prompt agree. Beside the \
      painted pictures stand the real ones of the same descriptions and what the model's picture \
      tokenizer makes of those: no painter can do better. docs/EVALUATION.md says what each number \
      means.

      The prompts are those of the built-in scenes. A model that was trained on something else is asked \
      the same; its figures say how near it comes to these scenes, not how good it is.
      """)

  @Argument(help: "A model of `easel models list`, or its folder; the preferred one without.")
  var model: String?

  @Option(help: ArgumentHelp("Prompts on each side, 2 to 10000.", valueName: "n"))
  var count = 200

  @Option(help: ArgumentHelp("Seed of prompts and pictures.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Steps of the sampler, 1 to 256.", valueName: "n"))
  var steps = 12

  @Option(help: ArgumentHelp("How strictly to follow the prompt, 0 to 30.", valueName: "x"))
  var guidance = 3.0

  @Option(
    help: ArgumentHelp(
      "Pictures of each prompt, 1 to 64; the model's image tower chooses which one is judged.",
      valueName: "n"))
  var bestOf = 1

  @Option(
    help: ArgumentHelp(
      "Training pictures among which the nearest is looked for.", valueName: "n"))
  var among = 2048

  @Option(
    help: ArgumentHelp(
      "Folder of other judges, as `easel train judge` makes them.", valueName: "dir"))
  var judge: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Also write evaluation.json, page.png, sheet.png, sheet-captions.txt and pictures.jsonl into this folder.",
      valueName: "dir"))
  var out: String?

  @Flag(help: "Replace files that are there.")
  var overwrite = false

  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let settings = try settings()
    let desk = Desk()
    let files = try out.map { try EvaluationFiles(folder: $0, overwrite: overwrite) }
    let judges = try Judges(
      folder: judge.map(expandingTilde) ?? Judges.folder(in: desk.paths.modelFolders))
    let model = try load(desk)
    let sprites = try SceneSprites(decode: { try decodeDrawing($0) })
    let evaluator = Evaluator(model: model, judges: judges, sprites: sprites, settings: settings) {
      try Task.checkCancellation()
      ProgressLine.show("\($0.doing)  \($0.done) of \($0.of)")
    }
    let found = try evaluator.run()
    ProgressLine.clear()
    try Task.checkCancellation()
    let written = try files?.write(found)
    if format.json {
      for row in found.rows { Console.json(row.fields(model: found.model)) }
    } else {
      for line in EvaluationTable(found).lines { Console.out(line) }
      for file in written ?? [] { Console.out(SafeText(file).description) }
    }
    for note in found.notes { Console.err("note: \(note)") }
  }

  private func load(_ desk: Desk) throws -> MuseModel {
    guard let model else { return try desk.catalog.load(desk.settings.model) }
    let folder = expandingTilde(model)
    guard fileKind(folder) == .folder else { return try desk.catalog.load(model) }
    let name = folder.split(separator: "/").last.map(String.init) ?? folder
    return try MuseModel(name: name, folder: folder, digest: "")
  }

  private func settings() throws -> EvaluationSettings {
    func check(_ fits: Bool, _ option: String, _ value: Any, _ range: String) throws {
      if !fits {
        throw Failure(.badInput, "--\(option) cannot be \(value)", hint: "use \(range)")
      }
    }
    try check((2...10_000).contains(count), "count", count, "2 to 10000")
    try check((1...256).contains(steps), "steps", steps, "1 to 256")
    try check((0...30).contains(guidance), "guidance", guidance, "0 to 30")
    try check((1...64).contains(bestOf), "best-of", bestOf, "1 to 64")
    try check((1...1_000_000).contains(among), "among", among, "1 to 1000000")
    var settings = EvaluationSettings()
    settings.count = count
    settings.seed = seed
    settings.steps = steps
    settings.guidance = guidance
    settings.bestOf = bestOf
    settings.trainingPictures = among
    settings.paintsFixedPrompts = out != nil
    // A few prompts are a trial of the command: it should not wait for a thorough look at the rest.
    if count < 50 {
      settings.trainingPictures = min(among, 32 * count)
      settings.repeatedPrompts = 1
    }
    return settings
  }
}
