public import EaselKit
internal import EaselScreen

/// A style while it is written: a name, words for the end of the prompt, and what to avoid.
public struct StyleForm: Hashable, Sendable {
  public enum Field: Hashable, Sendable, CaseIterable { case name, words, avoid }
  /// The style that is changed; nil for a new one.
  public var original: String?
  public var name: TextEditor
  public var words: TextEditor
  public var avoid: TextEditor
  public var field = Field.name
  public var problem: String?

  init(_ style: StylePreset?) {
    original = style?.name
    name = TextEditor(style?.name ?? "", singleLine: true)
    words = TextEditor(style?.suffix ?? "", singleLine: true)
    avoid = TextEditor(style?.avoid ?? "", singleLine: true)
  }

  subscript(field: Field) -> TextEditor {
    get {
      switch field {
      case .name: name
      case .words: words
      case .avoid: avoid
      }
    }
    set {
      switch field {
      case .name: name = newValue
      case .words: words = newValue
      case .avoid: avoid = newValue
      }
    }
  }
}

extension StylePreset {
  public var isBuiltIn: Bool { Self.builtIn.contains { $0.name == name } }
}

extension AppState {
  /// Styles of the user's own, in the order they are listed.
  public var ownStyles: [StylePreset] { styles.filter { !$0.isBuiltIn } }

  package var styleForm: StyleForm? {
    if case .style(let form) = overlay { form } else { nil }
  }

  /// Opens the form: for a new style, or for the one that is chosen.
  mutating func editStyle(isNew: Bool) -> [Effect] {
    let chosen = styles.first { $0.name == compose.form.style }
    var form = StyleForm(isNew ? nil : chosen)
    // A style that came with Easel is a pattern for one of the user's own.
    if chosen?.isBuiltIn == true { form.original = nil }
    if !isNew, chosen?.isBuiltIn == true, let chosen {
      form.name.replaceAll("my \(chosen.name)")
    }
    overlay = .style(form)
    return []
  }

  mutating func perform(_ command: StyleCommand) -> [Effect] {
    guard var form = styleForm else { return [] }
    let fields = StyleForm.Field.allCases
    let here = fields.firstIndex(of: form.field) ?? 0
    switch command {
    case .nextField: form.field = fields[(here + 1) % fields.count]
    case .previousField: form.field = fields[(here + fields.count - 1) % fields.count]
    case .close:
      overlay = nil
      return []
    case .save:
      let name = form.name.text.trimmed
      let style = StylePreset(
        name, suffix: form.words.text.trimmed, avoid: form.avoid.text.trimmed)
      if let problem = problem(of: style, replacing: form.original) {
        form.problem = problem
        overlay = .style(form)
        return []
      }
      if let at = styles.firstIndex(where: { $0.name == form.original }) {
        styles[at] = style
      } else {
        styles.append(style)
      }
      compose.form.style = name
      compose.form.sweeps[.style] = nil
      overlay = nil
      notice = Notice("style '\(name)' is kept, and chosen", .success)
      return [.saveStyles(ownStyles)]
    }
    form.problem = nil
    overlay = .style(form)
    return []
  }

  private func problem(of style: StylePreset, replacing original: String?) -> String? {
    if style.name.isEmpty { return "a style needs a name" }
    if style.suffix.isEmpty, style.avoid.isEmpty { return "a style needs words, or words to avoid" }
    if style.name != original, styles.contains(where: { $0.name == style.name }) {
      return "there is a style '\(style.name)' already"
    }
    return PromptTemplate(style.suffix).slip
  }

  /// Takes away the chosen style; `u` on the picture brings it back.
  mutating func removeStyle() -> [Effect] {
    guard let at = styles.firstIndex(where: { $0.name == compose.form.style }) else { return [] }
    let style = styles.remove(at: at)
    compose.form.style = StylePreset.none.name
    undoable.append(.removedStyle(style))
    notice = Notice("style '\(style.name)' is gone; u takes it back")
    return [.saveStyles(ownStyles)]
  }

  // MARK: Drawing

  var styleLayout: (box: Box, fields: [(field: StyleForm.Field, rect: CellRect)]) {
    let box = popup(columns: 70, rows: 9)
    let rest = box.text.rows >= 6 ? box.text.splitTop(1).1 : box.text
    return (box, StyleForm.Field.allCases.enumerated().map { ($1, rest.line($0)) })
  }

  func drawStyle(_ form: StyleForm, _ screen: inout Screen) {
    let layout = styleLayout
    screen.frame(
      layout.box.frame, title: form.original.map { "Style \($0)" } ?? "A style of your own",
      focused: true, ground: .popup)
    for (field, rect) in layout.fields where !rect.isEmpty {
      let isFocused = form.field == field
      let (label, value) = rect.splitLeft(10)
      screen.write(field.title, in: label, Style(isFocused ? .accent : .label))
      screen.edit(form[field], in: value, focused: isFocused, placeholder: field.placeholder)
    }
    guard let last = layout.fields.last?.rect else { return }
    let message = CellRect(
      column: last.column, row: last.row + 2, columns: last.columns,
      rows: max(0, layout.box.text.endRow - last.row - 2))
    let text = form.problem ?? "The words go behind every prompt that is painted in this style."
    screen.writeWrapped(text, in: message, Style(form.problem == nil ? .faint : .warning))
  }
}

extension StyleForm.Field {
  fileprivate var title: String {
    switch self {
    case .name: "Name"
    case .words: "Words"
    case .avoid: "Avoid"
    }
  }
  fileprivate var placeholder: String {
    switch self {
    case .name: "dusty film"
    case .words: "faded colours, {dust|scratches}"
    case .avoid: "what such pictures should not show"
    }
  }
}
