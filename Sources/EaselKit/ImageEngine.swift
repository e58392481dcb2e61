/// Something that paints.
///
/// Cancelling is ending the stream: when the consumer stops listening (its task is cancelled or it
/// lets go of the iterator), the engine stops working within one step. There is no second
/// `cancel()` to forget.
public protocol ImageEngine: Sendable {
  var description: EngineDescription { get }
  func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error>
}

/// What an engine is called and what it can do; `easel engines` prints it and forms are built from it.
public struct EngineDescription: Sendable, Hashable {
  public var name: String
  public var summary: String
  public var models: [ModelDescription]
  public init(name: String, summary: String, models: [ModelDescription]) {
    self.name = name
    self.summary = summary
    self.models = models
  }
}

public struct ModelDescription: Sendable, Hashable {
  public var name: String
  public var summary: String
  /// Sizes the model was made for, in pixels.
  public var sizes: [PixelSize]
  /// Sizes it paints besides, with some loss; nil for none.
  public var otherSizes: SizeRange?
  /// Sizes that it paints at a quarter of their sides and enlarges; nil for none.
  public var largeSizes: SizeRange?
  public var parameters: Int
  public var bytes: Int
  public var license: String
  /// Where its files are; nil for a model that lives elsewhere.
  public var folder: String?
  /// Why it cannot paint now; nil when it can.
  public var problem: String?
  /// Memory that painting takes, about; nil where it is somebody else's.
  public var memory: Int?
  /// Whether it can make any picture 2 or 4 times as large.
  public var canUpscale: Bool
  public init(
    name: String, summary: String, sizes: [PixelSize], parameters: Int, bytes: Int,
    license: String, folder: String?, problem: String? = nil,
    otherSizes: SizeRange? = nil, largeSizes: SizeRange? = nil, canUpscale: Bool = false,
    memory: Int? = nil
  ) {
    self.name = name
    self.summary = summary
    self.sizes = sizes
    self.parameters = parameters
    self.bytes = bytes
    self.license = license
    self.folder = folder
    self.problem = problem
    self.otherSizes = otherSizes
    self.largeSizes = largeSizes
    self.canUpscale = canUpscale
    self.memory = memory
  }

  /// False for a size that the model refuses. One that names no sizes says so itself.
  public func paints(_ size: PixelSize) -> Bool {
    sizes.isEmpty || sizes.contains(size) || range(around: size)?.contains(size) == true
  }

  /// The sizes that one like `size`, which may not be one of them, is brought to: large ones from where those begin.
  public func range(around size: PixelSize) -> SizeRange? {
    if let largeSizes, largeSizes.begins(before: size) { return largeSizes }
    return otherSizes
  }
}

/// Sizes of whole squares, up to a number of them.
public struct SizeRange: Sendable, Hashable, CustomStringConvertible {
  /// Side of a square in pixels.
  public var step: Int
  /// Squares in the largest picture.
  public var mostSteps: Int
  /// What both sides have at least; nil where a square is enough.
  public var least: PixelSize?
  public init(step: Int, mostSteps: Int, least: PixelSize? = nil) {
    self.step = step
    self.mostSteps = mostSteps
    self.least = least
  }

  /// Whether both sides of `size` have what they need.
  public func begins(before size: PixelSize) -> Bool {
    least.map { size.width >= $0.width && size.height >= $0.height } ?? true
  }

  /// The largest size of whole squares inside `size`, a square at least.
  public func whole(_ size: PixelSize) -> PixelSize {
    PixelSize(
      width: max(step, size.width / step * step), height: max(step, size.height / step * step))
  }

  public func contains(_ size: PixelSize) -> Bool {
    guard size.width > 0, size.height > 0, begins(before: size), size.width % step == 0,
      size.height % step == 0
    else { return false }
    let (squares, overflow) = (size.width / step).multipliedReportingOverflow(
      by: size.height / step)
    return !overflow && squares <= mostSteps
  }

  public var description: String {
    (least.map { "from \($0) on " } ?? "")
      + "multiples of \(step) pixels up to \(mostSteps * step * step) pixels in all"
  }
}
