import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

@Test func everyCommandOfAPlaceHasItsOwnName() {
  for scope in Scope.allCases {
    var names: [String: Command] = [:]
    for binding in scope.bindings {
      let name = binding.command.name
      #expect(names[name] == nil || names[name] == binding.command, "\(scope.name) \(name)")
      #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }, "\(name)")
      names[name] = binding.command
    }
  }
  #expect(Command.compose(.copyPrompt).name == "copy-prompt")
  #expect(Scope.fieldTyping.name == "field-typing")
}

@Test func keysOfOnesOwnWinAndAreShown() {
  var state = studio(200, 60, pictures: 9)
  #expect(
    state.keys.set("gallery", ["favourite": ["F", "^X f"], "undo": ["z"], "trash": []]).isEmpty)
  press(&state, alt("2"))
  #expect(
    press(&state, letter("F")).contains { if case .setFavourite = $0 { true } else { false } })
  #expect(
    !press(&state, letter("f")).contains { if case .setFavourite = $0 { true } else { false } })
  #expect(
    press(&state, control("x"), letter("f")).contains {
      if case .setFavourite = $0 { true } else { false }
    })
  #expect(press(&state, letter("d")).isEmpty && press(&state, KeyPress(.delete)).isEmpty)
  press(&state, KeyPress(.function(1)))
  #expect(render(state).plainText.contains("F  ^X f"))
  // The palette still has what no key does.
  press(&state, escape, alt("x"))
  type(&state, "trash")
  #expect(render(state).plainText.contains("to the trash"))
}

@Test func whatIsWrongWithKeysIsSaidAndTheRestCounts() {
  var keys = KeyMap()
  func problems(_ place: String, _ wanted: [String: [String]]) -> String {
    keys = KeyMap()
    return keys.set(place, wanted).map(\.description).joined(separator: "\n")
  }
  #expect(problems("galery", [:]).contains("did you mean 'gallery'?"))
  #expect(problems("gallery", ["favorite": ["F"]]).contains("did you mean 'favourite'?"))
  #expect(problems("gallery", ["favourite": ["Hyper-x"]]).contains("there is no key 'Hyper-x'"))
  #expect(!keys.isChanged)
  #expect(problems("gallery", ["favourite": ["F"], "trash": ["F"]]).contains("has this key too"))
  #expect(problems("prompt", ["recall": ["^X"]]).contains("begins the keys of 'open-editor'"))
  #expect(problems("prompt", ["recall": ["r"]]).contains("can no longer be typed"))
  #expect(problems("gallery", ["favourite": ["u"]]).contains("'undo' is left without a key"))
  // One of two keys is missed, too, unless the loser is named with what it keeps.
  let taken = problems("gallery", ["favourite": ["d"]])
  #expect(taken.contains("'trash' has this key here and loses it") && taken.contains("[\"Del\"]"))
  #expect(keys.conflicts.count == 1)
  #expect(problems("gallery", ["favourite": ["d"], "trash": ["Del"]]).isEmpty)
  #expect(problems("gallery", ["favourite": ["d", "Del"]]).contains("left without a key"))
  #expect(problems("gallery", ["favourite": ["F", "nonsense-key"]]).contains("no key"))
  #expect(keys.bindings(.gallery)[0].chords.map(\.label) == ["F"])
}

@Test func keysAreGivenInTheListAndHoldAtOnce() {
  var state = studio(100, 30, pictures: 5)
  press(&state, escape, letter("5"), letter("K"))
  #expect(state.scope == .keys)
  type(&state, "gallery favourite")
  press(&state, enter)
  #expect(render(state).plainText.contains("press a key …"))
  // A key that is free is taken at once.
  let effects = press(&state, alt("f"))
  #expect(effects == [.saveKeys(state.keys)])
  #expect(state.keys.named == ["gallery": ["favourite": ["Alt-f"]]])
  #expect(render(state).plainText.contains("● Alt-f"))
  press(&state, escape, letter("2"))
  #expect(press(&state, alt("f")) == [.setFavourite([state.gallery.items[0].id], false)])
}

@Test func aKeyThatCostsSomethingIsAskedForTwice() {
  var state = studio(100, 30, pictures: 5)
  press(&state, escape, letter("5"), letter("K"))
  type(&state, "gallery favourite")
  press(&state, enter)
  #expect(press(&state, letter("d")).isEmpty && !state.keys.isChanged)
  #expect(render(state).plainText.contains("'trash' has this key here and loses it"))
  // Another one is another question; Esc leaves all as it is.
  #expect(press(&state, letter("e")).isEmpty)
  press(&state, escape)
  #expect(state.scope == .keys && !state.keys.isChanged)
  press(&state, enter, letter("d"))
  #expect(press(&state, letter("d")) == [.saveKeys(state.keys)])
  #expect(state.keys.named == ["gallery": ["favourite": ["d"]]])
  // And back.
  #expect(press(&state, control("r")) == [.saveKeys(KeyMap())])
  #expect(press(&state, control("d")).count == 1)
  #expect(state.keys.named == ["gallery": ["favourite": []]])
}

@Test func everyKeyOfTheListIsOneThatCanBeWrittenAndRead() {
  for scope in Scope.allCases {
    for binding in scope.bindings {
      for chord in binding.chords {
        #expect(Chord(chord.keys).keys == chord.keys, "\(chord.label)")
        #expect(Chord(stringLiteral: chord.text) == chord)
      }
    }
  }
}

@Test(arguments: sizes)
func theListOfKeysIsSeen(size: CellSize) {
  var state = studio(size.columns, size.rows)
  press(&state, escape, letter("5"), letter("K"))
  type(&state, "picture")
  press(&state, KeyPress(.down), enter)
  expectSnapshot(render(state), name("keys", size))
}
