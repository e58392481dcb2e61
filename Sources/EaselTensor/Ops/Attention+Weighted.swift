import CKernels

/// Attention whose keys count differently, and whose probabilities can be looked at: the probability of
/// key s is w_s e^(l_s) / Σ w e^l, as if log w_s were added to its logits l_s. With all weights 1 it is
/// `attention`, up to rounding; without weights the very same numbers.
///
/// Shapes: as `attention`; weights [N, S], at least 0. Where all keys of an entry weigh 0, its result is
/// 0. `seeing` gets the probabilities [N, heads, T, S]. Without gradients: call it where nothing is
/// recorded.
public func weightedAttention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, causal: Bool = false, weights: Tensor? = nil,
  seeing: ((Tensor) -> Void)? = nil
) -> Tensor {
  let n = q.shape[0], t = q.shape[1], c = q.shape[2], s = k.shape[1]
  precondition(!Recording.isOn, "weighted attention has no gradients")
  precondition(k.shape == [n, s, c] && v.shape == k.shape, "attention: \(k.shape), \(v.shape)")
  precondition(c % heads == 0, "\(c) channels do not divide into \(heads) heads")
  precondition(weights == nil || weights?.shape == [n, s], "a weight for every key")
  let d = c / heads
  let scale = 1 / Float(d).squareRoot()
  let y = Tensor(q.shape), probabilities = Tensor([n, heads, t, s])
  Parallel.rows(n * heads, grain: max(1, 65_536 / (t * s))) { range in
    for i in range {
      let b = i / heads, h = i % heads
      let key = b * s * c + h * d, query = b * t * c + h * d
      let p = probabilities.pointer + i * t * s
      ck_attention(
        Int32(t), Int32(s), Int32(d), scale, q.pointer + query, Int32(c), k.pointer + key, Int32(c),
        v.pointer + key, Int32(c), Int32(s), causal, y.pointer + query, Int32(c), p)
      guard let w = weights.map({ $0.pointer + b * s }) else { continue }
      for row in 0..<t { reweigh(p + row * s, w, s) }
      ck_sgemm(
        false, false, Int32(t), Int32(d), Int32(s), p, Int32(s), v.pointer + key, Int32(c),
        y.pointer + query, Int32(c), false)
    }
  }
  seeing?(probabilities)
  return y
}

/// p ← p w / Σ p w.
private func reweigh(_ p: UnsafeMutablePointer<Float>, _ w: UnsafePointer<Float>, _ count: Int) {
  var total: Float = 0
  for i in 0..<count {
    p[i] *= w[i]
    total += p[i]
  }
  let factor = total > 0 ? 1 / total : 0
  for i in 0..<count { p[i] *= factor }
}
