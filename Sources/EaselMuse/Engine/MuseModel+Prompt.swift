import EaselKit
import EaselTensor

/// From the prompts of a request to what the painter takes of them.
extension MuseModel {
  struct Prompt {
    let prepared: UVit2D.Prompted
    /// Words of the prompt, then those of the prompt it is blended with.
    let words: [WeightedCaption.Word]
    let isGuided: Bool
  }

  /// For `pictures` pictures of `size` painted together: entries of the prompt first, then, where there
  /// is guidance, as many of what to avoid.
  ///
  /// Two prompts are blended as the text encoder sees them: the pooled vector and the state of every
  /// position by spherical interpolation. The n-th word of one meets the n-th word of the other, and
  /// where one has ended, its padding, whose states hold the whole prompt. How much positions count is
  /// interpolated along the line.
  func prompt(_ request: GenerationRequest, size: PixelSize, pictures: Int) throws -> Prompt {
    let isGuided = request.guidance != 1
    func caption(_ text: String) throws -> WeightedCaption {
      let words = request.words(of: text)
      try words.check()
      return WeightedCaption(words, tokenizer)
    }
    let first = try caption(request.prompt)
    let second = try request.blend?.prompt.map(caption)
    let avoid = try isGuided ? caption(request.avoid) : nil
    let share = request.blend?.weight ?? 0

    let all = [first] + [avoid, second].compactMap(\.self)
    let encoded = try varied(text.forward(ids: all.flatMap(\.ids), batch: all.count), request)
    release(text.parameters)
    let batch = isGuided ? 2 : 1
    var states = encoded.states, pooled = encoded.pooled
    var weights = all.prefix(batch).map(\.weights)
    if let second {
      let last = batch..<batch + 1
      func blended(_ x: Tensor) -> Tensor {
        let mixed = slerp(x.sliced(axis: 0, 0..<1), x.sliced(axis: 0, last), share)
        return isGuided ? concatenated([mixed, x.sliced(axis: 0, 1..<2)], axis: 0) : mixed
      }
      (states, pooled) = (blended(states), blended(pooled))
      weights[0] = zip(weights[0], second.weights).map { a, b in
        a == b ? a : a + Float(share) * (b - a)
      }
    }
    var micro: [Float] = []
    for _ in 0..<batch { micro += [Float(size.width), Float(size.height), 0, 0, 6] }
    let isWeighted = weights.contains { $0.contains { $0 != 1 } }
    let prepared = transformer.prepare(
      textStates: states, pooled: pooled, microConditions: Tensor([batch, 5], micro),
      weights: isWeighted ? Tensor([batch, tokenizer.maximumLength], weights.flatMap(\.self)) : nil)
    release(transformer.parameters.filter { ModelMemory.seesOnlyThePrompt($0.name) })
    return Prompt(
      prepared: prepared.repeated(pictures), words: first.words + (second?.words ?? []),
      isGuided: isGuided)
  }
}
