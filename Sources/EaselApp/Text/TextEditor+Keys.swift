extension TextEditor {
  /// Carries out an editing command. `width` is the pane's width in cells, which up and down need.
  /// Returns false when there was nothing to do (the cursor is at the end already, nothing to undo).
  @discardableResult
  public mutating func apply(_ edit: EditCommand, kills: inout KillRing, width: Int) -> Bool {
    let before = cursor
    if isSelected {
      switch edit {
      case .deleteBackward, .deleteForward:
        replace(0..<characters.count, with: "", as: .other)
        return true
      case .killWordBackward, .killBlankBackward, .killWordForward, .killLineStart, .killLineEnd:
        return kill(0..<characters.count, &kills, before: true)
      case .yank: replace(0..<characters.count, with: "", as: .other)
      // To the end that lies in the direction of the key, as in every field with something chosen.
      case .left:
        move(to: 0)
        return true
      case .right:
        move(to: characters.count)
        return true
      default: break
      }
    }
    switch edit {
    case .left: move(to: cursor - 1)
    case .right: move(to: cursor + 1)
    case .wordLeft: move(to: wordStart(before: cursor))
    case .wordRight: move(to: wordEnd(after: cursor))
    case .lineStart: move(to: lineStart)
    case .lineEnd: move(to: lineEnd)
    case .textStart: move(to: 0)
    case .textEnd: move(to: characters.count)
    case .up: return moveVertically(-1, width: width)
    case .down: return moveVertically(1, width: width)
    case .newline:
      if isSingleLine { return false }
      endStep()
      replace(cursor..<cursor, with: "\n", as: .other)
      return true
    case .deleteBackward:
      guard cursor > 0 else { return false }
      replace(cursor - 1..<cursor, with: "", as: .erasing)
      return true
    case .deleteForward:
      guard cursor < characters.count else { return false }
      replace(cursor..<cursor + 1, with: "", as: .erasing)
      return true
    case .killWordBackward: return kill(wordStart(before: cursor)..<cursor, &kills, before: true)
    case .killBlankBackward: return kill(blankStart(before: cursor)..<cursor, &kills, before: true)
    case .killWordForward: return kill(cursor..<wordEnd(after: cursor), &kills, before: false)
    case .killLineStart: return kill(lineStart..<cursor, &kills, before: true)
    case .killLineEnd:
      // At the end of a line, the line feed itself goes, as in every Emacs.
      let end = lineEnd == cursor ? min(cursor + 1, characters.count) : lineEnd
      return kill(cursor..<end, &kills, before: false)
    case .yank:
      guard let text = kills.newest() else { return false }
      replace(cursor..<cursor, with: text, as: .yank)
      return true
    case .yankOlder:
      guard followsYank, undo(), let text = kills.older() else { return false }
      replace(cursor..<cursor, with: text, as: .yank)
      return true
    case .transpose: return transpose()
    case .upperWord: return changeWord { $0.uppercased() }
    case .lowerWord: return changeWord { $0.lowercased() }
    case .undo: return undo()
    case .redo: return redo()
    }
    return cursor != before
  }

  // MARK: Places

  var lineStart: Int {
    var i = cursor
    while i > 0, characters[i - 1] != "\n" { i -= 1 }
    return i
  }

  var lineEnd: Int {
    var i = cursor
    while i < characters.count, characters[i] != "\n" { i += 1 }
    return i
  }

  private func isWord(_ i: Int) -> Bool { characters[i].isLetter || characters[i].isNumber }

  func wordStart(before place: Int) -> Int {
    var i = place
    while i > 0, !isWord(i - 1) { i -= 1 }
    while i > 0, isWord(i - 1) { i -= 1 }
    return i
  }

  func wordEnd(after place: Int) -> Int {
    var i = place
    while i < characters.count, !isWord(i) { i += 1 }
    while i < characters.count, isWord(i) { i += 1 }
    return i
  }

  /// Start of the stretch without blanks before `place`, as Ctrl-W of a shell takes it.
  func blankStart(before place: Int) -> Int {
    var i = place
    while i > 0, characters[i - 1].isWhitespace { i -= 1 }
    while i > 0, !characters[i - 1].isWhitespace { i -= 1 }
    return i
  }

  // MARK: Changes

  private mutating func kill(_ range: Range<Int>, _ kills: inout KillRing, before: Bool) -> Bool {
    guard !range.isEmpty else { return false }
    let text = String(characters[range])
    if followsKill { kills.extend(text, before: before) } else { kills.push(text) }
    replace(range, with: "", as: .kill)
    return true
  }

  /// Swaps the graphemes around the cursor, or the last two at the end of a line.
  private mutating func transpose() -> Bool {
    let atEnd = cursor == lineEnd
    let second = atEnd ? cursor - 1 : cursor
    guard second - 1 >= lineStart else { return false }
    endStep()
    replace(
      second - 1..<second + 1, with: String([characters[second], characters[second - 1]]),
      as: .other)
    return true
  }

  private mutating func changeWord(_ change: (String) -> String) -> Bool {
    let end = wordEnd(after: cursor)
    guard end > cursor else { return false }
    endStep()
    replace(cursor..<end, with: change(String(characters[cursor..<end])), as: .other)
    return true
  }
}
