public import EaselKit
import Foundation

/// A table of file names and captions: CSV and its relatives with a line of column names, or JSON, one
/// object a line. Names are below the table's folder.
///
/// The file's column is called `file`, `file_name`, `filename`, `image`, `image_path` or `path`, the
/// caption's `caption`, `captions`, `text`, `prompt`, `title` or `description`; in JSON a caption may be a
/// list. Neighbouring rows of one file are its captions; rows of it elsewhere are found by its pixels.
public struct TableSource: DataSource {
  public let kind = "table"
  private let path: String
  private let files: PictureFiles

  static let fileNames = [
    "file", "file_name", "filename", "image", "image_path", "image_file", "path", "filepath",
  ]
  static let captionNames = ["caption", "captions", "text", "prompt", "title", "description"]
  private static let longestLine = 1 << 20

  public init(_ path: String) {
    self.path = path
    let slash = path.lastIndex(of: "/")
    files = PictureFiles(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
  }

  public func read(_ take: (DataItem) throws -> Void) throws {
    let file = try ReadableFile(path)
    var rows = Rows(files: files)
    if ["jsonl", "ndjson", "json"].contains(splitEnding(path).ending) {
      try readLines(file, &rows, take)
    } else {
      try readColumns(file, &rows, take)
    }
    try rows.finish(take)
  }

  /// Collects neighbouring rows of one file.
  private struct Rows {
    let files: PictureFiles
    private var name = ""
    private var captions: [String] = []
    init(files: PictureFiles) { self.files = files }

    mutating func add(
      _ name: String, _ captions: [String], _ take: (DataItem) throws -> Void
    ) throws {
      if name != self.name { try finish(take) }
      self.name = name
      // A thousand rows of one file must not fill the memory.
      if self.captions.count < 1024 { self.captions += captions }
    }

    mutating func finish(_ take: (DataItem) throws -> Void) throws {
      guard !name.isEmpty else { return }
      let name = name, files = files
      try take(
        .record(
          DataRecord(name: name, captions: captions, content: .file { try files.read(name) })))
      (self.name, captions) = ("", [])
    }
  }

  private func readColumns(
    _ file: ReadableFile, _ rows: inout Rows, _ take: (DataItem) throws -> Void
  ) throws {
    let start = try file.bytes(at: 0, count: min(3, file.size)) == [0xEF, 0xBB, 0xBF] ? 3 : 0
    var header: (table: TableReader, file: Int, caption: Int)?
    for mark in ["\t", ",", ";", "|"] as [Unicode.Scalar] {
      var table = TableReader(file, mark: UInt8(ascii: mark), at: start)
      guard case .fields(let names)? = try table.next() else { continue }
      let words = names.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      func column(_ known: [String]) -> Int? {
        known.lazy.compactMap { words.firstIndex(of: $0) }.first
      }
      guard let name = column(Self.fileNames), let caption = column(Self.captionNames) else {
        continue
      }
      header = (table, name, caption)
      break
    }
    guard let header else {
      throw Failure(
        .badInput, "the first line of \(path) names no columns for files and captions",
        hint: "call them 'file' and 'caption', as in: file,caption")
    }
    var table = header.table
    let needed = max(header.file, header.caption) + 1
    while true {
      let row = try table.next(), line = table.rowLine
      switch row {
      case nil: return
      case .bad(let why)?:
        try rows.finish(take)
        try take(
          .bad(name: "line \(line)", Failure(.badInput, "the row cannot be read", cause: why)))
      case .fields(let fields)?:
        guard fields.count >= needed, !fields[header.file].isEmpty else {
          try rows.finish(take)
          try take(
            .bad(
              name: "line \(line)",
              Failure(
                .badInput,
                fields.count < needed ? "the row has too few columns" : "the row names no file")))
          continue
        }
        try rows.add(
          fields[header.file].trimmingCharacters(in: .whitespaces), [fields[header.caption]], take)
      }
    }
  }

  private func readLines(
    _ file: ReadableFile, _ rows: inout Rows, _ take: (DataItem) throws -> Void
  ) throws {
    var reader = ByteReader(file)
    var number = 0
    while let (bytes, isCut) = try reader.line(limit: Self.longestLine) {
      number += 1
      if bytes.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
      guard !isCut,
        let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
      else {
        try rows.finish(take)
        try take(.bad(name: "line \(number)", Failure(.badInput, "the line is no JSON object")))
        continue
      }
      let name = Self.fileNames.lazy.compactMap { object[$0] as? String }.first
      guard let name, !name.isEmpty else {
        try rows.finish(take)
        try take(
          .bad(
            name: "line \(number)",
            Failure(.badInput, "the line names no file", hint: "call it 'file' or 'file_name'")))
        continue
      }
      try rows.add(name, captions(in: object), take)
    }
  }
}

/// All captions of a JSON object, under any of the names that tools use.
func captions(in object: [String: Any]) -> [String] {
  TableSource.captionNames.flatMap { name -> [String] in
    if let text = object[name] as? String { return [text] }
    return (object[name] as? [Any])?.compactMap { $0 as? String } ?? []
  }
}
