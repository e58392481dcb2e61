import EaselApp
import EaselConfig
import EaselKit
import EaselMuse
import EaselScreen

/// What the engine is asked for.
extension PaintCommand {
  /// Pictures with the same prompt and settings, painted as one job.
  struct Part {
    var painter: any ImageEngine
    var request: GenerationRequest
    /// What the model makes of the prompt; nil where nobody knows.
    var reading: PromptReading?
    /// Which picture of a table it is.
    var cell: Int
  }

  /// What is painted, after everything that can be refused was looked at.
  /// `said`: parts whose prompts were told of.
  func parts(_ desk: Desk, saying said: [Part], cell: Int) async throws -> [Part] {
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
    if said.isEmpty {
      let slips = [request.prompt, request.avoid].compactMap { PromptTemplate($0).slip }
      if let slip = slips.first { Console.warn(Failure(.badInput, slip)) }
    }
    let requests = try expanded(
      request, wildcards: WildcardFiles(Paths.current.wildcards).wildcards)
    for request in requests {
      for prompt in [request.prompt, request.avoid, request.blend?.prompt ?? ""] {
        try request.words(of: prompt).check()
      }
    }
    var parts: [Part] = []
    for request in requests {
      let reading = try reading(of: request, painter)
      let isSaid = (said + parts).contains {
        $0.request.prompt == request.prompt && $0.request.model == request.model
      }
      if let reading, !isSaid { tell(reading, of: request) }
      parts.append(Part(painter: painter, request: request, reading: reading, cell: cell))
    }
    return parts
  }

  /// Where the pictures go besides the history; nil where nothing is said of it.
  func target(of parts: [Part]) throws -> PaintTarget? {
    let count = parts.reduce(0) { $0 + $1.request.count }
    let target = try result.output.map {
      try PaintTarget($0, count: count, overwrite: result.overwrite)
    }
    var offset = 0
    for part in parts {
      try target?.check(part.request, offset: offset)
      offset += part.request.count
    }
    return target
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
    // A size nobody asked for gives way to what the model paints, and to the one that is to be enlarged.
    if size == nil, let sizes = engine.models.first(where: { $0.name == model })?.sizes,
      let first = sizes.first, upscale || !sizes.contains(pixels)
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
  private func expanded(
    _ request: GenerationRequest, wildcards: Wildcards
  ) throws -> [GenerationRequest] {
    let template = PromptTemplate(request.prompt), avoid = PromptTemplate(request.avoid)
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

  /// What the model makes of the prompt; nil where the engine does not say.
  private func reading(
    of request: GenerationRequest, _ painter: any ImageEngine
  ) throws -> PromptReading? {
    // Only of one's own words: those of a style are not typed.
    let added = styles.first { $0.name == style }?.suffix ?? ""
    var typed = request.prompt
    if !added.isEmpty, typed.hasSuffix(", \(added)") { typed.removeLast(added.count + 2) }
    return try (painter as? MuseEngine)?.reading(of: request.words(of: typed), model: request.model)
  }

  /// Says where the model reads something else: other words, or fewer.
  private func tell(_ reading: PromptReading, of request: GenerationRequest) {
    guard !result.quiet else { return }
    if let read = reading.otherText {
      Console.err("read as: \(read.isEmpty ? "nothing" : SafeText(read).description)")
    }
    if !reading.unknown.isEmpty {
      let words = reading.unknown.map { "'\($0)'" }.joined(separator: ", ")
      Console.warn(
        Failure(
          .badInput, "the model '\(request.model)' was never taught \(words)", hint: reading.hint))
    }
  }
}
