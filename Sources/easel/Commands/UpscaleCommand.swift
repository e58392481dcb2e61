import ArgumentParser
import EaselApp
import EaselImaging
import EaselKit
import EaselScreen
import EaselStore

struct UpscaleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upscale", abstract: "Make a picture two or four times as wide and high.",
    discussion: """
      The large picture goes to the history beside the small one, and with -o to a file as well. Its \
      recipe says from which picture it came. Pictures of any size are enlarged in parts, in little \
      memory.
      """)

  @Argument(help: "A picture of the history (12 or #12), or a file.")
  var picture: String

  @Option(help: ArgumentHelp("How many times as wide and high: 2 or 4.", valueName: "n"))
  var scale = 4

  @Option(help: ArgumentHelp("Model whose upscaler is used.", valueName: "name"))
  var model: String?

  @OptionGroup var result: ResultOptions

  @OptionGroup var format: JSONOptions
  @OptionGroup var colours: OutputOptions

  func run() async throws {
    let desk = Desk()
    let (engine, model) = try upscaler(desk)
    guard Enlargement.scales.contains(scale) else {
      throw Failure(.badInput, "--scale cannot be \(scale)", hint: "use 2 or 4")
    }
    if result.noSave, result.output == nil, !format.json {
      throw Failure(
        .badInput, "nothing would be kept of the picture", hint: "with --no-save give -o FILE")
    }
    let source = try await EnlargingSource.read(picture, desk)
    let request = try source.request(scale: scale, engine: engine.description.name, model: model)
    let target = try result.output.map {
      try PaintTarget($0, count: 1, overwrite: result.overwrite)
    }
    try target?.check(request)
    // Before the work, so that what is wrong with the library is known at once.
    let library = result.noSave ? nil : await desk.openForPainting()
    if let problem = library?.problem, problem.code != .libraryBusy { Console.warn(problem) }
    if !result.quiet { ProgressLine.show("starting") }
    for try await event in engine.generate(request) {
      switch event {
      case .queued, .loading, .started, .preview: break
      case .step(let progress):
        if !result.quiet {
          ProgressLine.show(ProgressLine.words(for: progress, doing: "enlarging"))
        }
      case .image(let image): try await keep(image, request, source, library, target)
      }
    }
    ProgressLine.clear()
    _ = try? await library?.indexPictures(limit: 1)
    await library?.close()
    try Task.checkCancellation()
  }

  private func keep(
    _ image: GeneratedImage, _ request: GenerationRequest, _ source: EnlargingSource,
    _ library: HistoryStore?, _ target: PaintTarget?
  ) async throws {
    var recipe = Recipe(
      request: request, index: 0, seed: image.seed, modelDigest: image.modelDigest,
      created: millisecondsNow(), seconds: image.secondsElapsed, generation: newGeneration())
    var item: HistoryItem?
    do {
      item = try await library?.append(image.picture, recipe: recipe)
    } catch let failure as Failure where failure.code == .libraryBusy {
      // The picture waits for the Easel that writes now.
      Console.warn(failure)
    }
    // What a file holds depends on the picture that was enlarged alone, so that it can be made again.
    (recipe.created, recipe.seconds) = (0, 0)
    recipe.request.enlargement?.source = nil
    recipe.generation = reproducibleGeneration(recipe)
    let file = try target?.write(image.picture, recipe)
    ProgressLine.clear()
    tell(request, image, source, item, file ?? item.flatMap { library?.file(of: $0) })
  }

  /// The engine and model that enlarge: the ones asked for, else the preferred model where it can, else
  /// the first that can.
  private func upscaler(_ desk: Desk) throws -> (any ImageEngine, String) {
    let able = desk.engines.flatMap { engine in
      engine.description.models.filter { $0.canUpscale && $0.problem == nil }
        .map { (engine: engine, model: $0.name) }
    }
    let names = able.map(\.model)
    if let model {
      if let found = able.first(where: { $0.model == model }) { return (found.engine, found.model) }
      let known = desk.engines.flatMap { $0.description.models.map(\.name) }
      guard known.contains(model) else { throw Failure.unknown("model", model, known: names) }
      throw Failure(
        .unsupported, "the model '\(model)' cannot enlarge pictures",
        hint: names.isEmpty ? nil : "these can: " + names.joined(separator: ", "))
    }
    guard let found = able.first(where: { $0.model == desk.settings.model }) ?? able.first else {
      throw Failure(
        .modelMissing, "no installed model can enlarge pictures",
        hint: "easel train upscaler makes one")
    }
    return (found.engine, found.model)
  }

  private func tell(
    _ request: GenerationRequest, _ image: GeneratedImage, _ source: EnlargingSource,
    _ item: HistoryItem?, _ file: String?
  ) {
    if format.json {
      Console.json([
        .init("id", item.map { .integer($0.id.number) } ?? .null), .init("file", file),
        .init("source", source.id.map { .integer($0.number) } ?? .null),
        .init("source_digest", request.enlargement?.digest), .init("scale", scale),
        .init("prompt", request.prompt), .init("seed", image.seed),
        .init("width", image.picture.width), .init("height", image.picture.height),
        .init("engine", request.engine), .init("model", request.model),
        .init("model_digest", image.modelDigest), .init("seconds", image.secondsElapsed),
      ])
    } else if !result.quiet {
      var parts: [String] = []
      if let item { parts.append(Console.painted(item.id.description, "1;36")) }
      if let file { parts.append(SafeText(file).description) }
      parts.append(image.picture.size.description)
      parts.append("\(ProgressLine.short(image.secondsElapsed)) s")
      Console.out(parts.joined(separator: "  "))
    }
  }
}
