import EaselTensor
import Glibc
import Testing

@Suite("Attention with weights")
struct WeightedAttentionTests {
  private let n = 2, t = 3, s = 5, heads = 2, c = 8
  private func inputs() -> (q: Tensor, k: Tensor, v: Tensor) {
    var random = TestRandom(3)
    return (
      Tensor([n, t, c], random.floats(n * t * c)), Tensor([n, s, c], random.floats(n * s * c)),
      Tensor([n, s, c], random.floats(n * s * c))
    )
  }

  @Test("It is the softmax of the logits plus the logarithm of the weights, in double precision")
  func reference() {
    let (q, k, v) = inputs()
    let weights: [Float] = [1, 0, 2.5, 1, 0.25, 3, 1, 1, 0, 0.5]
    var seen: Tensor?
    let y = Recording.off {
      weightedAttention(q, k, v, heads: heads, weights: Tensor([n, s], weights)) { seen = $0 }
    }
    let d = c / heads
    for b in 0..<n {
      for h in 0..<heads {
        for i in 0..<t {
          var e = (0..<s).map { j -> Double in
            let dot = (0..<d).reduce(0.0) { sum, x in
              sum + Double(q.pointer[(b * t + i) * c + h * d + x])
                * Double(k.pointer[(b * s + j) * c + h * d + x])
            }
            return exp(dot / Double(d).squareRoot()) * Double(weights[b * s + j])
          }
          let total = e.reduce(0, +)
          e = e.map { $0 / total }
          for j in 0..<s {
            let p = seen?.pointer[((b * heads + h) * t + i) * s + j] ?? -1
            #expect(abs(Double(p) - e[j]) < 1e-6)
          }
          for x in 0..<d {
            let expected = (0..<s).reduce(0.0) {
              $0 + e[$1] * Double(v.pointer[(b * s + $1) * c + h * d + x])
            }
            #expect(abs(Double(y.pointer[(b * t + i) * c + h * d + x]) - expected) < 1e-5)
          }
        }
      }
    }
  }

  @Test("Without weights it is attention to the bit, causal or not; keys that all weigh 0 give 0")
  func limits() {
    let (q, _, _) = inputs()
    let (_, k, v) = inputs()
    Recording.off {
      #expect(
        weightedAttention(q, k, v, heads: heads).toArray()
          == attention(q, k, v, heads: heads).toArray())
      #expect(
        weightedAttention(k, k, v, heads: heads, causal: true).toArray()
          == attention(k, k, v, heads: heads, causal: true).toArray())
      let none = weightedAttention(q, k, v, heads: heads, weights: Tensor([n, s]))
      #expect(none.toArray().allSatisfy { $0 == 0 })
    }
  }
}
