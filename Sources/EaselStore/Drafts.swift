import EaselKit

/// Keeps one small unsent thing, such as the prompt being typed, over a crash. It is a file and not
/// a row, so that a damaged database cannot take it along. What its bytes mean is the caller's
/// business.
///
/// Saving replaces the file as a whole: after a crash either the old or the new text is there.
/// Saving waits for the disk; call it away from the screen.
public struct DraftBox: Sendable {
  private let path: String
  private let fileSystem: FileSystem

  /// `name` tells studios apart that run at the same time.
  public init(folders: LibraryFolders, name: String = "draft", fileSystem: FileSystem = .real) {
    path = "\(folders.state)/\(name).json"
    self.fileSystem = fileSystem
  }

  public func save(_ bytes: [UInt8]) throws {
    do {
      try fileSystem.makeFolders(folderName(path))
      try fileSystem.replace(bytes, at: path)
    } catch {
      throw Failure(error, doing: "keep the draft")
    }
  }

  /// Nil when there is none. At most 16 MiB are read.
  public func load() throws -> [UInt8]? {
    do {
      guard try fileSystem.info(path) != nil else { return nil }
      return try fileSystem.read(path, 16 << 20)
    } catch {
      throw Failure(error, doing: "read the draft")
    }
  }

  /// Removes the draft, once what it held is safe elsewhere.
  public func clear() throws {
    do {
      try fileSystem.removeIfThere(path)
    } catch {
      throw Failure(error, doing: "remove the draft")
    }
  }

  /// Renames a draft that nobody can read, so that the next one does not overwrite it. Returns its
  /// new path.
  public func setAside() throws -> String {
    let target = "\(path).unreadable-\(randomName().prefix(8))"
    do {
      try fileSystem.rename(path, target)
    } catch {
      throw Failure(error, doing: "set the draft aside")
    }
    return target
  }
}
