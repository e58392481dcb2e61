public import EaselKit
internal import EaselScreen

/// The list that the gallery shows a part of: where it stands, what is asked for, what is known.
extension GalleryState {
  /// Pictures asked for at once, at least.
  static let page = 240

  /// How many pictures the list has, as far as one knows.
  package var count: Int { max(total ?? 0, start + items.count) }
  /// Places of the list that are known.
  package var known: Range<Int> { start..<(start + items.count) }
  /// The picture at a place of the list; nil while it is being read.
  func item(at place: Int) -> HistoryItem? {
    known.contains(place) ? items[place - start] : nil
  }
  package var current: HistoryItem? { item(at: selected) }
  package func place(of id: ImageID) -> Int? { items.firstIndex { $0.id == id }.map { $0 + start } }

  var asksForLikeness: Bool {
    filter.lowercased().split(separator: " ").contains { $0.hasPrefix("like:") }
  }
  /// The order that is shown.
  package var order: HistorySort { asksForLikeness ? likeSort : sort }

  /// Whether a query is about the list that is shown.
  func shows(_ query: HistoryQuery) -> Bool {
    query.text == filter && query.sort == order && query.foldsBatches == foldsBatches
  }

  /// What a command acts on: the marked pictures in the order shown as far as they are known, else the
  /// selected one.
  var chosen: [HistoryItem] {
    if marked.isEmpty { return current.map { [$0] } ?? [] }
    return items.filter { marked.contains($0.id) }
  }

  /// The same with the marked pictures that are far away, the newest of those first.
  var chosenPictures: [LabelledPicture] {
    let near = chosen.map(\.labelled)
    guard near.count < marked.count else { return near }
    let here = Set(near.map(\.id))
    return near
      + marked.subtracting(here).sorted(by: >).map {
        LabelledPicture(id: $0, labels: markedLabels[$0] ?? Labels())
      }
  }

  mutating func mark(_ pictures: [LabelledPicture]) {
    for picture in pictures {
      marked.insert(picture.id)
      markedLabels[picture.id] = picture.labels
    }
  }

  mutating func unmark(_ ids: Set<ImageID>) {
    marked.subtract(ids)
    for id in ids { markedLabels[id] = nil }
  }

  mutating func unmarkAll() {
    marked = []
    markedLabels = [:]
  }

  /// A picture was stored just now. `isSeen`: the gallery, or one of its pictures, is being looked at.
  mutating func add(_ item: HistoryItem, isSeen: Bool = false) {
    guard filter.isEmpty, order == .newest, !foldsBatches, !awaitsList, place(of: item.id) == nil
    else {
      isStale = true
      return
    }
    let place: Int
    if let i = items.firstIndex(where: { $0.id < item.id }) {
      if i == 0, start > 0 {
        // Somewhere above what is known.
        start += 1
        place = 0
      } else {
        items.insert(item, at: i)
        place = start + i
      }
    } else if known.upperBound >= count {
      items.append(item)
      place = known.upperBound - 1
    } else {
      place = .max
    }
    total = total.map { $0 + 1 }
    // The cursor stays on its picture, so that no key ever means another one than is seen; unless it rests on the
    // newest while nobody looks.
    if selected > 0 || isSeen, place <= selected, count > 1 { selected += 1 }
  }

  mutating func remove(_ ids: Set<ImageID>) {
    let here = Set(items.map(\.id)).intersection(ids)
    // What a filter leaves out is not counted; whoever filters reads the list anew.
    let far = filter.isEmpty ? marked.intersection(ids).subtracting(here).count : 0
    let before = items.prefix(max(0, selected - start)).count { ids.contains($0.id) }
    items.removeAll { ids.contains($0.id) }
    total = total.map { max(0, $0 - here.count - far) }
    selected -= before
    unmark(ids)
  }

  /// Keeps the cursor inside the list, and in sight.
  mutating func settle(layout: GalleryLayout) {
    selected = min(max(0, selected), max(0, count - 1))
    zoom = min(max(0, zoom), Self.tileRows.count - 1)
    let row = selected / layout.columns
    let last = max(0, (count - 1) / layout.columns)
    if row < firstRow { firstRow = row }
    if row >= firstRow + layout.rows { firstRow = row - layout.rows + 1 }
    firstRow = min(max(0, firstRow), max(0, last - layout.rows + 1))
  }
}

extension AppState {
  /// Pictures just out of sight, those below first: their thumbnails are wanted next. Empty elsewhere
  /// than in the gallery.
  public var thumbnailsAhead: [ImageID] {
    guard route == .gallery else { return [] }
    let layout = galleryLayout
    let screenful = min(60, layout.columns * layout.rows)
    let first = gallery.firstRow * layout.columns
    let below = first + layout.columns * layout.rows
    let places =
      Array(below..<(below + screenful)) + Array(max(0, first - screenful)..<first).reversed()
    return places.compactMap { gallery.item(at: $0) }.filter { !$0.isMissing }.map(\.id)
  }

  /// Places around the cursor that should be known, and how many to ask for so that they are.
  private var wantedPlaces: (range: Range<Int>, limit: Int) {
    let screenful = screenful
    let from = max(0, gallery.selected - screenful)
    let to = min(gallery.count, gallery.selected + screenful)
    return (from..<max(from, to), max(GalleryState.page, 4 * screenful))
  }

  /// Pictures in sight, and some.
  private var screenful: Int {
    let layout = galleryLayout
    return layout.columns * (layout.rows + 2)
  }

  private mutating func ask(around: ImageID?, place: Int, limit: Int? = nil) -> Effect {
    let query = HistoryQuery(
      text: gallery.filter, limit: limit ?? wantedPlaces.limit, sort: gallery.order,
      foldsBatches: gallery.foldsBatches, place: place, around: around)
    gallery.isLoading = true
    gallery.asked = query
    gallery.restsOnNewest = false
    return .queryHistory(query)
  }

  /// Asks again for what is shown; the cursor stays on its picture.
  mutating func reloadGallery() -> Effect {
    gallery.isStale = false
    // What is under the cursor may be of the list before.
    if gallery.awaitsList, let asked = gallery.asked {
      return ask(around: asked.around, place: asked.place, limit: asked.limit)
    }
    let effect = ask(around: gallery.current?.id, place: gallery.selected)
    gallery.restsOnNewest = gallery.selected == 0 && gallery.order == .newest
    return effect
  }

  /// Asks for a list from its beginning. No more of it than is wanted soon: somebody may be typing its filter.
  mutating func beginList() -> Effect {
    gallery.isStale = false
    gallery.awaitsList = true
    gallery.selected = 0
    gallery.firstRow = 0
    return ask(around: nil, place: 0, limit: 2 * screenful)
  }

  /// Asks for the part of the list where a picture is, and puts the cursor there.
  mutating func show(_ id: ImageID) -> Effect { ask(around: id, place: gallery.selected) }

  /// Asks for pictures around the cursor that are not known yet.
  mutating func loadAround() -> [Effect] {
    gallery.selected = min(max(0, gallery.selected), max(0, gallery.count - 1))
    let wanted = wantedPlaces
    let known = gallery.known
    if wanted.range.isEmpty
      || (known.lowerBound <= wanted.range.lowerBound
        && known.upperBound >= wanted.range.upperBound)
    {
      return []
    }
    // Not again what is on its way.
    if gallery.isLoading, let asked = gallery.asked, gallery.shows(asked),
      asked.place - asked.limit / 2 <= wanted.range.lowerBound,
      asked.place + asked.limit / 2 >= wanted.range.upperBound
    {
      return []
    }
    return [ask(around: nil, place: gallery.selected)]
  }

  mutating func loaded(_ query: HistoryQuery, _ page: HistoryPage) -> [Effect] {
    // The filter has changed since this was asked.
    guard gallery.shows(query) else { return [] }
    gallery.refusal = nil
    gallery.isLoading = false
    gallery.awaitsList = false
    gallery.notIndexed = page.notIndexed
    gallery.items = page.items
    gallery.start = page.start
    gallery.total = page.total
    gallery.siblings = page.siblings
    // The cursor may have moved on meanwhile; the picture it was on may have another place.
    // One that rests on the newest stays there, whatever was painted meanwhile.
    let rests = gallery.restsOnNewest && gallery.selected == 0
    if let place = page.place, !rests { gallery.selected += place - query.place }
    gallery.selected = min(max(0, gallery.selected), max(0, gallery.count - 1))
    for item in page.items where gallery.marked.contains(item.id) {
      gallery.markedLabels[item.id] = item.labels
    }
    return gallery.selected == (page.place ?? query.place) ? [] : loadAround()
  }

  /// A filter that makes no sense, or not yet, is nothing to stop for: the list stays, and the line that is typed
  /// says why.
  mutating func refused(_ query: HistoryQuery, _ failure: Failure) {
    guard gallery.shows(query) else { return }
    gallery.isLoading = false
    guard [.badInput, .notFound, .unsupported].contains(failure.code), !gallery.filter.isEmpty
    else {
      if failure.code != .cancelled { self.failure = failure }
      return
    }
    gallery.refusal = failure.what
    if route == .gallery, gallery.typing == nil {
      gallery.typing = TextEditor(gallery.filter, singleLine: true)
    }
  }

  // MARK: Other lists

  /// Shows what answers `text`. What narrows begins at its top; all pictures are shown where one was.
  mutating func filterGallery(_ text: String) -> [Effect] {
    guard text != gallery.filter else { return [] }
    let here = gallery.current?.id
    gallery.filter = text
    gallery.rangeStart = nil
    let begin = beginList()
    return text.isEmpty && here != nil ? [ask(around: here, place: 0)] : [begin]
  }

  /// The next order.
  mutating func sortGallery() -> [Effect] {
    var orders: [HistorySort] = [.newest, .oldest, .best, .prompt]
    if gallery.asksForLikeness { orders.insert(.likeness, at: 0) }
    let here = orders.firstIndex(of: gallery.order) ?? 0
    let next = orders[(here + 1) % orders.count]
    if gallery.asksForLikeness { gallery.likeSort = next } else { gallery.sort = next }
    notice = Notice(next.title.capitalisedFirst)
    return [beginList()]
  }

  mutating func foldBatches() -> [Effect] {
    gallery.foldsBatches.toggle()
    gallery.siblings = [:]
    notice = Notice(
      gallery.foldsBatches ? "one tile for each batch; b unfolds them" : "every picture has a tile")
    gallery.awaitsList = true
    return [ask(around: gallery.current?.id, place: gallery.selected)]
  }
}

extension HistorySort {
  /// For the head of the gallery.
  var title: String {
    switch self {
    case .newest: "newest first"
    case .oldest: "oldest first"
    case .best: "best rated first"
    case .prompt: "by the words of the prompt"
    case .likeness: "most alike first"
    }
  }
}

extension String {
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
