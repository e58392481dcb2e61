import CKernels
import Glibc

/// How numbers are stored.
public enum StoredType: Hashable, Sendable {
  case float32
  case float16
  case bfloat16
  /// Tensors of two or more axes and 4,096 or more elements as 8-bit integers with one factor for
  /// each index of the first axis (`name.scale`, F32); the rest as fp16. Read by Easel only.
  case int8Rows
}

/// A tensor to be written, at hand or to be made when its turn comes.
public struct WeightEntry {
  public let name: String
  public let shape: [Int]
  let make: () throws(WeightFileError) -> Tensor

  public init(
    _ name: String, _ shape: [Int], make: @escaping () throws(WeightFileError) -> Tensor
  ) {
    self.name = name
    self.shape = shape
    self.make = make
  }
}

/// Writes a safetensors file: a temporary beside it, synchronised, then renamed over it.
public func writeSafetensors(
  path: String, tensors: [(String, Tensor)], dtype: StoredType, metadata: [String: String] = [:]
) throws(WeightFileError) {
  let entries = tensors.map { name, tensor in WeightEntry(name, tensor.shape) { tensor } }
  try writeSafetensors(path: path, entries: entries, dtype: dtype, metadata: metadata)
}

/// The same with one tensor in memory at a time. Each is asked for once, or twice where it is stored as
/// 8-bit integers.
public func writeSafetensors(
  path: String, entries: [WeightEntry], dtype: StoredType, metadata: [String: String] = [:]
) throws(WeightFileError) {
  var pieces: [Piece] = []
  for entry in entries {
    if dtype == .int8Rows, entry.shape.count >= 2, entry.shape.reduce(1, *) >= 4096 {
      pieces.append(Piece(entry, .i8, entry.name, entry.shape))
      pieces.append(Piece(entry, .f32, entry.name + ".scale", [entry.shape[0]]))
    } else {
      let type: WeightType =
        switch dtype {
        case .float32: .f32
        case .bfloat16: .bf16
        case .float16, .int8Rows: .f16
        }
      pieces.append(Piece(entry, type, entry.name, entry.shape))
    }
  }
  // Wide types first: every tensor then starts at a multiple of its element's size.
  pieces.sort { ($1.type.bytes, $0.name) < ($0.type.bytes, $1.name) }
  let header = headerBytes(pieces, metadata)
  try writeAtomically(path) { (put) throws(WeightFileError) in
    try put(header)
    for piece in pieces { try put(piece.bytes()) }
  }
}

/// One tensor of the file.
private struct Piece {
  let entry: WeightEntry
  let type: WeightType
  let name: String
  let shape: [Int]

  init(_ entry: WeightEntry, _ type: WeightType, _ name: String, _ shape: [Int]) {
    self.entry = entry
    self.type = type
    self.name = name
    self.shape = shape
  }

  var byteCount: Int { shape.reduce(type.bytes, *) }

  func bytes() throws(WeightFileError) -> [UInt8] {
    let tensor = try entry.make()
    precondition(tensor.shape == entry.shape, "\(entry.name) became \(tensor.shape)")
    switch type {
    case .i8: return quantised(tensor, rowScales(tensor))
    case .f32 where name != entry.name:
      let scales = rowScales(tensor)
      return raw(scales.pointer, scales.count)
    case .f32: return raw(tensor.pointer, tensor.count)
    default:
      var halves = [UInt16](repeating: 0, count: tensor.count)
      if type == .bf16 {
        ck_to_bfloat(tensor.count, tensor.pointer, &halves)
      } else {
        ck_to_half(tensor.count, tensor.pointer, &halves)
      }
      return halves.withUnsafeBytes { Array($0) }
    }
  }
}

private func headerBytes(_ pieces: [Piece], _ metadata: [String: String]) -> [UInt8] {
  var header = "{"
  if !metadata.isEmpty {
    let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
    header += "\"__metadata__\":{\(pairs.joined(separator: ","))}"
  }
  var offset = 0
  for piece in pieces {
    if header.utf8.count > 1 { header += "," }
    let shape = piece.shape.map(String.init).joined(separator: ",")
    header += "\(quoted(piece.name)):{\"dtype\":\"\(piece.type.rawValue)\",\"shape\":[\(shape)],"
    header += "\"data_offsets\":[\(offset),\(offset + piece.byteCount)]}"
    offset += piece.byteCount
  }
  header += "}"
  while header.utf8.count % 8 != 0 { header += " " }
  let length = UInt64(header.utf8.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array(header.utf8)
}

private func raw(_ pointer: UnsafePointer<Float>, _ count: Int) -> [UInt8] {
  Array(UnsafeRawBufferPointer(start: pointer, count: count * 4))
}

/// What the largest of 255 levels around 0 stands for in each row, divided by 127.
private func rowScales(_ tensor: Tensor) -> Tensor {
  let rows = tensor.shape[0], c = tensor.count / rows
  let scales = Tensor([rows])
  for r in 0..<rows {
    var largest: Float = 0
    for j in r * c..<(r + 1) * c { largest = max(largest, abs(tensor.pointer[j])) }
    scales.pointer[r] = largest > 0 ? largest / 127 : 1
  }
  return scales
}

/// Each row rounded to its levels.
private func quantised(_ tensor: Tensor, _ scales: Tensor) -> [UInt8] {
  let rows = tensor.shape[0], c = tensor.count / rows
  var values = [UInt8](repeating: 0, count: tensor.count)
  for r in 0..<rows {
    let scale = scales.pointer[r]
    for j in r * c..<(r + 1) * c {
      values[j] = UInt8(
        bitPattern: Int8(max(-127, min(127, (tensor.pointer[j] / scale).rounded()))))
    }
  }
  return values
}

private func quoted(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case _ where scalar.value < 0x20:
      out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}

private typealias PutBytes = ([UInt8]) throws(WeightFileError) -> Void

private func writeAtomically(
  _ path: String, _ body: (PutBytes) throws(WeightFileError) -> Void
) throws(WeightFileError) {
  let temporary = path + ".partial"
  func failure(_ what: String) -> WeightFileError {
    WeightFileError(path: path, what: "\(what): \(String(cString: strerror(errno)))")
  }
  let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard file >= 0 else { throw failure("cannot be created") }
  do throws(WeightFileError) {
    try body { (part) throws(WeightFileError) in
      var written = 0
      while written < part.count {
        let n = part.withUnsafeBytes { bytes in
          bytes.baseAddress.map { write(file, $0 + written, part.count - written) } ?? 0
        }
        if n < 0, errno == EINTR { continue }
        guard n > 0 else { throw failure("cannot be written") }
        written += n
      }
    }
    guard fsync(file) == 0 else { throw failure("cannot be synchronised") }
  } catch {
    close(file)
    unlink(temporary)
    throw error
  }
  guard close(file) == 0, rename(temporary, path) == 0 else {
    let error = failure("cannot be put in place")
    unlink(temporary)
    throw error
  }
  let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  let directory = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  if directory >= 0 {
    fsync(directory)
    close(directory)
  }
}
