public import EaselKit
import FoundationEssentials
import GRDB

/// One thing that `easel doctor` has to say about the library.
public struct Finding: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case sound, newLibrary, databaseDamaged, databaseNewer, databaseUnreadable, notWritable
    case busy, searchDamaged, fileMissing, fileDamaged, fileUnknown, leftover, inboxWaiting
    case quarantined, recipeUnreadable
  }
  public enum Weight: String, Hashable, Sendable { case note, warning, problem }
  public var kind: Kind
  public var weight: Weight
  /// A sentence.
  public var what: String
  public var hint: String?
  /// The picture it is about.
  public var image: ImageID?
  public var path: String?

  init(
    _ kind: Kind, _ weight: Weight, _ what: String, hint: String? = nil, image: ImageID? = nil,
    path: String? = nil
  ) {
    self.kind = kind
    self.weight = weight
    self.what = what
    self.hint = hint
    self.image = image
    self.path = path
  }
}

extension HistoryStore {
  /// Looks at everything and changes nothing. With `verify`, every picture file is read and compared
  /// with its digest; without, only names and sizes are looked at.
  public nonisolated func check(verify: Bool = true) async -> [Finding] {
    var findings: [Finding] = []
    if let problem { findings.append(Finding(problem)) }
    guard connection != nil else {
      if findings.isEmpty {
        findings.append(
          Finding(.newLibrary, .note, "there is no history yet", path: folders.library))
      }
      return findings + ((try? await offPool { self.checkLeftovers() }) ?? [])
    }
    do {
      let words = try await ask("check the database") { db in
        try String.fetchAll(db, sql: "PRAGMA integrity_check(20)")
          + (Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { "loose reference: \($0)" })
      }
      for word in words ?? [] where word != "ok" {
        findings.append(
          Finding(.databaseDamaged, .problem, "the database is damaged: \(word)", hint: repairHint))
      }
      findings += await checkSearch()
      let rows = try await ask("read the history") { db in try Rows.files(db) } ?? []
      findings += try await offPool { self.checkFiles(rows, verify: verify) }
      findings += try await offPool { self.checkUnknown(Set(rows.compactMap(\.digest))) }
      findings += try await offPool { self.checkLeftovers() }
      if findings.allSatisfy({ $0.weight == .note }) {
        let count = rows.count
        let how = verify ? "and every file is what it was" : "and every file is there"
        findings.insert(
          Finding(.sound, .note, "the history is sound: \(count) pictures, \(how)"), at: 0)
      }
    } catch {
      findings.append(Finding(settle(error, doing: "check the history")))
    }
    return findings
  }

  /// Compares the full-text index with the rows; only a writer can ask for it.
  private func checkSearch() -> [Finding] {
    guard let writer else { return [] }
    do {
      try writer.write { db in
        try db.execute(
          sql: "INSERT INTO image_text (image_text, rank) VALUES ('integrity-check', 1)")
      }
      return []
    } catch {
      return [
        Finding(
          .searchDamaged, .warning, "the search index does not agree with the history",
          hint: repairHint)
      ]
    }
  }

  private nonisolated func checkFiles(_ rows: [Rows.File], verify: Bool) -> [Finding] {
    let objects = Objects(folders: folders, fileSystem: fileSystem)
    var findings: [Finding] = []
    for row in rows {
      guard let digest = row.digest, let path = objects.locate(digest) else {
        findings.append(
          Finding(
            .fileMissing, .problem, "the file of picture \(row.id) is gone",
            hint: "put a copy back, or move the picture to the trash", image: row.id,
            path: row.digest.map(folders.object)))
        continue
      }
      let isSound =
        verify
        ? (try? fileSystem.read(path, largestFile)).map { Digest(of: $0) == digest } ?? false
        : (try? fileSystem.info(path))?.bytes == row.bytes
      if !isSound {
        findings.append(
          Finding(
            .fileDamaged, .problem, "the file of picture \(row.id) is not what was stored",
            hint: "put a copy back, or move the picture to the trash", image: row.id, path: path))
      }
    }
    return findings
  }

  private nonisolated func checkUnknown(_ known: Set<Digest>) -> [Finding] {
    var findings: [Finding] = []
    for folder in [folders.objects, folders.trash] {
      for shard in ((try? fileSystem.list(folder)) ?? []).sorted() {
        for name in ((try? fileSystem.list("\(folder)/\(shard)")) ?? []).sorted() {
          if let digest = Digest(hex: name.dropLast(4)), known.contains(digest) { continue }
          findings.append(
            Finding(
              .fileUnknown, .warning, "no picture of the history knows the file \(name)",
              hint: "'easel doctor --repair' takes it in or sets it aside",
              path: "\(folder)/\(shard)/\(name)"))
        }
      }
    }
    return findings
  }

  private nonisolated func checkLeftovers() -> [Finding] {
    func names(_ folder: String) -> [String] { (try? fileSystem.list(folder)) ?? [] }
    var findings: [Finding] = []
    let waiting = names(folders.inbox).filter { !$0.hasPrefix(".") }.count
    if waiting > 0 {
      findings.append(
        Finding(
          .inboxWaiting, .note, "\(waiting) pictures wait to be taken in",
          hint: "the next Easel that writes does it", path: folders.inbox))
    }
    let leftovers = names(folders.temporary).count
    if leftovers > 0 {
      findings.append(
        Finding(
          .leftover, .note,
          "\(leftovers) unfinished files are being written or were left by a crash",
          hint: "the next start clears them away", path: folders.temporary))
    }
    let aside = names(folders.quarantine).count
    if aside > 0 {
      findings.append(
        Finding(
          .quarantined, .note, "\(aside) things were set aside", hint: "look through them",
          path: folders.quarantine))
    }
    return findings
  }
}

private let repairHint = "'easel doctor --repair' builds it anew from the pictures"

extension Finding {
  /// Why the library cannot be written, or read.
  fileprivate init(_ problem: Failure) {
    let kind: Kind
    let weight: Weight
    switch problem.code {
    case .libraryDamaged: (kind, weight) = (.databaseDamaged, .problem)
    case .libraryBusy: (kind, weight) = (.busy, .note)
    case .readOnly: (kind, weight) = (.notWritable, .warning)
    case .unsupported: (kind, weight) = (.databaseNewer, .warning)
    default: (kind, weight) = (.databaseUnreadable, .problem)
    }
    let cause = problem.cause.map { " (\($0))" } ?? ""
    self.init(kind, weight, problem.what + cause, hint: problem.hint)
  }
}

extension Rows {
  struct File: Sendable {
    var id: ImageID
    var digest: Digest?
    var bytes: Int
  }
  static func files(_ db: Database) throws -> [File] {
    try Row.fetchAll(db, sql: "SELECT id, sha256, bytes FROM image ORDER BY id").map { row in
      File(
        id: ImageID(row["id"]), digest: Digest(bytes: Array(row["sha256"] as Data)),
        bytes: row["bytes"])
    }
  }
}
