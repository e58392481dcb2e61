internal import EaselKit
internal import EaselScreen

/// The canvas before anything is on it.
extension AppState {
  /// What an empty canvas says: what this is, and one thing to do now.
  func drawWelcome(_ area: CellRect, _ screen: inout Screen) {
    let easel = [
      "      ╷      ",
      "╭─────┴─────╮",
      "│  ░▒▓▓▒░   │",
      "│ ░▒▓██▓▒░  │",
      "│  ░▒▓▓▒░   │",
      "╰─┬───┬───┬─╯",
      " ╭╯   │   ╰╮ ",
      " │    │    │ ",
    ]
    let isFirst = recall.isEmpty && gallery.items.isEmpty
    let example = Self.examples[compose.example % Self.examples.count]
    var words: [(String, Style)] = [
      (isFirst ? "Nothing painted yet." : "What shall it be?", Style(.title, bold: true))
    ]
    if compose.prompt.isEmpty {
      words += [
        ("", Style(.faint)), ("Type what you want to see, for example", Style(.faint)),
        (example, Style(.accent)), ("", Style(.faint)),
        ("Tab takes the example, Enter paints it.", Style(.faint)),
      ]
    } else {
      words += [("", Style(.faint)), ("Enter paints it.", Style(.faint))]
    }
    if isFirst { words += tour(area.columns) }
    let showsEasel = area.rows >= words.count + easel.count + 2 && area.columns >= 30
    if area.rows < words.count { words = words.filter { !$0.0.isEmpty } }
    if area.rows < words.count { words = Array(words.suffix(area.rows)) }
    let height = words.count + (showsEasel ? easel.count + 1 : 0)
    var row = (area.rows - height) / 2
    if showsEasel {
      for line in easel {
        screen.write(line, in: area.line(row), Style(.faint), at: .middle)
        row += 1
      }
      row += 1
    }
    for (text, style) in words {
      screen.write(text, in: area.line(row), style, at: .middle)
      row += 1
    }
  }

  /// Four lines for whoever opens Easel for the first time; with the first painting they are gone for ever.
  private func tour(_ columns: Int) -> [(String, Style)] {
    let lines = [
      ("Enter", "paints; type on meanwhile, paintings queue."),
      ("Esc", "makes letters commands: v varies, f keeps."),
      ("2", "after Esc is the gallery of all you made."),
      ("F1", "names every key that works where you are."),
    ]
    let width = lines.map { $0.1.count }.max() ?? 0
    guard columns >= width + 9 else { return [] }
    // All of one width, so that they stand in line although they are in the middle.
    return [("", Style(.faint))]
      + lines.map { key, text in
        let left = key + String(repeating: " ", count: 7 - key.count)
        return (left + text + String(repeating: " ", count: width - text.count), Style(.label))
      }
  }
}
