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
  private let packing: Packing?
  /// Before every name in the file, where it holds several networks.
  private var filePrefix = ""
  private var random: SplitMix64

  /// What a network that only paints is loaded with.
  public struct Packing {
    public let packs: WeightPacks
    /// In front of the names in the packs, which all parts of a model share.
    public let part: String
    /// Hears of the bytes that were taken; throws to stop.
    public let taken: (Int) throws -> Void
    public init(
      _ packs: WeightPacks, part: String, taken: @escaping (Int) throws -> Void = { _ in }
    ) {
      self.packs = packs
      self.part = part
      self.taken = taken
    }
  }

  /// Weights of a file. `alternativePrefix` is left off names that are not found with it: some saved
  /// variants of a text encoder lack it. With `packing`, linear maps get their packed form and keep no
  /// other.
  public init(path: String, alternativePrefix: String? = nil, packing: Packing? = nil) throws {
    file = try Self.open(path)
    self.alternativePrefix = alternativePrefix
    self.packing = packing
    random = SplitMix64(seed: 0)
  }

  static func open(_ path: String) throws -> SafetensorsFile {
    do { return try SafetensorsFile(path: path) } catch {
      throw Failure(
        .modelDamaged, "the weights cannot be read", hint: "install the model again",
        cause: "\(error)")
    }
  }

  /// One network of a model.
  convenience init(
    _ weights: ModelFolder.Weights, alternativePrefix: String? = nil, packing: Packing? = nil
  ) throws {
    try self.init(path: weights.path, alternativePrefix: alternativePrefix, packing: packing)
    filePrefix = weights.prefix
  }

  /// Random weights.
  public init(seed: UInt64) {
    file = nil
    alternativePrefix = nil
    packing = nil
    random = SplitMix64(seed: seed)
  }

  /// True where the network is about to be trained.
  var isRandom: Bool { file == nil }

  public func take(_ name: String, _ shape: [Int], _ start: Start) throws -> Tensor {
    let tensor: Tensor
    if let file {
      var stored = filePrefix + name
      if file.info(stored) == nil, let prefix = alternativePrefix, name.hasPrefix(prefix) {
        stored = filePrefix + name.dropFirst(prefix.count)
      }
      do { tensor = try file.load(stored, shape: shape) } catch {
        throw Failure(
          .modelDamaged, "the weights do not fit the model's configuration",
          hint: "install the model again", cause: "\(error)")
      }
      // One value that is not a number makes every picture black, long after it was read. Packed
      // weights were checked when they were packed.
      if packing?.packs.isReady != true {
        do { try file.requireFinite(stored) } catch {
          throw Failure(
            .modelDamaged, "the weights are damaged",
            hint: "install the model again; if it was saved as fp16, save it as bf16 or fp32",
            cause: "\(error)")
        }
      }
      try packing?.taken(file.info(stored)?.range.count ?? 0)
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
    if let packing, shape.dropFirst(2).allSatisfy({ $0 == 1 }) {
      packing.packs.add("\(packing.part).\(name)", weight)
    }
    return (weight, bias ? try take(name + ".bias", [shape[0]], .zeros) : nil)
  }
}
