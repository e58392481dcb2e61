import EaselKit
import Glibc

/// A file that is being written and has no name yet: it appears whole or not at all.
///
/// Where the file system can, the file is made without any name, so that even a killed process leaves
/// nothing behind; elsewhere it has a hidden name until it is complete.
package final class PendingFile {
  private let path: String
  private let folder: String
  private let descriptor: Int32
  /// nil for a file without name.
  private var hidden: String?
  private var buffer: [UInt8] = []
  private var written = 0

  /// Bytes so far.
  package var count: Int { written + buffer.count }

  package init(for path: String) throws {
    guard !path.isEmpty, !path.utf8.contains(0), path.utf8.last != UInt8(ascii: "/") else {
      throw Failure(.badInput, "'\(path)' names no file")
    }
    self.path = path
    let slash = path.lastIndex(of: "/")
    folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var found = Self.canLink(in: folder) ? Self.openNameless(in: folder) : -1
    if found < 0 {
      let name = Self.hiddenName(in: folder)
      found = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      hidden = name
    }
    guard found >= 0 else { throw Self.failure(errno, path, folder) }
    descriptor = found
    buffer.reserveCapacity(Self.most)
  }

  deinit {
    close(descriptor)
    if let hidden { unlink(hidden) }
  }

  private static func openNameless(in folder: String) -> Int32 {
    // O_TMPFILE, whose macro does not reach Swift: its own bit beside that of a folder.
    open(folder, O_RDWR | O_CLOEXEC | O_DIRECTORY | 0o20000000, 0o644)
  }

  /// Whether a file without name can get one here: better known before hours of work than after.
  private static func canLink(in folder: String) -> Bool {
    let probe = openNameless(in: folder)
    guard probe >= 0 else { return false }
    defer { close(probe) }
    let name = hiddenName(in: folder)
    guard linkat(AT_FDCWD, "/proc/self/fd/\(probe)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
      return false
    }
    unlink(name)
    return true
  }

  private static let most = 1 << 20

  package func append(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count >= Self.most { try flush() }
  }

  private func flush() throws {
    try put(buffer, at: written)
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  /// Replaces bytes that were written before.
  package func overwrite(_ bytes: [UInt8], at offset: Int) throws {
    try flush()
    try put(bytes, at: offset)
  }

  private func put(_ bytes: [UInt8], at offset: Int) throws {
    var done = 0
    try bytes.withUnsafeBytes { bytes in
      while done < bytes.count {
        let count = pwrite(
          descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
        if count >= 0 {
          done += count
        } else if errno != EINTR {
          throw Self.failure(errno, path, folder)
        }
      }
    }
  }

  /// What was written, for whoever collects in a file what does not fit into memory.
  package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    if offset + count > written { try flush() }
    return try [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      while filled < count {
        let got = pread(
          descriptor, out.baseAddress.map { $0 + filled }, count - filled, offset + filled)
        if got > 0 {
          filled += got
        } else if got == 0 || errno != EINTR {
          throw Self.failure(got == 0 ? EIO : errno, path, folder)
        }
      }
    }
  }

  /// Gives the file its name, once all of it is on the disk.
  ///
  /// Throws `Failure(.badInput)` where something has that name and may not be replaced.
  package func publish(overwriting: Bool) throws {
    try flush()
    guard fsync(descriptor) == 0 else { throw Self.failure(errno, path, folder) }
    if hidden == nil {
      let source = "/proc/self/fd/\(descriptor)"
      let target = overwriting ? Self.hiddenName(in: folder) : path
      guard linkat(AT_FDCWD, source, AT_FDCWD, target, AT_SYMLINK_FOLLOW) == 0 else {
        throw Self.failure(errno, path, folder)
      }
      if overwriting { hidden = target }
    }
    if let name = hidden {
      // Without overwriting a second link fails where the name is taken, which renaming would not.
      var status = overwriting ? rename(name, path) : link(name, path)
      var isMoved = overwriting
      if status != 0, !overwriting, errno != EEXIST, access(path, F_OK) != 0 {
        // No links on this file system.
        status = rename(name, path)
        isMoved = true
      }
      guard status == 0 else { throw Self.failure(errno, path, folder) }
      if isMoved { hidden = nil }
    }
    let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if handle >= 0 {
      fsync(handle)
      close(handle)
    }
  }

  private static func hiddenName(in folder: String) -> String {
    "\(folder)/.easel-\(getpid())-\(UInt64.random(in: 0 ... .max)).tmp"
  }

  private static func failure(_ code: Int32, _ path: String, _ folder: String) -> Failure {
    let cause = String(cString: strerror(code))
    switch code {
    case EEXIST:
      return Failure(
        .badInput, "'\(path)' exists already", hint: "add --overwrite or choose another name")
    case ENOENT, ENOTDIR:
      return Failure(.notFound, "the folder '\(folder)' does not exist", cause: cause)
    case EACCES, EPERM, EROFS:
      return Failure(.readOnly, "nothing may be written into '\(folder)'", cause: cause)
    case ENOSPC, EDQUOT:
      return Failure(.diskFull, "there is no room left in '\(folder)'", cause: cause)
    case EISDIR: return Failure(.badInput, "'\(path)' is a folder", cause: cause)
    default: return Failure(.internalError, "'\(path)' could not be written", cause: cause)
    }
  }
}
