import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

@Test func everyChordNamesAKey() {
  for scope in Scope.allCases {
    for binding in scope.bindings {
      for chord in binding.chords {
        #expect(!chord.keys.isEmpty, "\(scope): \(chord.label)")
      }
    }
  }
}

@Test func everyCommandHasAKeyAWordAndASentence() {
  let bindings = Scope.allCases.flatMap(\.bindings)
  for binding in bindings {
    #expect(!binding.chords.isEmpty)
    #expect(!binding.label.isEmpty)
    #expect(binding.help.hasSuffix("."), "\(binding.help)")
  }
  let bound = Set(bindings.map(\.command))
  let all: [Command] =
    AppCommand.allCases.map { .app($0) } + EditCommand.allCases.map { .edit($0) }
    + ComposeCommand.allCases.map { .compose($0) } + FormCommand.allCases.map { .form($0) }
    + GalleryCommand.allCases.map { .gallery($0) } + FilterCommand.allCases.map { .filter($0) }
    + ViewerCommand.allCases.map { .viewer($0) } + ModelsCommand.allCases.map { .models($0) }
    + CompareCommand.allCases.map { .compare($0) } + RetouchCommand.allCases.map { .retouch($0) }
    + SlideCommand.allCases.map { .slides($0) }
    + TrainCommand.allCases.map { .train($0) } + TrainFormCommand.allCases.map { .trainForm($0) }
    + SettingsCommand.allCases.map { .settings($0) }
    + PickerCommand.allCases.map { .picker($0) } + HelpCommand.allCases.map { .help($0) }
    + ExportCommand.allCases.map { .export($0) } + TagCommand.allCases.map { .tags($0) }
    + SearchCommand.allCases.map { .searches($0) } + KeyListCommand.allCases.map { .keys($0) }
  for command in all { #expect(bound.contains(command), "\(command) has no key") }
}

/// Two rows of one place may share a key only where the first can be impossible while the second
/// is not; these are all such pairs.
@Test func keysAreUniqueButWhereTheyTakeTurns() {
  let turns: [Scope: Set<String>] = [
    .prompt: ["Tab"], .canvas: ["Tab", "Shift-Tab"], .viewer: ["→", "l", "←", "h", "x", "Esc"],
    .train: ["p"], .compare: ["→", "l", "←", "h"], .models: ["Enter"],
  ]
  for scope in Scope.allCases {
    var seen: [[KeyPress]: String] = [:]
    for binding in scope.bindings {
      for chord in binding.chords {
        if let before = seen[chord.keys], turns[scope]?.contains(chord.label) != true {
          Issue.record("\(scope): \(chord.label) is \(before) and \(binding.help)")
        }
        seen[chord.keys] = binding.help
      }
    }
  }
}

@Test func theSameKeyIsFoundHoweverTheTerminalSpellsIt() {
  var state = studio(prompt: "one two")
  press(&state, KeyPress(.character("W"), control: true, shift: true))
  #expect(state.compose.prompt.text == "one ")
  press(&state, control("/"))
  #expect(state.compose.prompt.text == "one two")
  press(&state, KeyPress(.tab, shift: true))
  #expect(state.compose.focus == .canvas)
}

@Test func aBlockedKeySaysWhy() {
  var state = studio()
  press(&state, escape, letter("f"))
  #expect(state.notice == Notice("no finished picture here yet", .warning))
}

@Test func anUnknownSequenceIsNamed() {
  var state = studio()
  press(&state, control("x"), control("z"))
  #expect(state.notice == Notice("^X ^Z means nothing here", .warning))
  #expect(state.pendingKeys.isEmpty)
}

@Test func thePaletteFindsACommandByItsLettersAndDoesIt() {
  var state = studio()
  press(&state, alt("x"))
  type(&state, "gal")
  press(&state, enter)
  #expect(state.overlay == nil)
  #expect(state.route == .gallery)
}

@Test func lettersSideBySideAndAtTheStartsOfWordsFitBetter() throws {
  #expect(fuzzyScore("zz", "gallery") == nil)
  #expect(fuzzyScore("", "gallery") == 0)
  let start = try #require(fuzzyScore("gal", "gallery"))
  let spread = try #require(fuzzyScore("gal", "go back until late"))
  #expect(start > spread)
  // Waiting for starts of words would miss this one.
  #expect(fuzzyScore("ab", "xab a") != nil)
}

@Test func helpNamesEveryKeyOfThePlace() {
  var state = studio(200, 60)
  press(&state, KeyPress(.function(1)))
  var seen = ""
  for _ in 0..<80 {
    seen += render(state).plainText
    press(&state, KeyPress(.pageDown))
  }
  for scope in Scope.prompt.lookup {
    for binding in scope.bindings {
      // Long sentences go on in the next row.
      #expect(seen.contains(binding.help.prefix(40)), "\(binding.help)")
    }
  }
}

@Test func keysDocumentIsFresh() {
  let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/")
  expectStored(keysDocument(), at: "\(root)/docs/KEYS.md")
}

@Test func thePaletteSaysWhereACommandOfAnotherPlaceIs() {
  var state = studio(100, 30)
  press(&state, escape, letter("5"), letter(":"))
  type(&state, "mask")
  #expect((2..<28).contains { shownLine(state, $0).contains("(in ") })
  press(&state, enter)
  #expect(state.overlay == nil && state.route == .settings)
  #expect(state.notice?.text.contains("only in ") == true)
}
