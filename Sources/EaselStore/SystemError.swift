import EaselKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A refusal by the kernel: which call, on what, and the number it gave.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  public var call: String
  public var path: String
  /// `errno`.
  public var number: Int32
  public init(_ call: String, _ path: String, _ number: Int32) {
    self.call = call
    self.path = path
    self.number = number
  }

  public var words: String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }
  public var description: String { "\(call) \(path): \(words)" }

  /// The disk or the user's share of it has no room.
  public var isFull: Bool { number == ENOSPC || number == EDQUOT }
  /// Writing is not allowed here.
  public var isReadOnly: Bool { number == EROFS || number == EACCES || number == EPERM }
  var isMissing: Bool { number == ENOENT || number == ENOTDIR }
  var isThere: Bool { number == EEXIST }
}

extension Failure {
  /// Wraps `error` for people; `doing` completes "easel could not …".
  init(_ error: any Error, doing: String) {
    guard let system = error as? SystemError else {
      self = Failure(error)
      return
    }
    let cause = system.description
    if system.isFull {
      let room = freeBytes(system.path).map { "\($0 >> 20) MiB are free; " } ?? ""
      self = Failure(
        .diskFull, "the disk is full, easel could not \(doing)",
        hint: "\(room)make room and try again, nothing stored before is harmed", cause: cause)
    } else if system.isReadOnly {
      self = Failure(
        .readOnly, "easel could not \(doing): writing is not allowed",
        hint: "check the owner and the permissions of the folder", cause: cause)
    } else if system.isMissing {
      self = Failure(.notFound, "easel could not \(doing): nothing is there", cause: cause)
    } else {
      self = Failure(.internalError, "easel could not \(doing)", cause: cause)
    }
  }
}

/// Bytes that can still be written where `path` (or the nearest folder above it that exists) lies.
func freeBytes(_ path: String) -> Int? {
  var path = path
  while !path.isEmpty {
    var state = statvfs()
    if statvfs(path, &state) == 0 { return Int(state.f_bavail) * Int(state.f_frsize) }
    path = folderName(path)
    if path == "/" || path == "." { break }
  }
  return nil
}

/// The path without its last part.
func folderName(_ path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The last part of the path.
func fileName(_ path: String) -> String {
  path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
}
