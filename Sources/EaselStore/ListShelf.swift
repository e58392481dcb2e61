import EaselKit
import Synchronization

/// The numbers of all pictures that answer a question, in its order.
struct PictureList: Sendable {
  var numbers: [Int64] = []
  /// Where batches are folded: how many pictures of its batch a listed one stands for, if several.
  var siblings: [Int64: Int] = [:]
  /// Which listed picture stands for one that is folded away.
  var standIns: [Int64: Int64] = [:]
  /// Pictures that `like:` passed over because nobody looked at them yet.
  var notIndexed = 0
}

/// The lists that were asked for last, as long as nothing changes: whoever scrolls through a hundred
/// thousand pictures asks for another part of the same list with every page. 8 bytes a picture.
final class ListShelf: Sendable {
  struct Key: Hashable {
    var text: String
    var sort: HistorySort
    var foldsBatches: Bool
    /// Where another process writes: the version of the database.
    var version: Int
  }
  private struct State {
    var changes = 0
    /// Last use last.
    var kept: [(key: Key, list: PictureList)] = []
  }
  private let state = Mutex(State())
  private static let most = 4

  /// Something was changed: what is being read now may be out of date as well.
  func forget() {
    state.withLock { s in
      s.changes += 1
      s.kept = []
    }
  }

  /// The list that was kept, else what `make` reads.
  func list(_ key: Key, make: () throws -> PictureList) rethrows -> PictureList {
    let (found, changes) = state.withLock { s -> (PictureList?, Int) in
      guard let i = s.kept.firstIndex(where: { $0.key == key }) else { return (nil, s.changes) }
      let entry = s.kept.remove(at: i)
      s.kept.append(entry)
      return (entry.list, s.changes)
    }
    if let found { return found }
    let list = try make()
    state.withLock { s in
      guard s.changes == changes else { return }
      s.kept.removeAll { $0.key == key }
      s.kept.append((key, list))
      if s.kept.count > Self.most { s.kept.removeFirst() }
    }
    return list
  }
}
