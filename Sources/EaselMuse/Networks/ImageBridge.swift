import EaselKit
public import EaselTensor

/// What ties an image tower to the text encoder of a painter: small networks learnt with the tower.
///
/// A painter's text encoder was trained to tell the painter what to do, not to agree with pictures.
/// `textVector` maps what it says to the image tower's space, for ranking and search; `conditions`
/// maps a picture's vector back to what the painter would have heard, for variations (the part that
/// the prior plays in Ramesh et al. 2022, arXiv 2204.06125).
///
/// Lies beside the tower as `image_encoder/bridge.safetensors`. Published models, whose text encoder
/// is CLIP's own, have none: their two towers agree as they are.
public final class ImageBridge {
  /// Sizes of what is tied together.
  public struct Sizes: Hashable, Sendable {
    /// Of the image tower's vector.
    public var vector: Int
    /// Of a text state, of the painter's pooled text vector, and how many states a caption has.
    public var state: Int, pooled: Int, states: Int
    /// Width of the small networks.
    public var hidden = 384
    public init(vector: Int, state: Int, pooled: Int, states: Int) {
      self.vector = vector
      self.state = state
      self.pooled = pooled
      self.states = states
    }
  }

  public let sizes: Sizes
  public let parameters: [(name: String, tensor: Tensor)]
  /// Logarithm of the factor that turns cosines into logits, [1].
  public let logScale: Tensor

  private typealias Linear = TextEncoder.Linear
  private let textGain: Tensor, textBias: Tensor, text1: Linear, text2: Linear
  private let pooled1: Linear, pooled2: Linear
  private let places: Tensor, states1: Linear, states2: Linear, states3: Linear

  public init(_ s: Sizes, _ source: ParameterSource) throws {
    sizes = s
    func map(
      _ name: String, _ outputs: Int, _ inputs: Int, _ factor: Float = 1
    ) throws -> Linear {
      Linear(try source.map(name, [outputs, inputs], bias: true, start: .fanIn(factor)))
    }
    logScale = try source.take("logit_scale", [1], .ones)
    (textGain, textBias) = try source.norm("text_head.norm", s.pooled + s.state)
    text1 = try map("text_head.fc1", s.hidden, s.pooled + s.state)
    text2 = try map("text_head.fc2", s.vector, s.hidden)
    pooled1 = try map("pooled_head.fc1", s.hidden, s.vector)
    pooled2 = try map("pooled_head.fc2", s.pooled, s.hidden, 0.1)
    places = try source.take("states_head.places", [s.states, s.hidden], .normal(0.5))
    states1 = try map("states_head.fc1", s.hidden, s.vector)
    states2 = try map("states_head.fc2", s.hidden, s.hidden)
    states3 = try map("states_head.fc3", s.state, s.hidden, 0.1)
    parameters = source.parameters
  }

  /// The text's vector in the image tower's space, [N, V], not of unit length.
  ///
  /// Shapes: states [N, T, C] and pooled [N, P] of the painter's text encoder; lengths: states of
  /// each text up to its end mark, N numbers in 1...T.
  public func textVector(states: Tensor, pooled: Tensor, lengths: [Int]) -> Tensor {
    let n = pooled.shape[0], t = states.shape[1], c = states.shape[2]
    precondition(lengths.count == n, "\(lengths.count) lengths for \(n) texts")
    // The encoder is not trained here, so that the mean needs no gradient.
    let means = Tensor([n, c])
    for i in 0..<n {
      for j in 0..<min(t, lengths[i]) {
        let row = states.pointer + (i * t + j) * c
        for k in 0..<c { means.pointer[i * c + k] += row[k] / Float(lengths[i]) }
      }
    }
    let joined = concatenated([pooled.detached(), means], axis: 1)
    let x = layerNorm(joined, gain: textGain, bias: textBias, eps: 1e-5)
    return text2(text1(x, activation: .gelu))
  }

  /// What the painter's text encoder would say of a picture: states [N, T, C], pooled [N, P].
  ///
  /// Shapes: vectors [N, V] of the image tower, of any length.
  public func conditions(of vectors: Tensor) -> (states: Tensor, pooled: Tensor) {
    let s = sizes, n = vectors.shape[0]
    // Numbers around 1, as the maps were made for.
    let v = unitRows(vectors) * Float(s.vector).squareRoot()
    let pooled = pooled2(pooled1(v, activation: .gelu))
    let each =
      Tensor([n, s.states, s.hidden]) + places
      + states1(v).reshaped([n, 1, s.hidden])
    let states = states3(states2(gelu(each), activation: .gelu))
    return (states, pooled)
  }
}
