import CKernels
import Glibc

/// Weights in the layout that the kernels want, made once: in memory, or in a file that the next process
/// maps and shares.
///
/// The file belongs to one model on one kind of processor, named by `key`. It may be deleted at any time;
/// one that does not fit is made again. Layout: packed weights at multiples of 64 bytes, an index as
/// JSON, the index's length (8 bytes, little endian) and a mark.
public final class WeightPacks {
  /// How linear maps will multiply.
  public let precision: ProductPrecision
  /// True when the file was there: its weights were checked when it was made.
  public var isReady: Bool { file != nil }

  private let file: PackFile?
  private var writer: PackWriter?
  private var waiting: [(weight: Tensor, layout: PackLayout, name: String)] = []
  private let path: String?, key: String

  /// - Parameters:
  ///   - path: file to read or to make; nil keeps packed weights in memory.
  ///   - key: names the weights, say by their digest.
  public init(precision: ProductPrecision, path: String?, key: String) {
    self.precision = precision
    self.path = path
    let key =
      "2 \(key) \(precision.rawValue) \(Kernels.path) \(ck_panel_rows()) \(ck_panel_columns())"
    self.key = key
    file = path.flatMap { PackFile(path: $0, key: key) }
    // Where it cannot be written (no space, no right), packed weights stay in memory.
    writer = file == nil ? path.flatMap { PackWriter(path: $0) } : nil
  }

  /// Gives a linear map's weight its packed form, and tells it to multiply that way. `name` is its
  /// own among all that share the file.
  public func add(_ name: String, _ weight: Tensor, precision: ProductPrecision? = nil) {
    let precision = precision ?? self.precision
    weight.precision = precision
    let layout: PackLayout =
      switch precision {
      case .fp32: .rows
      case .bfloat16: .rowsBF16
      case .int8: .rowsInt8
      }
    let count = weight.packedCount(layout)
    if let found = file?.storage(name, count: count) {
      weight.packs[layout] = found
      return
    }
    guard let writer else {
      _ = weight.packed(layout)
      return
    }
    let made = Storage(count: count)
    // What pads a panel is written too; its bytes should not depend on what lay there before.
    made.pointer.update(repeating: 0, count: count)
    weight.pack(layout, into: made.pointer)
    weight.storage.releasePages()
    if writer.append(name, made) {
      waiting.append((weight, layout, name))
    } else {
      self.writer = nil
      weight.packs[layout] = made
    }
  }

  /// Completes the file, and lets the weights read it.
  public func finish() {
    guard let writer, let path else { return }
    self.writer = nil
    let written = writer.finish(key: key) ? PackFile(path: path, key: key) : nil
    for (weight, layout, name) in waiting {
      // Without the file each is packed again when it is first needed.
      if let found = written?.storage(name, count: weight.packedCount(layout)) {
        weight.packs[layout] = found
      }
    }
    waiting = []
  }
}

private let packMark = Array("EASELPK1".utf8)

/// A finished file, mapped. Its pages are shared by all processes that read it. Sendable because nothing of it
/// changes once it is open: the mapping can only be read, and the entries are set while it opens.
private final class PackFile: @unchecked Sendable {
  private let bytes: UnsafeRawBufferPointer
  private var entries: [String: (offset: Int, count: Int)] = [:]

  init?(path: String, key: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= 16 else { return nil }
    let size = Int(status.st_size)
    guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0),
      address != MAP_FAILED
    else { return nil }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
    guard let entries = Self.entries(bytes, key: key) else {
      // The mapping is given back by deinit: all stored properties are set.
      return nil
    }
    self.entries = entries
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

  private static func entries(
    _ bytes: UnsafeRawBufferPointer, key: String
  ) -> [String: (offset: Int, count: Int)]? {
    let end = bytes.count - 16
    guard Array(bytes[(end + 8)...]) == packMark else { return nil }
    var length: UInt64 = 0
    for i in 0..<8 { length |= UInt64(bytes[end + i]) << (8 * UInt64(i)) }
    guard length <= UInt64(end) else { return nil }
    let start = end - Int(length)
    guard
      case .object(let members)? = try? HeaderJSON(
        parsing: UnsafeRawBufferPointer(rebasing: bytes[start..<end])),
      case .string(key)? = members.first(where: { $0.key == "key" })?.value,
      case .object(let listed)? = members.first(where: { $0.key == "weights" })?.value
    else { return nil }
    var entries: [String: (offset: Int, count: Int)] = [:]
    for member in listed {
      guard case .array(let numbers) = member.value, numbers.count == 2,
        case .integer(let offset) = numbers[0], case .integer(let count) = numbers[1],
        offset >= 0, offset % 64 == 0, count >= 0, count <= start / 4, offset <= start - count * 4
      else { return nil }
      entries[member.key] = (offset, count)
    }
    return entries
  }

  func storage(_ name: String, count: Int) -> Storage? {
    guard let entry = entries[name], entry.count == count, let base = bytes.baseAddress else {
      return nil
    }
    let start = UnsafeMutableRawPointer(mutating: base + entry.offset)
    return Storage(
      pointer: start.assumingMemoryBound(to: Float.self), count: count, owner: self)
  }
}

/// A file in the making, beside its place.
private final class PackWriter {
  private let path: String, temporary: String
  private let descriptor: Int32
  private var offset = 0
  private var index: [(name: String, offset: Int, count: Int)] = []
  private var isOpen = true

  init?(path: String) {
    self.path = path
    temporary = "\(path).\(getpid())"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
  }

  deinit { if isOpen { abandon() } }

  private func abandon() {
    isOpen = false
    close(descriptor)
    unlink(temporary)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let n = Glibc.write(descriptor, base + done, min(bytes.count - done, 1 << 26))
      if n < 0, errno == EINTR { continue }
      guard n > 0 else { return false }
      done += n
    }
    offset += bytes.count
    return true
  }

  func append(_ name: String, _ storage: Storage) -> Bool {
    let padding = [UInt8](repeating: 0, count: (64 - offset % 64) % 64)
    guard padding.withUnsafeBytes(write) else { return false }
    index.append((name, offset, storage.count))
    return write(UnsafeRawBufferPointer(start: storage.pointer, count: storage.count * 4))
  }

  func finish(key: String) -> Bool {
    let weights = index.map { "\"\($0.name)\":[\($0.offset),\($0.count)]" }
    let text = Array("{\"key\":\"\(key)\",\"weights\":{\(weights.joined(separator: ","))}}".utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    guard (text + length + packMark).withUnsafeBytes(write), fsync(descriptor) == 0,
      rename(temporary, path) == 0
    else { return false }
    isOpen = false
    close(descriptor)
    return true
  }
}
