import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen
import EaselStore

/// How pictures are painted, kept and told of.
extension PaintCommand {
  func paint(
    _ part: Int, of parts: [Part], _ library: HistoryStore?, _ target: PaintTarget?,
    into painted: inout [Painted]
  ) async throws {
    let request = parts[part].request
    let offset = parts[..<part].reduce(0) { $0 + $1.request.count }
    let generation = newGeneration()
    let place = sweep.isEmpty ? "" : "picture \(part + 1) of \(parts.count)  "
    for try await event in parts[part].painter.generate(request) {
      switch event {
      case .queued, .started, .preview: break
      case .loading(let share):
        if !result.quiet {
          ProgressLine.show("reading the model  \(ProgressLine.bar(share, cells: 24))")
        }
      case .step(let progress):
        if !result.quiet { ProgressLine.show(place + ProgressLine.words(for: progress)) }
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
        recipe.request.series = nil
        recipe.generation = reproducibleGeneration(recipe)
        let file = try target?.write(image.picture, recipe, offset: offset)
        let one = Painted(
          request: request, part: part, image: image, item: item,
          file: file ?? item.flatMap { library?.file(of: $0) })
        painted.append(one)
      }
    }
  }

  /// nil when another Easel writes to the library: the picture then waits to be taken in by it.
  func keep(
    _ picture: Picture, _ recipe: Recipe, in library: HistoryStore?
  ) async throws -> HistoryItem? {
    do {
      return try await library?.append(picture, recipe: recipe)
    } catch let failure as Failure where failure.code == .libraryBusy {
      Console.warn(failure)
      return nil
    }
  }

  /// A finished picture and where it went.
  struct Painted {
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

  func tell(
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
        .init("read_as", reading?.otherText),
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
