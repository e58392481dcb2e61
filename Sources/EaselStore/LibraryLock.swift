#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The right to write to a library: an flock that the kernel drops when the process dies, so there
/// is no stale lock to clean up. The text in the file only tells people who has it.
final class LibraryLock: Sendable {
  /// Who has the lock, as far as the file tells.
  struct Holder: Hashable, Sendable {
    var process: Int?
  }
  enum Answer {
    case taken(LibraryLock)
    case busy(Holder)
  }

  private let descriptor: Int32
  /// The last holder did not say good-bye: it crashed, or is unknown.
  let wasLeftOpen: Bool

  private init(descriptor: Int32, wasLeftOpen: Bool) {
    self.descriptor = descriptor
    self.wasLeftOpen = wasLeftOpen
  }

  deinit { close(descriptor) }

  /// Tries once. Throws `SystemError` where the file cannot be opened for writing.
  static func take(_ path: String) throws -> Answer {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError("open", path, errno) }
    let text = contents(descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      close(descriptor)
      if number == EWOULDBLOCK { return .busy(Holder(process: Int(text))) }
      throw SystemError("flock", path, number)
    }
    // Read again: what was there before the lock may be another holder's.
    let left = contents(descriptor)
    let name = Array("\(getpid())\n".utf8)
    // The text is a hint; a disk too full to take it must not keep anyone out.
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, name, name.count, 0)
    return .taken(LibraryLock(descriptor: descriptor, wasLeftOpen: !left.isEmpty))
  }

  /// Says that everything was finished. The lock itself goes with the object.
  func sayGoodbye() { _ = ftruncate(descriptor, 0) }

  private static func contents(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return String(
      decoding: bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
