/// The picture files of a library. Each is named by its SHA-256 and never changes.
///
/// Whether a picture is in the trash is said by its row; the folder its file lies in follows, so
/// that a history built anew from files alone knows the trash. Readers look in both places.
struct Objects: Sendable {
  let folders: LibraryFolders
  let fileSystem: FileSystem
  /// Shards whose name in their parent is known to be on the disk.
  private var durableShards: Set<String> = []

  init(folders: LibraryFolders, fileSystem: FileSystem) {
    self.folders = folders
    self.fileSystem = fileSystem
  }

  /// Puts a picture file in place, down to the disk. Afterwards a row may name it.
  ///
  /// Temporary file, all bytes, fsync, read-only, rename, fsync of the folder, fsync of its parent
  /// when the folder may be new. After an error of the disk the bytes are written once more, to a
  /// new file: an fsync that failed must never be tried again on the same one, as the kernel has
  /// dropped the pages and would report success.
  mutating func publish(_ bytes: [UInt8], _ digest: Digest) throws {
    let target = folders.object(digest)
    try prepareShard(folderName(target))
    if !isSound(target, bytes, digest) {
      do {
        try publishOnce(bytes, at: target)
      } catch let error as SystemError where error.isDiskError {
        try publishOnce(bytes, at: target)
      }
    }
    try fileSystem.syncFolder(folderName(target))
    if !durableShards.contains(folderName(target)) {
      try fileSystem.syncFolder(folders.objects)
      durableShards.insert(folderName(target))
    }
  }

  private func publishOnce(_ bytes: [UInt8], at target: String) throws {
    let temporary = "\(folders.temporary)/\(randomName()).part"
    try fileSystem.writeNew(bytes, at: temporary, mode: 0o400)
    do {
      try fileSystem.rename(temporary, target)
    } catch {
      try? fileSystem.remove(temporary)
      throw error
    }
  }

  private func prepareShard(_ folder: String) throws {
    do {
      try fileSystem.makeFolder(folder, 0o700)
    } catch let error as SystemError where error.isThere {}
  }

  /// A file that is there already is taken as it is only if its bytes are right.
  private func isSound(_ path: String, _ bytes: [UInt8], _ digest: Digest) -> Bool {
    guard let info = try? fileSystem.info(path), info.kind == .file, info.bytes == bytes.count,
      let found = try? fileSystem.read(path, bytes.count)
    else { return false }
    return Digest(of: found) == digest
  }

  /// Where the file of a picture is; nil when it is in neither place.
  func locate(_ digest: Digest) -> String? {
    for path in [folders.object(digest), folders.trashed(digest)] {
      if let info = try? fileSystem.info(path), info.kind == .file { return path }
    }
    return nil
  }

  /// Moves files into or out of the trash folder.
  ///
  /// The new name is on the disk before the old one goes; with a plain rename between two folders,
  /// a power cut may keep the removal and lose the arrival. Where the file system has no second
  /// names, files stay where they are, which is harmless.
  func move(_ digests: some Sequence<Digest>, toTrash: Bool) throws {
    var arrived: [(old: String, folder: String)] = []
    for digest in digests {
      let (old, new) =
        toTrash
        ? (folders.object(digest), folders.trashed(digest))
        : (folders.trashed(digest), folders.object(digest))
      guard try fileSystem.info(old) != nil else { continue }
      try prepareShard(folderName(new))
      do {
        try fileSystem.link(old, new)
      } catch let error as SystemError where error.isThere {}
      arrived.append((old, folderName(new)))
    }
    for folder in Set(arrived.map(\.folder)) { try fileSystem.syncFolder(folder) }
    if !arrived.isEmpty { try fileSystem.syncFolder(toTrash ? folders.trash : folders.objects) }
    for file in arrived { try fileSystem.removeIfThere(file.old) }
  }

  /// Removes a picture for good. Only after its last row is gone from the disk.
  func remove(_ digest: Digest) throws {
    try fileSystem.removeIfThere(folders.object(digest))
    try fileSystem.removeIfThere(folders.trashed(digest))
  }
}

extension SystemError {
  /// The disk itself failed; the same bytes may fit elsewhere on it.
  fileprivate var isDiskError: Bool { number == 5 /* EIO, the same number everywhere */ }
}
