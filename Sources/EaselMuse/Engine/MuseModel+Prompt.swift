import EaselKit
import EaselTensor

/// From the prompts of a request to what the painter takes of them.
extension MuseModel {
  /// What the painter is asked with in every step: one entry for the prompt, one for what to avoid where
  /// there is guidance, and one for every weight that some words have.
  struct Prompt {
    let prepared: UVit2D.Prompted
    /// What the logits of each entry are multiplied by before they are added; they sum to 1.
    let shares: [Float]
    let isWeighted: Bool
    /// Words of the prompt, then those of the prompt it is blended with.
    let words: [WeightedCaption.Word]
  }

  /// A caption, and the weight whose words are hidden from everything that attends to it.
  private struct Entry {
    var caption: WeightedCaption
    var hidden: Float?
    /// What its logits count in those of the prompt.
    var share: Float
    /// How much each token counts: not at all, or once.
    var seen: [Float] { caption.weights.map { $0 == hidden ? 0 : 1 } }
  }

  /// What a word adds to a prediction is the difference to the one that is made without having seen the
  /// word. A weight multiplies this difference: at 0 the word has never been said, at 1 nothing is
  /// changed, beyond, the difference is carried on, as guidance does with the whole prompt (Ho & Salimans
  /// 2022, arXiv 2207.12598; Liu et al. 2022, arXiv 2206.01714). Each weight costs an entry.
  ///
  /// Scaling the word's text states, their values or its attention was measured against this on the
  /// shipped model: states behind the word hold it too, so that these do next to nothing until they do
  /// too much.
  private func entries(_ caption: WeightedCaption) -> [Entry] {
    var entries = [Entry(caption: caption, hidden: nil, share: 1)]
    for weight in Set(caption.weights).sorted() where weight != 1 {
      entries[0].share += weight - 1
      entries.append(Entry(caption: caption, hidden: weight, share: 1 - weight))
    }
    return entries
  }

  /// For `pictures` pictures of `size` painted together.
  ///
  /// Two prompts are blended as the text encoder sees them: the pooled vector and the state of every
  /// position by spherical interpolation. The n-th word of one meets the n-th word of the other, and
  /// where one has ended, its padding, whose states hold the whole prompt.
  func prompt(_ request: GenerationRequest, size: PixelSize, pictures: Int) throws -> Prompt {
    func caption(_ text: String) throws -> WeightedCaption {
      var words = request.words(of: text)
      try words.check()
      if let reader { words = reader.read(words).text }
      return WeightedCaption(words, tokenizer)
    }
    let isGuided = request.guidance != 1
    let first = try caption(request.prompt)
    let second = try request.blend?.prompt.map(caption)
    let blend = request.blend?.weight ?? 0

    // The prompt's entries, blended, then those of what to avoid.
    var asked = entries(first).map { (first: $0, second: Entry?.none) }
    if let second {
      let others = entries(second)
      asked = asked.map { ($0.first, others[0]) }
      asked[0].first.share += others[0].share - 1
      asked += others.dropFirst().map { other in
        (Entry(caption: first, hidden: nil, share: other.share), other)
      }
    }
    let avoided = try isGuided ? entries(caption(request.avoid)) : []
    let all = asked.map(\.first) + avoided + asked.compactMap(\.second)
    let count = asked.count + avoided.count

    let length = tokenizer.maximumLength
    let isWeighted = all.contains { $0.hidden != nil }
    let seen = Tensor([all.count, length], all.flatMap(\.seen))
    var (states, pooled) = try varied(
      text.forward(
        ids: all.flatMap(\.caption.ids), batch: all.count, weights: isWeighted ? seen : nil),
      request, rows: asked.count)
    release(text.parameters)
    var weights = seen
    if second != nil {
      func blended(_ x: Tensor, _ mix: (Tensor, Tensor) -> Tensor) -> Tensor {
        let n = asked.count
        let mixed = mix(x.sliced(axis: 0, 0..<n), x.sliced(axis: 0, count..<count + n))
        guard isGuided else { return mixed }
        return concatenated([mixed, x.sliced(axis: 0, n..<count)], axis: 0)
      }
      states = blended(states) { slerp($0, $1, blend) }
      pooled = blended(pooled) { slerp($0, $1, blend) }
      weights = blended(seen) { a, b in
        Tensor(
          a.shape, zip(a.toArray(), b.toArray()).map { $0 + Float(blend) * ($1 - $0) })
      }
    }
    let micro: [Float] = (0..<count).flatMap { _ in
      [Float(size.width), Float(size.height), 0, 0, 6]
    }
    let prepared = transformer.prepare(
      textStates: states, pooled: pooled, microConditions: Tensor([count, 5], micro),
      weights: isWeighted ? weights.sliced(axis: 0, 0..<count) : nil)
    release(transformer.parameters.filter { ModelMemory.seesOnlyThePrompt($0.name) })
    let guidance = Float(request.guidance)
    return Prompt(
      prepared: prepared.repeated(pictures),
      shares: asked.map { $0.first.share * guidance } + avoided.map { $0.share * (1 - guidance) },
      isWeighted: isWeighted, words: first.words + (second?.words ?? []))
  }
}
