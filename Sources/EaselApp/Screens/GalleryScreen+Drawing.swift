internal import EaselKit
internal import EaselScreen

/// Where everything in the gallery is.
struct GalleryLayout: Hashable {
  /// The filter, or what is shown and how much of it.
  var head: CellRect
  var grid: CellRect
  var info: CellRect?
  var status: CellRect
  /// One tile with its frame.
  var tile: CellSize
  var columns: Int
  /// Whole rows of tiles in sight.
  var rows: Int

  /// The tile of item `index` when the first row shown is `firstRow`.
  func frame(_ index: Int, firstRow: Int) -> CellRect {
    CellRect(
      column: grid.column + index % columns * tile.columns,
      row: grid.row + (index / columns - firstRow) * tile.rows, columns: tile.columns,
      rows: tile.rows)
  }
}

extension AppState {
  var galleryLayout: GalleryLayout {
    let area = body.narrowed(1)
    var (head, rest) = area.splitTop(1)
    var status: CellRect
    (rest, status) = rest.splitBottom(1)
    var info: CellRect?
    if gallery.showsInfo, size.columns >= 80 {
      let panel = clamp(size.columns / 3, 32...46)
      let (left, right) = rest.splitLeft(rest.columns - panel)
      (rest, info) = (left, right)
    }
    head = head.splitLeft(head.columns).0
    // A tile is square in pixels, with a frame and its caption in the frame's lower edge.
    let zoom = clamp(gallery.zoom, 0...GalleryState.tileRows.count - 1)
    // A large terminal has room for pictures that one can judge without opening them.
    let wanted = GalleryState.tileRows[zoom] + (rest.rows >= 45 ? 3 : 0)
    let rows = clamp(wanted, 1...max(1, rest.rows - 2))
    let columns = clamp(
      (rows * cell.height + cell.width / 2) / cell.width, 4...max(4, rest.columns - 2))
    let tile = CellSize(columns: columns + 2, rows: rows + 2)
    let across = max(1, rest.columns / tile.columns)
    // The grid stands in the middle of what is left over.
    let used = min(rest.columns, across * tile.columns)
    let grid = CellRect(
      column: rest.column + (rest.columns - used) / 2, row: rest.row, columns: used,
      rows: rest.rows)
    return GalleryLayout(
      head: head, grid: grid, info: info, status: status, tile: tile, columns: across,
      rows: max(1, rest.rows / tile.rows))
  }

  func drawGallery(_ screen: inout Screen) {
    let layout = galleryLayout
    drawGalleryHead(layout.head, &screen)
    if gallery.count == 0 { drawEmptyGallery(layout.grid, &screen) }
    let first = gallery.firstRow * layout.columns
    let last = min(gallery.count, first + layout.rows * layout.columns)
    if first < last {
      for i in first..<last { drawTile(i, layout, &screen) }
    }
    if let info = layout.info { drawRecipe(of: gallery.current, in: info, &screen) }
    drawGalleryStatus(layout.status, &screen)
  }

  private func drawGalleryHead(_ rect: CellRect, _ screen: inout Screen) {
    var count = counted(gallery.count, gallery.foldsBatches ? "tile" : "picture")
    let refusal = gallery.typing == nil ? nil : gallery.refusal
    if gallery.isLoading, gallery.items.isEmpty { count = "looking …" }
    if gallery.notIndexed > 0 { count += "  \(gallery.notIndexed) not yet indexed" }
    if !gallery.marked.isEmpty { count += "  \(markedWords)" }
    if let start = gallery.rangeStart { count += "  range from \(start): V ends it" }
    if let refusal { count = String(refusal.prefix(rect.columns / 2)) }
    let order = gallery.order.title + (gallery.foldsBatches ? ", batches folded" : "")
    if let typing = gallery.typing {
      let start = screen.write([("/ ", Style(.accent, bold: true))], in: rect)
      let line = CellRect(
        column: start, row: rect.row, columns: max(4, rect.endColumn - start - count.count - 2),
        rows: 1)
      screen.edit(
        typing, in: line, focused: overlay == nil,
        placeholder: "words, tag:snow, rating:>=3, is:favourite, before:2026-11, like:#12")
    } else {
      let room = rect.splitLeft(max(0, rect.columns - count.count - 2)).0
      if gallery.filter.isEmpty {
        screen.write("All pictures, \(order)", in: room, Style(.title))
      } else {
        screen.write(
          [
            ("/ ", Style(.accent)), (gallery.filter, Style(.value)),
            ("   \(order)", Style(.faint)),
          ], in: room)
      }
    }
    screen.write(count, in: rect, Style(refusal == nil ? .faint : .warning), at: .right)
  }

  private func drawEmptyGallery(_ area: CellRect, _ screen: inout Screen) {
    if gallery.isLoading || gallery.refusal != nil { return }
    let words: [(String, Style)] =
      gallery.filter.isEmpty
      ? [
        ("Nothing here yet.", Style(.title, bold: true)),
        ("Everything you paint is kept here, with its recipe.", Style(.faint)),
        ("Alt-1 goes to Compose; a pasted path is taken in.", Style(.accent)),
      ]
      : [
        ("No picture answers “\(gallery.filter)”.", Style(.title, bold: true)),
        ("/ changes the filter, Esc drops it.", Style(.faint)),
      ]
    for (i, (text, style)) in words.enumerated() {
      screen.write(
        text, in: area.line(max(0, (area.rows - words.count) / 2) + i), style, at: .middle)
    }
  }

  private func drawTile(_ index: Int, _ layout: GalleryLayout, _ screen: inout Screen) {
    let frame = layout.frame(index, firstRow: gallery.firstRow)
    let seen = frame.intersection(layout.grid)
    // A picture cut by the edge would be squeezed.
    guard seen.rows == frame.rows else { return }
    let isSelected = index == gallery.selected
    guard let item = gallery.item(at: index) else {
      // On its way from the history.
      if isSelected { screen.frame(frame, edge: .frameFocused, heavy: true) }
      screen.write("·", in: seen.line(seen.rows / 2), Style(.faint), at: .middle)
      return
    }
    let isMarked = gallery.marked.contains(item.id)
    let inner = frame.inset()
    let shape = PixelSize(width: item.width, height: item.height)
    let picture = cell.fit(shape, in: inner)
    if isSelected || isMarked {
      screen.frame(frame, edge: isSelected ? .frameFocused : .marked, heavy: isSelected)
    } else if !item.isMissing {
      screen.edge(around: picture, in: frame)
    }
    if item.isMissing {
      screen.write("missing", in: inner.line(inner.rows / 2), Style(.warning), at: .middle)
    } else {
      screen.place(.thumbnail(item.id), in: picture)
    }
    // The caption stands in the lower edge of the frame.
    var pieces: [(String, Style)] = []
    if isMarked { pieces.append(("✓", Style(.marked, bold: true))) }
    if item.isFavourite { pieces.append(("♥", Style(.favourite))) }
    if item.rating > 0 {
      let text = inner.columns >= 24 ? stars(item.rating) : "★\(item.rating)"
      pieces.append((text, Style(.favourite)))
    }
    if item.isRejected { pieces.append(("✗", Style(.warning))) }
    if let count = gallery.siblings[item.id] {
      pieces.append((pieces.isEmpty ? "×\(count)" : " ×\(count)", Style(.accent)))
    }
    if !pieces.isEmpty { pieces.append((" ", Style())) }
    pieces.append((item.recipe.request.prompt, Style(isSelected ? .accent : .faint)))
    let caption = inner.line(inner.rows - 1)
    let below = CellRect(
      column: caption.column, row: caption.row + 1, columns: caption.columns, rows: 1)
    screen.fill(below, style: Style())
    screen.write(pieces, in: below)
  }

  private func drawGalleryStatus(_ rect: CellRect, _ screen: inout Screen) {
    if let notice { return void(screen.write(notice.text, in: rect, notice.style)) }
    guard let item = gallery.current else { return }
    let request = item.recipe.request
    var facts = "\(item.width) × \(item.height)"
    if item.recipe.saysHow { facts += "  seed \(item.recipe.seed)" }
    if item.recipe.saysWhen { facts += "  \(item.recipe.date)" }
    if !item.tags.isEmpty, rect.columns >= 100 {
      facts = item.tags.prefix(4).joined(separator: " ") + "  " + facts
    }
    let room = rect.splitLeft(max(0, rect.columns - SafeText(facts).widthInCells - 2)).0
    screen.write(
      [("\(item.id)  ", Style(.accent)), (request.prompt, Style(.text))],
      in: room.columns > 20 ? room : rect)
    if room.columns > 20 { screen.write(facts, in: rect, Style(.faint), at: .right) }
  }

  // MARK: Recipe

  /// How a picture was made, as a panel; also for the viewer.
  func drawRecipe(of item: HistoryItem?, in rect: CellRect, _ screen: inout Screen) {
    screen.frame(rect, title: item.map { "Recipe of \($0.id)" } ?? "Recipe", ground: .popup)
    var rest = Box(rect).text
    guard let item else {
      screen.write("no picture here", in: rest.line(0), Style(.faint))
      return
    }
    let request = item.recipe.request
    rest = rest.splitTop(screen.writeWrapped(request.prompt, in: rest, Style(.value))).1
    if !request.avoid.isEmpty {
      rest =
        rest.splitTop(
          screen.writeWrapped("without \(request.avoid)", in: rest, Style(.faint))
        ).1
    }
    if !item.recipe.saysHow {
      let words = "Taken in from elsewhere; its file does not say how it was made."
      rest = rest.splitTop(screen.writeWrapped(words, in: rest, Style(.faint))).1
    }
    rest = rest.splitTop(1).1
    var rows = [
      ("Painted", item.recipe.date), ("Engine", request.engine), ("Model", request.model),
      ("Size", "\(item.width) × \(item.height)"), ("Steps", String(request.steps)),
      ("Guidance", shortDecimal(request.guidance)), ("Seed", String(item.recipe.seed)),
      ("Took", shortDuration(item.recipe.seconds)), ("File", byteCount(item.bytes)),
    ]
    if !item.recipe.saysHow {
      rows = []
      if item.recipe.saysWhen { rows.append(("Dated", item.recipe.date)) }
      rows += [("Size", "\(item.width) × \(item.height)"), ("File", byteCount(item.bytes))]
    } else if !item.recipe.saysWhen {
      rows.removeFirst()
    }
    if request.count > 1 {
      rows.insert(("Batch", "\(item.recipe.index + 1) of \(request.count)"), at: 4)
    }
    if let enlargement = request.enlargement {
      let source = enlargement.source.map { " from \($0)" } ?? ""
      rows.insert(("Enlarged", "\(enlargement.scale) ×\(source)"), at: 4)
    }
    if let blend = request.blend {
      rows.insert(("Blended", "with \(blend.prompt ?? "a picture")"), at: 1)
    }
    if let base = request.base { rows.insert(("From", base.words), at: 1) }
    if let typed = request.template { rows.insert(("Typed", typed), at: 1) }
    if !item.recipe.modelDigest.isEmpty {
      rows.append(("Weights", String(item.recipe.modelDigest.prefix(12))))
    }
    if item.rating > 0 { rows.append(("Rating", stars(item.rating))) }
    if item.isRejected { rows.append(("", "✗ rejected")) }
    if item.isFavourite { rows.append(("", "♥ favourite")) }
    if !item.tags.isEmpty { rows.append(("Tags", item.tags.joined(separator: " "))) }
    // Long values, as a prompt with choices, are broken as far as the rows below them leave room.
    for (i, (label, value)) in rows.enumerated() where !rest.isEmpty {
      let below = rows.count - i - 1
      let (left, right) = rest.splitTop(max(1, rest.rows - below)).0.splitLeft(10)
      screen.write(label, in: left.line(0), Style(.label))
      let used = screen.writeWrapped(value, in: right, Style(label.isEmpty ? .favourite : .value))
      rest = rest.splitTop(max(1, used)).1
    }
  }
}

extension BasePicture {
  /// What was done with it, in a word or two.
  var words: String {
    if kind == .variation { return "a picture, varied" }
    if margins != nil { return "a picture, grown" }
    return maskDigest == nil ? "a picture, \(shortDecimal(strength)) anew" : "a picture, in part"
  }
}

/// For a call whose answer is of no use.
func void<T>(_: T) {}

extension Recipe {
  /// When it was painted, or when what was imported was made: `2026-11-24 13:05` where the user is.
  var date: String { LocalTime(milliseconds: created).minute }
}

/// `812 B`, `14 kB`, `3.2 MB`, `1.2 GB`.
func byteCount(_ n: Int) -> String {
  if n < 1000 { return "\(n) B" }
  if n < 1_000_000 { return "\((n + 500) / 1000) kB" }
  let (unit, name) = n < 1_000_000_000 ? (1_000_000, "MB") : (1_000_000_000, "GB")
  let tenths = (n + unit / 20) / (unit / 10)
  return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\((tenths + 5) / 10) \(name)"
}
