internal import EaselKit

/// Changing what people say about pictures, the trash, and taking all of it back; also for Compose
/// and the viewer.
extension AppState {
  /// Favourites what is not one yet; takes it back when all are.
  mutating func toggleFavourite(_ items: [HistoryItem]) -> [Effect] {
    toggleFavourite(items.map(\.labelled))
  }

  mutating func toggleFavourite(_ pictures: [LabelledPicture]) -> [Effect] {
    label(pictures, .favourite(!pictures.allSatisfy(\.labels.isFavourite)))
  }

  mutating func toggleRejected(_ pictures: [LabelledPicture]) -> [Effect] {
    label(pictures, .rejected(!pictures.allSatisfy(\.labels.isRejected)))
  }

  mutating func rate(_ rating: Int) -> [Effect] {
    label(gallery.chosenPictures, .rating(rating))
  }

  /// Makes a change where it changes something, and remembers what was.
  mutating func label(_ pictures: [LabelledPicture], _ change: LabelChange) -> [Effect] {
    guard !pictures.isEmpty else { return [] }
    let changed = pictures.filter { change.applied(to: $0.labels) != $0.labels }
    let named = changed.isEmpty ? pictures : changed
    notice = Notice(
      change.said(of: named.map(\.id)),
      .success)
    guard !changed.isEmpty else { return [] }
    remember(.labels(changed, change))
    return apply(change, to: changed.map(\.id))
  }

  private mutating func apply(_ change: LabelChange, to ids: [ImageID]) -> [Effect] {
    let set = Set(ids)
    changeItems { if set.contains($0.id) { $0.labels = change.applied(to: $0.labels) } }
    for id in ids {
      gallery.markedLabels[id] = gallery.markedLabels[id].map { change.applied(to: $0) }
    }
    switch change {
    case .favourite(let value): return [.setFavourite(ids, value)]
    case .rating(let value): return [.setRating(ids, value)]
    case .rejected(let value): return [.setRejected(ids, value)]
    case .tags(let add, let remove): return [.changeTags(ids, add: add, remove: remove)]
    }
  }

  /// Every copy of a row that the state holds.
  private mutating func changeItems(_ change: (inout HistoryItem) -> Void) {
    for i in gallery.items.indices { change(&gallery.items[i]) }
    versions?.changeItems(change)
    for j in jobs.indices {
      for s in jobs[j].slots.indices {
        if case .painted(let seed, var item?) = jobs[j].slots[s] {
          change(&item)
          jobs[j].slots[s] = .painted(seed: seed, item: item)
        }
      }
    }
  }

  // MARK: Trash

  /// `far`: more pictures, which the state knows by their numbers only.
  mutating func trash(_ items: [HistoryItem], far: [ImageID] = []) -> [Effect] {
    let ids = items.map(\.id) + far
    guard !ids.isEmpty else { return [] }
    let set = Set(ids)
    remember(.trashed(items, far: far))
    gallery.remove(set)
    changeItems { if set.contains($0.id) { $0.isTrashed = true } }
    notice = Notice("\(counted(ids.count, "picture")) in the trash; u takes it back")
    // How many of those far away were in this list, only the history knows.
    if !far.isEmpty, !gallery.filter.isEmpty { return [.trash(ids), .rereadHistory] }
    return [.trash(ids)] + loadAround()
  }

  // MARK: Undo

  /// Keeps the last hundred steps.
  mutating func remember(_ step: UndoStep) {
    undoable.append(step)
    if undoable.count > 100 { undoable.removeFirst() }
  }

  mutating func undo() -> [Effect] {
    guard let step = undoable.popLast() else { return [] }
    switch step {
    case .labels(let before, let change): return takeBack(change, before)
    case .removedStyle(let style):
      styles.append(style)
      compose.form.style = style.name
      notice = Notice("style '\(style.name)' is back", .success)
      return [.saveStyles(ownStyles)]
    case .removedModel(let model): return [.models(.restore(model))]
    case .trashed(let items, let far):
      let ids = items.map(\.id) + far
      let set = Set(ids)
      changeItems { if set.contains($0.id) { $0.isTrashed = false } }
      for item in items.sorted(by: { $0.id < $1.id }) { gallery.add(item) }
      if let first = gallery.items.firstIndex(where: { set.contains($0.id) }) {
        gallery.selected = gallery.start + first
      }
      notice = Notice("\(counted(ids.count, "picture")) back from the trash", .success)
      return far.isEmpty ? [.restore(ids)] : [.restore(ids), .rereadHistory]
    case .unmarked(let pictures):
      gallery.mark(pictures)
      notice = Notice("\(counted(pictures.count, "picture")) marked again", .success)
      return []
    case .imported(let ids):
      gallery.remove(Set(ids))
      notice = Notice("\(counted(ids.count, "picture")) in the trash again", .success)
      return [.trash(ids)] + loadAround()
    case .search(let name, let was):
      notice = Notice(
        was == nil ? "the search “\(name)” is gone again" : "the search “\(name)” is back",
        .success)
      return [was.map { .saveSearch($0) } ?? .deleteSearch(name)]
    }
  }

  /// Gives every picture back what it had; pictures that had the same are changed together.
  private mutating func takeBack(_ change: LabelChange, _ before: [LabelledPicture]) -> [Effect] {
    var groups: [(change: LabelChange, ids: [ImageID])] = []
    var places: [LabelChange: Int] = [:]
    for picture in before {
      let back = change.undone(from: picture.labels)
      if let place = places[back] {
        groups[place].ids.append(picture.id)
      } else {
        places[back] = groups.count
        groups.append((back, [picture.id]))
      }
    }
    let what = before.count == 1 ? "\(before[0].id)" : counted(before.count, "picture")
    notice = Notice(
      groups.count == 1 ? groups[0].change.said(of: before.map(\.id)) : "\(what) as before",
      .success)
    return groups.flatMap { apply($0.change, to: $0.ids) }
  }
}

extension LabelChange {
  /// A few words: `#12 is a favourite`, `3 pictures rated ★★★`.
  func said(of pictures: [ImageID]) -> String {
    let isOne = pictures.count == 1
    let what = isOne ? "\(pictures[0])" : counted(pictures.count, "picture")
    switch self {
    case .favourite(true): return isOne ? "\(what) is a favourite" : "\(what) are favourites"
    case .favourite(false): return isOne ? "\(what) is no favourite" : "\(what) are no favourites"
    case .rating(0): return "\(what) not rated"
    case .rating(let rating): return "\(what) rated \(stars(rating))"
    case .rejected(let value): return value ? "\(what) rejected" : "\(what) no longer rejected"
    case .tags(let add, let remove):
      let words = add.map { "+\($0)" } + remove.map { "−\($0)" }
      return words.isEmpty
        ? "tags of \(what) as before" : "\(what): \(words.joined(separator: " "))"
    }
  }
}

/// `★★★`, nothing for 0.
func stars(_ rating: Int) -> String { String(repeating: "★", count: clamp(rating, 0...5)) }
