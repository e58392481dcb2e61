internal import EaselKit
internal import EaselScreen

struct CompareLayout: Hashable {
  struct Tile: Hashable {
    /// Its place in `entries`; A's where two pictures are in one.
    var entry: Int
    var frame: CellRect
    var picture: CellRect
    /// 0 to 2 rows below the picture.
    var caption: CellRect
  }
  var tiles: [Tile]
  var status: CellRect
  var cell: CellPixels
}

extension AppState {
  var compareLayout: CompareLayout {
    let (rest, status) = body.splitBottom(1)
    let tiles: [CompareLayout.Tile]
    if comparison.mode == .sideBySide {
      tiles = gridOfTiles(in: rest)
    } else {
      let (picture, caption) = rest.splitBottom(rest.rows >= 8 ? 2 : 0)
      tiles = [
        CompareLayout.Tile(
          entry: comparison.first, frame: rest, picture: picture, caption: caption.narrowed(1))
      ]
    }
    return CompareLayout(tiles: tiles, status: status.narrowed(1), cell: cell)
  }

  /// All pictures in the grid that shows the first one largest.
  private func gridOfTiles(in area: CellRect) -> [CompareLayout.Tile] {
    let count = comparison.entries.count
    guard let size = comparison.entries.first?.size, !area.isEmpty else { return [] }
    var best: (cells: Int, tiles: [CompareLayout.Tile])?
    for columns in 1...max(1, count) {
      let rows = (count + columns - 1) / columns
      let wide = (area.columns - (columns - 1)) / columns, high = area.rows / rows
      guard wide > 0, high > 0 else { continue }
      let captions = high >= 8 ? 2 : high >= 3 ? 1 : 0
      let tiles = (0..<count).map { i in
        let frame = CellRect(
          column: area.column + i % columns * (wide + 1), row: area.row + i / columns * high,
          columns: wide, rows: high)
        let (picture, caption) = frame.splitBottom(captions)
        return CompareLayout.Tile(
          entry: i, frame: frame, picture: picture, caption: caption.narrowed(1))
      }
      let fitted = cell.fit(size, in: tiles[0].picture)
      let cells = fitted.columns * fitted.rows
      if cells > best?.cells ?? 0 { best = (cells, tiles) }
    }
    return best?.tiles ?? []
  }

  func drawCompare(_ screen: inout Screen) {
    let layout = compareLayout
    screen.fill(body, style: Style(.canvas))
    if let (a, b) = comparison.pair {
      for tile in layout.tiles {
        let entry = comparison.entries[tile.entry]
        let key: PictureKey =
          switch comparison.mode {
          case .sideBySide: entry.key
          case .wipe:
            .composed(.wipe(a.key, b.key, edge: comparison.edge), revision: comparison.revision)
          case .difference:
            .composed(
              .difference(a.key, b.key, gain: comparison.gain), revision: comparison.revision)
          case .flip: comparison.showsFirst ? a.key : b.key
          }
        let size = comparison.mode == .flip && !comparison.showsFirst ? b.size : entry.size
        screen.place(key, size, in: tile.picture, layout.cell, through: comparison.lens)
        if comparison.mode == .sideBySide {
          drawCaption(tile.entry, in: tile.caption, &screen)
        } else if tile.caption.rows == 2 {
          drawCaption(comparison.first, in: tile.caption.line(0), &screen)
          drawCaption(comparison.second, in: tile.caption.line(1), &screen)
        }
      }
    }
    screen.fill(
      CellRect(column: 0, row: layout.status.row, columns: size.columns, rows: 1),
      style: Style(.text))
    drawCompareStatus(layout.status, &screen)
  }

  // MARK: Words

  /// A picture's letter and name, the settings and the words in which it differs: in one row or two.
  private func drawCaption(_ index: Int, in rect: CellRect, _ screen: inout Screen) {
    guard rect.rows > 0, let (a, b) = comparison.pair else { return }
    let entry = comparison.entries[index]
    let letter = index == comparison.first ? "A " : index == comparison.second ? "B " : "  "
    let isChosen = index == comparison.second
    var head: [(String, Style)] = [
      (letter, Style(index == comparison.first || isChosen ? .accent : .faint, bold: true)),
      (entry.name, Style(isChosen ? .accent : .text)),
    ]
    if let id = entry.id, gallery.items.contains(where: { $0.id == id && $0.isFavourite }) {
      head.append((" ♥", Style(.favourite)))
    }
    head.append(("  ", Style(.text)))
    // A differs from B, all others from A.
    let other = index == comparison.first ? b : a
    let settings = entry.differing(from: [other])
    let isSame = settings.isEmpty && entry.request.prompt == other.request.prompt
    if rect.rows >= 2 {
      let facts = isSame ? "the same words and settings" : settings
      screen.write(head + [(facts, Style(.faint))], in: rect.line(0))
      screen.write(promptPieces(entry, other, rect.columns), in: rect.line(1))
      return
    }
    let used = head.reduce(0) { $0 + SafeText($1.0).widthInCells }
    // Where all of it does not fit, what the prompts share goes first, then the settings' end.
    let room = max(0, rect.columns - used)
    let short = settings.isEmpty ? 0 : min(SafeText(settings).widthInCells + 2, room / 2)
    var pieces = head + promptPieces(entry, other, room - short)
    if !settings.isEmpty { pieces.append(("  \(settings)", Style(.faint))) }
    screen.write(pieces, in: rect)
  }

  /// The prompt, with what the other one does not say in colour. Where it is too long, what both say
  /// becomes an ellipsis.
  private func promptPieces(
    _ entry: CompareState.Entry, _ other: CompareState.Entry, _ width: Int
  ) -> [(String, Style)] {
    let runs = wordRuns(entry.request.prompt, against: other.request.prompt)
    func pieces(_ runs: [WordRun]) -> [(String, Style)] {
      runs.map { ($0.text, $0.isOwn ? Style(.accent, bold: true) : Style(.text)) }
    }
    let all = runs.reduce(0) { $0 + SafeText($1.text).widthInCells }
    guard all > width, runs.contains(where: \.isOwn) else { return pieces(runs) }
    return pieces(
      runs.enumerated().map { i, run in
        run.isOwn ? run : WordRun(text: i == 0 ? "…" : " …", isOwn: false)
      })
  }

  private func drawCompareStatus(_ rect: CellRect, _ screen: inout Screen) {
    if let notice { return void(screen.write(notice.text, in: rect, notice.style)) }
    let lens = comparison.lens
    let right = lens.zoom > 0 ? "\(Int((lens.factor * 100).rounded())) %" : ""
    screen.write(right, in: rect, Style(.faint), at: .right)
    let left = rect.splitLeft(max(0, rect.columns - right.count - 2)).0
    guard let (a, b) = comparison.pair else { return }
    let pieces: [(String, Style)] =
      switch comparison.mode {
      case .sideBySide:
        [
          ("\(comparison.entries.count) pictures  ", Style(.accent)),
          ("A is \(a.name), B is \(b.name)", Style(.text)),
        ]
      case .wipe:
        [
          ("wipe  ", Style(.accent)), ("\(a.name) │ \(b.name)", Style(.text)),
          ("  A on \((comparison.edge + 5) / 10) %", Style(.faint)),
        ]
      case .difference:
        [
          ("difference × \(comparison.gain)  ", Style(.accent)),
          ("black where \(a.name) and \(b.name) agree", Style(.text)),
        ]
      case .flip:
        [
          ("flip  ", Style(.accent)),
          (comparison.showsFirst ? "A: \(a.name)" : "B: \(b.name)", Style(.text, bold: true)),
          ("  Space shows the other one", Style(.faint)),
        ]
      }
    screen.write(pieces, in: left)
  }
}
