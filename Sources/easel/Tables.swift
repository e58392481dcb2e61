import EaselApp
import EaselImaging
import EaselKit
import EaselStore
import FoundationEssentials

/// Writes a table of paintings as one PNG into the folder of exports; never over a file that is there.
func exportTable(_ cells: [Picture?], _ table: TablePicture) throws -> String {
  try publishTable(
    try tablePicture(cells, table.series), prompt: table.prompt, in: resolvedFolder(table.folder))
}

/// Paintings with the values that they were painted with; `cells` row by row, nil where none is.
func tablePicture(_ cells: [Picture?], _ series: Series) throws -> Picture {
  guard let largest = cells.compactMap({ $0 }).map({ max($0.width, $0.height) }).max() else {
    throw Failure(.notFound, "no picture of the table is at hand", hint: "paint it once more")
  }
  let corner =
    series.rowTitle.isEmpty
    ? series.columnTitle : "\(series.columnTitle) → \(series.rowTitle) ↓"
  // Small ones are enlarged in whole steps, so that the letters beside them are no giants.
  let side = largest < 128 ? largest * (128 / largest) : min(largest, 512)
  return labelledTable(
    columns: series.columns, rows: series.rows, corner: corner, cells: cells, side: side)
}

/// Writes the picture of a table under a name made of its prompt; never over a file that is there.
func publishTable(_ picture: Picture, prompt: String, in folder: String) throws -> String {
  if fileKind(folder) == nil { try makeFolder(folder) }
  let words = prompt.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(6)
  let name = (["table"] + words.map(String.init)).joined(separator: "-")
  let place = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
  return try publish(try encodePNG(picture), at: "\(place)/\(name).png", collision: .number)
}
