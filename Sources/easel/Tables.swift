import EaselApp
import EaselImaging
import EaselKit
import EaselStore
import FoundationEssentials

/// Writes a table of paintings as one PNG into the folder of exports; never over a file that is there.
func exportTable(_ cells: [Picture?], _ table: TablePicture) throws -> String {
  guard let largest = cells.compactMap({ $0 }).map({ max($0.width, $0.height) }).max() else {
    throw Failure(.notFound, "no picture of the table is at hand", hint: "paint it once more")
  }
  let series = table.series
  let corner =
    series.rowTitle.isEmpty
    ? series.columnTitle : "\(series.columnTitle) → \(series.rowTitle) ↓"
  // Small ones are enlarged in whole steps, so that the letters beside them are no giants.
  let side = largest < 128 ? largest * (128 / largest) : min(largest, 512)
  let picture = labelledTable(
    columns: series.columns, rows: series.rows, corner: corner, cells: cells, side: side)
  let folder = resolvedFolder(table.folder)
  if fileKind(folder) == nil { try makeFolder(folder) }
  let words = table.prompt.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(6)
  let name = (["table"] + words.map(String.init)).joined(separator: "-")
  return try publish(
    try encodePNG(picture), at: "\(folder)/\(name).png", collision: .number)
}
