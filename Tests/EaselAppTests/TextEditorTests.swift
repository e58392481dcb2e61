import EaselApp
import EaselKit
import EaselScreen
import Testing

private struct Desk {
  var editor: TextEditor
  var kills = KillRing()
  init(_ text: String, at place: Int? = nil) {
    editor = TextEditor(text)
    if let place { editor.move(to: place) }
  }
  mutating func apply(_ edits: EditCommand..., width: Int = 40) {
    for edit in edits { editor.apply(edit, kills: &kills, width: width) }
  }
}

@Test func aCombiningMarkJoinsTheLetterBeforeIt() {
  var editor = TextEditor("e")
  editor.type("\u{301}")
  #expect(editor.characters == ["é"])
  #expect(editor.cursor == 1)
  // A joiner between two people makes one family of them.
  editor = TextEditor("👩🎨")
  editor.move(to: 1)
  editor.paste("\u{200D}")
  #expect(editor.characters == ["👩‍🎨"])
  #expect(editor.cursor == 1)
}

@Test func deletingTakesWholeGraphemes() {
  var desk = Desk("a👩‍👩‍👧é")
  desk.apply(.deleteBackward)
  #expect(desk.editor.text == "a👩‍👩‍👧")
  desk.apply(.deleteBackward)
  #expect(desk.editor.text == "a")
}

@Test func pastedControlCharactersNeverEnter() {
  var editor = TextEditor()
  editor.paste("a\u{1B}[31mb\r\nc\rd\te\u{9B}f\u{7F}")
  #expect(editor.text == "a[31mb\nc\nd ef")
  var line = TextEditor(singleLine: true)
  line.paste("a\r\nb\n")
  #expect(line.text == "a b ")
}

@Test func aHugePasteIsCutAtTheCapacity() {
  var editor = TextEditor("x")
  editor.paste(String(repeating: "ab ", count: 20_000))
  #expect(editor.characters.count == TextEditor.capacity)
  editor.type("z")
  #expect(editor.characters.count == TextEditor.capacity)
}

@Test func wordsLinesAndKillsAreThoseOfTheShell() {
  var desk = Desk("one two-three four")
  desk.apply(.wordLeft, .wordLeft)
  #expect(desk.editor.cursor == 8)
  desk.apply(.killBlankBackward)
  #expect(desk.editor.text == "one three four")
  desk.apply(.killLineEnd)
  #expect(desk.editor.text == "one ")
  // Kills in a row are one.
  desk.apply(.yank)
  #expect(desk.editor.text == "one two-three four")
  desk.apply(.lineStart, .killWordForward, .yank)
  #expect(desk.editor.text == "one two-three four")
  desk.apply(.yankOlder)
  #expect(desk.editor.text == "two-three four two-three four")
}

@Test func transposeAndCaseChangeOneWord() {
  var desk = Desk("teh fox")
  desk.editor.move(to: 2)
  desk.apply(.transpose)
  #expect(desk.editor.text == "the fox")
  desk.apply(.upperWord)
  #expect(desk.editor.text == "the FOX")
  desk.apply(.lineStart, .upperWord, .lineStart, .lowerWord)
  #expect(desk.editor.text == "the FOX")
}

@Test func undoTakesBackAWordAndRedoMakesItAgain() {
  var desk = Desk("")
  for character in "red fox" { desk.editor.type(character) }
  desk.apply(.undo)
  #expect(desk.editor.text == "red")
  desk.apply(.undo)
  #expect(desk.editor.text == "")
  desk.apply(.redo, .redo)
  #expect(desk.editor.text == "red fox")
  desk.editor.type("!")
  desk.apply(.redo)
  #expect(desk.editor.text == "red fox!")
}

@Test func upAndDownKeepTheColumnThroughShortAndWideRows() {
  var desk = Desk("abcdefgh\n雪\nabcdefgh", at: 6)
  desk.apply(.down)
  #expect(desk.editor.cursor == 10)
  desk.apply(.down)
  #expect(desk.editor.cursor == 17)
  desk.apply(.up, .up)
  #expect(desk.editor.cursor == 6)
}

@Test(arguments: [2, 3, 7, 20])
func rowsShowEveryGraphemeOnceAndNeverStickOut(width: Int) {
  let text = "a red 狐 in the\n\n雪雪雪雪雪雪雪 averyveryverylongword  two  spaces é👩‍🎨 "
  let characters = Array(text)
  let layout = TextRows(characters, width: width)
  var next = 0
  for row in layout.rows {
    #expect(row.range.lowerBound == next)
    next = row.range.upperBound
    let cells = characters[row.range].reduce(0) { $0 + TextRows.width($1) }
    // A wide grapheme needs two cells even where only one is left beside the cursor's.
    #expect(cells <= max(width - 1, 2))
  }
  #expect(next == characters.count)
}

@Test(arguments: 1...60 as ClosedRange<UInt64>)
func noSequenceOfEditsBreaksAText(seed: UInt64) throws {
  var random = SplitMix64(seed: seed)
  var desk = Desk("")
  let pieces: [Character] = [
    "a", "b", " ", "\n", "雪", "e", "\u{301}", "👩", "\u{200D}", "🎨", "🇩", "🇪", "한", "\u{FE0F}",
  ]
  for _ in 0..<150 {
    let before = desk.editor
    if random.nextInt(2) == 0 {
      desk.editor.type(pieces[random.nextInt(pieces.count)])
      let typed = desk.editor
      if typed.text != before.text {
        var undone = typed
        undone.undo()
        var redone = undone
        redone.redo()
        try #require(redone.text == typed.text)
      }
    } else {
      desk.apply(
        EditCommand.allCases[random.nextInt(EditCommand.allCases.count)],
        width: 2 + random.nextInt(30))
    }
    let editor = desk.editor
    try #require((0...editor.characters.count).contains(editor.cursor))
    // Stored graphemes are those of the whole string.
    try #require(editor.characters == Array(editor.text))
    let width = 2 + random.nextInt(30)
    let cell = editor.cursorCell(width: width)
    try #require(cell.row >= 0 && cell.row < editor.rows(width: width).rows.count)
  }
}
