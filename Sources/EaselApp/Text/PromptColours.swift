internal import EaselKit
internal import EaselScreen

/// How each character of a prompt is drawn: notation stands out, words have their weight, and what the model will
/// not read is marked.
struct PromptColours {
  private var styles: [Style]

  init(_ editor: TextEditor, _ tokens: TokenCount?, _ wildcards: Wildcards) {
    let text = editor.characters
    styles = Array(repeating: Style(.editor), count: text.count)
    for pair in WeightBrackets.pairs(in: text) {
      let isOdd = !WeightedText.range.contains(pair.weight)
      for i in (pair.open + 1)..<max(pair.open + 1, pair.textEnd) where pair.weight > 1 {
        styles[i].isBold = true
      }
      for i in [pair.open] + Array(pair.textEnd...pair.close) {
        styles[i] = Style(isOdd ? .warning : .faint, ground: .editor)
      }
    }
    for mark in PromptTemplate(String(text)).marks {
      let style =
        switch mark.kind {
        case .choice: Style(.accent, bold: true, ground: .editor)
        case .blend: Style(.title, bold: true, ground: .editor)
        case .wildcard(let name):
          Style(
            wildcards.lists[name] == nil ? .warning : .success,
            underlined: wildcards.lists[name] == nil, ground: .editor)
        }
      for i in mark.range where i < styles.count { styles[i] = style }
    }
    guard let tokens else { return }
    markUnknown(tokens.unknown, editor)
    // Choices fall otherwise next time, so that only a text that is painted as it stands has its end marked.
    let cut = Array(tokens.cut)
    if !cut.isEmpty, text.suffix(cut.count) == cut[...] {
      for i in (text.count - cut.count)..<text.count {
        styles[i] = Style(.warning, underlined: true, ground: .editor)
      }
    }
  }

  /// A word that is being typed is not wrong yet.
  private mutating func markUnknown(_ unknown: [String], _ editor: TextEditor) {
    guard !unknown.isEmpty else { return }
    let words = Set(unknown.map { $0.lowercased() })
    let text = editor.characters
    var i = 0
    while i < text.count {
      guard text[i].isLetter else {
        i += 1
        continue
      }
      var end = i
      while end < text.count, text[end].isLetter || text[end].isNumber || text[end] == "-" {
        end += 1
      }
      let isTyped = editor.cursor == end && end == text.count
      if !isTyped, words.contains(String(text[i..<end]).lowercased()) {
        for k in i..<end { styles[k] = Style(.warning, ground: .editor) }
      }
      i = end
    }
  }

  subscript(_ i: Int) -> Style { styles.indices.contains(i) ? styles[i] : Style(.editor) }
}

extension AppState {
  /// `promptNotes` in lines of at most `width` cells, three for each note.
  func promptNoteLines(_ width: Int) -> [(text: String, style: Style)] {
    promptNotes.flatMap { note in
      let lines = wrapped(note.text, width)
      // The last line that is shown says that there is more.
      let shown =
        lines.count <= 3 ? lines : Array(lines[..<2]) + [lines[2...].joined(separator: " ")]
      return shown.map { ($0, note.style) }
    }
  }

  /// How many pictures a table has, so that nobody waits for what Count says; nil where none is typed.
  private var tableNote: (text: String, style: Style)? {
    guard !compose.form.sweeps.isEmpty else { return nil }
    do throws(Failure) {
      let (table, cells) = try compose.form.table()
      let sides = [table.columnTitle, table.rowTitle].filter { !$0.isEmpty }
        .joined(separator: " × ")
      return (
        "a table of \(counted(cells.count, "picture")): \(sides)", Style(.faint, ground: .editor)
      )
    } catch { return (error.description, Style(.warning, ground: .editor)) }
  }

  /// What is to be said about the prompt below it: what it becomes, and what the model makes of it.
  private var promptNotes: [(text: String, style: Style)] {
    let template = PromptTemplate(compose.prompt.text)
    var notes: [(String, Style)] = []
    if let problem = template.problem(wildcards) {
      // Of words in lists that cannot be opened nothing more is known.
      return [(problem, Style(.warning, ground: .editor))]
    }
    if template.hasChoices {
      let count = compose.form.sweeps.isEmpty ? compose.form.count : 1
      let expansions = (0..<min(count, 3)).compactMap {
        try? template.expanded(seed: nextSeed &+ UInt64($0), index: $0, wildcards: wildcards)
      }
      let texts = expansions.map { expansion in
        guard let blend = expansion.blend else { return expansion.prompt }
        let share = Int((blend.weight * 100).rounded())
        return "\(expansion.prompt) \(100 - share) % with \(blend.prompt ?? "") \(share) %"
      }
      notes.append(
        ("→ " + unique(texts).joined(separator: " · "), Style(.faint, ground: .editor)))
    }
    if let table = tableNote { notes.append(table) }
    guard let tokens = compose.promptTokens, !compose.prompt.isEmpty else { return notes }
    // The last word is left alone while it may still become one.
    let typed = compose.focus == .prompt ? compose.prompt.wordAtCursor : nil
    let word = typed.map { String(compose.prompt.characters[$0]).lowercased() }
    let unknown = tokens.unknown.filter { $0.lowercased() != word }
    if let read = tokens.readAs, !read.isEmpty, tokens.isTranslated || !unknown.isEmpty {
      notes.append(("read as: \(read)", Style(.faint, ground: .editor)))
    }
    if !unknown.isEmpty {
      let words = unknown.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      let hint = tokens.hint.map { unknown.first == tokens.unknown.first ? ": \($0)" : "" } ?? ""
      notes.append(
        ("\(compose.form.model) was never taught \(words)\(hint)", Style(.warning, ground: .editor))
      )
    }
    return notes
  }
}
