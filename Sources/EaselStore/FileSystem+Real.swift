#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension FileSystem {
  /// The file system of this machine.
  public static let real = FileSystem(
    open: { path, flags, mode in
      try checked("open", path) { Calls.open(path, flags | O_CLOEXEC, mode) }
    },
    write: { descriptor, bytes in
      try checked("write", "") {
        bytes.withUnsafeBytes { Calls.write(descriptor, $0.baseAddress, $0.count) }
      }
    },
    sync: { descriptor in try checked("fsync", "") { Calls.sync(descriptor) } },
    setMode: { descriptor, mode in try checked("chmod", "") { fchmod(descriptor, mode) } },
    close: { descriptor in
      // Not repeated after EINTR: Linux has closed the descriptor by then.
      if Calls.close(descriptor) != 0, errno != EINTR { throw SystemError("close", "", errno) }
    },
    rename: { from, to in try checked("rename", to) { Calls.rename(from, to) } },
    link: { from, to in try checked("link", to) { Calls.link(from, to) } },
    remove: { path in try checked("unlink", path) { unlink(path) } },
    makeFolder: { path, mode in try checked("mkdir", path) { mkdir(path, mode) } },
    read: readFile,
    list: listFolder,
    info: { path in
      var state = stat()
      guard lstat(path, &state) == 0 else {
        let error = SystemError("stat", path, errno)
        if error.isMissing { return nil }
        throw error
      }
      return Info(state)
    })
}

/// The C functions, under names that do not collide with the struct's own.
private enum Calls {
  static func open(_ path: String, _ flags: Int32, _ mode: UInt32) -> Int32 {
    #if canImport(Glibc)
      Glibc.open(path, flags, mode)
    #else
      Darwin.open(path, flags, mode_t(mode))
    #endif
  }
  static func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes, count)
    #else
      Darwin.write(descriptor, bytes, count)
    #endif
  }
  static func sync(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
      fsync(descriptor)
    #else
      // fsync(2) on macOS does not flush the drive's own cache.
      fcntl(descriptor, F_FULLFSYNC) == 0 ? 0 : fsync(descriptor)
    #endif
  }
  static func close(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.close(descriptor)
    #else
      Darwin.close(descriptor)
    #endif
  }
  static func rename(_ from: String, _ to: String) -> Int32 {
    #if canImport(Glibc)
      Glibc.rename(from, to)
    #else
      Darwin.rename(from, to)
    #endif
  }
  static func link(_ from: String, _ to: String) -> Int32 {
    #if canImport(Glibc)
      Glibc.link(from, to)
    #else
      Darwin.link(from, to)
    #endif
  }
}

/// Runs a C call that answers -1 on failure, again when a signal interrupted it.
@discardableResult
private func checked<Answer: SignedInteger>(
  _ call: String, _ path: String, _ body: () -> Answer
) throws -> Answer {
  while true {
    let answer = body()
    if answer >= 0 { return answer }
    if errno != EINTR { throw SystemError(call, path, errno) }
  }
}

extension FileSystem.Info {
  fileprivate init(_ state: stat) {
    let kind: FileSystem.Kind =
      switch state.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    #if canImport(Glibc)
      let time = state.st_mtim
    #else
      let time = state.st_mtimespec
    #endif
    self.init(
      kind: kind, bytes: Int(state.st_size), mode: UInt32(state.st_mode & 0o7777),
      modified: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

/// Reads a whole regular file. Opened without blocking, so that a pipe somebody put there cannot
/// hold the program.
@Sendable private func readFile(_ path: String, limit: Int) throws -> [UInt8] {
  let descriptor = try checked("open", path) {
    Calls.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0)
  }
  defer { _ = Calls.close(descriptor) }
  var state = stat()
  try checked("stat", path) { fstat(descriptor, &state) }
  guard state.st_mode & S_IFMT == S_IFREG else { throw SystemError("read", path, EINVAL) }
  guard Int(state.st_size) <= limit else { throw SystemError("read", path, EFBIG) }
  var bytes = [UInt8](repeating: 0, count: Int(state.st_size))
  var done = 0
  while done < bytes.count {
    let count = try bytes.withUnsafeMutableBytes { buffer in
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      return try checked("read", path) { read(descriptor, rest.baseAddress, rest.count) }
    }
    if count == 0 { break }
    done += count
  }
  // The file shrank between the two calls.
  bytes.removeLast(bytes.count - done)
  return bytes
}

@Sendable private func listFolder(_ path: String) throws -> [String] {
  guard let folder = opendir(path) else { throw SystemError("opendir", path, errno) }
  defer { closedir(folder) }
  var names: [String] = []
  while true {
    errno = 0
    guard let entry = readdir(folder) else {
      if errno != 0 { throw SystemError("readdir", path, errno) }
      return names
    }
    // The name is a fixed array in C; its length is where the first zero is.
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != "." && name != ".." { names.append(name) }
  }
}
