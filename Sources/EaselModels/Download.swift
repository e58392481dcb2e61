import EaselKit
import Foundation

/// What is known of a file that is partly there, kept beside it: only the very same bytes may be gone on with.
struct PartNote: Codable, Hashable {
  var url: String
  /// The server's strong name for these bytes, or when they last changed.
  var validator: String?
  /// Length of the whole.
  var total: Int?
}

/// Brings one file over HTTP into `PATH.part`, beginning where that ends, and then gives it its name.
struct Download {
  let url: URL
  let path: String
  /// What the whole must have, where it is known before.
  let bytes: Int?
  let sha256: String?
  let retryDelays: [Double]
  let isCancelled: @Sendable () -> Bool
  /// Throws where there is no room for the rest; asked as soon as the server says how much it is.
  let checkRoom: @Sendable (_ there: Int, _ total: Int) throws -> Void
  /// Bytes that are there now, and of all.
  let progress: @Sendable (Int, Int?) -> Void

  var part: String { path + ".part" }
  var noteFile: String { path + ".part.json" }

  /// Bytes of an earlier try that can be gone on with.
  var alreadyThere: Int {
    let size = Disk.size(part)
    guard size > 0, let note = readNote(), note.url == url.absoluteString else { return 0 }
    guard note.validator != nil || sha256 != nil else { return 0 }
    return bytes.map { size <= $0 } ?? true ? size : 0
  }

  private func readNote() -> PartNote? {
    (try? Data(contentsOf: URL(filePath: noteFile)))
      .flatMap { try? JSONDecoder().decode(PartNote.self, from: $0) }
  }

  /// Throws `Failure(.engineUnreachable)` where the server does not answer, also after some more tries;
  /// `.modelDamaged` where it sends another length than it said.
  func run() throws {
    let start = alreadyThere
    if start == 0 { Disk.remove(noteFile) }
    let file = Arriving(try FileAppender(part, at: start))
    var failures = 0
    while true {
      let before = file.size
      do {
        try attempt(file)
        break
      } catch let broken as Transfer.Broken {
        if isCancelled() { throw CancellationError() }
        failures = file.size > before ? 1 : failures + 1
        guard failures <= retryDelays.count else {
          throw Failure.unreachable(url, cause: broken.cause)
        }
        try wait(retryDelays[failures - 1])
      }
    }
    try file.appender.finish()
    guard rename(part, path) == 0 else { throw Disk.failure("writing", path) }
    Disk.remove(noteFile)
    try Disk.syncFolder((path as NSString).deletingLastPathComponent)
  }

  private func attempt(_ file: Arriving) throws {
    let note = readNote()
    if let total = bytes ?? note?.total, file.size == total, note != nil || total == 0 { return }
    var headers: [String: String] = [:]
    if file.size > 0 {
      headers["Range"] = "bytes=\(file.size)-"
      if let validator = note?.validator { headers["If-Range"] = validator }
    }
    try Transfer.run(
      url, headers: headers, isCancelled: isCancelled,
      onResponse: { response in try self.begin(response, file) },
      onData: { data in
        if self.isCancelled() { throw CancellationError() }
        if let total = file.total, file.size + data.count > total {
          throw Failure(
            .modelDamaged, "\(self.url.host() ?? "the server") sends more than it said",
            hint: "try again later", cause: self.url.shown)
        }
        try file.appender.append(data)
        self.progress(file.size, file.total)
      })
    guard file.size == file.total ?? file.size else {
      throw Transfer.Broken(
        cause: "the connection ended after \(file.size) of \(file.total ?? 0) bytes")
    }
  }

  /// Puts the file's end where the answer begins, and notes what the answer is a part of.
  private func begin(_ response: Transfer.Response, _ file: Arriving) throws {
    if response.status == 416 {
      // Another file than before, or one that had grown too long.
      try file.appender.cut(to: 0)
      Disk.remove(noteFile)
      throw Transfer.Broken(cause: "the server has no such range")
    }
    try response.requireContent(of: url)
    if response.headers["content-type"]?.hasPrefix("text/html") == true {
      throw Failure(
        .badInput, "the address answers with a web page, not with a file", cause: url.shown)
    }
    let length = response.headers["content-length"].flatMap { Int($0) }
    var total = length
    if response.status == 206 {
      guard let range = response.headers["content-range"].flatMap(Self.range),
        range.start == file.size
      else { throw Transfer.Broken(cause: "the server sends another range than it was asked for") }
      total = range.total ?? length.map { $0 + range.start }
    } else {
      try file.appender.cut(to: 0)
    }
    if let total, let bytes, total != bytes {
      throw Failure(
        .modelDamaged, "a file has another size than the list of files says",
        hint: "the model may just have been changed: try again",
        cause: "\(url.shown): \(total) bytes instead of \(bytes)")
    }
    file.total = total ?? bytes
    if let total = file.total { try checkRoom(file.size, total) }
    let strong = response.headers["etag"].flatMap { $0.hasPrefix("W/") ? nil : $0 }
    let note = PartNote(
      url: url.absoluteString, validator: strong ?? response.headers["last-modified"],
      total: file.total)
    try Disk.replace(JSONEncoder().encode(note), at: noteFile)
    progress(file.size, file.total)
  }

  /// `bytes 10-99/100`, where the total may be `*`.
  static func range(_ text: String) -> (start: Int, total: Int?)? {
    let parts = text.split(whereSeparator: { " -/".contains($0) })
    guard parts.count == 4, parts[0] == "bytes", let start = Int(parts[1]) else { return nil }
    return (start, Int(parts[3]))
  }

  private func wait(_ seconds: Double) throws {
    let end = Date(timeIntervalSinceNow: seconds)
    while Date() < end {
      if isCancelled() { throw CancellationError() }
      // The installing thread, which has nothing else to do before the next try; in naps, so that stopping it is not
      // held up.
      Thread.sleep(forTimeInterval: min(0.05, max(0.001, end.timeIntervalSinceNow)))
    }
  }

  /// Unchecked: written by one thread at a time, the session's queue while a transfer runs, the caller between two.
  private final class Arriving: @unchecked Sendable {
    let appender: FileAppender
    var total: Int?
    var size: Int { appender.size }
    init(_ appender: FileAppender) { self.appender = appender }
  }
}
