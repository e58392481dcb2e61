import EaselKit

/// Picture files that lists name, below one folder.
///
/// A list may come from anywhere, so it names no file outside its folder: neither by `..` nor by a path
/// from the root. (Links inside the folder are its owner's affair and are followed.)
struct PictureFiles: Sendable {
  let folder: String

  /// `folder` without slashes at its end.
  init(_ folder: String) {
    var path = folder
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.folder = path
  }

  /// The bytes of the file that a list calls `name`.
  func read(_ name: String) throws -> [UInt8] { try Self.bytes(try path(of: name)) }

  func path(of name: String) throws -> String {
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw Failure(.badInput, "it names no file")
    }
    guard !name.contains("://") else {
      throw Failure(
        .badInput, "it is on the network", hint: "download it: pictures are read from the disk")
    }
    var rest = Substring(name)
    if name.hasPrefix("/") {
      guard name.hasPrefix(folder + "/") else {
        throw Failure(.badInput, "it lies outside the folder of the pictures", cause: name)
      }
      rest = name.dropFirst(folder.count + 1)
    }
    // Names that were written on Windows.
    let parts = rest.split(whereSeparator: { $0 == "/" || $0 == "\\" })
    guard !parts.contains("..") else {
      throw Failure(.badInput, "it lies outside the folder of the pictures", cause: name)
    }
    let below = parts.joined(separator: "/")
    return folder == "." ? below : folder + "/" + below
  }

  /// A whole picture file. The words name no path: the report says which record it was.
  static func bytes(_ path: String) throws -> [UInt8] {
    do { return try ReadableFile(path).all(limit: largestPictureFile) } catch let failure as Failure
    {
      let isMissing = failure.code == .notFound
      throw Failure(
        failure.code, isMissing ? "its file is missing" : "its file cannot be read",
        hint: failure.hint, cause: failure.what)
    }
  }

  static let endings: Set<String> = ["png", "jpg", "jpeg", "webp", "ppm", "pgm", "pnm"]
}

/// `a/b.c.PNG` → (`a/b.c`, `png`); the ending is empty where there is none.
func splitEnding(_ name: String) -> (stem: String, ending: String) {
  let start = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
  guard let dot = name[start...].lastIndex(of: "."), dot > start else { return (name, "") }
  return (String(name[..<dot]), name[name.index(after: dot)...].lowercased())
}
