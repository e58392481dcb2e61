import EaselKit
import Glibc

/// What happens when a file of that name exists.
public enum Collision: String, Hashable, Sendable, CaseIterable {
  /// The export fails and says so.
  case refuse
  /// `fox.png` becomes `fox-2.png`, `fox-3.png`, …
  case number
  /// The old file is replaced in one step.
  case overwrite
}

/// Writes a file so that it is there whole or not at all, and returns its path.
///
/// The bytes go to a hidden file beside it, are forced to the disk, then get their name: by a hard
/// link, which fails when the name is taken, or by renaming over it for `.overwrite`. On file
/// systems without links the name is reserved by exclusive creation first. Folders are not created.
///
/// Throws `Failure`: `.badInput` when the name is taken, `.notFound` when the folder is missing,
/// `.readOnly`, `.diskFull`; the hidden file is gone then.
public func publish(_ bytes: [UInt8], at path: String, collision: Collision = .refuse) throws
  -> String
{
  guard !path.isEmpty, !path.utf8.contains(0), path.utf8.last != UInt8(ascii: "/") else {
    throw Failure(.badInput, "'\(path)' names no file")
  }
  let (folder, name) = split(path)
  let hidden = "\(folder).easel-\(getpid())-\(UInt64.random(in: 0 ... .max)).tmp"
  try write(bytes, to: hidden)
  var isHidden = true
  defer { if isHidden { unlink(hidden) } }

  if collision == .overwrite {
    if rename(hidden, path) != 0 { throw fileFailure(errno, path) }
    isHidden = false
    syncFolder(folder)
    return path
  }
  for attempt in 1...9_999 {
    let candidate = attempt == 1 ? path : folder + numbered(name, attempt)
    if try give(hidden, name: candidate) {
      // A link leaves the hidden name behind, a rename does not; the `defer` serves both.
      syncFolder(folder)
      return candidate
    }
    if collision == .refuse {
      throw Failure(
        .badInput, "'\(path)' exists already", hint: "add --overwrite or choose another name")
    }
  }
  throw Failure(.badInput, "'\(path)' and 9998 numbered names exist already")
}

/// Gives the hidden file its name; false when the name is taken.
private func give(_ hidden: String, name: String) throws -> Bool {
  if link(hidden, name) == 0 { return true }
  let code = errno
  if code == EEXIST { return false }
  guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EXDEV].contains(code) else {
    throw fileFailure(code, name)
  }
  // No hard links here: reserve the name, then rename over our own empty file.
  let file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  if file < 0 {
    if errno == EEXIST { return false }
    throw fileFailure(errno, name)
  }
  close(file)
  if rename(hidden, name) != 0 {
    let code = errno
    unlink(name)
    throw fileFailure(code, name)
  }
  return true
}

private func write(_ bytes: [UInt8], to path: String) throws {
  let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard file >= 0 else { throw fileFailure(errno, path) }
  var problem: Int32?
  var done = 0
  bytes.withUnsafeBytes { buffer in
    while done < buffer.count, problem == nil {
      let count = Glibc.write(file, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      if count >= 0 { done += count } else if errno != EINTR { problem = errno }
    }
  }
  if problem == nil, fsync(file) != 0 { problem = errno }
  if close(file) != 0, problem == nil { problem = errno }
  if let problem {
    unlink(path)
    throw fileFailure(problem, path)
  }
}

/// Makes the new name survive a power cut; a file system that cannot is no reason to fail.
private func syncFolder(_ folder: String) {
  let handle = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard handle >= 0 else { return }
  fsync(handle)
  close(handle)
}

/// "a/b.png" → ("a/", "b.png").
private func split(_ path: String) -> (folder: String, name: String) {
  guard let slash = path.lastIndex(of: "/") else { return ("", path) }
  return (String(path[...slash]), String(path[path.index(after: slash)...]))
}

/// "fox.png", 2 → "fox-2.png"; a leading dot is no extension.
private func numbered(_ name: String, _ n: Int) -> String {
  guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "\(name)-\(n)" }
  return "\(name[..<dot])-\(n)\(name[dot...])"
}

private func fileFailure(_ code: Int32, _ path: String) -> Failure {
  let cause = String(cString: strerror(code))
  let (folder, name) = split(path)
  let place = folder.isEmpty ? "this folder" : "'\(folder)'"
  switch code {
  case ENOENT, ENOTDIR:
    return Failure(.notFound, "the folder \(place) does not exist", cause: cause)
  case EACCES, EPERM, EROFS:
    return Failure(.readOnly, "nothing may be written into \(place)", cause: cause)
  case ENOSPC, EDQUOT:
    return Failure(.diskFull, "there is no room left in \(place)", cause: cause)
  case EISDIR, ENOTEMPTY: return Failure(.badInput, "'\(path)' is a folder", cause: cause)
  case ENAMETOOLONG: return Failure(.badInput, "the name '\(name)' is too long", cause: cause)
  default: return Failure(.internalError, "'\(path)' could not be written", cause: cause)
  }
}
