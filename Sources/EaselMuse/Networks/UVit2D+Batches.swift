import EaselTensor

extension UVit2D.Prompted {
  /// The same for `n` pictures of each entry: entries 0, 1 become 0 … 0, 1 … 1.
  func repeated(_ n: Int) -> UVit2D.Prompted {
    guard n > 1 else { return self }
    return UVit2D.Prompted(
      batch: batch * n, down: down.map { $0.repeated(n) }, up: up.map { $0.repeated(n) },
      layers: layers.map {
        UVitLayer.Prompted(
          modulations: $0.modulations.map { $0.repeatedEntries(n) }, text: $0.text.repeated(n))
      })
  }
}

extension UVitBlock.Prompted {
  fileprivate func repeated(_ n: Int) -> UVitBlock.Prompted {
    .init(
      modulation: modulation.repeatedEntries(n), first: first.repeated(n),
      second: second.repeated(n)
    )
  }
}

extension AttentionMaps.Memory {
  fileprivate func repeated(_ n: Int) -> AttentionMaps.Memory {
    .init(
      keys: keys.repeatedEntries(n), values: values.repeatedEntries(n),
      weights: weights?.repeatedEntries(n))
  }
}

extension Tensor {
  /// [N, …] → [N n, …], every entry n times in a row.
  fileprivate func repeatedEntries(_ n: Int) -> Tensor {
    let entries = shape[0]
    let ids = (0..<Int32(entries)).flatMap { Array(repeating: $0, count: n) }
    return embedding(reshaped([entries, count / entries]), ids: ids)
      .reshaped([entries * n] + shape.dropFirst())
  }
}
