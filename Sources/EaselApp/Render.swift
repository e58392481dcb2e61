internal import EaselKit
public import EaselScreen

/// How `state` looks on its terminal.
public func render(_ state: AppState) -> Screen {
  var screen = Screen(size: state.size)
  screen.fill(screen.bounds, style: Style(.text))
  guard !state.isTooSmall else {
    let needed = AppState.smallest
    screen.writeWrapped(
      "Easel needs \(needed.columns)×\(needed.rows) cells; here are "
        + "\(state.size.columns)×\(state.size.rows).", in: screen.bounds, Style(.notice))
    return screen
  }
  state.drawTabs(&screen)
  switch state.route {
  case .compose: state.drawCompose(&screen)
  case .gallery: state.drawGallery(&screen)
  case .models: state.drawModels(&screen)
  case .train: state.drawTrain(&screen)
  case .settings: state.drawSettings(&screen)
  case .viewer: state.drawViewer(&screen)
  case .compare: state.drawCompare(&screen)
  case .retouch: state.drawRetouch(&screen)
  case .versions: state.drawVersions(&screen)
  }
  state.drawFailure(&screen)
  if state.overlay != nil {
    screen.cursor = nil
    state.drawOverlay(&screen)
  }
  state.drawFooter(&screen)
  return screen
}

/// The same on a terminal of another size.
public func render(_ state: AppState, _ size: CellSize) -> Screen {
  var state = state
  state.terminal.cells = size
  return render(state)
}

extension AppState {
  // MARK: Tabs

  /// The tab that the screen belongs to.
  package var tab: Route {
    func below(_ route: Route) -> Route { route == .viewer ? viewer.home : route }
    return switch route {
    case .compare: below(comparison.home)
    case .retouch: below(retouching?.home ?? .compose)
    case .versions: below(versions?.home ?? .compose)
    default: below(route)
    }
  }

  /// Where each tab stands.
  var tabRects: [(route: Route, rect: CellRect)] {
    var column = 8
    // Where names do not fit, numbers and the name of the active one do.
    var all = Route.tabs.reduce(column) { $0 + $1.title.count + 5 }
    if all + 4 <= size.columns {
      column += 4
      all += 4
    }
    let active = self.tab
    return Route.tabs.map { tab in
      let width = all <= size.columns || tab == active ? tab.title.count + 4 : 3
      defer { column += width }
      return (tab, CellRect(column: column, row: 0, columns: width, rows: 1))
    }
  }

  fileprivate func drawTabs(_ screen: inout Screen) {
    screen.fill(CellRect(column: 0, row: 0, columns: size.columns, rows: 1), style: Style(.tab))
    screen.write(
      "Easel", in: CellRect(column: 1, row: 0, columns: 5, rows: 1), Style(.title, bold: true))
    let active = self.tab
    // Where digits are typed, or rate pictures, Alt goes with them.
    let rects = tabRects
    let tabsNeedAlt =
      overlay == nil && match([KeyPress(.character("1"))]) != .command(.app(.compose))
    if tabsNeedAlt, let first = rects.first?.rect, first.column > 8 {
      screen.write(
        "Alt", in: CellRect(column: first.column - 4, row: 0, columns: 3, rows: 1), Style(.tab))
    }
    for (i, (tab, rect)) in rects.enumerated() {
      let text = rect.columns > 3 ? " \(i + 1) \(tab.title) " : " \(i + 1) "
      screen.write(text, in: rect, Style(tab == active ? .tabActive : .tab, bold: tab == active))
    }
    let end = (tabRects.last?.rect.endColumn ?? 0) + 2
    let free = CellRect(column: end, row: 0, columns: size.columns - end - 1, rows: 1)
    var words = ["\(compose.form.engine) · \(compose.form.model)"]
    if let painting, route != .compose {
      words.append("painting \(Int((painting.progress?.fraction ?? 0) * 100)) %")
    }
    if let work = modelWorkShort { words.append(work) }
    if waitingCount > 0 { words.append("queue \(waitingCount)") }
    // What is being done matters more than with what.
    if words.joined(separator: "   ").count > free.columns { words.removeFirst() }
    let text = words.joined(separator: "   ")
    if text.count <= free.columns { screen.write(text, in: free, Style(.tab), at: .right) }
  }

  // MARK: Footer

  package struct FooterItem {
    package var binding: Binding
    package var rect: CellRect
    package var key: String
  }

  /// The footer's commands and where they stand: as many as there is room for, help at the right.
  package var footerItems: [FooterItem] {
    let row = size.rows - 1
    var items: [FooterItem] = []
    var shown = footer
    var end = size.columns - 1
    if let help = shown.firstIndex(where: { $0.binding.command == .app(.help) }) {
      let entry = shown.remove(at: help)
      let width = entry.chord.label.count + 1 + entry.binding.label.count
      end -= width + 2
      items.append(
        FooterItem(
          binding: entry.binding,
          rect: CellRect(column: end + 2, row: row, columns: width, rows: 1), key: entry.chord.label
        ))
    }
    var column = 1
    for entry in shown {
      let width = entry.chord.label.count + 1 + entry.binding.label.count
      if column + width > end { break }
      items.append(
        FooterItem(
          binding: entry.binding, rect: CellRect(column: column, row: row, columns: width, rows: 1),
          key: entry.chord.label))
      column += width + 2
    }
    return items
  }

  fileprivate func drawFooter(_ screen: inout Screen) {
    let row = CellRect(column: 0, row: size.rows - 1, columns: size.columns, rows: 1)
    screen.fill(row, style: Style(.footer))
    if !pendingKeys.isEmpty {
      let keys = pendingKeys.map(\.name).joined(separator: " ")
      screen.write(
        [("\(keys) ", Style(.footerKey, bold: true)), ("… the next key", Style(.footer))],
        in: row.narrowed(1))
      return
    }
    var end = row.column
    for item in footerItems {
      screen.write(
        [
          (item.key, Style(.footerKey, bold: true)), (" \(item.binding.label)", Style(.footer)),
        ], in: item.rect)
      if item.binding.command != .app(.help) { end = item.rect.endColumn }
    }
    // A panel may lie over the line where messages stand.
    if overlay != nil, let notice {
      let free = CellRect(
        column: end + 3, row: row.row, columns: size.columns - end - 4, rows: 1)
      screen.fill(free, style: Style(.footer))
      screen.write(notice.text, in: free, notice.style, at: .right)
    }
  }
}

extension KeyPress {
  /// As the tables write it.
  var name: String {
    let base =
      switch key {
      case .character(" "): "Space"
      case .character(let c): isControl ? c.uppercased() : String(c)
      case .enter: "Enter"
      case .tab: "Tab"
      case .backTab: "Shift-Tab"
      case .escape: "Esc"
      case .backspace: "Backspace"
      case .delete: "Del"
      case .insert: "Ins"
      case .up: "↑"
      case .down: "↓"
      case .left: "←"
      case .right: "→"
      case .home: "Home"
      case .end: "End"
      case .pageUp: "PgUp"
      case .pageDown: "PgDn"
      case .function(let n): "F\(n)"
      }
    return (isAlt ? "Alt-" : "") + (isControl ? "^" : "") + base
  }
}
