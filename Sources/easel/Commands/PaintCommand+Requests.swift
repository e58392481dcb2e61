import EaselApp
import EaselConfig
import EaselKit
import EaselMuse
import EaselScreen

/// What the engine is asked for.
extension PaintCommand {
  func makeRequest(
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

  /// One request for each prompt that the choices come to; neighbours of the same prompt stay one batch.
  func expanded(
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
  var styles: [StylePreset] {
    StylePreset.builtIn + StyleFile(path: Paths.current.stylesFile).read().styles
  }

  /// Says what the model makes of the prompt where that is not what it says: in other words, or less.
  func tellReading(
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
}
