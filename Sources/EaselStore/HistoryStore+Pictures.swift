public import EaselKit

extension HistoryStore {
  /// Where the PNG of a picture lies; nil when it is gone.
  public nonisolated func file(of item: HistoryItem) -> String? {
    Digest(hex: item.sha256).flatMap {
      Objects(folders: folders, fileSystem: fileSystem).locate($0)
    }
  }

  /// The PNG exactly as it was stored, checked against its digest.
  public nonisolated func png(_ id: ImageID) async throws -> [UInt8] {
    let item = try await item(id)
    return try await offPool { try self.readPNG(item) }
  }

  /// The pixels of a picture.
  public nonisolated func picture(_ id: ImageID) async throws -> Picture {
    let item = try await item(id)
    return try await offPool { try self.codec.decode(self.readPNG(item)).picture }
  }

  /// A small version whose longer side is at most `side` pixels, from the cache where it has one.
  /// The cache may be deleted at any time, and a cache that cannot be written costs only time.
  public nonisolated func thumbnail(_ id: ImageID, side: Int = 256) async throws -> Picture {
    let item = try await item(id)
    guard let digest = Digest(hex: item.sha256) else { throw Failure.noPicture(id) }
    return try await offPool {
      let path = self.folders.thumbnail(digest, side: side)
      if let bytes = try? self.fileSystem.read(path, largestFile),
        let decoded = try? self.codec.decode(bytes),
        max(decoded.picture.width, decoded.picture.height) <= side
      {
        return decoded.picture
      }
      let small = self.codec.thumbnail(try self.codec.decode(self.readPNG(item)).picture, side)
      if let bytes = try? self.codec.encode(small, nil) { try? self.cache(bytes, at: path) }
      return small
    }
  }

  private nonisolated func readPNG(_ item: HistoryItem) throws -> [UInt8] {
    guard let path = file(of: item) else {
      throw Failure(
        .notFound, "the file of picture \(item.id) is gone",
        hint: "it was \(item.sha256).png in \(folders.objects)")
    }
    let bytes: [UInt8]
    do {
      bytes = try fileSystem.read(path, largestFile)
    } catch {
      throw Failure(error, doing: "read picture \(item.id)")
    }
    guard Digest(of: bytes).description == item.sha256 else {
      throw Failure(
        .libraryDamaged, "the file of picture \(item.id) is damaged",
        hint: "'easel doctor' lists every damaged file; this one is \(path)",
        cause: "its bytes are not those that were stored")
    }
    return bytes
  }

  /// Whole files only, but no waiting for the disk.
  nonisolated func cache(_ bytes: [UInt8], at path: String) throws {
    let folder = folderName(path)
    if try fileSystem.info(folder) == nil { try fileSystem.makeFolders(folder) }
    let temporary = "\(folder)/.\(randomName()).part"
    let descriptor = try fileSystem.open(temporary, createNew, 0o600)
    do {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = try fileSystem.write(descriptor, rest)
        guard count > 0 else { throw SystemError("write", temporary, 5) }
        rest = rest.dropFirst(count)
      }
    } catch {
      try? fileSystem.close(descriptor)
      try? fileSystem.remove(temporary)
      throw error
    }
    try fileSystem.close(descriptor)
    try fileSystem.rename(temporary, path)
  }

  /// A picture that is gone for good leaves no small copy behind.
  func removeThumbnails(_ digest: Digest) throws {
    let folder = folderName(folders.thumbnail(digest, side: 0))
    guard try fileSystem.info(folder) != nil else { return }
    for name in try fileSystem.list(folder) where name.hasPrefix("\(digest)-") {
      try fileSystem.removeIfThere("\(folder)/\(name)")
    }
  }
}
