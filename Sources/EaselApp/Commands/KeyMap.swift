public import EaselKit

/// The keys of the studio as the user has them: the tables, and what `[keys]` in `config.toml` changes of them.
///
/// ```toml
/// [keys.gallery]
/// favourite = ["F", "Alt-f"]
/// trash = []               # no key
/// ```
public struct KeyMap: Hashable, Sendable {
  private var changed: [Scope: [Command: [Chord]]] = [:]
  public init() {}

  public var isChanged: Bool { !changed.isEmpty }

  func isChanged(_ command: Command, in scope: Scope) -> Bool { changed[scope]?[command] != nil }

  /// The commands of the user's own keys by their places, all named as in `config.toml`.
  public var named: [String: [String: [String]]] {
    var named: [String: [String: [String]]] = [:]
    for (scope, commands) in changed {
      for (command, chords) in commands {
        named[scope.name, default: [:]][command.name] = chords.map(\.text)
      }
    }
    return named
  }

  /// Back to the keys that a command came with.
  mutating func reset(_ command: Command, in scope: Scope) {
    changed[scope]?[command] = nil
    if changed[scope]?.isEmpty == true { changed[scope] = nil }
  }

  /// The table of a place. Rows with keys of the user's own come first, so that they win over what the key meant
  /// before.
  public func bindings(_ scope: Scope) -> [Binding] {
    guard let own = changed[scope] else { return scope.bindings }
    let mine = scope.bindings.filter { own[$0.command] != nil }
      .map { Binding($0.command, own[$0.command] ?? [], $0.label, $0.help, footer: $0.isInFooter) }
    let rest = scope.bindings.filter { own[$0.command] == nil }
      .map { binding in
        // A key has one meaning at a time: the user's.
        let taken = Set(mine.flatMap(\.chords).map(\.keys))
        let kept = binding.chords.filter { !taken.contains($0.keys) }
        return Binding(
          binding.command, kept, binding.label, binding.help, footer: binding.isInFooter)
      }
    return mine + rest
  }

  /// Gives the commands of a place other keys. What is wrong is in the answer; the rest counts.
  ///
  /// - Parameters:
  ///   - place: the place's name, as in `docs/KEYS.md`.
  ///   - keys: by the command's name; none takes all keys away.
  public mutating func set(_ place: String, _ keys: [String: [String]]) -> [Failure] {
    guard let scope = Scope.allCases.first(where: { $0.name == place }) else {
      return [.unknown("place of keys", place, known: Scope.allCases.map(\.name))]
    }
    var problems: [Failure] = []
    for (name, texts) in keys.sorted(by: { $0.key < $1.key }) {
      let commands = unique(scope.bindings.map(\.command.name))
      guard let command = scope.bindings.first(where: { $0.command.name == name })?.command else {
        problems.append(.unknown("command in [keys.\(place)]", name, known: commands))
        continue
      }
      var chords: [Chord] = []
      for text in texts {
        let chord = Chord(stringLiteral: text)
        if chord.keys.isEmpty {
          problems.append(
            Failure(
              .badInput, "[keys.\(place)] \(name): there is no key '\(text)'",
              hint: "write x, X, ^X, Alt-x, F5, Enter, PgUp, Space, or two in a row: ^X ^E"))
        } else {
          chords.append(chord)
        }
      }
      // Nothing right is no wish to have none.
      if chords.isEmpty, !texts.isEmpty { continue }
      changed[scope, default: [:]][command] = chords
    }
    return problems + conflicts(in: scope)
  }

  /// What the user's keys cost: nothing of it keeps them from working.
  public var conflicts: [Failure] { Scope.allCases.flatMap { conflicts(in: $0) } }

  /// Keys of the user that two of their commands want, that hide another one, or that type text there.
  private func conflicts(in scope: Scope) -> [Failure] {
    guard let own = changed[scope] else { return [] }
    var problems: [Failure] = []
    func complain(_ command: Command, _ chord: Chord, _ words: String, hint: String? = nil) {
      problems.append(
        Failure(
          .badInput, "[keys.\(scope.name)] \(command.name) = '\(chord.label)': \(words)",
          hint: hint ?? "choose another key; docs/KEYS.md and F1 list those that are taken"))
    }
    let commands = scope.bindings.map(\.command)
    for (i, command) in commands.enumerated() where !commands[..<i].contains(command) {
      for chord in own[command] ?? [] {
        if let other = commands[..<i].first(where: {
          $0 != command && own[$0]?.contains { $0.keys == chord.keys } == true
        }) {
          complain(command, chord, "'\(other.name)' has this key too, and wins")
        }
        let longer = scope.lookup.flatMap { bindings($0) }.first { binding in
          binding.command != command
            && binding.chords.contains {
              $0.keys.count > chord.keys.count && $0.keys.starts(with: chord.keys)
            }
        }
        if let longer { complain(command, chord, "it begins the keys of '\(longer.command.name)'") }
        if scope.isTyping, chord.keys[0].typed != nil {
          complain(command, chord, "it can no longer be typed there")
        }
        // Commands that the tables give this key. One that is named with its own keys is no surprise.
        for loser in scope.bindings
        where loser.command != command && own[loser.command] == nil
          && loser.chords.contains(where: { $0.keys == chord.keys })
        {
          let rest = loser.chords.filter { kept in
            !own.values.contains { $0.contains { $0.keys == kept.keys } }
          }
          if rest.isEmpty {
            complain(command, chord, "'\(loser.command.name)' is left without a key")
          } else {
            let list = rest.map { "\"\($0.text)\"" }.joined(separator: ", ")
            complain(
              command, chord, "'\(loser.command.name)' has this key here and loses it",
              hint: "choose another key; or add the line \(loser.command.name) = [\(list)]")
          }
        }
      }
    }
    // A command may stand in a table twice.
    var said: Set<String> = []
    return problems.filter { said.insert($0.what).inserted }
  }
}

extension Scope {
  /// As it is written in `config.toml`.
  public var name: String { rawValue.hyphened }
}

extension Command {
  /// As it is written in `config.toml`: `copy-prompt`.
  public var name: String {
    // Commands are names and nothing else, so that their description is the name.
    let text = String(describing: self)
    let last = text.split(separator: ".").last.map(String.init) ?? text
    return last.filter { $0 != ")" }.hyphened
  }
}

extension String {
  /// `copyPrompt` → `copy-prompt`.
  fileprivate var hyphened: String {
    var text = ""
    for character in self {
      if character.isUppercase { text += "-" }
      text += character.lowercased()
    }
    return text
  }
}
