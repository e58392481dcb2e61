internal import EaselKit
internal import EaselScreen

/// Palette and recall: what they list and what choosing does.
extension AppState {
  struct PaletteRow: Hashable {
    var binding: Binding
    /// Why it cannot happen now.
    var reason: String?
    /// Its keys mean something in another place only.
    var isElsewhere = false
  }

  /// Commands of the screen below, then the general ones, best match first.
  func paletteRows(_ picker: Picker) -> [PaletteRow] {
    var below = self
    below.overlay = nil
    var taken: Set<Command> = []
    var rows: [PaletteRow] = []
    let scopes = scopeOfScreen.lookup.filter { $0 != .editing && $0 != .always }
    for scope in scopes + (scopes.contains(.resting) ? [] : [.resting]) + [.always] {
      for binding in keys.bindings(scope) where taken.insert(binding.command).inserted {
        let reason = below.blocked(binding.command)
        // What means nothing here at all is no use to read about.
        if reason == "" { continue }
        rows.append(PaletteRow(binding: binding, reason: reason))
      }
    }
    let here = best(rows, for: picker.query.text, name: \.binding.label, words: \.binding.help)
    if picker.query.text.trimmed.isEmpty { return here }
    // What other places could do with it, so that one learns where.
    var others: [PaletteRow] = []
    for scope in Self.placesWithCommands where !scopes.contains(scope) {
      for binding in keys.bindings(scope) where taken.insert(binding.command).inserted {
        others.append(
          PaletteRow(binding: binding, reason: "in \(scope.title)", isElsewhere: true))
      }
    }
    return here
      + best(others, for: picker.query.text, name: \.binding.label, words: { _ in "" })
  }

  private static let placesWithCommands: [Scope] = [
    .prompt, .canvas, .gallery, .viewer, .compare, .mask, .grow, .versions, .models, .train,
    .settings,
  ]

  /// Prompts painted before, newest first, those that hold every typed word.
  func recallRows(_ picker: Picker) -> [String] {
    let words = picker.query.text.lowercased().split(separator: " ")
    guard !words.isEmpty else { return recall }
    return recall.filter { prompt in
      let low = prompt.lowercased()
      return words.allSatisfy { low.contains($0) }
    }
  }

  mutating func perform(_ command: PickerCommand) -> [Effect] {
    let page = max(1, pickerLayout.list.rows)
    switch command {
    case .up: movePicker(-1)
    case .down: movePicker(1)
    case .pageUp: movePicker(-page)
    case .pageDown: movePicker(page)
    case .close: overlay = nil
    case .accept: return acceptPicked()
    }
    return []
  }

  mutating func movePicker(_ step: Int) {
    switch overlay {
    case .palette(var picker):
      picker.selected = clamp(picker.selected + step, 0...max(0, paletteRows(picker).count - 1))
      overlay = .palette(picker)
    case .recall(var picker):
      picker.selected = clamp(picker.selected + step, 0...max(0, recallRows(picker).count - 1))
      overlay = .recall(picker)
    case .searches(var picker):
      picker.selected = clamp(picker.selected + step, 0...max(0, searchRows(picker).count - 1))
      overlay = .searches(picker)
    case .keys(var list):
      list.picker.selected = clamp(list.picker.selected + step, 0...max(0, keyRows(list).count - 1))
      overlay = .keys(list)
    case .help, .export, .tags, .queue, .style, nil: break
    }
  }

  mutating func acceptPicked() -> [Effect] {
    switch overlay {
    case .palette(let picker):
      let rows = paletteRows(picker)
      overlay = nil
      guard rows.indices.contains(picker.selected) else { return [] }
      let row = rows[picker.selected]
      if row.isElsewhere, let reason = row.reason {
        let key = row.binding.chords.first.map { "; there it is \($0.label)" } ?? ""
        notice = Notice("\(row.binding.label): only \(reason)\(key)", .warning)
        return []
      }
      return perform(row.binding.command, at: nil)
    case .recall(let picker):
      let rows = recallRows(picker)
      overlay = nil
      guard rows.indices.contains(picker.selected) else { return [] }
      compose.focus = .prompt
      compose.prompt.replaceAll(rows[picker.selected])
      return []
    case .searches: return perform(.searches(.accept), at: nil)
    case .keys: return perform(.keys(.capture), at: nil)
    case .help, .export, .tags, .queue, .style, nil: return []
    }
  }
}

/// `items` whose name holds the letters of `query` in order, best first, then those whose words
/// hold it as it stands; all when it is empty.
func best<T>(
  _ items: [T], for query: String, name: (T) -> String, words: (T) -> String
) -> [T] {
  let query = query.trimmed.lowercased()
  guard !query.isEmpty else { return items }
  let scored = items.enumerated().compactMap { i, item -> (score: Int, place: Int, item: T)? in
    if let score = fuzzyScore(query, name(item)) { return (score, i, item) }
    return words(item).lowercased().contains(query) ? (0, i, item) : nil
  }
  return scored.sorted { ($0.score, -$0.place) > ($1.score, -$1.place) }.map(\.item)
}

/// How well `query` fits `text`: its letters must come in this order; starts of words and letters
/// side by side count more, and so does coming early. nil when it does not fit.
package func fuzzyScore(_ query: String, _ text: String) -> Int? {
  let letters = Array(query.lowercased().filter { !$0.isWhitespace })
  let text = Array(text.lowercased())
  // Starts of words are worth waiting for, but waiting can miss a fit that the nearest letters give.
  guard let near = fit(letters, text, waiting: false) else { return nil }
  return max(near, fit(letters, text, waiting: true) ?? near)
}

private func fit(_ letters: [Character], _ text: [Character], waiting: Bool) -> Int? {
  var score = 0
  var place = 0
  var previous = -2
  func startsWord(_ i: Int) -> Bool { i == 0 || !text[i - 1].isLetter }
  for letter in letters {
    let rest = place..<text.count
    guard var found = rest.first(where: { text[$0] == letter }) else { return nil }
    if waiting, found != previous + 1,
      let start = rest.first(where: { text[$0] == letter && startsWord($0) })
    {
      found = start
    }
    score += 10 - min(9, found / 4)
    if found == previous + 1 { score += 15 }
    if startsWord(found) { score += 12 }
    previous = found
    place = found + 1
  }
  return score
}
