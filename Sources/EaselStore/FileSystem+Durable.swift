#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Why the order below and no other: a file whose bytes are not on the disk must not get its final
// name, and nobody may be told about a name that is not on the disk. Swapping any two of write,
// fsync, rename and fsync of the folder loses pictures when the power goes.

extension FileSystem {
  /// Writes a file that must not exist yet, down to the disk. On failure nothing stays behind, as
  /// far as the file system still allows.
  func writeNew(_ bytes: [UInt8], at path: String, mode: UInt32) throws {
    let descriptor = try named(path) {
      try open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    }
    do {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = try write(descriptor, rest)
        // A write that takes nothing and reports nothing would loop for ever.
        guard count > 0 else { throw SystemError("write", path, EIO) }
        rest = rest.dropFirst(count)
      }
      try sync(descriptor)
      if mode != 0o600 { try setMode(descriptor, mode) }
    } catch {
      try? close(descriptor)
      try? remove(path)
      throw name(error, path)
    }
    do {
      try close(descriptor)
    } catch {
      try? remove(path)
      throw name(error, path)
    }
  }

  /// Makes the names in a folder durable.
  func syncFolder(_ path: String) throws {
    try named(path) {
      let descriptor = try open(path, O_RDONLY | O_DIRECTORY, 0)
      do {
        try sync(descriptor)
      } catch {
        try? close(descriptor)
        throw error
      }
      try close(descriptor)
    }
  }

  /// Makes a folder and those above it that are missing, each durable in its parent.
  func makeFolders(_ path: String) throws {
    if try info(path)?.kind == .folder { return }
    let parent = folderName(path)
    if parent != "/" && parent != "." { try makeFolders(parent) }
    do {
      try makeFolder(path, 0o700)
    } catch let error as SystemError where error.isThere {
      // Another process was quicker, or a link to a folder stands here, which is fine too.
    }
    try syncFolder(parent)
  }

  /// Puts `bytes` where `path` says, all of them or none: after a crash either the old or the new
  /// content is there.
  func replace(_ bytes: [UInt8], at path: String, mode: UInt32 = 0o600) throws {
    let temporary = "\(folderName(path))/.\(fileName(path)).\(randomName()).part"
    try writeNew(bytes, at: temporary, mode: mode)
    do {
      try rename(temporary, path)
    } catch {
      try? remove(temporary)
      throw error
    }
    try syncFolder(folderName(path))
  }

  /// Removes a file; one that is not there is fine.
  func removeIfThere(_ path: String) throws {
    do {
      try remove(path)
    } catch let error as SystemError where error.isMissing {}
  }

  private func named<Answer>(_ path: String, _ body: () throws -> Answer) throws -> Answer {
    do { return try body() } catch { throw name(error, path) }
  }

  /// Calls on descriptors do not know the path; people want to.
  private func name(_ error: any Error, _ path: String) -> any Error {
    guard var error = error as? SystemError, error.path.isEmpty else { return error }
    error.path = path
    return error
  }
}

/// 32 hex digits that nobody else has.
func randomName() -> String {
  var random = SystemRandomNumberGenerator()
  return hex((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
}

/// Two lower-case digits for each byte.
func hex(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
