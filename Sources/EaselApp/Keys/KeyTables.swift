extension Tables {
  static let keys: [Binding] = [
    Binding(
      .keys(.capture), ["Enter"], "new key", "The next key pressed becomes the command's.",
      footer: true),
    Binding(
      .keys(.reset), ["^R"], "default", "Give it back the keys that it came with.", footer: true),
    Binding(.keys(.none), ["^D"], "no key", "Take all its keys away.", footer: true),
    Binding(.keys(.down), ["Down", "^N", "Tab"], "down", "One line down.", footer: true),
    Binding(.keys(.up), ["Up", "^P", "Shift-Tab"], "up", "One line up."),
    Binding(.keys(.pageDown), ["PgDn"], "page down", "One page down."),
    Binding(.keys(.pageUp), ["PgUp"], "page up", "One page up."),
    Binding(.keys(.close), ["Esc", "^G"], "close", "Back to the settings.", footer: true),
  ]
}
