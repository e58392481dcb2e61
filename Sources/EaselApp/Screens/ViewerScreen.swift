internal import EaselKit
internal import EaselScreen

extension ViewerState {
  /// Where closing leads.
  var home: Route {
    switch source {
    case .gallery: .gallery
    case .canvas: .compose
    }
  }
}

extension AppState {
  /// The picture that the viewer shows: its name and its size in pixels.
  var viewerKey: (key: PictureKey, size: PixelSize)? {
    switch viewer.source {
    case .gallery:
      guard let item = gallery.current else { return nil }
      return (.image(item.id), PixelSize(width: item.width, height: item.height))
    case .canvas:
      guard let job = shownJob, let key = compose.shownKey(in: jobs) else { return nil }
      return (key, PixelSize(width: job.request.width, height: job.request.height))
    }
  }

  var viewerItem: HistoryItem? {
    viewer.source == .gallery ? gallery.current : shownItem
  }

  /// The index of the neighbour; nil at the ends.
  func viewerNeighbour(_ step: Int) -> Int? {
    switch viewer.source {
    case .gallery:
      let goal = gallery.selected + step
      return gallery.item(at: goal) == nil ? nil : goal
    case .canvas:
      guard let shown = compose.shown, let job = shownJob else { return nil }
      let place = job.place(of: shown.index) + step
      guard job.order.indices.contains(place), job.slots[job.order[place]] != .empty else {
        return nil
      }
      return job.order[place]
    }
  }

  mutating func turnViewer(_ step: Int) -> [Effect] {
    guard let goal = viewerNeighbour(step) else { return [] }
    let showsHeat = viewer.heat != nil
    var effects: [Effect] = []
    switch viewer.source {
    case .gallery: effects = moveInGallery(step)
    case .canvas:
      compose.shown?.index = goal
      compose.follows = false
    }
    return effects + (showsHeat ? showHeat() : [])
  }

  /// Asks for the maps of the picture that is shown.
  mutating func showHeat() -> [Effect] {
    viewer.heat = nil
    guard let item = viewerItem else { return [] }
    viewer.heat = ViewerState.Heat(id: item.id)
    return [.explain(item)]
  }

  /// An answer about a picture that is no longer shown is out of date.
  mutating func explained(_ id: ImageID, _ maps: [HeatName]) {
    guard viewer.heat?.id == id else { return }
    viewer.heat?.maps = maps
    viewer.heat?.selected = 0
  }

  mutating func explainFailed(_ id: ImageID, _ failure: Failure) {
    guard viewer.heat?.id == id else { return }
    viewer.heat = nil
    self.failure = failure
  }

  private mutating func turnHeat(_ step: Int) {
    guard let heat = viewer.heat, let count = heat.maps?.count, count > 0 else { return }
    viewer.heat?.selected = (heat.selected + step + count) % count
  }

  mutating func perform(_ command: ViewerCommand) -> [Effect] {
    switch command {
    case .close: return go(to: viewer.home)
    case .next: return turnViewer(1)
    case .previous: return turnViewer(-1)
    case .left: return pan(-1, 0)
    case .right: return pan(1, 0)
    case .up: return pan(0, -1)
    case .down: return pan(0, 1)
    case .zoomIn:
      viewer.lens.zoom += 1
      return pan(0, 0)
    case .zoomOut:
      viewer.lens.zoom -= 1
      return pan(0, 0)
    case .fit:
      viewer.lens.zoom = 0
      return pan(0, 0)
    case .info:
      viewer.showsInfo.toggle()
      return []
    case .heat: return showHeat()
    case .leaveHeat:
      viewer.heat = nil
      return []
    case .nextHeat:
      turnHeat(1)
      return []
    case .previousHeat:
      turnHeat(-1)
      return []
    case .favourite: return toggleFavourite(viewerItem.map { [$0] } ?? [])
    case .export:
      guard let item = viewerItem else { return [] }
      overlay = .export(ExportForm(ids: [item.id], settings: settings))
      return []
    case .upscale: return upscale(viewerItem.map { [$0] } ?? [])
    case .trash: return trash(viewerItem.map { [$0] } ?? [])
    case .undo: return undo()
    case .remix:
      if let recipe = viewerItem?.recipe {
        remix(recipe.request, seed: recipe.seed, from: recipe.generation)
      } else if let job = shownJob, let seed = shownSeed {
        remix(job.request, seed: seed, from: generation(of: job))
      }
      return []
    case .vary:
      if viewer.source == .gallery, let item = gallery.current {
        return vary(
          .image(item.id), prompt: item.recipe.wordsToVary, parent: item.recipe.generation)
      }
      guard let key = shownResult, let job = shownJob else { return [] }
      return vary(key, prompt: job.request.prompt, parent: generation(of: job))
    case .compare: return compare(from: .viewer)
    case .mask: return retouch(.mask, from: .viewer)
    case .grow: return retouch(.grow, from: .viewer)
    case .versions: return showVersions(from: .viewer)
    case .rate1: return rateViewed(1)
    case .rate2: return rateViewed(2)
    case .rate3: return rateViewed(3)
    case .rate4: return rateViewed(4)
    case .rate5: return rateViewed(5)
    case .reject: return toggleRejected(viewerItem.map { [$0.labelled] } ?? [])
    case .tags: return viewerItem.map { changeTags(of: [$0.labelled]) } ?? []
    case .slides: return startSlides()
    case .copyPath: return viewerItem.map { [.copyPath($0.id)] } ?? []
    case .openOutside: return viewerItem.map { [.openOutside($0.id)] } ?? []
    case .copyPrompt:
      let prompt = viewerItem?.recipe.request.prompt ?? shownJob?.request.prompt
      return prompt.map { [.copyText($0)] } ?? []
    }
  }

  private mutating func rateViewed(_ rating: Int) -> [Effect] {
    guard let item = viewerItem else { return [] }
    return label([item.labelled], .rating(item.rating == rating ? 0 : rating))
  }

  private mutating func pan(_ dx: Int, _ dy: Int) -> [Effect] {
    guard let (_, size) = viewerKey else { return [] }
    let layout = viewerLayout
    viewer.lens.pan(dx, dy, viewer.lens.sight(size, in: layout.picture, layout.cell))
    return []
  }
}
