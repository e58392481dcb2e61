import ArgumentParser
import EaselApp
import EaselConfig
import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen
import EaselStore

struct PaintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paint", abstract: "Paint pictures from words.",
    discussion: """
      Pictures go to the history, and with -o to files as well. The same prompt, seed, settings, \
      model and version give the same bytes in those files. In the prompt, (fox:1.3) weighs a word more, \
      (fox:0.5) less, (fox) counts 1.1 times and [fox] 1/1.1 times; \\( is a plain bracket. Weights go \
      from 0 to 5, and brackets without a partner are plain. {red|blue} is one of several, drawn by the \
      seed, [red|blue] takes them in turn, __colour__ is an entry of the list colour.txt in the folder \
      wildcards beside config.toml, and AND blends two prompts; \\{ is a plain brace. Of several pictures \
      the one that answers the prompt best comes first; its score is the cosine of picture and prompt.

      --sweep paints a table: --sweep steps=4,8,12 takes several values of a setting, --sweep seed=1..9 a \
      range, and --sweep guidance=2..4:0.5 one with a step; * takes all models, engines or styles. One \
      setting makes a row, two a table, all with one seed unless that varies; the pictures go to the \
      history, and -o writes the table with its values as one picture.

      --variations-of paints pictures that show what another one shows. It needs no prompt: the \
      picture's own words are taken where they are known.
      """)

  @Argument(help: "What to paint; may be left out with --variations-of.")
  var prompt = ""

  @Option(help: ArgumentHelp("Who paints.", valueName: "name"))
  var engine: String?

  @Option(help: ArgumentHelp("The model.", valueName: "name"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "How the engine multiplies: fp32, bfloat16 or int8; by model and machine without.",
      valueName: "name"))
  var precision: String?

  @Option(
    help: ArgumentHelp(
      "Pixels, 256x256 without; what is not a model's own size has some loss.", valueName: "WxH")
  )
  var size: String?

  @Flag(help: "Make it four times as wide and high when it is painted.")
  var upscale = false

  @Option(help: ArgumentHelp("Steps of the sampler, 1 to 256.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("How strictly to follow the prompt, 0 to 30.", valueName: "x"))
  var guidance: Double?

  @Option(help: ArgumentHelp("Seed of the first picture; random without.", valueName: "n"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Pictures to paint, 1 to 64.", valueName: "n"))
  var count: Int?

  @Option(help: ArgumentHelp("What the pictures should not show.", valueName: "text"))
  var avoid = ""

  @Option(help: ArgumentHelp("Style whose words are added to the prompt.", valueName: "name"))
  var style = StylePreset.none.name

  @Option(
    help: ArgumentHelp(
      "Paint a table of several values of a setting (engine, model, size, steps, guidance, seed or style); "
        + "once across, twice across and down.", valueName: "setting=values"))
  var sweep: [String] = []

  @Option(
    help: ArgumentHelp("Start from this picture of the history, or file.", valueName: "id|file"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "Paint what this picture of the history, or file, shows.", valueName: "id|file"))
  var variationsOf: String?

  @Option(
    help: ArgumentHelp(
      "With --from: paint anew only where this picture is light.", valueName: "file"))
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "With --from: how much to paint anew, up to 1; 0.5 without, 1 with a mask.",
      valueName: "x"))
  var strength: Double?

  @Option(
    help: ArgumentHelp(
      "With --from: grow the picture over these sides, as right=32 or top=16,left=16; x, y and all name "
        + "several.", valueName: "side=px,…"))
  var outpaint: String?

  @Option(
    help: ArgumentHelp(
      "Blend with this second prompt; with --from, a picture of the history or file is blended with "
        + "that one.", valueName: "text|id|file"))
  var blend: String?

  @Option(
    help: ArgumentHelp(
      "With --blend: share of the second, 0 to 1; 0.5 without.", valueName: "x"))
  var blendWeight: Double?

  @Flag(
    help:
      "Keep with the pictures why they look as they do, for 'easel explain'; takes a little longer."
  )
  var explain = false

  @OptionGroup var result: ResultOptions

  @Flag(help: "Draw the pictures on stdout.")
  var show = false

  @OptionGroup var picture: GraphicsOptions

  @OptionGroup var format: JSONOptions
  @OptionGroup var colours: OutputOptions

  func run() async throws {
    let desk = Desk()
    let table = try table(desk)
    var parts: [Part] = []
    for (n, command) in (table?.cells ?? [self]).enumerated() {
      parts += try await command.parts(desk, saying: parts, cell: n)
    }
    // What is asked for at once is one tile of the gallery, where that folds batches.
    if parts.count > 1, !result.noSave {
      let series = newGeneration()
      for n in parts.indices { parts[n].request.series = series }
    }
    guard !(show && format.json) else {
      throw Failure(.badInput, "--show and --json both want stdout", hint: "choose one of them")
    }
    if explain, result.noSave {
      throw Failure(
        .badInput, "--explain keeps its answer in the history, and --no-save keeps nothing",
        hint: "leave one of them out")
    }
    if result.noSave, result.output == nil, !show, !format.json {
      throw Failure(
        .badInput, "nothing would be kept of the picture",
        hint: "with --no-save give -o FILE or --show")
    }
    let writer = show ? try picture.writer(settings: desk.settings) : nil
    let sheet = try table.map {
      try TableTarget(result.output, $0.series, prompt: prompt, overwrite: result.overwrite)
    }
    let target = try table != nil ? nil : target(of: parts)
    // Before the work, so that what is wrong with the library is known at once.
    let library = result.noSave ? nil : await desk.openForPainting()
    if let problem = library?.problem, problem.code != .libraryBusy { Console.warn(problem) }
    var painted: [Painted] = []
    do {
      // Also what a batch that fails or is stopped has brought so far.
      defer {
        for one in table == nil ? Painted.ranked(painted) : painted {
          tell(one, parts[one.part].reading, table == nil ? writer : nil)
        }
      }
      if !result.quiet { ProgressLine.show("starting") }
      for part in parts.indices {
        try await paint(part, of: parts, library, target, into: &painted)
      }
      ProgressLine.clear()
      // The painter does not wait for this, and a history that is not indexed finds the same later.
      _ = try? await library?.indexPictures(limit: painted.count)
      await library?.close()
      try Task.checkCancellation()
    }
    guard let table, let sheet else { return }
    let cells = table.cells.indices.map { cell in
      painted.first { parts[$0.part].cell == cell }?.image.picture
    }
    try tell(sheet, try tablePicture(cells, table.series), writer)
  }
}
