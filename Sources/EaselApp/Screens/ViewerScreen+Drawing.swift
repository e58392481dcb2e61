internal import EaselKit
internal import EaselScreen

struct ViewerLayout: Hashable {
  var picture: CellRect
  var info: CellRect?
  var status: CellRect
  var cell: CellPixels
}

extension AppState {
  var viewerLayout: ViewerLayout {
    var (rest, status) = body.splitBottom(1)
    status = status.narrowed(1)
    var info: CellRect?
    if viewer.showsInfo, size.columns >= 80 {
      let panel = clamp(size.columns / 3, 32...46)
      let (left, right) = rest.splitLeft(rest.columns - panel)
      (rest, info) = (left, right)
    } else if viewer.showsInfo {
      // Too narrow for a panel beside: it covers the picture's lower half.
      info = rest.splitBottom(rest.rows / 2).1
    }
    return ViewerLayout(picture: rest, info: info, status: status, cell: cell)
  }

  func drawViewer(_ screen: inout Screen) {
    let layout = viewerLayout
    screen.fill(layout.picture, style: Style(.canvas))
    guard let (itself, size) = viewerKey else { return }
    var key = itself
    if let heat = viewer.heat, heat.maps?.isEmpty == false {
      key = .heat(heat.id, map: heat.selected)
    }
    screen.place(key, size, in: layout.picture, layout.cell, through: viewer.lens)
    if let info = layout.info {
      if viewerItem != nil {
        drawRecipe(of: viewerItem, in: info, &screen)
      } else {
        screen.frame(info, title: "Recipe", ground: .popup)
        screen.writeWrapped(
          shownJob?.request.prompt ?? "", in: Box(info).text, Style(.value))
      }
    }
    drawViewerStatus(layout.status, &screen)
  }

  /// Which map lies over the picture, and what its colours mean.
  private func pieces(of heat: ViewerState.Heat) -> [(String, Style)] {
    guard let maps = heat.maps else {
      let percent = heat.share.map { "  \(Int($0 * 100)) %" } ?? ""
      return [("finding out: the picture is painted once more\(percent)", Style(.faint))]
    }
    guard maps.indices.contains(heat.selected) else { return [("no maps", Style(.faint))] }
    let map = maps[heat.selected]
    return [
      ("\(map.name)  ", Style(.accent)), ("light is \(map.scale)  ", Style(.text)),
      ("\(heat.selected + 1)/\(maps.count)", Style(.faint)),
    ]
  }

  private func drawViewerStatus(_ rect: CellRect, _ screen: inout Screen) {
    if let notice { return void(screen.write(notice.text, in: rect, notice.style)) }
    var facts: [String] = []
    switch viewer.source {
    case .gallery:
      facts.append("\(gallery.selected + 1)/\(gallery.count)")
    case .canvas:
      if let job = shownJob, let shown = compose.shown {
        facts.append("\(job.place(of: shown.index) + 1)/\(job.slots.count)")
      }
    }
    if viewer.lens.zoom > 0 { facts.append("zoom \(viewer.lens.words)") }
    if let slides = viewer.slides { facts.append("every \(slides.seconds) s") }
    let right = facts.joined(separator: "  ")
    screen.write(right, in: rect, Style(.faint), at: .right)
    let left = rect.splitLeft(max(0, rect.columns - right.count - 2)).0
    if let heat = viewer.heat {
      let end = screen.write(pieces(of: heat), in: left)
      if heat.maps == nil, let share = heat.share {
        let bar = CellRect(
          column: end + 2, row: left.row, columns: min(24, left.endColumn - end - 2), rows: 1)
        screen.bar(share, in: bar)
      }
      return
    }
    var pieces: [(String, Style)] = []
    if let item = viewerItem {
      pieces.append(("\(item.id)  ", Style(.accent)))
      if item.isFavourite { pieces.append(("♥  ", Style(.favourite))) }
      if item.rating > 0 { pieces.append(("\(stars(item.rating))  ", Style(.favourite))) }
      if item.isRejected { pieces.append(("✗  ", Style(.warning))) }
    }
    let prompt = viewerItem?.recipe.request.prompt ?? shownJob?.request.prompt ?? ""
    pieces.append((prompt, Style(.text)))
    screen.write(pieces, in: left)
  }
}
