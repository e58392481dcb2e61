import EaselKit
import Glibc

/// A file that is read at places, by any number of threads at once. Nothing is mapped: a file that is
/// cut short while it is read gives a `Failure` and not a signal.
package final class ReadableFile: Sendable {
  package let path: String
  package let size: Int
  private let descriptor: Int32

  /// Throws `Failure(.notFound)` where there is no file, `.badInput` for what is not a plain file.
  package init(_ path: String) throws {
    guard !path.utf8.contains(0) else {
      throw Failure(.badInput, "a name with a zero byte in it names no file")
    }
    // Without O_NONBLOCK a named pipe would hold us up until somebody writes into it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let cause = String(cString: strerror(errno))
      if errno == ENOENT || errno == ENOTDIR {
        throw Failure(.notFound, "there is no file \(path)", cause: cause)
      }
      throw Failure(.readOnly, "\(path) cannot be read", cause: cause)
    }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Failure(.badInput, "\(path) is not a plain file")
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(info.st_size)
  }

  deinit { close(descriptor) }

  /// `count` bytes at `offset`. Throws `Failure(.badInput)` where the file ends before.
  package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    guard count >= 0, offset >= 0, offset <= size, count <= size - offset else {
      throw Failure(
        .badInput, "\(path) is cut short",
        cause: "\(count) bytes at \(offset) are wanted, it has \(size)")
    }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, offset + filled)
        if got > 0 {
          filled += got
        } else if got == 0 {
          throw Failure(.badInput, "\(path) was cut short while it was read")
        } else if errno != EINTR {
          throw Failure(
            .readOnly, "\(path) cannot be read", cause: String(cString: strerror(errno)))
        }
      }
    }
  }

  /// The whole file, where it has at most `limit` bytes.
  package func all(limit: Int) throws -> [UInt8] {
    guard size <= limit else {
      throw Failure(
        .badInput, "\(path) is too large: \(size) bytes", hint: "at most \(limit) are read")
    }
    return try bytes(at: 0, count: size)
  }
}

/// Bytes of a file one after the other, through a buffer of fixed size.
package struct ByteReader {
  private let file: ReadableFile
  private let chunk: Int
  private var buffer: [UInt8] = []
  private var index = 0
  private var bufferEnd: Int

  /// - Parameter chunk: bytes that are fetched at a time.
  package init(_ file: ReadableFile, at offset: Int = 0, chunk: Int = 1 << 18) {
    self.file = file
    self.chunk = chunk
    bufferEnd = offset
  }

  /// Place of the next byte in the file.
  package var position: Int { bufferEnd - (buffer.count - index) }

  package mutating func peek() throws -> UInt8? {
    if index == buffer.count {
      guard bufferEnd < file.size else { return nil }
      buffer = try file.bytes(at: bufferEnd, count: min(chunk, file.size - bufferEnd))
      bufferEnd += buffer.count
      index = 0
    }
    return buffer[index]
  }

  package mutating func next() throws -> UInt8? {
    guard let byte = try peek() else { return nil }
    index += 1
    return byte
  }

  /// Goes on at another place of the file.
  package mutating func seek(to offset: Int) {
    buffer = []
    index = 0
    bufferEnd = min(max(0, offset), file.size)
  }

  /// One line without its end, nil at the end of the file. Of a line of more than `limit` bytes only
  /// these come, with `isCut`.
  package mutating func line(limit: Int) throws -> (bytes: [UInt8], isCut: Bool)? {
    guard try peek() != nil else { return nil }
    var line: [UInt8] = []
    var isCut = false
    while let byte = try next(), byte != UInt8(ascii: "\n") {
      if line.count < limit { line.append(byte) } else { isCut = true }
    }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return (line, isCut)
  }
}

/// Text of a caption or table: UTF-8, UTF-16 with its mark, or, where it is neither, Latin-1.
package func decodedText(_ bytes: [UInt8]) -> String {
  if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
    return String(decoding: bytes.dropFirst(3), as: UTF8.self)
  }
  if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
    let isBig = bytes[0] == 0xFE
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map { (i: Int) -> UInt16 in
      let high = UInt16(bytes[isBig ? i : i + 1])
      return high << 8 | UInt16(bytes[isBig ? i + 1 : i])
    }
    return String(decoding: units, as: UTF16.self)
  }
  if let text = String(validating: bytes, as: UTF8.self) { return text }
  return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}
