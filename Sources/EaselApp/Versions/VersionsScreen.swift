internal import EaselKit
internal import EaselScreen

/// The paintings that a picture comes from, and those that come from it.
extension AppState {
  /// Asks for the line of the picture that is looked at.
  mutating func showVersions(from place: Route) -> [Effect] {
    let item = item(lookedAtIn: place)
    let job = place == .gallery || place == .viewer && viewer.source == .gallery ? nil : shownJob
    guard let generation = item?.recipe.generation ?? job.map({ self.generation(of: $0) }) else {
      return []
    }
    // What is being painted is not in the history yet, but what it goes on from is.
    let asked = (item == nil ? unstoredLine(to: generation).first?.parent : nil) ?? generation
    versions = VersionsState(generation: generation, asked: asked, home: place)
    return go(to: .versions) + [.loadVersions(asked)]
  }

  /// The paintings of this session that lead to `generation` and of which the history has no picture yet, the
  /// oldest first.
  private func unstoredLine(to generation: String) -> [PictureVersion] {
    var line: [PictureVersion] = []
    var next: String? = generation
    while let name = next, let job = jobs.first(where: { self.generation(of: $0) == name }),
      job.slots.allSatisfy({ $0.item == nil }), line.count < jobs.count
    {
      line.append(
        PictureVersion(generation: name, parent: job.request.parent, request: job.request))
      next = job.request.parent
    }
    return line.reversed()
  }

  /// True while a version without pictures is still to get them.
  func isAwaited(_ version: PictureVersion) -> Bool {
    jobs.contains { $0.isActive && generation(of: $0) == version.generation }
  }

  /// A picture was stored: what is looked at may lead to it.
  func reloadVersions() -> [Effect] {
    guard route == .versions, let versions else { return [] }
    return [.loadVersions(versions.asked)]
  }

  private func item(lookedAtIn place: Route) -> HistoryItem? {
    switch place {
    case .gallery: gallery.current
    case .viewer: viewerItem
    default: shownItem
    }
  }

  /// An answer about a line that is no longer looked at is out of date.
  mutating func loaded(_ line: [PictureVersion], around generation: String) {
    guard var state = versions, state.asked == generation else { return }
    let known = Set(line.map(\.generation))
    let line = line + unstoredLine(to: state.generation).filter { !known.contains($0.generation) }
    var rows = versionRows(line, leadingTo: state.generation)
    let before = state.current
    // The very picture that one came from.
    let shown = item(lookedAtIn: state.home)
    state.selected = max(0, rows.count - 1)
    for r in rows.indices {
      if let shown, let p = rows[r].version.pictures.firstIndex(where: { $0.id == shown.id }) {
        rows[r].picture = p
        state.selected = r
      } else if rows[r].version.generation == state.generation {
        state.selected = r
      }
    }
    // Read anew, the cursor stays where it is.
    if let before,
      let r = rows.firstIndex(where: { $0.version.generation == before.version.generation })
    {
      state.selected = r
      if before.item != nil { rows[r].picture = before.picture }
    }
    state.rows = rows
    versions = state
  }

  func blocked(_ command: VersionsCommand) -> String? {
    guard let versions else { return "" }
    switch command {
    case .close: return nil
    case .up, .first: return versions.selected > 0 ? nil : "this is where it begins"
    case .down, .last:
      return versions.selected + 1 < versions.rows?.count ?? 0 ? nil : "this is the last version"
    case .left, .right: return (versions.current?.version.pictures.count ?? 0) > 1 ? nil : ""
    case .remix, .copyPrompt: return versions.current == nil ? "still being read" : nil
    case .favourite, .export:
      guard versions.item == nil, let version = versions.current?.version else { return nil }
      return isAwaited(version) ? "not painted yet" : "this version has no picture any more"
    case .compare:
      if versions.parent == nil { return "nothing came before this version" }
      return versions.item == nil || versions.parent?.item == nil
        ? "only where both versions have a picture" : nil
    case .undo: return undoable.isEmpty ? "nothing to undo" : nil
    }
  }

  mutating func perform(_ command: VersionsCommand) -> [Effect] {
    guard var state = versions, let row = state.current else {
      return command == .close ? go(to: versions?.home ?? .compose) : []
    }
    switch command {
    case .close: return go(to: state.home)
    case .up: state.selected -= 1
    case .down: state.selected += 1
    case .first: state.selected = 0
    case .last: state.selected = (state.rows?.count ?? 1) - 1
    case .left, .right:
      let count = row.version.pictures.count
      let step = command == .left ? count - 1 : 1
      state.rows?[state.selected].picture = (row.picture + step) % max(1, count)
    case .remix:
      let request = row.version.request
      remix(
        request, seed: row.item?.recipe.seed ?? request.seed,
        from: row.item?.recipe.generation ?? row.version.generation)
      return []
    case .compare:
      guard let item = row.item, let before = state.parent?.item else { return [] }
      return compare([before, item], from: .versions)
    case .favourite: return toggleFavourite(row.item.map { [$0] } ?? [])
    case .export:
      guard let item = row.item else { return [] }
      overlay = .export(ExportForm(ids: [item.id], settings: settings))
      return []
    case .copyPrompt: return [.copyText(row.version.request.prompt)]
    case .undo: return undo()
    }
    versions = state
    return []
  }

  mutating func clickVersions(_ at: CellPoint) -> [Effect] {
    guard let row = versionsLayout.rows.first(where: { $0.frame.contains(at) }) else { return [] }
    versions?.selected = row.index
    return []
  }
}
