public import EaselKit
import EaselTensor

/// Lets the judges look at what a model paints, beside real pictures of the very same descriptions and
/// what the model's picture tokenizer makes of those.
public final class Evaluator {
  let model: MuseModel
  let judges: Judges
  let renderer: SceneRenderer
  let sprites: SceneSprites
  let settings: EvaluationSettings
  private let progress: (EvaluationProgress) throws -> Void

  /// - Parameter progress: hears of every picture; throws to stop.
  public init(
    model: MuseModel, judges: Judges, sprites: SceneSprites, settings: EvaluationSettings,
    progress: @escaping (EvaluationProgress) throws -> Void
  ) {
    self.model = model
    self.judges = judges
    self.sprites = sprites
    renderer = SceneRenderer(sprites: sprites)
    self.settings = settings
    self.progress = progress
  }

  public func run() throws -> Evaluation {
    var result = Evaluation(model: model.name, settings: settings)
    var queries: [(key: Evaluation.Key, pictures: [Picture], sights: [Referee.Sight])] = []
    for split in Evaluation.Split.allCases {
      let sampler = sampler(split)
      let scenes = (0..<settings.count).map { sampler.description($0) }
      let captions = scenes.map { $0.caption(variant: 0) }
      let words = captions.map { judges.clip.vector(of: $0) }
      let reference = try reference(split)
      for kind in Evaluation.Pictures.allCases {
        let pictures = try pictures(kind, split, scenes, captions)
        let sights = try look(pictures)
        let vectors = vectors(pictures)
        let key = Evaluation.Key(split, kind)
        judge(sights, scenes, captions, key, &result)
        compare(vectors, words, key, &result)
        if let kid = kernelDistance(sights.map(\.features), reference, parts: 8) {
          result.rows.append(
            .init(
              split: split, pictures: kind, metric: .kernelDistance, value: kid.value * 1000,
              standardError: kid.standardError * 1000, count: sights.count))
        }
        if kind != .reconstructed {
          let n = min(EvaluationSettings.searched, pictures.count)
          queries.append((key, Array(pictures.prefix(n)), Array(sights.prefix(n))))
        }
      }
    }
    try searchNearest(queries, &result)
    try repeatPrompts(&result)
    if settings.paintsFixedPrompts { try paintFixed(&result) }
    let order = Evaluation.Metric.allCases, kinds = Evaluation.Pictures.allCases
    let splits = Evaluation.Split.allCases
    func place(_ row: Evaluation.Row) -> Int {
      (splits.firstIndex(of: row.split) ?? 0) * 1000
        + (kinds.firstIndex(of: row.pictures) ?? 0) * 100
        + (order.firstIndex(of: row.metric) ?? 0)
    }
    result.rows.sort { place($0) < place($1) }
    return result
  }

  /// Other streams than training's: seed 1 here and there is not the same.
  func sampler(_ split: Evaluation.Split, offset: UInt64 = 0) -> SceneSampler {
    SceneSampler(
      seed: settings.seed &+ 0xE7A1_0000 &+ offset, split: split == .seen ? .training : .heldOut)
  }

  func report(_ doing: String, _ done: Int, _ of: Int) throws {
    try progress(EvaluationProgress(doing: doing, done: done, of: of))
  }

  // MARK: Pictures

  private func pictures(
    _ kind: Evaluation.Pictures, _ split: Evaluation.Split, _ scenes: [SceneDescription],
    _ captions: [String]
  ) throws -> [Picture] {
    let side = split == .seen ? "seen" : "held-out"
    switch kind {
    case .painted:
      return try captions.enumerated().map { i, caption in
        try report("painting \(side) prompts", i, captions.count)
        return try best(caption, i).judged(Referee.side)
      }
    case .reconstructed:
      var found: [Picture] = []
      for start in stride(from: 0, to: scenes.count, by: 8) {
        try report("reconstructing \(side) scenes", start, scenes.count)
        let some = scenes[start..<min(start + 8, scenes.count)].map { real($0, native: true) }
        found += Recording.off { model.pictures.repainted(some) }.map { $0.judged(Referee.side) }
      }
      return found
    case .real:
      return try scenes.enumerated().map { i, scene in
        try report("drawing \(side) scenes", i, scenes.count)
        return real(scene)
      }
    }
  }

  /// Pictures of one prompt, seeds counting up, at the model's own size.
  func paint(_ prompt: String, seed: UInt64, count: Int = 1) throws -> [Picture] {
    try paint(request(prompt, seed: seed, count: count))
  }

  private func paint(_ request: GenerationRequest) throws -> [Picture] {
    try model.paint(
      request, indices: 0..<request.count, check: { try Task.checkCancellation() },
      step: { _, _, _ in }
    ).map(\.picture)
  }

  private func request(_ prompt: String, seed: UInt64, count: Int) -> GenerationRequest {
    let size = model.nativeSize
    return GenerationRequest(
      prompt: prompt, width: size.width, height: size.height, steps: settings.steps,
      guidance: settings.guidance, seed: seed, count: count, model: model.name)
  }

  /// What is judged of the prompt with number `i`: of a batch the one that the model's image tower ranks first, as the
  /// studio shows a batch. The judges have no say in that.
  package func best(_ prompt: String, _ i: Int) throws -> Picture {
    let count = settings.bestOf
    let request = request(
      prompt, seed: settings.seed &+ UInt64(i) &* UInt64(count), count: count)
    let pictures = try paint(request)
    guard count > 1 else { return pictures[0] }
    guard let score = model.judge(request) else {
      throw Failure(
        .badInput, "\(model.name) has no image tower that could choose one of \(count) pictures",
        hint: "evaluate single pictures, or train a tower: easel train clip --for \(model.name)")
    }
    let scores = pictures.map { score($0) ?? -.infinity }
    return pictures[scores.indices.max { scores[$0] < scores[$1] } ?? 0]
  }

  /// The scene as it is drawn, at the judges' size or at the model's.
  func real(_ scene: SceneDescription, native: Bool = false) -> Picture {
    guard native else { return renderer.picture(scene, size: Referee.side) }
    let side = model.nativeSize.width
    // Scenes are drawn at multiples of 32.
    let drawn = (side + 31) / 32 * 32
    let picture = renderer.picture(scene, size: drawn)
    return drawn == side
      ? picture : PillowFilter.bicubic.scaled(picture, width: side, height: side)
  }

  // MARK: Judging

  func look(_ pictures: [Picture]) throws -> [Referee.Sight] {
    try stride(from: 0, to: pictures.count, by: 32).flatMap { start in
      try Task.checkCancellation()
      return judges.referee.look(at: Array(pictures[start..<min(start + 32, pictures.count)]))
    }
  }

  private func vectors(_ pictures: [Picture]) -> [[Float]] {
    stride(from: 0, to: pictures.count, by: 32).flatMap { start in
      judges.clip.vectors(of: Array(pictures[start..<min(start + 32, pictures.count)]))
    }
  }

  /// Features of other real pictures of the same combinations.
  private func reference(_ split: Evaluation.Split) throws -> [[Float]] {
    let sampler = sampler(split, offset: 0x5EF)
    return try look((0..<settings.count).map { real(sampler.description($0)) }).map(\.features)
  }

  private func judge(
    _ sights: [Referee.Sight], _ scenes: [SceneDescription], _ captions: [String],
    _ key: Evaluation.Key, _ result: inout Evaluation
  ) {
    let found = zip(zip(sights, scenes), captions).map { seen, caption in
      let labels = RefereeLabels(seen.1), scores = seen.0.scores
      return Evaluation.Finding(
        split: key.split, pictures: key.pictures, prompt: caption, grades: labels.grades(scores),
        things: RefereeHead.noun.likeliest(labels.nouns.count, scores: scores[.noun] ?? []))
    }
    result.findings += found
    let metrics: [(RefereeHead, Evaluation.Metric)] = [
      (.noun, .noun), (.colour, .colour), (.background, .background), (.count, .count),
      (.style, .style),
    ]
    for (head, metric) in metrics {
      var tally = Tally()
      for grade in found.compactMap({ $0.grades[head] }) { tally.add(grade) }
      result.add(key.split, key.pictures, metric, tally)
    }
  }

  private func compare(
    _ vectors: [[Float]], _ words: [[Float]], _ key: Evaluation.Key, _ result: inout Evaluation
  ) {
    var score = Tally()
    let own = zip(vectors, words).map { cosine($0, $1) }
    for x in own { score.add(x) }
    result.cosines[key] = own
    result.add(key.split, key.pictures, .clipScore, score)
    let n = min(EvaluationSettings.retrieved, vectors.count)
    let a = Array(vectors.prefix(n)), b = Array(words.prefix(n))
    result.add(
      key.split, key.pictures, .pictureForText, retrievalAtOne(cosines(b, a), count: n))
    result.add(
      key.split, key.pictures, .textForPicture, retrievalAtOne(cosines(a, b), count: n))
  }

  private func paintFixed(_ result: inout Evaluation) throws {
    let entries = ScenePrompts.fixed48, upscaler = try model.loadUpscaler()
    for (i, entry) in entries.enumerated() {
      try report("painting the fixed prompts", i, entries.count)
      let picture = try best(entry.prompt, i)
      let grades = RefereeLabels(entry.scene).grades(judges.referee.look(at: [picture])[0].scores)
      result.cells.append(
        .init(
          prompt: entry.prompt, isHeldOut: entry.isHeldOut,
          picture: try upscaler?.enlarge(picture) ?? picture, grades: grades,
          clipScore: cosine(
            judges.clip.vectors(of: [picture])[0], judges.clip.vector(of: entry.prompt))))
    }
  }
}
