public import EaselKit
internal import EaselScreen

/// What marked pictures are wanted for when the history is asked for those that the state does not hold.
public enum MarkedUse: Hashable, Sendable { case enlarge, compare }

/// Marks stay when another list is shown: what they are on may be far away, or not in the list at all.
extension GalleryState {
  /// Of some marked pictures the state knows the number and the labels alone.
  var hasFarMarks: Bool {
    !marked.isEmpty && items.count { marked.contains($0.id) } < marked.count
  }

  /// Every mark, the newest picture first, as undo wants them.
  var allMarked: [LabelledPicture] {
    marked.sorted(by: >).map { LabelledPicture(id: $0, labels: markedLabels[$0] ?? Labels()) }
  }
}

extension AppState {
  /// `5 marked, 2 out of sight`; empty where nothing is marked.
  var markedWords: String {
    guard !gallery.marked.isEmpty else { return "" }
    let layout = galleryLayout
    let first = gallery.firstRow * layout.columns
    let shown = (first..<(first + layout.rows * layout.columns)).count {
      gallery.item(at: $0).map { gallery.marked.contains($0.id) } ?? false
    }
    let away = gallery.marked.count - shown
    return "\(gallery.marked.count) marked" + (away > 0 ? ", \(away) out of sight" : "")
  }

  /// Takes all marks away; undo brings them back.
  mutating func unmarkAll() {
    guard !gallery.marked.isEmpty else { return }
    let before = gallery.allMarked
    remember(.unmarked(before))
    gallery.unmarkAll()
    notice = Notice("\(counted(before.count, "mark")) taken away; u brings them back")
  }

  /// Does with every marked picture what `use` says; those that are not at hand are asked for first.
  mutating func useMarked(_ use: MarkedUse) -> [Effect] {
    [.loadMarked(gallery.marked.sorted(), use)]
  }

  /// Answer to `.loadMarked`: the pictures, the oldest first.
  mutating func loadedMarked(_ items: [HistoryItem], for use: MarkedUse) -> [Effect] {
    // Whoever has gone elsewhere meanwhile no longer waits for this.
    guard route == .gallery, overlay == nil else { return [] }
    let items = items.filter { !$0.isTrashed }
    switch use {
    case .enlarge:
      if let problem = upscalingProblem(items) {
        notice = Notice(problem, .warning)
        return []
      }
      return upscale(items)
    case .compare:
      // One mark is compared with what the cursor is on.
      let others = items.count == 1 ? gallery.current.map { [$0] } ?? [] : []
      let all = items + others.filter { $0.id != items[0].id }
      guard all.count > 1 else {
        notice = Notice("there is no second picture", .warning)
        return []
      }
      return compare(Array(all.prefix(CompareState.most)), from: .gallery)
    }
  }
}
