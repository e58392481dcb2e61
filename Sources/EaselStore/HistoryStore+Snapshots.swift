import EaselKit
import GRDB

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension HistoryStore {
  /// Copies of the database that are kept.
  static let snapshotsKept = 10

  /// Copies the database into the snapshots folder unless today's copy is there; the oldest beyond
  /// ten go. Copying by plain file calls would drop SQLite's locks and tear the copy, so SQLite
  /// writes it. Returns the path of a new copy.
  public func snapshotToday() throws -> String? {
    let writer = try writable()
    let day = String(stamp(now()).prefix(8))
    let target = "\(folders.snapshots)/library-\(day).db"
    do {
      if try fileSystem.info(target) != nil { return nil }
      let temporary = "\(folders.temporary)/\(randomName()).part"
      do {
        try writer.writeWithoutTransaction { db in
          try db.execute(sql: "VACUUM INTO ?", arguments: [temporary])
        }
        let descriptor = try fileSystem.open(temporary, O_RDWR, 0)
        do { try fileSystem.sync(descriptor) } catch {
          try? fileSystem.close(descriptor)
          throw error
        }
        try fileSystem.close(descriptor)
        try fileSystem.rename(temporary, target)
      } catch {
        try? fileSystem.remove(temporary)
        throw error
      }
      try fileSystem.syncFolder(folders.snapshots)
      let old = try fileSystem.list(folders.snapshots).filter {
        $0.hasPrefix("library-") && $0.hasSuffix(".db")
      }
      for name in old.sorted().dropLast(Self.snapshotsKept) {
        try fileSystem.removeIfThere("\(folders.snapshots)/\(name)")
      }
      return target
    } catch {
      throw settle(error, doing: "copy the database")
    }
  }
}

/// `20261124-120000`, UTC.
func stamp(_ milliseconds: Int64) -> String {
  var seconds = time_t(milliseconds / 1000)
  var parts = tm()
  gmtime_r(&seconds, &parts)
  let numbers = [
    parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
    parts.tm_sec,
  ].map { $0 < 10 ? "0\($0)" : "\($0)" }
  return numbers[..<3].joined() + "-" + numbers[3...].joined()
}

/// Makes a file that must not exist yet.
let createNew: Int32 = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
