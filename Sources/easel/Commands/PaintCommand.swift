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
      "Pixels, as 64x64; a model paints sizes other than its own with some loss.", valueName: "WxH")
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
    let painter = try desk.engine(engine ?? desk.settings.engine)
    var request = try makeRequest(desk.settings, painter.description)
    try await StartingPoint(
      from: from, mask: mask, strength: strength, outpaint: outpaint, blend: blend,
      blendWeight: blendWeight, variationsOf: variationsOf
    ).add(to: &request, desk, painter.description, sizeIsChosen: size != nil) { own in
      let plain = PromptTemplate.escaped(own)
      return styles.first { $0.name == style }?.applied(to: plain) ?? plain
    }
    try desk.checkModel(
      request.model, of: painter.description,
      size: PixelSize(width: request.width, height: request.height))
    request.explains = explain
    request.previews = false
    let requests = try expanded(
      request, wildcards: WildcardFiles(Paths.current.wildcards).wildcards)
    for request in requests {
      for prompt in [request.prompt, request.avoid, request.blend?.prompt ?? ""] {
        try request.words(of: prompt).check()
      }
    }
    var readings: [PromptReading?] = []
    for request in requests { readings.append(try tellReading(request, painter)) }
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
    let target = try result.output.map {
      try PaintTarget($0, count: request.count, overwrite: result.overwrite)
    }
    var offset = 0
    for request in requests {
      try target?.check(request, offset: offset)
      offset += request.count
    }
    // Before the work, so that what is wrong with the library is known at once.
    let library = result.noSave ? nil : await desk.openForPainting()
    if let problem = library?.problem, problem.code != .libraryBusy { Console.warn(problem) }
    var painted: [Painted] = []
    // Also what a batch that fails or is stopped has brought so far.
    defer { for one in Painted.ranked(painted) { tell(one, readings[one.part], writer) } }
    if !result.quiet { ProgressLine.show("starting") }
    for (part, request) in requests.enumerated() {
      let offset = requests[..<part].reduce(0) { $0 + $1.count }
      try await paint(
        request, part: part, offset: offset, painter, library, target, into: &painted)
    }
    ProgressLine.clear()
    // The painter does not wait for this, and a history that is not indexed finds the same later.
    _ = try? await library?.indexPictures(limit: painted.count)
    await library?.close()
    try Task.checkCancellation()
  }
}
