import EaselKit
public import EaselTensor

/// Where a network's weights come from while it is built: a weight file, or random numbers for a
/// network that is about to be trained. Also the list of what was taken, in order, by full name.
public final class ParameterSource {
  /// First values of a parameter that is not read from a file.
  public enum Start: Sendable {
    case zeros, ones
    case normal(Float)
    /// Uniform in ± factor / √(inputs of one output).
    case fanIn(Float)
  }

  public private(set) var parameters: [(name: String, tensor: Tensor)] = []
  private let file: SafetensorsFile?
  private let alternativePrefix: String?
  private var random: SplitMix64

  /// Weights of a file. `alternativePrefix` is left off names that are not found with it: some saved
  /// variants of a text encoder lack it.
  public init(path: String, alternativePrefix: String? = nil) throws {
    do { file = try SafetensorsFile(path: path) } catch {
      throw Failure(
        .modelDamaged, "the weights cannot be read", hint: "install the model again",
        cause: "\(error)")
    }
    self.alternativePrefix = alternativePrefix
    random = SplitMix64(seed: 0)
  }

  /// Random weights.
  public init(seed: UInt64) {
    file = nil
    alternativePrefix = nil
    random = SplitMix64(seed: seed)
  }

  /// True where the network is about to be trained.
  var isRandom: Bool { file == nil }

  public func take(_ name: String, _ shape: [Int], _ start: Start) throws -> Tensor {
    let tensor: Tensor
    if let file {
      var stored = name
      if file.info(name) == nil, let prefix = alternativePrefix, name.hasPrefix(prefix) {
        stored = String(name.dropFirst(prefix.count))
      }
      do { tensor = try file.load(stored, shape: shape) } catch {
        throw Failure(
          .modelDamaged, "the weights do not fit the model's configuration",
          hint: "install the model again", cause: "\(error)")
      }
    } else {
      switch start {
      case .zeros: tensor = Tensor(shape)
      case .ones: tensor = .full(shape, 1)
      case .normal(let std): tensor = .normal(shape, std: std, using: &random)
      case .fanIn(let factor):
        let bound = factor / Float(shape.dropFirst().reduce(1, *)).squareRoot()
        tensor = .uniform(shape, -bound...bound, using: &random)
      }
    }
    parameters.append((name, tensor))
    return tensor
  }

  /// `name.weight` of a linear map or convolution and, when wanted, `name.bias`.
  func map(
    _ name: String, _ shape: [Int], bias: Bool, start: Start = .fanIn(1)
  ) throws -> (weight: Tensor, bias: Tensor?) {
    let weight = try take(name + ".weight", shape, start)
    return (weight, bias ? try take(name + ".bias", [shape[0]], .zeros) : nil)
  }
}
