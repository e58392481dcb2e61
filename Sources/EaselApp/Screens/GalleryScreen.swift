internal import EaselKit
internal import EaselScreen

extension GalleryState {
  /// Rows that a thumbnail fills, by `zoom`.
  static let tileRows = [4, 7, 12]
  /// Pictures asked for at once.
  static let page = 200

  var current: HistoryItem? { items.indices.contains(selected) ? items[selected] : nil }

  /// What a command acts on: the marked pictures in the order shown, else the selected one.
  var chosen: [HistoryItem] {
    if marked.isEmpty { return current.map { [$0] } ?? [] }
    return items.filter { marked.contains($0.id) }
  }

  /// A picture was stored just now.
  mutating func add(_ item: HistoryItem) {
    guard filter.isEmpty, !items.contains(where: { $0.id == item.id }) else {
      isStale = true
      return
    }
    let place = items.firstIndex { $0.id < item.id } ?? items.count
    items.insert(item, at: place)
    total = total.map { $0 + 1 }
    // The cursor stays on its picture, unless it rests on the newest.
    if selected > 0, place <= selected { selected += 1 }
  }

  mutating func remove(_ ids: Set<ImageID>) {
    let before = items.prefix(selected).count { ids.contains($0.id) }
    let count = items.count
    items.removeAll { ids.contains($0.id) }
    total = total.map { max(0, $0 - (count - items.count)) }
    selected -= before
    marked.subtract(ids)
  }

  /// Keeps the cursor inside the list, and in sight.
  mutating func settle(layout: GalleryLayout) {
    selected = min(max(0, selected), max(0, items.count - 1))
    zoom = min(max(0, zoom), Self.tileRows.count - 1)
    if let start = rangeStart, !items.contains(where: { $0.id == start }) { rangeStart = nil }
    let row = selected / layout.columns
    let last = max(0, (items.count - 1) / layout.columns)
    if row < firstRow { firstRow = row }
    if row >= firstRow + layout.rows { firstRow = row - layout.rows + 1 }
    firstRow = min(max(0, firstRow), max(0, last - layout.rows + 1))
  }
}

extension AppState {
  mutating func reloadGallery() -> Effect {
    gallery.isStale = false
    gallery.isLoading = true
    return .queryHistory(
      HistoryQuery(text: gallery.filter, limit: max(GalleryState.page, gallery.items.count)))
  }

  /// Asks for the next page when the cursor comes near the end of what is loaded.
  private mutating func loadMore() -> [Effect] {
    guard !gallery.isComplete, !gallery.isLoading, let last = gallery.items.last,
      gallery.selected > gallery.items.count - GalleryState.page / 2
    else { return [] }
    gallery.isLoading = true
    return [
      .queryHistory(
        HistoryQuery(text: gallery.filter, limit: GalleryState.page, before: last.id))
    ]
  }

  mutating func loaded(_ query: HistoryQuery, _ page: HistoryPage) -> [Effect] {
    // The filter has changed since this was asked.
    guard query.text == gallery.filter else { return [] }
    // What was wrong with a filter half typed is right now.
    if gallery.typing != nil, [.badInput, .notFound].contains(failure?.code) { failure = nil }
    gallery.isLoading = false
    gallery.isComplete = page.isLast
    if let total = page.total { gallery.total = total }
    if query.before == nil { gallery.notIndexed = page.notIndexed }
    if let before = query.before {
      guard gallery.items.last?.id == before else { return [] }
      // A picture brought back from the trash meanwhile may be here already.
      let known = Set(gallery.items.map(\.id))
      gallery.items += page.items.filter { !known.contains($0.id) }
    } else {
      let here = gallery.current?.id
      gallery.items = page.items
      gallery.selected = page.items.firstIndex { $0.id == here } ?? 0
      let known = Set(page.items.map(\.id))
      gallery.marked.formIntersection(known)
    }
    return []
  }

  mutating func perform(_ command: GalleryCommand) -> [Effect] {
    let layout = galleryLayout
    switch command {
    case .left: return moveInGallery(-1)
    case .right: return moveInGallery(1)
    case .up: return moveInGallery(-layout.columns)
    case .down: return moveInGallery(layout.columns)
    case .pageUp: return moveInGallery(-layout.columns * max(1, layout.rows))
    case .pageDown: return moveInGallery(layout.columns * max(1, layout.rows))
    case .first: return moveInGallery(-gallery.items.count)
    case .last: return moveInGallery(gallery.items.count)
    case .open:
      viewer = ViewerState()
      viewer.source = .gallery
      return go(to: .viewer)
    case .filter:
      gallery.typing = TextEditor(gallery.filter, singleLine: true)
      return []
    case .favourite: return toggleFavourite(gallery.chosen)
    case .mark:
      guard let item = gallery.current else { return [] }
      if gallery.marked.remove(item.id) == nil { gallery.marked.insert(item.id) }
      return moveInGallery(1)
    case .markRange: return markRange()
    case .unmark:
      gallery.rangeStart = nil
      if !gallery.marked.isEmpty {
        gallery.marked = []
        return []
      }
      return filterGallery("")
    case .export:
      overlay = .export(ExportForm(ids: gallery.chosen.map(\.id), settings: settings))
      return []
    case .upscale: return upscale(gallery.chosen)
    case .compare: return compare(from: .gallery)
    case .mask: return retouch(.mask, from: .gallery)
    case .grow: return retouch(.grow, from: .gallery)
    case .trash: return trash(gallery.chosen)
    case .undo: return undo()
    case .remix:
      guard let item = gallery.current else { return [] }
      remix(item.recipe.request, seed: item.recipe.seed)
      return []
    case .vary:
      guard let item = gallery.current else { return [] }
      return vary(.image(item.id), prompt: item.recipe.wordsToVary)
    case .copyPrompt:
      guard let item = gallery.current else { return [] }
      return [.copyText(item.recipe.request.prompt)]
    case .info:
      gallery.showsInfo.toggle()
      return []
    case .bigger:
      gallery.zoom += 1
      return []
    case .smaller:
      gallery.zoom -= 1
      return []
    }
  }

  mutating func moveInGallery(_ step: Int) -> [Effect] {
    let last = max(0, gallery.items.count - 1)
    let goal = gallery.selected + step
    // Down from the row above the last one ends on the last picture, not nowhere.
    gallery.selected = min(max(0, goal), last)
    return loadMore()
  }

  private mutating func markRange() -> [Effect] {
    guard let item = gallery.current else { return [] }
    guard let start = gallery.rangeStart,
      let from = gallery.items.firstIndex(where: { $0.id == start })
    else {
      gallery.rangeStart = item.id
      notice = Notice("range begins here; V marks up to where you go")
      return []
    }
    for i in min(from, gallery.selected)...max(from, gallery.selected) {
      gallery.marked.insert(gallery.items[i].id)
    }
    gallery.rangeStart = nil
    return []
  }

  // MARK: Filter

  mutating func editFilter(_ change: (inout TextEditor, inout KillRing) -> Void) -> [Effect] {
    guard var typing = gallery.typing else { return [] }
    change(&typing, &kills)
    gallery.typing = typing
    return filterGallery(typing.text)
  }

  private mutating func filterGallery(_ text: String) -> [Effect] {
    guard text != gallery.filter else { return [] }
    gallery.filter = text
    gallery.rangeStart = nil
    return [reloadGallery()]
  }

  mutating func perform(_ command: FilterCommand) -> [Effect] {
    gallery.typing = nil
    switch command {
    case .accept: return []
    case .clear: return filterGallery("")
    }
  }

  // MARK: Changing pictures; also for Compose and the viewer

  /// Favourites what is not one yet; takes it back when all are.
  mutating func toggleFavourite(_ items: [HistoryItem]) -> [Effect] {
    guard !items.isEmpty else { return [] }
    let becomes = !items.allSatisfy(\.isFavourite)
    let ids = items.filter { $0.isFavourite != becomes }.map(\.id)
    remember(.favourite(ids, was: !becomes))
    return setFavourite(ids, becomes)
  }

  private mutating func setFavourite(_ ids: [ImageID], _ value: Bool) -> [Effect] {
    let set = Set(ids)
    changeItems { if set.contains($0.id) { $0.isFavourite = value } }
    let what = ids.count == 1 ? "\(ids[0])" : counted(ids.count, "picture")
    notice = Notice(value ? "\(what) is a favourite" : "\(what) is no favourite", .success)
    return [.setFavourite(ids, value)]
  }

  /// Every copy of a row that the state holds.
  private mutating func changeItems(_ change: (inout HistoryItem) -> Void) {
    for i in gallery.items.indices { change(&gallery.items[i]) }
    for j in jobs.indices {
      for s in jobs[j].slots.indices {
        if case .painted(let seed, var item?) = jobs[j].slots[s] {
          change(&item)
          jobs[j].slots[s] = .painted(seed: seed, item: item)
        }
      }
    }
  }

  mutating func trash(_ items: [HistoryItem]) -> [Effect] {
    guard !items.isEmpty else { return [] }
    let ids = Set(items.map(\.id))
    remember(.trashed(items))
    gallery.remove(ids)
    changeItems { if ids.contains($0.id) { $0.isTrashed = true } }
    notice = Notice("\(counted(items.count, "picture")) in the trash; u takes it back")
    return [.trash(items.map(\.id))]
  }

  /// Keeps the last hundred steps.
  private mutating func remember(_ step: UndoStep) {
    undoable.append(step)
    if undoable.count > 100 { undoable.removeFirst() }
  }

  mutating func undo() -> [Effect] {
    guard let step = undoable.popLast() else { return [] }
    switch step {
    case .favourite(let ids, let was): return setFavourite(ids, was)
    case .trashed(let items):
      let ids = Set(items.map(\.id))
      changeItems { if ids.contains($0.id) { $0.isTrashed = false } }
      for item in items.sorted(by: { $0.id < $1.id }) { gallery.add(item) }
      if let first = gallery.items.firstIndex(where: { ids.contains($0.id) }) {
        gallery.selected = first
      }
      notice = Notice("\(counted(items.count, "picture")) back from the trash", .success)
      var effects: [Effect] = [.restore(items.map(\.id))]
      if gallery.isStale { effects.append(reloadGallery()) }
      return effects
    }
  }
}
