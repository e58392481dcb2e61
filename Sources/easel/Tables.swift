import EaselApp
import EaselImaging
import EaselKit
import EaselMuse
import EaselStore
import Foundation

/// Writes a table of paintings as one PNG into the folder of exports; never over a file that is there.
func exportTable(_ cells: [Picture?], _ table: TablePicture) throws -> String {
  guard let largest = cells.compactMap({ $0 }).map({ max($0.width, $0.height) }).max() else {
    throw Failure(.notFound, "no picture of the table is at hand", hint: "paint it once more")
  }
  let series = table.series
  let corner =
    series.rowTitle.isEmpty
    ? series.columnTitle : "\(series.columnTitle) / \(series.rowTitle)"
  // Small ones are enlarged in whole steps, so that the letters beside them are no giants.
  let side = largest < 128 ? largest * (128 / largest) : min(largest, 512)
  let picture = labelledTable(
    columns: series.columns, rows: series.rows, corner: corner, cells: cells, side: side)
  let folder = expandingTilde(table.folder)
  if fileKind(folder) == nil { try makeFolder(folder) }
  let words = table.prompt.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(6)
  let name = (["table"] + words.map(String.init)).joined(separator: "-")
  return try publish(
    try encodePNG(picture), at: "\(folder)/\(name).png", collision: .number)
}

/// The lists that prompts draw from: those that come with Easel, and over them the files of `folder`.
///
/// A file is a list of its own name: `wildcards/colour.txt`, `wildcards/animals/birds.txt`. What cannot be read
/// is passed over; a prompt that names it says so.
func loadWildcards(_ folder: String) -> Wildcards {
  builtInWildcards.overridden(by: Wildcards(files(below: folder, name: "", depth: 0)))
}

/// Of the scenes that the shipped model knows.
private let builtInWildcards = Wildcards([
  "colour": SceneColour.allCases.map(\.rawValue), "color": SceneColour.allCases.map(\.rawValue),
  "thing": Noun.all.map(\.name), "number": ["two", "three", "four"],
  "style": SceneStyle.allCases.compactMap(\.tags.first),
  "place": ScenePlace.drawn.compactMap(\.phrases.first),
])

/// Longest file that is read as a list, in bytes.
private let longestList = 1 << 20

private func files(below folder: String, name: String, depth: Int) -> [String: [String]] {
  var found: [String: [String]] = [:]
  guard depth < 4, let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
    return [:]
  }
  for entry in entries.sorted().prefix(1_000) {
    let path = "\(folder)/\(entry)"
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
    if !isFolder.boolValue, entry.hasSuffix(".txt") {
      let file = FileHandle(forReadingAtPath: path)
      guard let bytes = try? file?.read(upToCount: longestList) else { continue }
      found[name + String(entry.dropLast(4))] = Wildcards.entries(
        in: String(decoding: bytes, as: UTF8.self))
    } else if isFolder.boolValue {
      found.merge(files(below: path, name: "\(name)\(entry)/", depth: depth + 1)) { first, _ in
        first
      }
    }
  }
  return found
}
