import CKernels
import Glibc

/// How numbers are stored.
public enum StoredType: Hashable, Sendable {
  case float32
  case float16
  /// Tensors of two or more axes and 4,096 or more elements as 8-bit integers with one factor for
  /// each index of the first axis (`name.scale`, F32); the rest as fp16.
  case int8Rows
}

/// Writes a safetensors file: a temporary beside it, synchronised, then renamed over it.
public func writeSafetensors(
  path: String, tensors: [(String, Tensor)], dtype: StoredType, metadata: [String: String] = [:]
) throws(WeightFileError) {
  var entries: [(name: String, type: WeightType, shape: [Int], bytes: [UInt8])] = []
  for (name, tensor) in tensors {
    switch dtype {
    case .float32:
      entries.append((name, .f32, tensor.shape, raw(tensor.pointer, tensor.count)))
    case .int8Rows where tensor.shape.count >= 2 && tensor.count >= 4096:
      let (values, scales) = quantised(tensor)
      entries.append((name, .i8, tensor.shape, values))
      entries.append((name + ".scale", .f32, [tensor.shape[0]], raw(scales.pointer, scales.count)))
    case .float16, .int8Rows:
      var halves = [UInt16](repeating: 0, count: tensor.count)
      ck_to_half(tensor.count, tensor.pointer, &halves)
      entries.append((name, .f16, tensor.shape, halves.withUnsafeBytes { Array($0) }))
    }
  }
  // Wide types first: every tensor then starts at a multiple of its element's size.
  entries.sort { ($1.type.bytes, $0.name) < ($0.type.bytes, $1.name) }

  var header = "{"
  if !metadata.isEmpty {
    let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
    header += "\"__metadata__\":{\(pairs.joined(separator: ","))}"
  }
  var offset = 0
  for entry in entries {
    if header.count > 1 { header += "," }
    let shape = entry.shape.map(String.init).joined(separator: ",")
    header += "\(quoted(entry.name)):{\"dtype\":\"\(entry.type.rawValue)\",\"shape\":[\(shape)],"
    header += "\"data_offsets\":[\(offset),\(offset + entry.bytes.count)]}"
    offset += entry.bytes.count
  }
  header += "}"
  while header.utf8.count % 8 != 0 { header += " " }
  let length = UInt64(header.utf8.count)
  let prefix =
    (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array(header.utf8)
  try writeAtomically(path, parts: [prefix] + entries.map(\.bytes))
}

private func raw(_ pointer: UnsafePointer<Float>, _ count: Int) -> [UInt8] {
  Array(UnsafeRawBufferPointer(start: pointer, count: count * 4))
}

/// Rounds each row to 255 levels, symmetric around 0.
private func quantised(_ tensor: Tensor) -> (values: [UInt8], scales: Tensor) {
  let rows = tensor.shape[0], c = tensor.count / rows
  let scales = Tensor([rows])
  var values = [UInt8](repeating: 0, count: tensor.count)
  for r in 0..<rows {
    var largest: Float = 0
    for j in r * c..<(r + 1) * c { largest = max(largest, abs(tensor.pointer[j])) }
    let scale = largest > 0 ? largest / 127 : 1
    scales.pointer[r] = scale
    for j in r * c..<(r + 1) * c {
      values[j] = UInt8(
        bitPattern: Int8(max(-127, min(127, (tensor.pointer[j] / scale).rounded()))))
    }
  }
  return (values, scales)
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

private func writeAtomically(_ path: String, parts: [[UInt8]]) throws(WeightFileError) {
  let temporary = path + ".partial"
  func failure(_ what: String) -> WeightFileError {
    let reason = String(cString: strerror(errno))
    unlink(temporary)
    return WeightFileError(path: path, what: "\(what): \(reason)")
  }
  let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard file >= 0 else { throw failure("cannot be created") }
  for part in parts {
    var written = 0
    while written < part.count {
      let n = part.withUnsafeBytes { bytes in
        bytes.baseAddress.map { write(file, $0 + written, part.count - written) } ?? 0
      }
      if n < 0, errno == EINTR { continue }
      guard n > 0 else {
        let error = failure("cannot be written")
        close(file)
        throw error
      }
      written += n
    }
  }
  guard fsync(file) == 0 else {
    let error = failure("cannot be synchronised")
    close(file)
    throw error
  }
  guard close(file) == 0, rename(temporary, path) == 0 else {
    throw failure("cannot be put in place")
  }
  let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  let directory = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  if directory >= 0 {
    fsync(directory)
    close(directory)
  }
}
