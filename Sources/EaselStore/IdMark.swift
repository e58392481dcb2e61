/// Keeps numbers from being used twice even when the database is lost: a small file beside it says
/// up to which number pictures may have been given. It is raised in strides, so that storing a
/// picture rarely has to write it, and a new database starts counting above it.
struct IdMark: Sendable {
  static let stride: Int64 = 1000
  let path: String
  let fileSystem: FileSystem
  private(set) var reserved: Int64

  /// A mark that is missing or unreadable counts as zero; the database then has the say.
  init(path: String, fileSystem: FileSystem) {
    self.path = path
    self.fileSystem = fileSystem
    let bytes = (try? fileSystem.read(path, 64)) ?? []
    let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    reserved = Int64(String(decoding: digits, as: UTF8.self)) ?? 0
  }

  /// Makes sure, on the disk, that `id` is covered before anyone gets it.
  mutating func cover(_ id: Int64) throws {
    guard id > reserved else { return }
    let next = id + Self.stride - 1
    try fileSystem.replace(Array("\(next)\n".utf8), at: path)
    reserved = next
  }
}
