import EaselApp
import EaselKit
import EaselScreen
import Testing

private func gallery(_ pictures: Int = 30) -> AppState {
  var state = studio(80, 24, pictures: pictures)
  press(&state, escape, letter("2"))
  return state
}

@Test func trashTakesTheMarkedPicturesAndUndoBringsThemBack() {
  var state = gallery()
  let before = state.gallery.items
  press(&state, letter(" "), letter(" "))
  let ids = [before[0].id, before[1].id]
  #expect(state.gallery.marked == Set(ids))
  #expect(press(&state, letter("d")) == [.trash(ids)])
  #expect(state.gallery.items == Array(before.dropFirst(2)))
  #expect(state.gallery.marked.isEmpty)
  #expect(press(&state, letter("u")) == [.restore(ids)])
  #expect(state.gallery.items == before)
}

/// A painting that ends between look and key must not change what the key means.
@Test func thePictureUnderTheCursorStaysWhileOneLooksAtIt() {
  var state = gallery()
  let newest = state.gallery.current?.id
  _ = update(&state, .stored(JobID(9), index: 0, item(500)))
  #expect(state.gallery.current?.id == newest && state.gallery.count == 31)
  press(&state, enter)
  _ = update(&state, .stored(JobID(9), index: 0, item(501)))
  #expect(state.route == .viewer && state.gallery.current?.id == newest)
  // Whoever writes meanwhile finds the newest when he comes.
  press(&state, escape, letter("g"), alt("1"))
  _ = update(&state, .stored(JobID(9), index: 0, item(502)))
  #expect(state.gallery.current?.id == ImageID(502))
}

@Test func aRangeIsMarkedFromOneVToTheNext() {
  var state = gallery()
  press(&state, letter("l"), letter("V"), letter("l"), letter("l"), letter("V"))
  #expect(state.gallery.marked == Set(state.gallery.items[1...3].map(\.id)))
  press(&state, escape)
  #expect(state.gallery.marked.isEmpty)
}

@Test func favouriteActsOnAllMarkedAndTakesBackWhenAllAre() {
  var state = gallery(4)
  press(&state, letter(" "), letter(" "))
  let ids = state.gallery.items[0...1].map(\.id)
  #expect(press(&state, letter("f")) == [.setFavourite(ids, true)])
  #expect(press(&state, letter("f")) == [.setFavourite(ids, false)])
  #expect(press(&state, letter("u")) == [.setFavourite(ids, true)])
}

@Test func theFilterAsksAgainWithEveryLetterAndOldAnswersAreIgnored() {
  var state = gallery()
  press(&state, letter("/"))
  let effects = type(&state, "fox")
  let texts = effects.compactMap { effect -> String? in
    if case .queryHistory(let query) = effect { return query.text }
    return nil
  }
  #expect(texts == ["f", "fo", "fox"])
  let before = state.gallery.items
  _ = update(&state, .historyLoaded(HistoryQuery(text: "fo"), HistoryPage(items: [], isLast: true)))
  #expect(state.gallery.items == before)
  _ = update(
    &state, .historyLoaded(HistoryQuery(text: "fox"), HistoryPage(items: [item(3)], isLast: true)))
  #expect(state.gallery.items == [item(3)])
  press(&state, enter)
  #expect(press(&state, escape).contains { if case .queryHistory = $0 { true } else { false } })
  #expect(state.gallery.filter == "")
}

@Test func aPictureStoredMeanwhileComesFirstAndTheCursorStaysOnItsOwn() {
  var state = gallery()
  press(&state, letter("l"))
  let chosen = state.gallery.items[1]
  _ = update(&state, .stored(JobID(9), index: 0, item(500)))
  #expect(state.gallery.items[0].id == ImageID(500))
  #expect(state.gallery.items[state.gallery.selected] == chosen)
  _ = update(&state, .stored(JobID(9), index: 0, item(500)))
  #expect(state.gallery.items.count == 31)
}

@Test func exportRefusesToWriteOverFilesUntilToldTo() throws {
  var state = gallery()
  press(&state, letter("e"))
  let request = ExportRequest(
    ids: [state.gallery.items[0].id], folder: ".", format: .png, name: "{id}-{prompt}")
  #expect(press(&state, enter) == [.export(request)])
  _ = update(&state, .exportRefused(request, existing: ["1.png"]))
  var overwriting = request
  overwriting.overwrites = true
  #expect(press(&state, control("o")) == [.export(overwriting)])
  _ = update(&state, .exported(overwriting, files: ["./1.png"]))
  #expect(state.overlay == nil)
  #expect(state.notice == Notice("exported ./1.png", .success))
}

@Test func exportWithoutANameOrWithASlashIsRefusedBeforeItIsTried() {
  for name in ["", "a/b"] {
    var state = gallery()
    press(&state, letter("e"), tab, control("u"))
    type(&state, name)
    #expect(press(&state, enter).isEmpty)
    guard case .export(let form) = state.overlay else {
      Issue.record("the form closed")
      return
    }
    #expect(form.failure?.code == .badInput)
  }
}

@Test func theViewerZoomsOntoAPartAndStaysOnThePicture() throws {
  var state = gallery()
  press(&state, enter)
  #expect(state.route == .viewer)
  let whole = try #require(render(state).pictures.first)
  #expect(whole.part == nil)
  for _ in 0..<4 { press(&state, letter("+")) }
  for _ in 0..<50 { press(&state, KeyPress(.right), KeyPress(.down)) }
  let part = try #require(render(state).pictures.first?.part)
  #expect(part.x + part.width == 64)
  #expect(part.y + part.height == 64)
  #expect(part.width < 64)
  press(&state, letter("0"), KeyPress(.right))
  #expect(state.gallery.selected == 1)
  press(&state, escape)
  #expect(state.route == .gallery)
}

@Test func aClickSelectsATileAndASecondOneOpensIt() throws {
  var state = gallery()
  let third = try #require(render(state).pictures.dropFirst(2).first)
  let click = Action.input(
    .mouse(MouseEvent(.press, at: CellPoint(column: third.frame.column, row: third.frame.row))),
    at: 0)
  _ = update(&state, click)
  #expect(state.gallery.selected == 2)
  _ = update(&state, click)
  #expect(state.route == .viewer)
}

@Test func aClickOnATabAndOnTheFooterDoesWhatItSays() throws {
  var state = studio(100, 30, prompt: "a hare")
  _ = update(&state, .input(.mouse(MouseEvent(.press, at: CellPoint(column: 26, row: 0))), at: 0))
  #expect(state.route == .gallery)
  state = studio(100, 30, prompt: "a hare")
  let paint = try #require(state.footerItems.first { $0.binding.command == .compose(.paint) })
  let at = CellPoint(column: paint.rect.column, row: paint.rect.row)
  let effects = update(&state, .input(.mouse(MouseEvent(.press, at: at)), at: 0))
  #expect(effects.contains { if case .run = $0 { true } else { false } })
}

@Test func aThemeForThisTimeIsNotTheOneThatIsSaved() {
  var state = studio()
  state.themeForNow = "contrast"
  let effects = update(&state, .started)
  #expect(effects.contains(.useTheme("contrast")))
  #expect(!effects.contains(.useTheme(state.settings.theme)))
  #expect(state.settings.theme == "dark")
}

@Test func aThemeIsUsedWhileItIsChosenAndSaved() {
  var state = studio()
  press(&state, escape, letter("5"))
  let effects = press(&state, KeyPress(.right))
  #expect(effects == [.useTheme("light"), .saveSettings(state.settings)])
  press(&state, enter, control("u"))
  type(&state, "drak")
  #expect(press(&state, enter).isEmpty)
  #expect(state.notice?.text == "no theme is called 'drak'; did you mean 'dark'?")
}

@Test(arguments: SettingKey.allCases)
func everySettingReadsBackWhatItWrites(key: SettingKey) throws {
  var settings = Settings()
  try settings.set(key, key.defaultText)
  #expect(settings == Settings())
  #expect(throws: Failure.self) { try settings.set(key, "") }
  #expect(key.help.hasSuffix("."))
}
