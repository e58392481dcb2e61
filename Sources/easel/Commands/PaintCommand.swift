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

  private func paint(
    _ request: GenerationRequest, part: Int, offset: Int, _ painter: any ImageEngine,
    _ library: HistoryStore?, _ target: PaintTarget?, into painted: inout [Painted]
  ) async throws {
    let generation = newGeneration()
    for try await event in painter.generate(request) {
      switch event {
      case .queued, .started, .preview: break
      case .loading(let share):
        if !result.quiet {
          ProgressLine.show("reading the model  \(ProgressLine.bar(share, cells: 24))")
        }
      case .step(let progress):
        if !result.quiet { ProgressLine.show(ProgressLine.words(for: progress)) }
      case .image(let image):
        var recipe = Recipe(
          request: request, index: image.index, seed: image.seed, modelDigest: image.modelDigest,
          created: millisecondsNow(), seconds: image.secondsElapsed, generation: generation)
        let item = try await keep(image.picture, recipe, in: library)
        if let item, let explanation = image.explanation {
          try await library?.keep(explanation.encoded, of: item.id)
        }
        // What a file holds depends on the request alone, so that it can be made again.
        (recipe.created, recipe.seconds) = (0, 0)
        recipe.generation = reproducibleGeneration(recipe)
        let file = try target?.write(image.picture, recipe, offset: offset)
        let one = Painted(
          request: request, part: part, image: image, item: item,
          file: file ?? item.flatMap { library?.file(of: $0) })
        painted.append(one)
      }
    }
  }

  /// One request for each prompt that the choices come to; neighbours of the same prompt stay one batch.
  private func expanded(
    _ request: GenerationRequest, wildcards: Wildcards
  ) throws -> [GenerationRequest] {
    let template = PromptTemplate(request.prompt), avoid = PromptTemplate(request.avoid)
    if let problem = template.slip ?? avoid.slip { Console.warn(Failure(.badInput, problem)) }
    var requests: [GenerationRequest] = []
    for index in 0..<request.count {
      var one = request
      one.seed = request.seed &+ UInt64(index)
      one.count = 1
      let expansion = try template.expanded(seed: one.seed, index: index, wildcards: wildcards)
      one.prompt = expansion.prompt
      one.avoid = try avoid.expanded(seed: one.seed, index: index, wildcards: wildcards).prompt
      if let blend = expansion.blend {
        guard request.blend == nil, request.base == nil else {
          throw Failure(
            .badInput, "AND cannot be used with --blend, --from or --variations-of",
            hint: "write \\AND for the word, or leave the option out")
        }
        one.blend = blend
      }
      if template.hasChoices { one.template = request.prompt }
      one = one.readingWeights
      if let last = requests.last, last.prompt == one.prompt, last.avoid == one.avoid {
        requests[requests.count - 1].count += 1
      } else {
        requests.append(one)
      }
    }
    return requests
  }

  /// Those that come with Easel and the user's own.
  private var styles: [StylePreset] {
    StylePreset.builtIn + StyleFile(path: Paths.current.stylesFile).read().styles
  }

  /// Says what the model makes of the prompt where that is not what it says: in other words, or less.
  private func tellReading(
    _ request: GenerationRequest, _ painter: any ImageEngine
  ) throws -> PromptReading? {
    // Only of one's own words: those of a style are not typed.
    let added = styles.first { $0.name == style }?.suffix ?? ""
    var typed = request.prompt
    if !added.isEmpty, typed.hasSuffix(", \(added)") { typed.removeLast(added.count + 2) }
    let own = request.words(of: typed)
    guard let engine = painter as? MuseEngine,
      let reading = try engine.reading(of: own, model: request.model)
    else { return nil }
    guard !result.quiet else { return reading }
    if reading.isTranslated { Console.err("read as: \(SafeText(reading.text.plain))") }
    if !reading.unknown.isEmpty {
      let words = reading.unknown.map { "'\($0)'" }.joined(separator: ", ")
      Console.warn(
        Failure(
          .badInput, "the model '\(request.model)' was never taught \(words)", hint: reading.hint))
    }
    return reading
  }

  /// nil when another Easel writes to the library: the picture then waits to be taken in by it.
  private func keep(
    _ picture: Picture, _ recipe: Recipe, in library: HistoryStore?
  ) async throws -> HistoryItem? {
    do {
      return try await library?.append(picture, recipe: recipe)
    } catch let failure as Failure where failure.code == .libraryBusy {
      Console.warn(failure)
      return nil
    }
  }

  private func makeRequest(
    _ settings: Settings, _ engine: EngineDescription
  ) throws -> GenerationRequest {
    var settings = settings
    if let size { try settings.set(.size, size) }
    if let steps { try settings.set(.steps, "\(steps)") }
    if let guidance { try settings.set(.guidance, "\(guidance)") }
    if let count { try settings.set(.count, "\(count)") }
    guard let preset = styles.first(where: { $0.name == style }) else {
      throw Failure.unknown("style", style, known: styles.map(\.name))
    }
    let words = preset.applied(to: prompt)
    guard variationsOf != nil || words.contains(where: { !$0.isWhitespace }) else {
      throw Failure(.badInput, "the prompt is empty", hint: "say what to paint")
    }
    let model = model ?? settings.model
    var pixels = settings.size
    // A size nobody asked for gives way to what the model paints.
    if size == nil, let sizes = engine.models.first(where: { $0.name == model })?.sizes,
      let first = sizes.first, !sizes.contains(pixels)
    {
      pixels = first
    }
    if upscale { pixels = PixelSize(width: 4 * pixels.width, height: 4 * pixels.height) }
    return GenerationRequest(
      prompt: words, avoid: preset.applied(toAvoid: avoid), width: pixels.width,
      height: pixels.height, steps: settings.steps, guidance: settings.guidance,
      // 32 bits: short enough to type, and exact in every JSON reader.
      seed: seed ?? UInt64(UInt32.random(in: 0...UInt32.max)), count: settings.count,
      engine: engine.name, model: model, precision: precision)
  }

  /// A finished picture and where it went.
  private struct Painted {
    var request: GenerationRequest
    /// Which request of the batch it belongs to.
    var part: Int
    var image: GeneratedImage
    var item: HistoryItem?
    var file: String?

    /// Best first; as painted where nobody can tell.
    static func ranked(_ all: [Painted]) -> [Painted] {
      all.sorted {
        let (a, b) = ($0.image.score ?? -2, $1.image.score ?? -2)
        if a != b { return a > b }
        return $0.part != $1.part ? $0.part < $1.part : $0.image.index < $1.image.index
      }
    }
  }

  private func tell(
    _ one: Painted, _ reading: PromptReading?, _ writer: PictureWriter?
  ) {
    let request = one.request
    let image = one.image, item = one.item, file = one.file
    ProgressLine.clear()
    writer?.draw(image.picture)
    if format.json {
      Console.json([
        .init("id", item.map { .integer($0.id.number) } ?? .null), .init("file", file),
        .init("prompt", request.prompt), .init("template", request.template),
        .init("read_as", reading?.isTranslated == true ? reading?.text.plain : nil),
        .init("avoid", request.avoid),
        .init("seed", image.seed), .init("width", image.picture.width),
        .init("height", image.picture.height), .init("steps", request.steps),
        .init("guidance", request.guidance), .init("engine", request.engine),
        .init("model", request.model), .init("model_digest", image.modelDigest),
        .init("index", image.index), .init("seconds", image.secondsElapsed),
        .init("score", image.score.map { .number($0) } ?? .null),
      ])
    } else if !result.quiet {
      var parts: [String] = []
      if let item { parts.append(Console.painted(item.id.description, "1;36")) }
      if let file { parts.append(SafeText(file).description) }
      parts.append("seed \(image.seed)")
      if let score = image.score { parts.append("score \(ProgressLine.hundredths(score))") }
      parts.append("\(ProgressLine.short(image.secondsElapsed)) s")
      Console.out(parts.joined(separator: "  "))
    }
  }
}
