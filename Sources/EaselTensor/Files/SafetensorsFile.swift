import Glibc

/// Types of numbers in weight files that this engine reads.
public enum WeightType: String, Sendable, CaseIterable {
  case f32 = "F32", f16 = "F16", bf16 = "BF16", i8 = "I8", f64 = "F64", i64 = "I64", i32 = "I32"
  case i16 = "I16", u8 = "U8", u16 = "U16", u32 = "U32", u64 = "U64", bool = "BOOL"
  public var bytes: Int {
    switch self {
    case .i8, .u8, .bool: 1
    case .f16, .bf16, .i16, .u16: 2
    case .f32, .i32, .u32: 4
    case .f64, .i64, .u64: 8
    }
  }
  /// Whether `SafetensorsFile.load` reads it.
  public var isWeight: Bool { [.f32, .f16, .bf16, .i8].contains(self) }
}

/// Where one tensor lies in its file.
public struct WeightInfo: Hashable, Sendable {
  public var type: WeightType
  public var shape: [Int]
  /// Bytes from the start of the file.
  public var range: Range<Int>
}

/// A weight file in the safetensors format, mapped into memory.
///
/// The header is checked completely before anything is allocated or read: lengths, offsets without
/// holes or overlaps, sizes by shape and type. Pickles and archives are refused by their content.
/// Source: the safetensors format description (github.com/huggingface/safetensors).
public struct SafetensorsFile {
  public let path: String
  public let metadata: [String: String]
  /// Names in the order of the file.
  public let names: [String]
  private let infos: [String: WeightInfo]
  private let mapping: Mapping

  public init(path: String) throws(WeightFileError) {
    self.path = path
    mapping = try Mapping(path: path)
    let header = try Header(bytes: mapping.bytes, path: path)
    metadata = header.metadata
    names = header.names
    infos = header.infos
  }

  public func info(_ name: String) -> WeightInfo? { infos[name] }
  public var bytes: Int { mapping.bytes.count }
  /// Numbers in all tensors but the scales of quantised ones.
  public var parameterCount: Int {
    names.reduce(0) { sum, name in
      guard let info = infos[name], !isScale(name) else { return sum }
      return sum + info.shape.reduce(1, *)
    }
  }
  /// Whether `name` holds the factors of a tensor of 8-bit integers.
  public func isScale(_ name: String) -> Bool {
    name.hasSuffix(".scale") && infos[String(name.dropLast(6))]?.type == .i8
  }

  /// The bytes of the whole file, for a digest; valid while the file value lives.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try body(mapping.bytes)
  }

  /// Values as fp32. F32 shares the mapping; F16 and BF16 are converted, and I8 multiplied by
  /// `name.scale`, one factor for each index of the first axis, when the values are first asked for.
  public func load(_ name: String, shape: [Int]? = nil) throws(WeightFileError) -> Tensor {
    guard let info = infos[name] else {
      throw WeightFileError(path: path, tensor: name, what: "is missing")
    }
    if let shape, shape != info.shape {
      throw WeightFileError(
        path: path, tensor: name, what: "has shape \(info.shape), \(shape) is wanted")
    }
    guard let base = mapping.bytes.baseAddress else {
      throw WeightFileError(path: path, tensor: name, what: "is empty")
    }
    let start = base + info.range.lowerBound
    let count = info.shape.reduce(1, *)
    func stored(_ kind: StoredValues.Kind, scales: Storage? = nil) -> Tensor {
      let values = StoredValues(
        kind: kind, count: count, start: start, scales: scales, owner: mapping)
      return Tensor(shape: info.shape, storage: Storage(stored: values))
    }
    switch info.type {
    case .f32 where Int(bitPattern: start) % 4 == 0:
      let floats = UnsafeMutableRawPointer(mutating: start).assumingMemoryBound(to: Float.self)
      return Tensor(
        shape: info.shape, storage: Storage(pointer: floats, count: count, owner: mapping))
    case .f32: return stored(.float32)
    case .f16: return stored(.float16)
    case .bf16: return stored(.bfloat16)
    case .i8:
      guard let rows = info.shape.first, rows > 0 else {
        throw WeightFileError(path: path, tensor: name, what: "is a quantised scalar")
      }
      return stored(.int8, scales: try load(name + ".scale", shape: [rows]).storage)
    default:
      throw WeightFileError(
        path: path, tensor: name,
        what: "has type \(info.type.rawValue), which weights here have not")
    }
  }

  /// Throws where a stored number is infinite or no number at all: a network would only ever paint noise
  /// or nothing with it. Reads all of the tensor's bytes once.
  public func requireFinite(_ name: String) throws(WeightFileError) {
    guard let info = infos[name] else { return }
    let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[info.range])
    if let place = firstNonFinite(in: bytes, type: info.type) {
      throw WeightFileError(
        path: path, tensor: name, what: "number \(place) is infinite or no number (NaN)")
    }
    if info.type == .i8 { try requireFinite(name + ".scale") }
  }

  /// A whole file in memory. Private pages: a write stays in this process and never reaches the file.
  /// Sendable because a model lives in one actor and nothing else writes.
  private final class Mapping: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    init(path: String) throws(WeightFileError) {
      let file = open(path, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else {
        throw WeightFileError(
          path: path, what: "cannot be opened: \(String(cString: strerror(errno)))")
      }
      defer { close(file) }
      var status = stat()
      guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw WeightFileError(path: path, what: "is not a file")
      }
      guard status.st_size >= 8 else {
        throw WeightFileError(path: path, what: "is too short to be a safetensors file")
      }
      let size = Int(status.st_size)
      let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0)
      guard let address, address != MAP_FAILED else {
        throw WeightFileError(
          path: path, what: "cannot be mapped: \(String(cString: strerror(errno)))")
      }
      bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
  }
}
