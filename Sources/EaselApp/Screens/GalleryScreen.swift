internal import EaselKit
internal import EaselScreen

extension GalleryState {
  /// Rows that a thumbnail fills, by `zoom`.
  static let tileRows = [4, 7, 12]
}

extension AppState {
  mutating func perform(_ command: GalleryCommand) -> [Effect] {
    let layout = galleryLayout
    switch command {
    case .left: return moveInGallery(-1)
    case .right: return moveInGallery(1)
    case .up: return moveInGallery(-layout.columns)
    case .down: return moveInGallery(layout.columns)
    case .pageUp: return moveInGallery(-layout.columns * max(1, layout.rows))
    case .pageDown: return moveInGallery(layout.columns * max(1, layout.rows))
    case .first: return moveInGallery(-gallery.count)
    case .last: return moveInGallery(gallery.count)
    case .open:
      viewer = ViewerState()
      viewer.source = .gallery
      return go(to: .viewer)
    case .filter:
      gallery.typing = TextEditor(gallery.filter, singleLine: true)
      return []
    case .favourite: return toggleFavourite(gallery.chosenPictures)
    case .rate0: return rate(0)
    case .rate1: return rate(1)
    case .rate2: return rate(2)
    case .rate3: return rate(3)
    case .rate4: return rate(4)
    case .rate5: return rate(5)
    case .reject: return toggleRejected(gallery.chosenPictures)
    case .tags:
      return changeTags(of: gallery.chosenPictures)
    case .sort: return sortGallery()
    case .searches:
      overlay = .searches(Picker())
      return [.loadSearches]
    case .fold: return foldBatches()
    case .mark:
      guard let item = gallery.current else { return [] }
      if gallery.marked.contains(item.id) {
        gallery.unmark([item.id])
      } else {
        gallery.mark([item.labelled])
      }
      return moveInGallery(1)
    case .markRange: return markRange()
    case .unmark:
      gallery.rangeStart = nil
      // Marks may have been gathered from list to list: the filter goes first.
      if !gallery.filter.isEmpty { return filterGallery("") }
      unmarkAll()
      return []
    case .export:
      overlay = .export(ExportForm(ids: gallery.chosenPictures.map(\.id), settings: settings))
      return []
    case .upscale:
      return !gallery.hasFarMarks ? upscale(gallery.chosen) : useMarked(.enlarge)
    case .compare: return compare(from: .gallery)
    case .mask: return retouch(.mask, from: .gallery)
    case .grow: return retouch(.grow, from: .gallery)
    case .versions: return showVersions(from: .gallery)
    case .copyPath: return gallery.current.map { [.copyPath($0.id)] } ?? []
    case .openOutside: return gallery.current.map { [.openOutside($0.id)] } ?? []
    case .trash:
      let near = gallery.chosen
      let here = Set(near.map(\.id))
      return trash(near, far: gallery.chosenPictures.map(\.id).filter { !here.contains($0) })
    case .undo: return undo()
    case .remix:
      guard let item = gallery.current else { return [] }
      remix(item.recipe.request, seed: item.recipe.seed, from: item.recipe.generation)
      return []
    case .vary:
      guard let item = gallery.current else { return [] }
      return vary(
        .image(item.id), prompt: item.recipe.wordsToVary, parent: item.recipe.generation)
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
    // Down from the row above the last one ends on the last picture, not nowhere.
    gallery.selected = clamp(gallery.selected + step, 0...max(0, gallery.count - 1))
    return loadAround()
  }

  mutating func changeTags(of pictures: [LabelledPicture]) -> [Effect] {
    overlay = .tags(TagForm(pictures))
    return [.loadTags]
  }

  private mutating func markRange() -> [Effect] {
    guard let item = gallery.current else { return [] }
    guard let start = gallery.rangeStart else {
      gallery.rangeStart = item.id
      notice = Notice("range begins here; V marks up to where you go")
      return []
    }
    gallery.rangeStart = nil
    if let from = gallery.place(of: start) {
      let places = min(from, gallery.selected)...max(from, gallery.selected)
      gallery.mark(places.compactMap { gallery.item(at: $0)?.labelled })
      return []
    }
    // It began far away: only the history knows what lies between.
    let query = HistoryQuery(
      text: gallery.filter, sort: gallery.order, foldsBatches: gallery.foldsBatches)
    return [.listRange(query, from: start, to: item.id)]
  }

  /// Answer to `.listRange`.
  mutating func listed(_ query: HistoryQuery, _ pictures: [LabelledPicture]) -> [Effect] {
    guard gallery.shows(query) else { return [] }
    if pictures.isEmpty {
      notice = Notice("the picture where the range began is not in this list", .warning)
    } else {
      gallery.mark(pictures)
    }
    return []
  }

  // MARK: Filter

  mutating func editFilter(_ change: (inout TextEditor, inout KillRing) -> Void) -> [Effect] {
    guard var typing = gallery.typing else { return [] }
    change(&typing, &kills)
    gallery.typing = typing
    return filterGallery(typing.text)
  }

  mutating func perform(_ command: FilterCommand) -> [Effect] {
    if command == .accept, let refusal = gallery.refusal {
      notice = Notice("\(refusal); Esc drops the filter", .warning)
      return []
    }
    gallery.typing = nil
    gallery.refusal = nil
    switch command {
    case .accept: return []
    case .clear: return filterGallery("")
    }
  }
}
