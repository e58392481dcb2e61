internal import EaselKit
internal import EaselScreen

/// Comparing: which pictures, and what its commands do. `CompareScreen+Drawing` draws it.
extension AppState {
  // MARK: Which pictures

  /// What `c` would compare here, or why nothing can be.
  func comparable(from place: Route) throws(Failure) -> [CompareState.Entry] {
    func none(_ why: String) -> Failure { Failure(.badInput, why) }
    if place == .gallery || place == .viewer && viewer.source == .gallery {
      let marked = place == .gallery ? gallery.marked.count : 0
      guard marked <= CompareState.most else {
        throw none("\(marked) pictures are marked; up to \(CompareState.most) are compared")
      }
      // As they were painted, the oldest first. Those that are not at hand are asked for when they are wanted.
      if marked > 1 { return gallery.chosen.reversed().map(Self.entry) }
      guard let item = gallery.current else { throw none("no picture here") }
      // One mark beside the cursor: these two.
      if marked == 1, !gallery.marked.contains(item.id) {
        return (gallery.chosen + [item]).map(Self.entry)
      }
      let here = gallery.selected
      if let next = gallery.item(at: here + 1) { return [next, item].map(Self.entry) }
      guard let previous = gallery.item(at: here - 1) else {
        throw none("there is no second picture yet")
      }
      return [item, previous].map(Self.entry)
    }
    guard let job = shownJob, let shown = compose.shown, shownResult != nil else {
      throw none("no finished picture here yet")
    }
    // All that belongs to it: a batch, or a series of them.
    let painted = shownPictures.filter { picture in
      self.job(picture.job).map { Self.isPainted($0.slots[picture.index]) } ?? false
    }
    if painted.count > 1 {
      var chosen = Array(painted.prefix(CompareState.most))
      if !chosen.contains(shown) { chosen[chosen.count - 1] = shown }
      return chosen.compactMap { picture in self.job(picture.job).map { entry($0, picture.index) } }
    }
    // A picture alone: with the one painted before it.
    guard let here = jobs.firstIndex(where: { $0.id == job.id }),
      let before = jobs[..<here].last(where: { $0.slots.contains(where: Self.isPainted) })
        ?? jobs[(here + 1)...].first(where: { $0.slots.contains(where: Self.isPainted) }),
      let other = before.order.first(where: { Self.isPainted(before.slots[$0]) })
    else {
      // The first one of this session: with what the history has before it.
      guard let item = shownItem, let at = gallery.place(of: item.id),
        let older = gallery.item(at: at + 1)
      else { throw none("nothing to compare it with yet: paint another one") }
      return [Self.entry(older), entry(job, shown.index)]
    }
    let pair = [entry(before, other), entry(job, shown.index)]
    return before.id < job.id ? pair : pair.reversed()
  }

  private static func isPainted(_ slot: Job.Slot) -> Bool {
    if case .painted = slot { true } else { false }
  }

  private static func entry(_ item: HistoryItem) -> CompareState.Entry {
    CompareState.Entry(
      key: .image(item.id), size: PixelSize(width: item.width, height: item.height),
      name: "\(item.id)", request: item.recipe.request, seed: item.recipe.seed, id: item.id)
  }

  private func entry(_ job: Job, _ index: Int) -> CompareState.Entry {
    var seed = job.request.seed &+ UInt64(index)
    if case .painted(let own, _) = job.slots[index] { seed = own }
    let item = job.slots[index].item
    return CompareState.Entry(
      key: .result(job.id, index: index),
      size: PixelSize(width: job.request.width, height: job.request.height),
      name: item.map { "\($0.id)" } ?? "picture \(job.place(of: index) + 1)", request: job.request,
      seed: seed, id: item?.id)
  }

  func comparingProblem(from place: Route) -> String? {
    do {
      _ = try comparable(from: place)
      return nil
    } catch { return error.what }
  }

  mutating func compare(from place: Route) -> [Effect] {
    guard let entries = try? comparable(from: place) else { return [] }
    if place == .gallery, gallery.hasFarMarks { return useMarked(.compare) }
    return compare(entries, from: place)
  }

  /// Compares pictures of the history, the first one as A and the second as B.
  mutating func compare(_ items: [HistoryItem], from place: Route) -> [Effect] {
    compare(items.map(Self.entry), from: place)
  }

  private mutating func compare(_ entries: [CompareState.Entry], from place: Route) -> [Effect] {
    var new = CompareState()
    // Older compositions must not stand in for newer ones.
    new.revision = comparison.revision + 1
    new.entries = entries
    new.home = place
    if place == .compose || viewer.source == .canvas && place == .viewer, let shown = compose.shown
    {
      // What was looked at is B.
      let here = entries.firstIndex { $0.key == .result(shown.job, index: shown.index) }
      if let here, here > 0 { new.second = here }
    }
    comparison = new
    return go(to: .compare)
  }

  // MARK: What can happen

  func blocked(_ command: CompareCommand) -> String? {
    switch command {
    case .close: nil
    case .next, .previous: comparison.entries.count > 2 ? nil : ""
    // At their ends these still happen and say so: the same keys mean something else further down.
    case .edgeLeft, .edgeRight: comparison.mode == .wipe ? nil : ""
    case .more, .less: comparison.mode == .difference ? nil : ""
    case .sideBySide: comparison.mode == .sideBySide ? "" : nil
    case .wipe: comparison.mode == .wipe ? "" : nil
    case .difference: comparison.mode == .difference ? "" : nil
    case .nextMode, .flip, .swap: nil
    case .zoomIn: comparison.lens.closerProblem
    case .zoomOut, .fit: comparison.lens.zoom == 0 ? "the whole pictures are shown" : nil
    case .left, .right, .up, .down: comparison.lens.zoom == 0 ? "" : nil
    case .favourite, .open: comparedItem == nil ? "not in the history yet" : nil
    case .undo: undoable.isEmpty ? "nothing to undo" : nil
    }
  }

  /// The history's row of B, where the state has it.
  var comparedItem: HistoryItem? {
    guard let id = comparison.pair?.b.id else { return nil }
    return gallery.items.first { $0.id == id }
  }

  // MARK: Commands

  mutating func perform(_ command: CompareCommand) -> [Effect] {
    switch command {
    case .close: return go(to: comparison.home)
    case .next: choose(1)
    case .previous: choose(-1)
    case .swap:
      swap(&comparison.first, &comparison.second)
      comparison.showsFirst.toggle()
    case .sideBySide: comparison.mode = .sideBySide
    case .wipe: comparison.mode = .wipe
    case .difference: comparison.mode = .difference
    case .nextMode:
      let modes = CompareState.Mode.allCases
      let here = modes.firstIndex(of: comparison.mode) ?? 0
      comparison.mode = modes[(here + 1) % modes.count]
    case .flip:
      if comparison.mode == .flip { comparison.showsFirst.toggle() }
      comparison.mode = .flip
    case .edgeLeft:
      if comparison.edge == 0 { notice = Notice("all of it is B", .warning) }
      moveEdge(to: comparison.edge - 50)
    case .edgeRight:
      if comparison.edge == 1000 { notice = Notice("all of it is A", .warning) }
      moveEdge(to: comparison.edge + 50)
    case .more:
      if let next = CompareState.gains.first(where: { $0 > comparison.gain }) {
        comparison.gain = next
      } else {
        notice = Notice("this is the most", .warning)
      }
    case .less:
      if let next = CompareState.gains.last(where: { $0 < comparison.gain }) {
        comparison.gain = next
      } else {
        notice = Notice("this is the difference itself", .warning)
      }
    case .zoomIn:
      comparison.lens.zoom += 1
      panCompared(0, 0)
    case .zoomOut:
      comparison.lens.zoom -= 1
      panCompared(0, 0)
    case .fit: comparison.lens = Lens()
    case .left: panCompared(-1, 0)
    case .right: panCompared(1, 0)
    case .up: panCompared(0, -1)
    case .down: panCompared(0, 1)
    case .favourite: return toggleFavourite(comparedItem.map { [$0] } ?? [])
    case .undo: return undo()
    case .open:
      guard let id = comparedItem?.id, let at = gallery.place(of: id)
      else { return [] }
      gallery.selected = at
      viewer = ViewerState()
      return go(to: .viewer)
    }
    comparison.revision += 1
    return []
  }

  /// B becomes another one; A is passed over.
  private mutating func choose(_ step: Int) {
    let count = comparison.entries.count
    guard count > 2 else { return }
    repeat {
      comparison.second = (comparison.second + step + count) % count
    } while comparison.second == comparison.first
  }

  private mutating func moveEdge(to edge: Int) {
    comparison.edge = clamp(edge, 0...1000)
  }

  /// All pictures move together: the shares are kept on the first one.
  private mutating func panCompared(_ dx: Int, _ dy: Int) {
    guard let entry = comparison.pair?.a else { return }
    let layout = compareLayout
    let area =
      layout.tiles.first { $0.entry == comparison.first }?.picture ?? layout.tiles.first?.picture
    guard let area, !area.isEmpty else { return }
    comparison.lens.pan(dx, dy, comparison.lens.sight(entry.size, in: area, layout.cell))
  }

  // MARK: Mouse

  /// A button in the body: chooses B side by side, moves the edge of a wipe.
  mutating func clickCompared(_ at: CellPoint) -> [Effect] {
    let layout = compareLayout
    if comparison.mode == .wipe, let area = layout.tiles.first?.picture, area.contains(at),
      let entry = comparison.pair?.a
    {
      let frame = comparison.lens.sight(entry.size, in: area, layout.cell).frame
      // The edge goes to the middle of the cell.
      let cells = 2 * (at.column - frame.column) + 1
      moveEdge(to: cells * 500 / max(1, frame.columns))
      comparison.revision += 1
    } else if comparison.mode == .sideBySide,
      let tile = layout.tiles.first(where: { $0.frame.contains(at) }),
      tile.entry != comparison.first
    {
      comparison.second = tile.entry
      comparison.revision += 1
    }
    return []
  }
}
