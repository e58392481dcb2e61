internal import EaselKit
internal import EaselScreen

/// A table of paintings on the canvas: a picture for each pair of values.
extension AppState {
  /// Where a table's pictures and words stand.
  struct TableLayout {
    var columns: [(index: Int, rect: CellRect)] = []
    var rows: [(index: Int, rect: CellRect)] = []
    /// Pictures by column and row.
    func cell(_ column: Int, _ row: Int) -> CellRect? {
      guard let across = columns.first(where: { $0.index == column })?.rect,
        let down = rows.first(where: { $0.index == row })?.rect
      else { return nil }
      return CellRect(
        column: across.column, row: down.row, columns: across.columns, rows: down.rows)
    }
  }

  /// As many columns and rows as stay recognisable, around the one that the keys act on.
  func tableLayout(_ table: Series, in area: CellRect) -> TableLayout {
    var layout = TableLayout()
    let words = min(area.columns / 4, table.rows.map { SafeText($0).widthInCells }.max() ?? 0)
    let left = words > 0 ? words + 1 : 0
    let room = CellRect(
      column: area.column + left, row: area.row + 1, columns: max(0, area.columns - left),
      rows: max(0, area.rows - 1))
    let place = shownJob?.place
    func part(_ count: Int, _ space: Int, least: Int, at: Int) -> (
      first: Int, count: Int, size: Int
    ) {
      let fits = max(1, min(count, (space + 1) / (least + 1)))
      let first = clamp(at - fits / 2, 0...max(0, count - fits))
      return (first, fits, max(1, (space + 1) / fits - 1))
    }
    let across = part(table.columns.count, room.columns, least: 8, at: place?.column ?? 0)
    let down = part(max(1, table.rows.count), room.rows, least: 4, at: place?.row ?? 0)
    // Cells that are wider than their pictures leave the table in pieces.
    let request = shownJob?.request
    let shape = PixelSize(width: request?.width ?? 1, height: request?.height ?? 1)
    let fitted = cell.fit(
      shape, in: CellRect(column: 0, row: 0, columns: across.size, rows: down.size))
    let least = table.columns.map { SafeText($0).widthInCells }.max() ?? 0
    let width = min(across.size, max(fitted.columns, least)), height = fitted.rows
    // In the middle of what is free, as a single picture is.
    let gap = room.rows > height * down.count + down.count ? 1 : 0
    let used = CellSize(
      columns: across.count * (width + 1) - 1, rows: down.count * (height + gap) - gap)
    let shift = CellSize(
      columns: max(0, room.columns - used.columns) / 2, rows: max(0, room.rows - used.rows) / 2)
    for i in 0..<across.count {
      let column = room.column + shift.columns + i * (width + 1)
      layout.columns.append(
        (
          across.first + i,
          CellRect(column: column, row: area.row + shift.rows, columns: width, rows: 1)
        ))
    }
    for i in 0..<down.count {
      layout.rows.append(
        (
          down.first + i,
          CellRect(
            column: area.column + shift.columns, row: room.row + shift.rows + i * (height + gap),
            columns: left, rows: height)
        ))
    }
    return layout
  }

  func drawTable(_ table: Series, in area: CellRect, _ screen: inout Screen) {
    let layout = tableLayout(table, in: area)
    let place = shownJob?.place
    for (index, rect) in layout.columns {
      let isShown = index == place?.column
      screen.write(
        table.columns[index], in: rect, Style(isShown ? .accent : .label, bold: isShown),
        at: .middle)
    }
    for (index, rect) in layout.rows {
      if table.rows.indices.contains(index) {
        let isShown = index == place?.row
        screen.write(
          table.rows[index],
          in: CellRect(
            column: rect.column, row: rect.row + rect.rows / 2, columns: max(0, rect.columns - 1),
            rows: 1), Style(isShown ? .accent : .label, bold: isShown), at: .right)
      }
      for (column, _) in layout.columns {
        guard let cellRect = layout.cell(column, index),
          let job = tableJob(column: column, row: index)
        else { continue }
        let isShown = job.id == shownJob?.id
        let size = PixelSize(width: job.request.width, height: job.request.height)
        let fitted = cell.fit(size, in: cellRect)
        if let key = job.key(0) {
          screen.place(key, in: fitted)
        } else {
          let sign =
            switch job.phase {
            case .waiting: "·"
            case .painting: "…"
            case .failed: "failed"
            case .stopped: "stopped"
            case .done: ""
            }
          screen.write(sign, in: cellRect.line(cellRect.rows / 2), Style(.faint), at: .middle)
        }
        // The mark stands beside the picture, where there is room, because nothing lies over pixels.
        if isShown, fitted.endColumn < area.endColumn {
          screen.write(
            "◂",
            in: CellRect(
              column: fitted.endColumn, row: cellRect.row + cellRect.rows / 2, columns: 1, rows: 1),
            Style(.accent, bold: true))
        }
      }
    }
  }

  /// One row up or down in the table on the canvas; nil at its edge, and where there is none.
  mutating func moveInTable(_ step: Int) -> [Effect]? {
    guard shownTable != nil, let place = shownJob?.place,
      let job = tableJob(column: place.column, row: place.row + step)
    else { return nil }
    compose.shown = ComposeState.Shown(job: job.id, index: 0)
    compose.follows = false
    return []
  }

  mutating func exportTable() -> [Effect] {
    guard let table = shownTable, let job = shownJob else { return [] }
    let cells = (0..<max(1, table.rows.count)).flatMap { row in
      table.columns.indices.map { tableJob(column: $0, row: row)?.key(0) }
    }
    return [
      .exportTable(
        TablePicture(
          series: table, cells: cells, prompt: job.request.template ?? job.request.prompt,
          folder: settings.exportFolder))
    ]
  }

  /// The picture of the table under the pointer.
  mutating func clickTable(_ at: CellPoint, in area: CellRect) -> Bool {
    guard let table = shownTable else { return false }
    let layout = tableLayout(table, in: area)
    for (column, _) in layout.columns {
      for (row, _) in layout.rows where layout.cell(column, row)?.contains(at) == true {
        guard let job = tableJob(column: column, row: row), job.id != compose.shown?.job else {
          return false
        }
        compose.shown = ComposeState.Shown(job: job.id, index: 0)
        compose.follows = false
        compose.focus = .canvas
        return true
      }
    }
    return false
  }
}
