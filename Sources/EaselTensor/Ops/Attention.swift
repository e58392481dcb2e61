import CKernels

/// Attention of several heads: softmax(q kᵀ / √D) v for each.
///
/// Shapes: q [N, T, C], k and v [N, S, C], result [N, T, C]; head h reads channels h·D ..< (h+1)·D,
/// D = C / heads. `causal` hides keys after the query; `keyLengths` gives the valid keys of each
/// batch entry. Source: Vaswani et al. 2017, arXiv 1706.03762.
public func attention(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, causal: Bool = false, keyLengths: [Int]? = nil
) -> Tensor {
  let n = q.shape[0], t = q.shape[1], c = q.shape[2], s = k.shape[1]
  precondition(k.shape == [n, s, c] && v.shape == k.shape, "attention: \(k.shape), \(v.shape)")
  precondition(c % heads == 0, "\(c) channels do not divide into \(heads) heads")
  let d = c / heads
  let scale = 1 / Float(d).squareRoot()
  let y = Tensor(uninitialized: q.shape)
  let tracked = Recording.isOn && (q.isTracked || k.isTracked || v.isTracked)
  let probabilities = tracked ? Tensor(uninitialized: [n, heads, t, s]) : nil
  Parallel.rows(n * heads, grain: max(1, 65_536 / (t * s))) { range in
    for i in range {
      let b = i / heads, h = i % heads
      ck_attention(
        Int32(t), Int32(s), Int32(d), scale, q.pointer + b * t * c + h * d, Int32(c),
        k.pointer + b * s * c + h * d, Int32(c), v.pointer + b * s * c + h * d, Int32(c),
        Int32(keyLengths?[b] ?? s), causal, y.pointer + b * t * c + h * d, Int32(c),
        probabilities.map { $0.pointer + i * t * s })
    }
  }
  guard let probabilities else { return y }
  return y.recorded([q, k, v]) { g in
    let gq = Tensor(q.shape), gk = Tensor(k.shape), gv = Tensor(v.shape)
    Parallel.rows(n * heads, grain: max(1, 32_768 / (t * s))) { range in
      for i in range {
        let b = i / heads, h = i % heads
        let tq = b * t * c + h * d, sk = b * s * c + h * d
        ck_attention_grad(
          Int32(t), Int32(s), Int32(d), scale, q.pointer + tq, Int32(c), k.pointer + sk, Int32(c),
          v.pointer + sk, Int32(c), probabilities.pointer + i * t * s, g.pointer + tq, Int32(c),
          gq.pointer + tq, Int32(c), gk.pointer + sk, Int32(c), gv.pointer + sk, Int32(c))
      }
    }
    q.take(gradient: gq, fresh: true)
    k.take(gradient: gk, fresh: true)
    v.take(gradient: gv, fresh: true)
  }
}
