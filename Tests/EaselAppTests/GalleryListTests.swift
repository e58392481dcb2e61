import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

/// A gallery of a hundred thousand pictures, of which `known` places are there.
private func longGallery(_ known: Range<Int> = 0..<240) -> AppState {
  var state = studio(100, 30)
  press(&state, escape, alt("2"))
  answer(&state, HistoryQuery(), known)
  return state
}

/// What the history says to a question about a list of `total` pictures, numbered downward.
private func answer(
  _ state: inout AppState, _ query: HistoryQuery, _ known: Range<Int>, total: Int = 100_000,
  place: Int? = nil
) {
  let items = known.map { item(Int64(total - $0)) }
  _ = update(
    &state,
    .historyLoaded(
      query,
      HistoryPage(
        items: items, isLast: known.upperBound == total, total: total, start: known.lowerBound,
        place: place)))
}

private func questions(_ effects: [Effect]) -> [HistoryQuery] {
  effects.compactMap { if case .queryHistory(let query) = $0 { query } else { nil } }
}

@Test func theLastKeyReachesTheTrulyOldestPictureAndOnlyAsksForThatPart() throws {
  var state = longGallery()
  let query = try #require(questions(press(&state, letter("G"))).first)
  #expect(query.place == 99_999 && query.limit <= 1000)
  #expect(state.gallery.selected == 99_999)
  // While it is on its way, keys that need the picture say so.
  press(&state, letter("f"))
  #expect(state.notice == Notice("still being read", .warning))
  answer(&state, query, (100_000 - query.limit)..<100_000)
  #expect(state.gallery.current?.id == ImageID(1))
  #expect(state.gallery.items.count == query.limit)
  #expect(render(state).pictures.contains { $0.key == .thumbnail(ImageID(1)) })
  let back = try #require(questions(press(&state, letter("g"))).first)
  #expect(back.place == 0)
}

@Test func scrollingAsksForTheNextPartBeforeItIsNeededAndOnce() throws {
  var state = longGallery()
  var asked: [HistoryQuery] = []
  var steps = 0
  while asked.isEmpty, steps < 100 {
    asked = questions(press(&state, letter("j")))
    steps += 1
    #expect(state.gallery.current != nil)
  }
  let query = try #require(asked.first)
  #expect(query.place == state.gallery.selected)
  // Not again while it is on its way.
  #expect(questions(press(&state, letter("j"))).isEmpty)
  let start = query.place - query.limit / 2
  let before = state.gallery.current
  answer(&state, query, start..<(start + query.limit))
  // The cursor went on meanwhile and stays where it is.
  #expect(state.gallery.current == before)
}

@Test func aListReadAgainKeepsTheCursorOnItsPictureWhereverThatIsNow() throws {
  var state = longGallery()
  press(&state, letter("j"), letter("j"))
  let chosen = try #require(state.gallery.current)
  let query = try #require(questions(update(&state, .historyChanged)).first)
  #expect(query.around == chosen.id && query.place == state.gallery.selected)
  // Three newer pictures came, and the cursor moved on by one before the answer.
  press(&state, letter("l"))
  let items = (0..<240).map { item(Int64(100_003 - $0)) }
  let place = try #require(items.firstIndex { $0.id == chosen.id })
  _ = update(
    &state,
    .historyLoaded(
      query, HistoryPage(items: items, isLast: false, total: 100_003, start: 0, place: place)))
  #expect(state.gallery.selected == place + 1)
}

@Test func aRangeThatBeganFarAwayIsAskedOfTheHistory() throws {
  var state = longGallery()
  press(&state, letter("V"))
  let query = try #require(questions(press(&state, letter("G"))).first)
  answer(&state, query, (100_000 - query.limit)..<100_000)
  let list = HistoryQuery()
  #expect(
    press(&state, letter("V")) == [.listRange(list, from: ImageID(100_000), to: ImageID(1))])
  let marked = (1...100_000).map { LabelledPicture(id: ImageID($0), labels: Labels()) }
  _ = update(&state, .rangeListed(list, marked))
  #expect(state.gallery.marked.count == 100_000)
  // Everything that is marked is exported, whatever is in sight.
  press(&state, letter("e"))
  guard case .export(let form) = state.overlay else {
    Issue.record("no export form")
    return
  }
  #expect(form.ids.count == 100_000 && Set(form.ids).count == 100_000)
}

@Test func theOrderGoesRoundAndIsAskedForFromTheTop() {
  var state = longGallery()
  press(&state, letter("j"))
  var orders: [HistorySort] = []
  for _ in 0..<4 {
    let query = questions(press(&state, letter("s"))).first
    orders += [query?.sort].compactMap(\.self)
    #expect(query?.place == 0 && query?.around == nil)
    #expect(state.gallery.selected == 0)
  }
  #expect(orders == [.oldest, .best, .prompt, .newest])
  #expect(state.notice == Notice("Newest first"))
  press(&state, letter("/"))
  #expect(questions(type(&state, "like:#2")).last?.sort == .likeness)
  press(&state, enter)
  #expect(questions(press(&state, letter("s"))).first?.sort == .newest)
  // An answer in another order is of another list.
  let before = state.gallery.items
  answer(&state, HistoryQuery(text: "like:#2", sort: .likeness), 0..<9, total: 9)
  #expect(state.gallery.items == before)
}

@Test func whatNarrowsBeginsAtItsTopAndDroppingItGoesBackToThePicture() throws {
  var state = longGallery()
  press(&state, letter("j"), letter("/"))
  let query = try #require(questions(type(&state, "f")).first)
  #expect(query.place == 0 && query.around == nil)
  answer(&state, query, 0..<5, total: 5)
  press(&state, enter, letter("l"))
  let chosen = try #require(state.gallery.current)
  #expect(questions(press(&state, escape)).first?.around == chosen.id)
}

@Test func batchesFoldIntoOneTileWithTheirCount() throws {
  var state = studio(100, 30, pictures: 8)
  press(&state, escape, alt("2"))
  let query = try #require(questions(press(&state, letter("b"))).first)
  #expect(query.foldsBatches && query.around == ImageID(8))
  _ = update(
    &state,
    .historyLoaded(
      query,
      HistoryPage(
        items: [item(8), item(4)], isLast: true, total: 2, place: 0,
        siblings: [ImageID(8): 4, ImageID(4): 4])))
  #expect(render(state).plainText.contains("×4"))
  #expect(render(state).plainText.contains("2 tiles"))
  #expect(questions(press(&state, letter("b"))).first?.foldsBatches == false)
}

@Test(arguments: [
  ("/tmp/a.png", ["/tmp/a.png"]),
  ("'/tmp/my fox.png' /tmp/b.JPG \n", ["/tmp/my fox.png", "/tmp/b.JPG"]),
  ("/tmp/my\\ fox.png", ["/tmp/my fox.png"]), ("/tmp/my fox.png", ["/tmp/my fox.png"]),
  ("file:///tmp/my%20fox.png\nfile://host/tmp/b.png", ["/tmp/my fox.png", "/tmp/b.png"]),
  ("~/pictures", ["~/pictures"]), ("\"/tmp/a\"", ["/tmp/a"]),
  ("a red fox", []), ("/tmp/a.png and words", []), ("'/tmp/a.png", []), ("", []), ("/", []),
  ("fox /tmp/a.png", []), ("file://nothing", []),
])
func pastedPathsAreRead(text: String, paths: [String]) {
  var state = longGallery()
  let effects = update(&state, .input(.paste(text), at: 0))
  let expected: [Effect] =
    paths.isEmpty ? [] : [.importPictures(paths, PastedPaths(text: text, intoCompose: false))]
  #expect(effects == expected)
}

@Test func aPathPastedIntoComposeBringsItsSettingsAndAFailureKeepsTheText() {
  var state = studio(100, 30, prompt: "an idea")
  let paste = PastedPaths(text: "/tmp/a.png", intoCompose: true)
  #expect(
    update(&state, .input(.paste("/tmp/a.png"), at: 0)) == [.importPictures(["/tmp/a.png"], paste)])
  #expect(state.compose.prompt.text == "an idea")
  let problem = Failure(.notFound, "there is no file /tmp/a.png")
  _ = update(&state, .imported(ImportedPictures(items: [], new: [], problem: problem), paste))
  #expect(state.failure == problem)
  #expect(state.compose.prompt.text == "an idea/tmp/a.png")
  press(&state, escape)
  let picture = item(7)
  _ = update(&state, .imported(ImportedPictures(items: [picture], new: [picture.id]), paste))
  #expect(state.compose.prompt.text == picture.recipe.request.prompt)
  #expect(state.compose.form.seed == picture.recipe.seed)
  press(&state, escape)
  #expect(press(&state, letter("u")).contains(.trash([picture.id])))
}

@Test func aPathPastedIntoTheGalleryPutsTheCursorOnThePicture() {
  var state = studio(100, 30, pictures: 5)
  press(&state, escape, alt("2"), letter("j"))
  let paste = PastedPaths(text: "/tmp/a.png", intoCompose: false)
  _ = update(&state, .imported(ImportedPictures(items: [item(9)], new: [ImageID(9)]), paste))
  #expect(state.gallery.current?.id == ImageID(9))
  #expect(state.notice == Notice("#9 taken in", .success))
}

/// The cursor of a new list is at its top, even when something changes before the list is there.
@Test func newsBeforeAnotherListIsThereDoesNotMoveItsCursor() throws {
  var state = longGallery()
  press(&state, letter("j"))
  let query = try #require(questions(press(&state, letter("s"))).first)
  let again = try #require(questions(update(&state, .historyChanged)).first)
  #expect(again == query)
  answer(&state, HistoryQuery(sort: .oldest), 0..<240)
  #expect(questions(update(&state, .historyChanged)).first?.around == state.gallery.current?.id)
}

@Test func aRecipeOfAnotherProgramLeavesEngineAndModelThatAreHere() {
  var state = studio(100, 30)
  let paste = PastedPaths(text: "/tmp/a.png", intoCompose: true)
  var theirs = item(7)
  theirs.recipe.request.engine = "a1111"
  theirs.recipe.request.model = "dreamshaper"
  let form = state.compose.form
  _ = update(&state, .imported(ImportedPictures(items: [theirs], new: []), paste))
  #expect(state.compose.form.engine == form.engine && state.compose.form.model == form.model)
  #expect(state.compose.prompt.text == theirs.recipe.request.prompt)
  #expect(state.compose.form.seed == theirs.recipe.seed)
  #expect(state.notice?.text.hasSuffix("but its model is not here") == true)
  // A picture that says nothing about itself changes nothing.
  var bare = item(8)
  bare.recipe.request.engine = "imported"
  bare.recipe.request.model = ""
  let before = state.compose
  _ = update(&state, .imported(ImportedPictures(items: [bare], new: []), paste))
  #expect(state.compose == before)
  #expect(state.notice?.text.hasSuffix("there is no recipe in it") == true)
}

@Test func aFilterThatMakesNoSenseYetLeavesTheListAndSaysWhy() {
  var state = studio(pictures: 5)
  press(&state, escape, letter("2"), letter("/"))
  type(&state, "rating:")
  let query = HistoryQuery(text: "rating:", limit: 48)
  _ = update(&state, .historyRefused(query, Failure(.badInput, "rating: wants a value")))
  #expect(state.failure == nil && state.gallery.count == 5)
  #expect(shownLine(state, 1).contains("rating: wants a value"))
  // Nobody leaves the line with it, and what makes sense of it takes the words away.
  press(&state, enter)
  #expect(state.gallery.typing != nil)
  #expect(state.notice?.text == "rating: wants a value; Esc drops the filter")
  type(&state, "5")
  _ = update(
    &state,
    .historyLoaded(HistoryQuery(text: "rating:5"), HistoryPage(items: [item(3)], isLast: true)))
  #expect(state.gallery.refusal == nil)
  press(&state, enter)
  #expect(state.gallery.typing == nil)
}

@Test func digitsThatRatePicturesAreToldFromThoseThatChangeTheScreen() {
  var state = studio(pictures: 5)
  press(&state, escape)
  #expect(!shownLine(state, 0).contains("Alt"))
  press(&state, letter("2"))
  #expect(shownLine(state, 0).contains("Alt  1 Compose"))
  press(&state, alt("1"))
  #expect(state.route == .compose)
}

@Test func theCursorStaysOnTheNewestThoughTheListIsReadAnewWhileOneIsPainted() {
  var state = studio(pictures: 5)
  // Asked while the fifth was the newest; the sixth is stored before the answer is there.
  let effects = update(&state, .historyChanged)
  guard case .queryHistory(let query) = effects.first else {
    Issue.record("the list is not asked for")
    return
  }
  #expect(query.around == ImageID(5))
  _ = update(&state, .stored(JobID(9), index: 0, item(6)))
  let items = (1...6).reversed().map { item(Int64($0)) }
  _ = update(
    &state, .historyLoaded(query, HistoryPage(items: items, isLast: true, total: 6, place: 1)))
  #expect(state.gallery.current?.id == ImageID(6))
  // One that is on another picture stays on that one.
  state.gallery.selected = 2
  guard case .queryHistory(let again) = update(&state, .historyChanged).first else { return }
  let more = (1...7).reversed().map { item(Int64($0)) }
  _ = update(
    &state, .historyLoaded(again, HistoryPage(items: more, isLast: true, total: 7, place: 3)))
  #expect(state.gallery.current?.id == ImageID(4))
}
