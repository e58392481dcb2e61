/// Tensors with gradients on the CPU: what the painter's networks are written in.
///
/// This module holds tensors, their reverse-mode history, the operations (each forward and backward
/// on the kernels of CKernels), the optimiser and weight files. It knows nothing of pictures, words
/// or models. Numbers are fp32. Activations lie as [N, H, W, C] or [N, T, C]; weights as in the
/// published checkpoints: linear [out, in], convolution [out, in, height, width].
///
/// A tensor is not `Sendable`: a model lives in one actor. Results never depend on the number of
/// threads (`Parallel.threads`).
public final class Tensor {
  public let shape: [Int]
  public let count: Int
  /// The values, row-major; valid while the tensor lives. Weights of a file that are not stored as fp32
  /// are converted when this is first asked for.
  public var pointer: UnsafeMutablePointer<Float> { storage.pointer + offset }
  let storage: Storage
  /// First value in the storage.
  let offset: Int

  /// True for a parameter: `backward()` accumulates into its `grad`.
  public var requiresGrad = false
  /// Gradient, same shape; nil before the first `backward()` and after `zeroGrad()`.
  public internal(set) var grad: Tensor?
  /// True while `grad` is also another tensor's gradient and must not be changed in place.
  var gradIsShared = false
  /// How this tensor came to be, while a gradient may still be asked for.
  var history: History?
  /// Copies of a weight in the layouts that kernels want.
  var packs: [PackLayout: Storage] = [:]
  /// How a weight is multiplied, where that is not left to whoever multiplies.
  public var precision: ProductPrecision?

  init(shape: [Int], storage: Storage, offset: Int = 0) {
    self.shape = shape
    count = shape.reduce(1, *)
    precondition(offset + count <= storage.count, "a view of \(shape) leaves its storage")
    self.storage = storage
    self.offset = offset
  }

  /// Zeros.
  public convenience init(_ shape: [Int]) {
    self.init(uninitialized: shape)
    pointer.update(repeating: 0, count: count)
  }

  public convenience init(_ shape: [Int], _ values: [Float]) {
    self.init(uninitialized: shape)
    precondition(values.count == count, "\(values.count) values do not fill \(shape)")
    values.withUnsafeBufferPointer { v in
      if let base = v.baseAddress { pointer.update(from: base, count: count) }
    }
  }

  /// For results that a kernel is about to fill.
  convenience init(uninitialized shape: [Int]) {
    self.init(shape: shape, storage: Storage(count: shape.reduce(1, *)))
  }

  public static func full(_ shape: [Int], _ value: Float) -> Tensor {
    let t = Tensor(uninitialized: shape)
    t.pointer.update(repeating: value, count: t.count)
    return t
  }

  /// Uniform numbers in `range`.
  public static func uniform(
    _ shape: [Int], _ range: ClosedRange<Float>, using random: inout some RandomNumberGenerator
  ) -> Tensor {
    let t = Tensor(uninitialized: shape)
    for i in 0..<t.count {
      // The top 24 bits: every value is exact, so the result is the same on every machine.
      let u = Float(random.next() >> 40) * (1 / 16_777_216)
      t.pointer[i] = range.lowerBound + (range.upperBound - range.lowerBound) * u
    }
    return t
  }

  /// Normal numbers of mean 0 (Box & Muller 1958).
  public static func normal(
    _ shape: [Int], std: Float, using random: inout some RandomNumberGenerator
  ) -> Tensor {
    let t = Tensor(uninitialized: shape)
    var i = 0
    while i < t.count {
      let u = (Double(random.next() >> 11) + 0.5) * 0x1p-53
      let v = Double(random.next() >> 11) * 0x1p-53
      let r = Double(std) * (-2 * logarithm(u)).squareRoot()
      t.pointer[i] = Float(r * cosine(2 * .pi * v))
      if i + 1 < t.count { t.pointer[i + 1] = Float(r * sine(2 * .pi * v)) }
      i += 2
    }
    return t
  }

  public func toArray() -> [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// The value of a tensor of one element.
  public func item() -> Float {
    precondition(count == 1, "item() wants one element, got \(shape)")
    return pointer[0]
  }

  /// The same values without history; shares storage.
  public func detached() -> Tensor {
    Tensor(shape: shape, storage: storage, offset: offset)
  }

  /// A copy of its own storage, without history.
  public func copied() -> Tensor {
    let t = Tensor(uninitialized: shape)
    t.pointer.update(from: pointer, count: count)
    return t
  }

  public func zeroGrad() {
    grad = nil
    gradIsShared = false
  }

  /// Must be called after the values of a weight were changed through `pointer`.
  public func valuesChanged() { packs.removeAll(keepingCapacity: true) }
}
