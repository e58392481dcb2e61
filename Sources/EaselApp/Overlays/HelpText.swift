internal import EaselScreen

extension AppState {
  enum HelpLine: Hashable {
    case heading(String)
    case key(String, String)
    case blank
  }

  /// The left column of the help.
  var helpKeyColumns: Int { min(24, helpBox.text.columns / 3) }

  /// Every key of the screen below, place by place, from the tables.
  var helpLines: [HelpLine] {
    var lines: [HelpLine] = []
    for scope in scopeOfScreen.lookup.sorted(by: { a, b in a != .always && b == .always }) {
      if !lines.isEmpty { lines.append(.blank) }
      lines.append(.heading(scope.title))
      for binding in self.keys.bindings(scope) {
        let keys = wrapped(binding.chords.map(\.label).joined(separator: "  "), helpKeyColumns - 2)
        let words = wrapped(binding.help, max(10, helpBox.text.columns - helpKeyColumns))
        for i in 0..<max(keys.count, words.count) {
          lines.append(.key(i < keys.count ? keys[i] : "", i < words.count ? words[i] : ""))
        }
      }
    }
    return lines
  }

  mutating func perform(_ command: HelpCommand) -> [Effect] {
    guard case .help(let line) = overlay else { return [] }
    switch command {
    case .up: overlay = .help(line - 1)
    case .down: overlay = .help(line + 1)
    case .pageUp: overlay = .help(line - max(1, helpHeight - 1))
    case .pageDown: overlay = .help(line + max(1, helpHeight - 1))
    case .first: overlay = .help(0)
    case .last: overlay = .help(helpLines.count)
    case .close: overlay = nil
    }
    return []
  }
}

/// `docs/KEYS.md`: every key of every place. A test checks that the file is fresh.
public func keysDocument() -> String {
  var text = """
    # Keys

    Made from the command tables in `Sources/EaselApp/Commands`; do not edit by hand
    (`EASEL_RECORD=1 swift test --filter keysDocument` writes it anew).
    `^X` is Ctrl-X. While a text is being typed, the keys of *Editing text* work too.

    Every key can be another one: `config.toml` takes, for each place, the command's name and its keys. What
    the keys then hide is said when the studio opens, and by `easel doctor`.

    ```toml
    [keys.gallery]
    favourite = ["F", "Alt-f"]
    trash = []   # no key at all
    ```

    """
  for scope in Scope.allCases where scope != .recall {
    text += "\n## \(scope == .palette ? "Palette and recall" : scope.title)\n\n"
    text += "`[keys.\(scope.name)]`\n\n| key | does | name |\n|---|---|---|\n"
    for binding in scope.bindings {
      let keys = binding.chords.map { "`\($0.label.replacingPipes)`" }.joined(separator: " ")
      text += "| \(keys) | \(binding.help) | `\(binding.command.name)` |\n"
    }
  }
  return text
}

extension String {
  /// A bar would end the table's cell.
  fileprivate var replacingPipes: String { String(flatMap { $0 == "|" ? Array("\\|") : [$0] }) }
}
