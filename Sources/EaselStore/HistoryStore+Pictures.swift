public import EaselKit
import FoundationEssentials
import GRDB

extension HistoryStore {
  /// Where the PNG of a picture lies; nil when it is gone.
  public nonisolated func file(of item: HistoryItem) -> String? {
    Digest(hex: item.sha256).flatMap(locate)
  }

  private nonisolated func locate(_ digest: Digest) -> String? {
    Objects(folders: folders, fileSystem: fileSystem).locate(digest)
  }

  /// All that reading a picture takes: a screen full of them asks often, and recipes are long. Throws
  /// `Failure(.notFound)`.
  private nonisolated func digest(of id: ImageID) async throws -> Digest {
    let bytes = try await ask("read the history") { db in
      try Data.fetchOne(
        db.cachedStatement(sql: "SELECT sha256 FROM image WHERE id = ?"), arguments: [id.number])
    }
    guard let digest = bytes.flatMap(\.self).flatMap({ Digest(bytes: Array($0)) }) else {
      throw Failure.noPicture(id)
    }
    return digest
  }

  /// The PNG exactly as it was stored, checked against its digest.
  public nonisolated func png(_ id: ImageID) async throws -> [UInt8] {
    let digest = try await digest(of: id)
    return try await offPool { try self.readPNG(id, digest) }
  }

  /// The pixels of a picture.
  public nonisolated func picture(_ id: ImageID) async throws -> Picture {
    let digest = try await digest(of: id)
    return try await offPool { try self.codec.decode(self.readPNG(id, digest)).picture }
  }

  /// A small version whose longer side is at most `side` pixels, from the cache where it has one.
  /// The cache may be deleted at any time, and a cache that cannot be written costs only time.
  public nonisolated func thumbnail(_ id: ImageID, side: Int = 256) async throws -> Picture {
    let digest = try await digest(of: id)
    return try await offPool {
      let path = self.folders.thumbnail(digest, side: side)
      if let bytes = try? self.fileSystem.read(path, largestFile),
        let decoded = try? self.codec.decode(bytes),
        max(decoded.picture.width, decoded.picture.height) <= side
      {
        return decoded.picture
      }
      let small = self.codec.thumbnail(
        try self.codec.decode(self.readPNG(id, digest)).picture, side)
      if let bytes = try? self.codec.encode(small, nil) { try? self.cache(bytes, at: path) }
      return small
    }
  }

  private nonisolated func readPNG(_ id: ImageID, _ digest: Digest) throws -> [UInt8] {
    guard let path = locate(digest) else {
      throw Failure(
        .notFound, "the file of picture \(id) is gone",
        hint: "it was \(digest).png in \(folders.objects)")
    }
    let bytes: [UInt8]
    do {
      bytes = try fileSystem.read(path, largestFile)
    } catch {
      throw Failure(error, doing: "read picture \(id)")
    }
    guard Digest(of: bytes) == digest else {
      throw Failure(
        .libraryDamaged, "the file of picture \(id) is damaged",
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
