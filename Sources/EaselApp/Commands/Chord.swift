public import EaselScreen

/// One key or a sequence of keys, written as people read it: `Enter`, `^X ^E`, `Alt-b`, `F1`, `g`.
public struct Chord: Hashable, Sendable, ExpressibleByStringLiteral {
  public let keys: [KeyPress]
  /// As it is shown in footer, help and documents.
  public let label: String
  /// As it is written in `config.toml`.
  public let text: String

  /// Keys as they were pressed.
  package init(_ keys: [KeyPress]) {
    self.init(stringLiteral: keys.map { Self.name(of: $0.normalised) }.joined(separator: " "))
  }

  /// A literal that names no key has no `keys` and never matches; a test looks for those.
  public init(stringLiteral value: String) {
    label = Self.arrows[value] ?? value
    text = value
    let parsed = value.split(separator: " ").map { Self.key(named: String($0)) }
    keys = parsed.contains(nil) ? [] : parsed.compactMap { $0?.normalised }
  }

  private static let arrows = [
    "Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "Alt-Left": "Alt-←", "Alt-Right": "Alt-→",
    "^Left": "^←", "^Right": "^→", "^Up": "^↑", "^Down": "^↓", "Alt-Up": "Alt-↑",
    "Alt-Down": "Alt-↓",
  ]

  private static let named: [String: KeyPress.Key] = [
    "Enter": .enter, "Tab": .tab, "Shift-Tab": .backTab, "Esc": .escape, "Backspace": .backspace,
    "Del": .delete, "Ins": .insert, "Up": .up, "Down": .down, "Left": .left, "Right": .right,
    "Home": .home, "End": .end, "PgUp": .pageUp, "PgDn": .pageDown, "Space": .character(" "),
  ]

  private static func name(of key: KeyPress) -> String {
    let base =
      switch key.key {
      case .character(" "): "Space"
      case .character(let c): key.isControl ? c.uppercased() : String(c)
      case .function(let n): "F\(n)"
      default: named.first { $0.value == key.key }?.key ?? ""
      }
    return (key.isAlt ? "Alt-" : "") + (key.isShift ? "Shift-" : "") + (key.isControl ? "^" : "")
      + base
  }

  private static func key(named name: String) -> KeyPress? {
    if let key = named[name] { return KeyPress(key) }
    if name.hasPrefix("Alt-"), name.count > 4 {
      guard var key = key(named: String(name.dropFirst(4))) else { return nil }
      key.isAlt = true
      return key
    }
    if name.hasPrefix("Shift-") {
      guard var key = key(named: String(name.dropFirst(6))) else { return nil }
      key.isShift = true
      return key
    }
    if name.hasPrefix("^"), name.count > 1 {
      guard var key = key(named: String(name.dropFirst())) else { return nil }
      key.isControl = true
      return key
    }
    if name.hasPrefix("F"), let number = Int(name.dropFirst()) {
      return KeyPress(.function(number))
    }
    guard name.count == 1, let character = name.first else { return nil }
    return KeyPress(.character(character))
  }
}

extension KeyPress {
  /// The same key however the terminal spelled it: control letters are lower case, Shift is in the
  /// character, and Shift-Tab is one key.
  var normalised: KeyPress {
    var key = self
    if case .character(let character) = key.key {
      key.isShift = false
      if key.isControl, let lower = character.lowercased().first { key.key = .character(lower) }
      // Ctrl-/, Ctrl-7 and Ctrl-_ are one byte to most terminals.
      if key.isControl, character == "/" || character == "7" { key.key = .character("_") }
    } else if key.key == .tab, key.isShift {
      return KeyPress(.backTab)
    } else if key.key != .enter {
      key.isShift = false
    }
    return key
  }

  /// The character that this key types into a text; nil for commands.
  var typed: Character? {
    guard case .character(let character) = key, !isControl, !isAlt else { return nil }
    return character
  }
}
