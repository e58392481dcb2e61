internal import EaselKit
public import EaselScreen

/// The list in which commands get other keys.
public struct KeyList: Hashable, Sendable {
  public var picker = Picker()
  /// The next key is for the chosen command.
  public var isCapturing = false
  /// A key that was pressed for it and would cost something: the same key once more takes it all the same.
  public var doubtful: KeyPress?
  public var problem: String?
  public init() {}
}

/// A command in a place, with the keys that it has there.
struct KeyRow: Hashable {
  var scope: Scope
  var binding: Binding
  /// The keys are the user's own.
  var isChanged: Bool
}

extension AppState {
  var keyList: KeyList? {
    if case .keys(let list) = overlay { list } else { nil }
  }

  /// Every command of every place, those that answer what is typed; several words narrow together.
  func keyRows(_ list: KeyList) -> [KeyRow] {
    let words = list.picker.query.text.lowercased().split(separator: " ")
    return Scope.allCases.flatMap { scope in
      var seen: Set<Command> = []
      return keys.bindings(scope).filter { seen.insert($0.command).inserted }
        .map { KeyRow(scope: scope, binding: $0, isChanged: keys.isChanged($0.command, in: scope)) }
    }.filter { row in
      let text = [
        row.scope.title, row.binding.label, row.binding.help,
        row.binding.chords.map(\.label).joined(separator: " "),
        row.isChanged ? "changed" : "",
      ].joined(separator: " ").lowercased()
      return words.allSatisfy { text.contains($0) }
    }
  }

  var chosenKeyRow: KeyRow? {
    guard let list = keyList else { return nil }
    let rows = keyRows(list)
    return rows.indices.contains(list.picker.selected) ? rows[list.picker.selected] : nil
  }

  mutating func perform(_ command: KeyListCommand) -> [Effect] {
    guard var list = keyList else { return [] }
    list.problem = nil
    switch command {
    case .close:
      overlay = nil
      return []
    case .up: list.picker.selected -= 1
    case .down: list.picker.selected += 1
    case .pageUp: list.picker.selected -= max(1, pickerLayout.list.rows)
    case .pageDown: list.picker.selected += max(1, pickerLayout.list.rows)
    case .capture:
      list.isCapturing = chosenKeyRow != nil
      list.doubtful = nil
    case .none: return give([], to: chosenKeyRow)
    case .reset: return give(nil, to: chosenKeyRow)
    }
    list.picker.selected = clamp(list.picker.selected, 0...max(0, keyRows(list).count - 1))
    overlay = .keys(list)
    return []
  }

  /// A key while one is waited for: every one counts, but Esc leaves things as they are.
  mutating func capture(_ key: KeyPress) -> [Effect] {
    guard var list = keyList, let row = chosenKeyRow else { return [] }
    guard key != KeyPress(.escape) else {
      (list.isCapturing, list.doubtful, list.problem) = (false, nil, nil)
      overlay = .keys(list)
      return []
    }
    let chord = Chord([key])
    if list.doubtful != key, let problem = keyProblem(chord, row) {
      (list.doubtful, list.problem) = (key, problem)
      overlay = .keys(list)
      return []
    }
    return give([chord], to: row)
  }

  /// What a key would cost; nil where it is free.
  private func keyProblem(_ chord: Chord, _ row: KeyRow) -> String? {
    var changed = keys
    let before = Set(changed.set(row.scope.name, [:]).map(\.what))
    let problems = changed.set(row.scope.name, [row.binding.command.name: [chord.text]])
    if let new = problems.first(where: { !before.contains($0.what) }) {
      // Place, command and key are on the screen already.
      return new.what.split(separator: ": ", maxSplits: 1).last.map(String.init)
    }
    let other = keys.bindings(row.scope).first { binding in
      binding.command != row.binding.command && binding.chords.contains { $0.keys == chord.keys }
    }
    return other.map { "'\($0.label)' has this key here and loses it" }
  }

  /// Gives a command keys, none, or with nil those that it came with; from now on and in the file.
  private mutating func give(_ chords: [Chord]?, to row: KeyRow?) -> [Effect] {
    guard var list = keyList, let row else { return [] }
    (list.isCapturing, list.doubtful, list.problem) = (false, nil, nil)
    overlay = .keys(list)
    let before = keys
    if let chords {
      _ = keys.set(row.scope.name, [row.binding.command.name: chords.map(\.text)])
    } else {
      keys.reset(row.binding.command, in: row.scope)
    }
    guard keys != before else { return [] }
    // What narrows the list may no longer find it there.
    if case .keys(var list) = overlay {
      let rows = keyRows(list)
      list.picker.selected =
        rows.firstIndex { $0.scope == row.scope && $0.binding.command == row.binding.command }
        ?? min(list.picker.selected, max(0, rows.count - 1))
      overlay = .keys(list)
    }
    return [.saveKeys(keys)]
  }

  // MARK: Drawing

  func drawKeys(_ list: KeyList, _ screen: inout Screen) {
    let rows = keyRows(list), layout = pickerLayout
    drawPicker(
      list.picker, title: "Keys", placeholder: "a place, a command, or a key", count: rows.count,
      none: "no command answers that", &screen
    ) { i, line, isSelected, screen in
      let row = rows[i]
      let style = Style(isSelected ? .selected : .text)
      let (place, rest) = line.splitLeft(min(26, line.columns / 3))
      screen.write(
        row.scope.title, in: place.splitLeft(place.columns - 1).0,
        Style(isSelected ? .selected : .faint))
      let keys =
        isSelected && list.isCapturing
        ? "press a key …"
        : (row.isChanged ? "● " : "")
          + (row.binding.chords.isEmpty
            ? "none" : row.binding.chords.map(\.label).joined(separator: "  "))
      let (name, value) = rest.splitLeft(
        max(0, rest.columns - min(keys.count, rest.columns / 2) - 1))
      screen.write(row.binding.label, in: name, style)
      screen.write(
        keys, in: value, Style(isSelected ? .selected : row.isChanged ? .accent : .footerKey),
        at: .right)
    }
    let message: (String, Style)? =
      if let problem = list.problem {
        ("\(problem); once more takes it", Style(.warning))
      } else if list.isCapturing {
        ("Esc leaves it as it is", Style(.faint))
      } else {
        chosenKeyRow.map { ($0.binding.help, Style(.faint)) }
      }
    let bottom = layout.box.text.line(layout.box.text.rows - 1)
    if let message, layout.list.endRow <= bottom.row {
      screen.write(message.0, in: bottom, message.1)
    }
  }
}
