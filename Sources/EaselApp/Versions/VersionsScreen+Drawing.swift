internal import EaselKit
internal import EaselScreen

struct VersionsLayout: Hashable {
  struct Row: Hashable {
    var index: Int
    var frame: CellRect
    /// Where there is room for it.
    var thumbnail: CellRect?
    var words: CellRect
  }
  var list: CellRect
  var rows: [Row]
  var picture: CellRect
  var status: CellRect
}

extension AppState {
  var versionsLayout: VersionsLayout {
    var (rest, status) = body.splitBottom(1)
    status = status.narrowed(1)
    let isWide = size.columns >= 80
    let list: CellRect, picture: CellRect
    if isWide {
      (list, picture) = rest.splitLeft(clamp(size.columns * 45 / 100, 36...64))
    } else {
      (picture, list) = rest.splitTop(rest.rows / 2)
    }
    let inside = Box(list).text
    // A thumbnail is three rows high; a row of air parts the versions.
    let high = inside.rows >= 8 ? 4 : inside.rows >= 4 ? 2 : 1
    let shown = max(1, (inside.rows + (high == 4 ? 1 : 0)) / high)
    let all = versions?.rows?.count ?? 0
    let first = firstShown(versions?.selected ?? 0, of: all, in: shown)
    let rows = (first..<max(first, min(all, first + shown))).map { index in
      let frame = CellRect(
        column: inside.column, row: inside.row + (index - first) * high, columns: inside.columns,
        rows: high == 4 ? 3 : high)
      // Branches lie further in, as far as words keep room.
      let depth = min(versions?.rows?[index].depth ?? 0, max(0, (inside.columns - 30) / 2), 8)
      let inner = frame.splitLeft(depth * 2).1
      guard high == 4 else {
        return VersionsLayout.Row(index: index, frame: frame, thumbnail: nil, words: inner)
      }
      let (thumbnail, words) = inner.splitLeft(7)
      return VersionsLayout.Row(
        index: index, frame: frame, thumbnail: thumbnail.splitLeft(6).0, words: words)
    }
    return VersionsLayout(list: list, rows: rows, picture: picture, status: status)
  }

  func drawVersions(_ screen: inout Screen) {
    let layout = versionsLayout
    screen.fill(layout.picture, style: Style(.canvas))
    let count = versions?.rows?.count
    screen.frame(
      layout.list, title: "Versions", note: count.map { counted($0, "version") } ?? "",
      focused: overlay == nil)
    if let rows = versions?.rows {
      for row in layout.rows { draw(rows[row.index], in: row, &screen) }
      if rows.isEmpty {
        screen.write("Nothing of it is in the library.", in: Box(layout.list).text, Style(.faint))
      }
    } else {
      screen.write("reading the history …", in: Box(layout.list).text, Style(.faint))
    }
    if let item = versions?.item {
      screen.place(
        .image(item.id),
        in: cell.fit(PixelSize(width: item.width, height: item.height), in: layout.picture))
    } else if let version = versions?.current?.version {
      screen.write(
        isAwaited(version) ? "not painted yet" : "no picture of this version is left",
        in: middleLine(of: layout.picture), Style(.faint),
        at: .middle)
    }
    drawVersionsStatus(layout.status, &screen)
  }

  private func middleLine(of rect: CellRect) -> CellRect { rect.line(rect.rows / 2) }

  private func draw(
    _ row: VersionsState.Row, in place: VersionsLayout.Row, _ screen: inout Screen
  ) {
    let isSelected = place.index == versions?.selected
    if let thumbnail = place.thumbnail {
      if let item = row.item {
        screen.place(
          .thumbnail(item.id),
          in: cell.fit(PixelSize(width: item.width, height: item.height), in: thumbnail))
      } else {
        screen.write(
          isAwaited(row.version) ? "…" : "gone", in: middleLine(of: thumbnail), Style(.faint),
          at: .middle)
      }
    }
    let count = row.version.pictures.count
    var head: [(String, Style)] = [
      (isSelected ? "▸ " : "  ", Style(.accent, bold: true)),
      ("v\(row.number)", Style(isSelected ? .selected : .title, bold: true)),
    ]
    if row.version.pictures.contains(where: \.isFavourite) {
      head.append((" ♥", Style(.favourite)))
    }
    if let parent = versions?.rows?.first(where: { $0.number == row.parent }) {
      let settings = row.entry.differing(from: [parent.entry])
      if row.parent != row.number - 1 { head.append(("  from v\(parent.number)", Style(.faint))) }
      if !settings.isEmpty { head.append(("  \(settings)", Style(.value))) }
    }
    if count > 1 { head.append(("  \(count) pictures", Style(.faint))) }
    if place.words.rows == 1 {
      screen.write(head + [("  ", Style(.text))] + words(of: row), in: place.words)
      return
    }
    screen.write(head, in: place.words.line(0))
    let rest = place.words.splitTop(1).1.splitLeft(2).1
    screen.writeWrapped(words(of: row), in: rest)
  }

  /// The prompt, with what changed since the version before; marked by more than colour.
  private func words(of row: VersionsState.Row) -> [(String, Style)] {
    let prompt = row.version.request.prompt
    guard let parent = versions?.rows?.first(where: { $0.number == row.parent }) else {
      return [(prompt, Style(.text))]
    }
    return wordChanges(from: parent.version.request.prompt, to: prompt).enumerated().map { i, run in
      let isMark = run.kind == .kept && run.text.first.map { ",;.".contains($0) } ?? false
      let blank = i == 0 || isMark ? "" : " "
      return switch run.kind {
      case .kept: (blank + run.text, Style(.text))
      case .added: ("\(blank)+\(run.text)", Style(.accent, bold: true))
      case .removed: ("\(blank)−\(run.text)", Style(.faint))
      }
    }
  }

  private func drawVersionsStatus(_ rect: CellRect, _ screen: inout Screen) {
    if let notice { return void(screen.write(notice.text, in: rect, notice.style)) }
    guard let row = versions?.current else { return }
    var pieces: [(String, Style)] = [("v\(row.number)  ", Style(.accent))]
    if let item = row.item {
      pieces.append(("\(item.id)  ", Style(.text)))
      if item.isFavourite { pieces.append(("♥  ", Style(.favourite))) }
      if row.version.pictures.count > 1 {
        pieces.append(("\(row.picture + 1)/\(row.version.pictures.count)  ", Style(.faint)))
      }
    }
    pieces.append((row.version.request.prompt, Style(.text)))
    screen.write(pieces, in: rect)
  }
}

extension VersionsState.Row {
  /// For what settings differ in; seeds always do and say nothing here.
  fileprivate var entry: CompareState.Entry {
    let request = version.request
    return CompareState.Entry(
      key: .image(ImageID(0)), size: PixelSize(width: request.width, height: request.height),
      name: "", request: request, seed: 0)
  }
}
