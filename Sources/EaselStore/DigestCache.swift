import EaselKit
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Digests of large files that did not change since they were read: gigabytes of weights take seconds.
///
/// A file counts as unchanged while its size, inode and times are the same. What is kept may be deleted
/// at any time; what cannot be kept is computed again.
public struct DigestCache: Sendable {
  private let path: String
  /// Files below this size together are quicker read than remembered.
  static let worthKeeping = 64 << 20

  public init(path: String) { self.path = path }

  private struct Stamp: Codable, Hashable {
    var path: String
    var size: Int64, inode: UInt64, modified: Int64, changed: Int64
  }
  private struct Entry: Codable {
    var files: [Stamp]
    var digest: String
  }

  /// As `sha256(ofFiles:)`.
  public func sha256(ofFiles paths: [String]) throws -> String {
    let stamps = paths.compactMap(Self.stamp)
    guard stamps.count == paths.count, stamps.reduce(0, { $0 + $1.size }) >= Self.worthKeeping
    else { return try EaselStore.sha256(ofFiles: paths) }
    var entries = stored()
    if let known = entries.first(where: { $0.files == stamps }) { return known.digest }
    let digest = try EaselStore.sha256(ofFiles: paths)
    // A file that changed while it was read has another stamp now.
    guard paths.compactMap(Self.stamp) == stamps else { return digest }
    entries.removeAll { $0.files.map(\.path) == paths }
    entries.append(Entry(files: stamps, digest: digest))
    keep(Array(entries.suffix(64)))
    return digest
  }

  private static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Glibc)
      let (modified, changed) = (status.st_mtim, status.st_ctim)
    #else
      let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
    #endif
    func nanoseconds(_ t: timespec) -> Int64 { Int64(t.tv_sec) * 1_000_000_000 + Int64(t.tv_nsec) }
    return Stamp(
      path: path, size: Int64(status.st_size), inode: UInt64(status.st_ino),
      modified: nanoseconds(modified), changed: nanoseconds(changed))
  }

  private func stored() -> [Entry] {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [] }
    return (try? JSONDecoder().decode([Entry].self, from: data)) ?? []
  }

  private func keep(_ entries: [Entry]) {
    guard let data = try? JSONEncoder().encode(entries) else { return }
    let folder = URL(filePath: path).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try? data.write(to: URL(filePath: path), options: .atomic)
  }
}
