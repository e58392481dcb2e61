import EaselKit
import Synchronization

/// Recipes that were read lately: the next part of a list, or what the next letter of a filter finds, has mostly
/// the same pictures, and parsing is most of what a part of a list costs. Between 512 and 1,024 are kept.
final class RecipeShelf: Sendable {
  private typealias Entry = (json: String, recipe: Recipe)
  private struct State {
    var newer: [Int64: Entry] = [:]
    /// Dropped as a whole when there are enough newer ones.
    var older: [Int64: Entry] = [:]

    mutating func add(_ id: Int64, _ entry: Entry) {
      if newer.count >= 512 {
        older = newer
        newer = [:]
      }
      newer[id] = entry
    }
  }
  private let state = Mutex(State())

  /// The recipe that `json` holds, from `parse` where no picture of this number had the same text.
  func recipe(
    of id: Int64, _ json: String, parse: (String) throws -> Recipe
  ) rethrows -> Recipe {
    let kept = state.withLock { s -> Recipe? in
      if let entry = s.newer[id], entry.json == json { return entry.recipe }
      guard let entry = s.older[id], entry.json == json else { return nil }
      s.add(id, entry)
      return entry.recipe
    }
    if let kept { return kept }
    let recipe = try parse(json)
    state.withLock { $0.add(id, (json, recipe)) }
    return recipe
  }
}
