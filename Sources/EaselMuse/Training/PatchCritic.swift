import EaselKit
public import EaselTensor

/// What the critic and who it judges play for. D(x) are the critic's logits of real pictures, D(G(x)) those
/// of made ones.
public enum Adversary: String, Hashable, Sendable, Codable, CaseIterable {
  /// With σ the logistic function, and the decoder's loss in the form that does not saturate:
  ///
  ///     critic:   L_D = ½ (− E_x[log σ(D(x))] − E_x[log(1 − σ(D(G(x))))])
  ///     decoder:  L_G = − E_x[log σ(D(G(x)))]
  ///
  /// Source: Goodfellow et al. 2014, arXiv 1406.2661, section 3.
  case binaryCrossEntropy = "bce"
  /// Patches judged right by a margin pull no more:
  ///
  ///     critic:   L_D = ½ (E_x[max(0, 1 − D(x))] + E_x[max(0, 1 + D(G(x)))])
  ///     decoder:  L_G = − E_x[D(G(x))]
  ///
  /// Source: Lim & Ye 2017, arXiv 1705.02894.
  case hinge

  /// The critic's loss, a scalar, of its logits of real and of made pictures.
  func criticLoss(real: Tensor, made: Tensor) -> Tensor {
    switch self {
    case .binaryCrossEntropy:
      (bceWithLogits(real, target: 1) + bceWithLogits(made, target: 0)) * 0.5
    case .hinge: (relu(real * -1 + 1).mean() + relu(made + 1).mean()) * 0.5
    }
  }

  /// The loss, a scalar, of who made the pictures.
  func makerLoss(_ made: Tensor) -> Tensor {
    switch self {
    case .binaryCrossEntropy: bceWithLogits(made, target: 1)
    case .hinge: made.mean() * -1
    }
  }
}

/// The critic of the tokenizer's adversarial training: a PatchGAN, which judges every patch of a
/// picture on its own. Real pictures want logits up, reconstructions want them down; the decoder wants
/// its own up (`Adversary`).
///
/// Source: Isola et al. 2017, arXiv 1611.07004, section 3.2.2 (patches).
///
/// Shapes: picture [N, H, W, 3] → logits [N, H/8, W/8, 1]; a patch sees 38×38 pixels.
public final class PatchCritic {
  struct Layer {
    var weight: Tensor
    var bias: Tensor
    var gain: Tensor?
    var shift: Tensor?
    var stride: Int
  }
  let layers: [Layer]
  let groups = 8
  public private(set) var parameters: [(name: String, tensor: Tensor)] = []

  public init(width: Int = 32, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let channels = [3, width, 2 * width, 4 * width]
    var layers: [Layer] = []
    for i in 0..<3 {
      let cin = channels[i], cout = channels[i + 1]
      let std = (2 / Float(cin * 16)).squareRoot()
      layers.append(
        Layer(
          weight: .normal([cout, cin, 4, 4], std: std, using: &random), bias: Tensor([cout]),
          gain: i == 0 ? nil : .full([cout], 1), shift: i == 0 ? nil : Tensor([cout]), stride: 2))
    }
    layers.append(
      Layer(
        weight: .normal([1, channels[3], 3, 3], std: 0.02, using: &random), bias: Tensor([1]),
        gain: nil, shift: nil, stride: 1))
    self.layers = layers
    for (i, layer) in layers.enumerated() {
      parameters.append(("critic.\(i).weight", layer.weight))
      parameters.append(("critic.\(i).bias", layer.bias))
      if let gain = layer.gain { parameters.append(("critic.\(i).gain", gain)) }
      if let shift = layer.shift { parameters.append(("critic.\(i).shift", shift)) }
    }
    for (_, tensor) in parameters { tensor.requiresGrad = true }
  }

  /// Logits of every patch, and the features of the inner layers for feature matching
  /// (Salimans et al. 2016, arXiv 1606.03498, section 3.1).
  public func judge(_ picture: Tensor) -> (logits: Tensor, features: [Tensor]) {
    var x = picture * 2 + (-1)
    var features: [Tensor] = []
    for layer in layers {
      x = conv2d(
        x, layer.weight, layer.bias, stride: layer.stride, padTop: 1, padLeft: 1, padBottom: 1,
        padRight: 1)
      if let gain = layer.gain, let shift = layer.shift {
        x = groupNorm(x, groups: groups, gain: gain, bias: shift, eps: 1e-5, silu: false)
      }
      if layer.stride == 2 {
        x = leakyRelu(x, slope: 0.2)
        features.append(x)
      }
    }
    return (x, features)
  }
}
