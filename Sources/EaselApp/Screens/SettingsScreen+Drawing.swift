internal import EaselKit
internal import EaselScreen

extension AppState {
  /// One line for each setting; the layout is the Models screen's.
  func drawSettings(_ screen: inout Screen) {
    let layout = listLayout
    screen.frame(layout.list, title: "Settings", focused: overlay == nil)
    let inside = Box(layout.list).text
    let keys = SettingKey.allCases
    let first = firstShown(settingsScreen.selected, of: keys.count, in: inside.rows)
    for i in first..<min(keys.count, first + inside.rows) {
      draw(keys[i], in: inside.line(i - first), isSelected: i == settingsScreen.selected, &screen)
    }
    screen.frame(layout.detail, title: selectedSetting.title)
    drawHelp(of: selectedSetting, in: Box(layout.detail).text, &screen)
    if let notice { screen.write(notice.text, in: layout.status, notice.style) }
  }

  private func draw(
    _ key: SettingKey, in line: CellRect, isSelected: Bool, _ screen: inout Screen
  ) {
    let (label, value) = line.splitLeft(16)
    screen.write(key.title, in: label.splitLeft(15).0, Style(isSelected ? .accent : .label))
    if isSelected, let typed = settingsScreen.typed {
      screen.edit(typed, in: value, focused: overlay == nil)
      return
    }
    let text = settings[key]
    let isDefault = text == key.defaultText
    if isSelected {
      screen.write("‹ \(text) ›", in: value, Style(.selected))
    } else {
      screen.write(text, in: value, Style(isDefault ? .faint : .value))
    }
  }

  private func drawHelp(of key: SettingKey, in area: CellRect, _ screen: inout Screen) {
    var rest = area.splitTop(screen.writeWrapped(key.help, in: area, Style(.text))).1
    if rest.rows > 3 { rest = rest.splitTop(1).1 }
    let rows = [
      ("Takes", key.accepts), ("Default", key.defaultText), ("In the file", key.rawValue),
    ]
    for (i, (label, value)) in rows.enumerated() where i < rest.rows {
      let (left, right) = rest.line(i).splitLeft(12)
      screen.write(label, in: left, Style(.label))
      screen.write(value, in: right, Style(.value))
    }
    guard key == .theme, rest.rows > rows.count + 1 else { return }
    // The live preview: what the roles of this theme look like beside each other.
    let samples: [(String, Role)] = [
      ("text", .text), ("faint", .faint), ("title", .title), ("accent", .accent),
      (" selected ", .selected), ("value", .value), ("notice", .notice), ("success", .success),
      ("warning", .warning), ("error", .error), ("♥", .favourite), ("✓", .marked),
    ]
    var line = rest.splitTop(rows.count + 1).1
    var column = line.column
    for (text, role) in samples {
      let width = SafeText(text).widthInCells
      if column + width > line.endColumn {
        line = line.splitTop(1).1
        column = line.column
      }
      guard !line.isEmpty else { return }
      screen.draw(SafeText(text), column: column, row: line.row, style: Style(role), clip: line)
      column += width + 2
    }
    line = line.splitTop(2).1
    if !line.isEmpty { screen.bar(0.6, in: line.line(0)) }
  }
}
