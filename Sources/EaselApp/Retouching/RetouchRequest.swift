internal import EaselKit

/// From a mask or margins to what the engine is asked for.
extension AppState {
  /// The picture that `m` and `o` would take here, or why there is none.
  func retouchable(
    _ kind: RetouchState.Kind, from place: Route
  ) throws(Failure) -> RetouchState {
    let revision = (retouching?.revision ?? 0) + 1
    func state(_ item: HistoryItem) throws(Failure) -> RetouchState {
      guard !item.isMissing else { throw Failure(.notFound, "the file of \(item.id) is missing") }
      return RetouchState(
        kind, key: .image(item.id), size: PixelSize(width: item.width, height: item.height),
        name: "\(item.id)", generation: item.recipe.generation, prompt: item.recipe.wordsToVary,
        avoid: item.recipe.request.avoid, home: place, revision: revision)
    }
    if place == .gallery || place == .viewer && viewer.source == .gallery {
      guard let item = gallery.current else { throw Failure(.badInput, "no picture here") }
      return try state(item)
    }
    guard let key = shownResult, let job = shownJob, let shown = compose.shown else {
      throw Failure(.badInput, "no finished picture here yet")
    }
    if let item = shownItem {
      var new = try state(item)
      new.home = place
      return new
    }
    return RetouchState(
      kind, key: key, size: PixelSize(width: job.request.width, height: job.request.height),
      name: "picture \(job.place(of: shown.index) + 1)", generation: generation(of: job),
      prompt: job.request.prompt,
      avoid: job.request.avoid, home: place, revision: revision)
  }

  func retouchingProblem(_ kind: RetouchState.Kind, from place: Route) -> String? {
    do {
      _ = try retouchable(kind, from: place)
      return nil
    } catch { return error.what }
  }

  /// Opens the mask editor or the frame. What was begun on the same picture is there again.
  mutating func retouch(_ kind: RetouchState.Kind, from place: Route) -> [Effect] {
    guard var new = try? retouchable(kind, from: place) else { return [] }
    if let old = retouching, old.key == new.key {
      new = old
      new.kind = kind
      new.home = place
      new.isTyping = false
      (new.drag, new.grip) = (nil, nil)
      new.revision += 1
    }
    retouching = new
    return go(to: .retouch)
  }

  /// The model that would paint, of those that are known.
  private var retouchModel: ModelDescription? {
    engines.first { $0.name == compose.form.engine }?.models
      .first { $0.name == compose.form.model }
  }

  /// Pixels by which a picture can grow at once; nil for a model that cannot.
  var growthStep: Int? {
    guard let model = retouchModel, let size = retouching?.size else { return nil }
    return model.range(around: size)?.step
  }

  /// The request for what is drawn, or why it cannot be painted. What it starts from is added when the
  /// pixels are at hand.
  func retouchRequest() throws(Failure) -> (Retouch, GenerationRequest) {
    guard let retouching else { throw Failure(.badInput, "no picture here") }
    guard !engines.isEmpty else {
      throw Failure(.unsupported, "the models are still being read; in a moment")
    }
    if let problem = paintingProblem { throw Failure(.unsupported, problem) }
    guard let model = retouchModel else { throw Failure(.unsupported, "no model is chosen") }
    guard !retouching.prompt.text.trimmed.isEmpty else {
      throw Failure(.badInput, "say what to paint there first: Tab leads to the words")
    }
    let what: Retouch
    var size = try Self.paintable(retouching.size, model)
    switch retouching.kind {
    case .mask:
      guard !retouching.mask.isEmpty else {
        throw Failure(
          .badInput, "nothing is masked yet: Space or the mouse paints what is to change")
      }
      what = .mask(retouching.mask)
    case .grow:
      guard let sizes = model.range(around: size) else {
        throw Failure(.unsupported, "the model '\(model.name)' cannot grow pictures")
      }
      let margins = retouching.margins
      guard !margins.isEmpty else {
        throw Failure(.badInput, "no side grows yet: the arrows say which")
      }
      size.width += margins.left + margins.right
      size.height += margins.top + margins.bottom
      guard sizes.contains(size) else {
        throw Failure(
          .badInput, "\(size) is too large for the model '\(model.name)'",
          hint: "it paints \(sizes)")
      }
      what = .grow(margins)
    }
    let form = compose.form
    var request = GenerationRequest(
      prompt: retouching.prompt.text.trimmed, avoid: retouching.avoid, width: size.width,
      height: size.height, steps: form.steps, guidance: form.guidance,
      seed: form.seed ?? 0, count: form.count, engine: form.engine, model: form.model)
    request.parent = retouching.generation
    return (what, request.readingWeights)
  }

  /// The size in which the model paints on a picture of `size`: its own where it can, else the largest of
  /// whole steps inside it, else the model's usual one. What is too much of the picture is cut off.
  static func paintable(
    _ size: PixelSize, _ model: ModelDescription
  ) throws(Failure) -> PixelSize {
    if model.paints(size) { return size }
    if let range = model.range(around: size) {
      let whole = range.whole(size)
      if range.contains(whole) { return whole }
    }
    guard let usual = model.sizes.last else {
      throw Failure(.unsupported, "the model '\(model.name)' does not paint \(size)")
    }
    return usual
  }

  /// Asks for the pixels that the painting starts from.
  mutating func startRetouch() -> [Effect] {
    guard let retouching, let (what, asked) = try? retouchRequest() else { return [] }
    var request = asked
    if compose.form.seed == nil { request.seed = seeds.next() >> 32 }
    failure = nil
    return [.retouch(retouching.key, what, request)]
  }

  /// The pixels are there: off it goes, and the canvas shows it.
  mutating func retouchReady(_ request: GenerationRequest) -> [Effect] {
    let ahead = jobs.count(where: \.isActive)
    compose.follows = true
    compose.focus = .canvas
    overlay = nil
    retouching?.isTyping = false
    route = .compose
    failure = nil
    let isGrowing = request.base?.margins != nil
    notice = Notice(
      ahead > 0
        ? "queued behind \(counted(ahead, "painting"))"
        : isGrowing ? "growing the picture" : "painting the masked part anew")
    recall = unique([request.prompt] + recall)
    queue(request)
    return []
  }
}
