import Glibc

/// Tells a file from another one that has its name.
struct FileStamp: Hashable, Sendable {
  var path: String
  var device: UInt64, inode: UInt64
  var size: Int
  var seconds: Int, nanoseconds: Int

  init?(_ path: String) {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    self.path = path
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
    size = Int(info.st_size)
    seconds = info.st_mtim.tv_sec
    nanoseconds = info.st_mtim.tv_nsec
  }
}

extension ModelCatalog {
  /// Of the weights of a model; nil where there is none.
  func stamps(of name: String) -> [FileStamp]? {
    guard let folder = try? ModelFolder(folder(of: name)), let files = try? folder.weightFiles()
    else {
      return nil
    }
    return files.compactMap(FileStamp.init)
  }
}
