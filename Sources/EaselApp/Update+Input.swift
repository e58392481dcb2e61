internal import EaselKit
internal import EaselScreen

/// From an event to a command, or to text where something is being typed.
extension AppState {
  mutating func take(_ event: InputEvent, at seconds: Double) -> [Effect] {
    switch event {
    case .key(let key): return take(key.normalised, at: seconds)
    case .paste(let text):
      notice = nil
      pendingKeys = []
      return paste(text)
    case .mouse(let mouse): return take(mouse)
    case .resize(let size):
      terminal = size
      return []
    case .focus: return []
    }
  }

  private mutating func take(_ key: KeyPress, at seconds: Double) -> [Effect] {
    notice = nil
    if keyList?.isCapturing == true { return capture(key) }
    let keys = pendingKeys + [key]
    pendingKeys = []
    switch match(keys) {
    case .command(let command): return perform(command, at: seconds)
    case .beginning:
      pendingKeys = keys
      return []
    case .blocked(let reason):
      notice = Notice(reason, .warning)
      return []
    case .nothing:
      // Any key stops pictures that turn by themselves.
      if scope == .slides { return perform(SlideCommand.stop) }
      if keys.count > 1 {
        notice = Notice("\(keys.map(\.name).joined(separator: " ")) means nothing here", .warning)
        return []
      }
      if let character = key.typed { return type(character) }
      return []
    }
  }

  /// A character without a command: text where something is being typed.
  private mutating func type(_ character: Character) -> [Effect] {
    if scope == .field { return beginTyping(character) }
    if scope == .settings { return [] }
    guard scope.isTyping else { return [] }
    return editText { editor, _, _ in editor.type(character) }
  }

  private mutating func paste(_ text: String) -> [Effect] {
    if scope == .gallery { return pasteIntoGallery(text) }
    if [.prompt, .field, .canvas].contains(scope), let effects = pasteIntoCompose(text) {
      return effects
    }
    if scope == .field { return beginTyping(nil) + editText { e, _, _ in e.paste(text) } }
    if scope == .canvas { compose.focus = .prompt }
    if scope == .mask || scope == .grow { retouching?.isTyping = true }
    // A path that is dropped on the form.
    if scope == .trainForm { train.focus = .form(.data) }
    guard scope.isTyping else { return [] }
    return editText { editor, _, _ in editor.paste(text) }
  }
}
