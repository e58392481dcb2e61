internal import EaselKit

/// Making pictures of the history larger: a job in the queue like any painting.
extension AppState {
  /// Who enlarges `item`: the model that painted it where it can, else the first that can.
  private func upscaler(for item: HistoryItem) -> (engine: String, model: String)? {
    let able = engines.flatMap { engine in
      engine.models.filter { $0.canUpscale && $0.problem == nil }.map { (engine.name, $0.name) }
    }
    let request = item.recipe.request
    return able.first { $0 == (request.engine, request.model) } ?? able.first
  }

  private func upscaled(_ item: HistoryItem) throws -> GenerationRequest {
    guard !engines.isEmpty else {
      throw Failure(.unsupported, "the models are still being read; in a moment")
    }
    guard let (engine, model) = upscaler(for: item) else {
      throw Failure(.unsupported, "no installed model can enlarge pictures")
    }
    let size = PixelSize(width: item.width, height: item.height)
    var request = item.recipe.request.enlarged(
      Enlargement(scale: 4, source: item.id), size: try Enlargement.size(of: size, scale: 4),
      seed: item.recipe.seed, engine: engine, model: model)
    request.parent = item.recipe.generation
    return request
  }

  /// Why these pictures cannot be enlarged; nil when they can.
  func upscalingProblem(_ items: [HistoryItem]) -> String? {
    guard !items.isEmpty else { return "no picture here" }
    if let missing = items.first(where: \.isMissing) {
      return "the file of \(missing.id) is missing"
    }
    do {
      for item in items { _ = try upscaled(item) }
      return nil
    } catch {
      return Failure(error).what
    }
  }

  mutating func upscale(_ items: [HistoryItem]) -> [Effect] {
    let ahead = jobs.count(where: \.isActive)
    let requests = items.compactMap { try? upscaled($0) }
    let what = requests.count == 1 ? "\(items[0].id)" : counted(requests.count, "picture")
    notice = Notice("enlarging \(what)" + (ahead > 0 ? ", behind \(counted(ahead, "job"))" : ""))
    for request in requests { queue(request) }
    return []
  }
}
