import EaselKit
import EaselTensor

/// One layer of either tower of CLIP: attention, then two linear maps, each after a norm and added to
/// what it is given. Source: Radford et al. 2021, arXiv 2103.00020; names as the published checkpoints.
struct ClipLayer {
  /// What both towers' configurations say of it.
  struct Shape {
    var width: Int, inner: Int, heads: Int, layers: Int
    var eps: Float
    var activation: Activation
  }
  private let shape: Shape
  private let gain1: Tensor, bias1: Tensor, gain2: Tensor, bias2: Tensor
  private let q: TextEncoder.Linear, k: TextEncoder.Linear, v: TextEncoder.Linear
  private let out: TextEncoder.Linear, up: TextEncoder.Linear, down: TextEncoder.Linear

  /// All layers of a tower whose names begin with `prefix`.
  static func tower(
    _ shape: Shape, _ source: ParameterSource, prefix: String
  ) throws -> [ClipLayer] {
    try (0..<shape.layers).map {
      try ClipLayer(shape, source, "\(prefix)encoder.layers.\($0).")
    }
  }

  private init(_ s: Shape, _ source: ParameterSource, _ name: String) throws {
    shape = s
    let residual = 1 / Float(2 * s.layers).squareRoot()
    func map(_ n: String, _ o: Int, _ i: Int, _ factor: Float = 1) throws -> TextEncoder.Linear {
      .init(try source.map(name + n, [o, i], bias: true, start: .fanIn(factor)))
    }
    (gain1, bias1) = try source.norm(name + "layer_norm1", s.width)
    (gain2, bias2) = try source.norm(name + "layer_norm2", s.width)
    q = try map("self_attn.q_proj", s.width, s.width)
    k = try map("self_attn.k_proj", s.width, s.width)
    v = try map("self_attn.v_proj", s.width, s.width)
    out = try map("self_attn.out_proj", s.width, s.width, residual)
    up = try map("mlp.fc1", s.inner, s.width)
    down = try map("mlp.fc2", s.width, s.inner, residual)
  }

  /// x [N, T, C]; `causal` hides what follows; `weights` [N, T]: how much each token counts.
  func callAsFunction(_ x: Tensor, causal: Bool = false, weights: Tensor? = nil) -> Tensor {
    let a = layerNorm(x, gain: gain1, bias: bias1, eps: shape.eps)
    let q = q(a), k = k(a), v = v(a)
    let mixed =
      weights.map {
        weightedAttention(q, k, v, heads: shape.heads, causal: causal, weights: $0)
      } ?? attention(q, k, v, heads: shape.heads, causal: causal)
    let y = x + out(mixed)
    let b = layerNorm(y, gain: gain2, bias: bias2, eps: shape.eps)
    return y + down(up(b, activation: shape.activation))
  }

  /// What `callAsFunction` makes of one token of each entry alone, [N, C]: all that a last layer is asked for by who
  /// wants one vector, at a sixth of the work.
  ///
  /// - Parameter places: of the tokens, 0..<T; one for each entry.
  func at(_ places: [Int], _ x: Tensor, causal: Bool = false) -> Tensor {
    let n = x.shape[0], t = x.shape[1], c = x.shape[2]
    precondition(places.count == n, "\(n) entries want a place each, got \(places.count)")
    let rows = places.enumerated().map { Int32($0 * t + $1) }
    func own(_ x: Tensor) -> Tensor { embedding(x.reshaped([n * t, c]), ids: rows) }
    let a = layerNorm(x, gain: gain1, bias: bias1, eps: shape.eps)
    let mixed = attention(
      q(own(a)).reshaped([n, 1, c]), k(a), v(a), heads: shape.heads,
      keyLengths: causal ? places.map { $0 + 1 } : nil)
    let y = own(x) + out(mixed.reshaped([n, c]))
    let b = layerNorm(y, gain: gain2, bias: bias2, eps: shape.eps)
    return y + down(up(b, activation: shape.activation))
  }

  /// The activations that CLIP's configurations name.
  static func activation(_ name: String) throws -> Activation {
    switch name {
    case "quick_gelu": return .quickGelu
    case "gelu": return .gelu
    default:
      throw Failure.unknown(
        "activation", name, known: ["quick_gelu", "gelu"], code: .modelDamaged)
    }
  }
}
