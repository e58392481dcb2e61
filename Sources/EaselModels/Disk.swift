import CSodium
import EaselKit
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files as an installation needs them: every call says in words what went wrong.
enum Disk {
  static func failure(_ doing: String, _ path: String, _ number: Int32 = errno) -> Failure {
    let cause = "\(path): " + String(cString: strerror(number))
    switch number {
    case ENOSPC, EDQUOT:
      return Failure(
        .diskFull, "the disk is full, \(doing) is not possible",
        hint: "make room and try again; what has arrived is kept", cause: cause)
    case EACCES, EPERM, EROFS:
      return Failure(
        .readOnly, "\(doing) is not allowed", hint: "check owner and permissions of the folder",
        cause: cause)
    case ENOENT, ENOTDIR: return Failure(.notFound, "there is no file \(path)", cause: cause)
    default: return Failure(.internalError, "\(doing) failed", cause: cause)
    }
  }

  enum Kind { case file, folder, other }

  /// Links are followed: models in a cache of the hub's own tools are folders of links.
  static func kind(_ path: String) -> Kind? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    return switch info.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }

  /// Bytes of a file; 0 where there is none.
  static func size(_ path: String) -> Int {
    var info = stat()
    return stat(path, &info) == 0 ? Int(info.st_size) : 0
  }

  /// Of all files below a path.
  static func bytes(below path: String) -> Int {
    guard kind(path) == .folder else { return size(path) }
    return files(below: path).reduce(0) { $0 + size("\(path)/\($1)") }
  }

  /// Names in a folder, sorted.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// Paths of the plain files below a folder, relative to it. Not deeper than four folders: no layout is,
  /// and a link that leads back up would never end.
  static func files(below folder: String, depth: Int = 4) -> [String] {
    names(in: folder).flatMap { name -> [String] in
      switch kind("\(folder)/\(name)") {
      case .file: return [name]
      case .folder where depth > 0:
        return files(below: "\(folder)/\(name)", depth: depth - 1).map { "\(name)/\($0)" }
      default: return [String]()
      }
    }
  }

  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw failure("making a folder", path)
    }
  }

  /// Moves a file or folder to a name that is free, on the disk when this returns.
  static func move(_ from: String, to: String) throws {
    guard rename(from, to) == 0 else { throw failure("moving the model into its place", to) }
    try syncFolder((to as NSString).deletingLastPathComponent)
  }

  static func syncFolder(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("writing", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("writing", path) }
  }

  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  /// Puts `data` at a path, all of it or none.
  static func replace(_ data: Data, at path: String) throws {
    let temporary = path + ".new"
    let file = try FileAppender(temporary, at: 0)
    try file.append(data)
    try file.finish()
    guard rename(temporary, path) == 0 else { throw failure("writing", path) }
    try syncFolder((path as NSString).deletingLastPathComponent)
  }

  static func freeBytes(_ path: String) -> Int? {
    var path = path
    while path.count > 1 {
      var state = statvfs()
      if statvfs(path, &state) == 0 { return Int(state.f_bavail) * Int(state.f_frsize) }
      path = (path as NSString).deletingLastPathComponent
    }
    return nil
  }

  /// Hands the bytes of a file, or of a part of it, to `body`, a megabyte at a time.
  static func read(
    _ path: String, from start: Int = 0, count: Int? = nil,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    // Without O_NONBLOCK a named pipe would hold us up until somebody writes into it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("reading", path) }
    defer { close(descriptor) }
    guard kind(path) == .file else { throw Failure(.badInput, "\(path) is not a plain file") }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var at = start
    let end = count.map { start + $0 } ?? .max
    while at < end {
      let got = pread(descriptor, &buffer, min(buffer.count, end - at), off_t(at))
      if got == 0 { break }
      guard got > 0 else {
        if errno == EINTR { continue }
        throw failure("reading", path)
      }
      at += got
      try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
    }
    guard count == nil || at == end else { throw Failure(.badInput, "\(path) is cut short") }
  }

  /// SHA-256 of a file as 64 hex digits. `progress` hears of every piece's bytes and may throw.
  static func sha256(_ path: String, _ progress: (Int) throws -> Void = { _ in }) throws -> String {
    var digest = SHA256()
    try read(path) {
      digest.update($0)
      try progress($0.count)
    }
    return digest.hex
  }
}

/// FIPS 180-4, piece by piece.
struct SHA256 {
  private var state = crypto_hash_sha256_state()
  init() { _ = crypto_hash_sha256_init(&state) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    _ = crypto_hash_sha256_update(
      &state, base.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
  }

  /// 64 lower-case digits.
  var hex: String {
    var state = state
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    _ = crypto_hash_sha256_final(&state, &digest)
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  static func hex(of text: String) -> String {
    var digest = SHA256()
    Array(text.utf8).withUnsafeBytes { digest.update($0) }
    return digest.hex
  }
}

/// A file that grows at its end.
final class FileAppender {
  private let path: String
  private let descriptor: Int32
  private(set) var size: Int

  /// - Parameter size: what follows is cut off.
  init(_ path: String, at size: Int) throws {
    self.path = path
    self.size = size
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Disk.failure("writing", path) }
    try cut(to: size)
  }

  deinit { close(descriptor) }

  func cut(to size: Int) throws {
    guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, off_t(size), SEEK_SET) >= 0
    else { throw Disk.failure("writing", path) }
    self.size = size
  }

  func append(_ data: some ContiguousBytes) throws {
    try data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count > 0 {
          rest = rest.dropFirst(count)
          size += count
        } else if errno != EINTR {
          throw Disk.failure("writing", path)
        }
      }
    }
  }

  /// Down to the disk.
  func finish() throws {
    guard fsync(descriptor) == 0 else { throw Disk.failure("writing", path) }
  }
}

/// Held while a process works in a folder; given back when the process ends, however it ends.
final class FolderLock {
  private let descriptor: Int32

  /// nil where another one holds it.
  init?(_ path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Disk.failure("writing", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
  }

  deinit { close(descriptor) }
}
