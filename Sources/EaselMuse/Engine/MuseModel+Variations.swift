package import EaselKit
import EaselTensor

/// Variations of a picture and the ranking of a batch: what the image tower gives to the painter.
extension MuseModel {
  /// The image tower; throws where the model has none.
  func clip() throws -> ClipModel {
    if let loadedClip { return loadedClip }
    let fresh = try ClipModel(folder: folder)
    loadedClip = fresh
    return fresh
  }

  /// Tells how well a picture answers the request: the cosine with the prompt, or without one, of a
  /// variation with the picture it varies. nil where nothing can be compared.
  package func judge(_ request: GenerationRequest) -> ((Picture) -> Double?)? {
    // A picture is worth more than its score: a tower that cannot be read costs only that.
    guard ClipModel.isThere(folder), let clip = try? clip() else { return nil }
    let target: [Float]
    if request.prompt.contains(where: { !$0.isWhitespace }) {
      target = clip.vector(of: request.prompt)
    } else if let base = request.base, base.kind == .variation, let picture = base.picture {
      target = clip.vectors(of: [picture])[0]
    } else {
      return nil
    }
    return { picture in
      let score = cosine(clip.vectors(of: [picture])[0], target)
      return score.isFinite ? score : nil
    }
  }

  /// The painter's conditions, with those of the picture in place of the prompt's where the request
  /// asks for a variation (Ramesh et al. 2022, arXiv 2204.06125, section 3.1).
  ///
  /// The pooled vector is the picture's. The states are the prompt's where there is one, else the
  /// picture's too. The first `rows` are the prompt's; the others what guidance leads away from.
  func varied(
    _ words: (states: Tensor, pooled: Tensor), _ request: GenerationRequest, rows: Int
  ) throws -> (states: Tensor, pooled: Tensor) {
    guard let base = request.base, base.kind == .variation, let picture = base.picture else {
      return words
    }
    let seen = try clip().conditions(of: picture)
    let hasPrompt = request.prompt.contains { !$0.isWhitespace }
    let states = hasPrompt ? nil : seen.states
    guard seen.pooled.shape[1] == words.pooled.shape[1] else {
      throw Failure(
        .modelDamaged, "the image tower of '\(name)' does not fit its painter",
        hint: "install the model again",
        cause: "vectors of \(seen.pooled.shape[1]) and \(words.pooled.shape[1])")
    }
    return (
      states.map { replacingFirst(rows, of: words.states, $0) } ?? words.states,
      replacingFirst(rows, of: words.pooled, seen.pooled)
    )
  }

  private func replacingFirst(_ n: Int, of rows: Tensor, _ one: Tensor) -> Tensor {
    let one = one.reshaped([1] + rows.shape.dropFirst())
    let rest = n < rows.shape[0] ? [rows.sliced(axis: 0, n..<rows.shape[0])] : []
    return concatenated(Array(repeating: one, count: n) + rest, axis: 0)
  }
}
