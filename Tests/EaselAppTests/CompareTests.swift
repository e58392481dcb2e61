import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

private func gallery(_ columns: Int = 100, _ rows: Int = 30) -> AppState {
  var state = studio(columns, rows, pictures: 30)
  press(&state, escape, letter("2"))
  return state
}

/// Marks the first `count` pictures and compares them.
private func comparing(_ count: Int, _ columns: Int = 100, _ rows: Int = 30) -> AppState {
  var state = gallery(columns, rows)
  for _ in 0..<count { press(&state, letter(" ")) }
  press(&state, letter("c"))
  return state
}

private func keys(_ state: AppState) -> [PictureKey] { render(state).pictures.map(\.key) }
private func image(_ number: Int64) -> PictureKey { .image(ImageID(number)) }

@Test func cComparesWhatIsMarkedInTheOrderItWasPainted() {
  let state = comparing(3)
  #expect(state.route == .compare)
  #expect(keys(state) == [image(28), image(29), image(30)])
  #expect(state.tab == .gallery)
}

@Test func withoutMarksAPictureIsComparedWithTheOnePaintedBeforeIt() {
  var state = gallery()
  press(&state, letter("c"))
  #expect(keys(state) == [image(29), image(30)])
  press(&state, escape)
  #expect(state.route == .gallery)
  // The oldest has none before it.
  press(&state, letter("G"), letter("c"))
  #expect(keys(state) == [image(1), image(2)])
}

@Test func theViewerComparesWhatItShowsAndIsThereAgainAfterwards() {
  var state = gallery()
  press(&state, letter("l"), enter, letter("c"))
  #expect(keys(state) == [image(28), image(29)])
  press(&state, escape)
  #expect(state.route == .viewer && keys(state) == [image(29)])
}

@Test func moreThanNineAreNotCompared() {
  let state = comparing(10)
  #expect(state.route == .gallery)
  #expect(state.notice == Notice("10 pictures are marked; up to 9 are compared", .warning))
  #expect(keys(comparing(9)).count == 9)
}

@Test func aPictureAloneIsComparedWithNothing() {
  var state = studio(pictures: 1)
  press(&state, escape, letter("2"), letter("c"))
  #expect(state.route == .gallery)
  #expect(state.notice == Notice("there is no second picture yet", .warning))
}

@Test func aBatchIsComparedFromComposeAndWhatIsShownIsB() {
  var state = studio(prompt: "a red fox")
  state.compose.form.count = 3
  press(&state, enter)
  let job = state.jobs[0].id
  _ = update(&state, .engine(job, .started))
  _ = update(&state, .engine(job, painted(0, seed: 5)))
  press(&state, escape, letter("c"))
  #expect(state.notice == Notice("nothing to compare it with yet: paint another one", .warning))
  _ = update(&state, .engine(job, painted(1, seed: 6)))
  _ = update(&state, .engine(job, painted(2, seed: 7)))
  press(&state, letter("l"), letter("h"), letter("c"))
  #expect(keys(state) == (0..<3).map { .result(job, index: $0) })
  #expect(state.comparison.second == state.compose.shown?.index)
  press(&state, letter("q"))
  #expect(state.route == .compose)
}

@Test func aPictureOfItsOwnIsComparedWithTheOneOfTheJobBefore() {
  var state = studio(prompt: "a red fox")
  for seed in 1...2 {
    press(&state, enter)
    let job = state.jobs[state.jobs.count - 1].id
    _ = update(&state, .engine(job, .started))
    _ = update(&state, .engine(job, painted(0, seed: UInt64(seed))))
    _ = update(&state, .ended(job))
  }
  press(&state, escape, letter("c"))
  #expect(keys(state) == state.jobs.map { .result($0.id, index: 0) })
}

@Test func theFirstPictureOfASessionIsComparedWithTheNewestOneBefore() {
  var state = studio(prompt: "a red fox", pictures: 3)
  press(&state, enter)
  let job = state.jobs[0].id
  _ = update(&state, .engine(job, .started))
  _ = update(&state, .engine(job, painted(0, seed: 1)))
  _ = update(&state, .stored(job, index: 0, item(4)))
  press(&state, escape, letter("c"))
  #expect(keys(state) == [image(3), .result(job, index: 0)])
}

@Test func theWipesEdgeMovesWithArrowsAndMouseAndStopsAtTheEnds() {
  var state = comparing(2)
  press(&state, letter("w"))
  func edge() -> Int? {
    guard case .composed(.wipe(let a, let b, let edge), _)? = keys(state).first else { return nil }
    #expect(a == image(29) && b == image(30))
    return edge
  }
  #expect(edge() == 500)
  press(&state, KeyPress(.left), letter("h"), letter("l"))
  #expect(edge() == 450)
  let frame = render(state).pictures[0].frame
  for (kind, column) in [(MouseEvent.Kind.press, 0), (.drag, frame.columns - 1)] {
    let at = CellPoint(column: frame.column + column, row: frame.row + 2)
    _ = update(&state, .input(.mouse(MouseEvent(kind, at: at)), at: 0))
  }
  #expect(edge() == (2 * frame.columns - 1) * 500 / frame.columns)
  for _ in 0..<3 { press(&state, KeyPress(.right)) }
  #expect(edge() == 1000)
  #expect(state.notice == Notice("all of it is A", .warning))
  #expect(state.route == .compare)
}

@Test func newerCompositionsTakeThePlaceOfOlderOnesAlsoInTheNextComparison() throws {
  var state = comparing(2)
  press(&state, letter("w"))
  var last = -1
  for key in [KeyPress(.left), KeyPress(.left), escape, letter("c"), letter("w")] {
    press(&state, key)
    guard state.route == .compare, state.comparison.mode == .wipe else { continue }
    let series = try #require(keys(state)[0].series)
    #expect(series.revision > last)
    last = series.revision
  }
  let series = try #require(keys(state)[0].series)
  press(&state, KeyPress(.left))
  #expect(keys(state)[0].series?.of == series.of)
}

@Test func theDifferenceIsMadeBrighterAndSpaceFlips() {
  var state = comparing(2)
  press(&state, letter("d"), letter("]"))
  guard case .composed(.difference(_, _, let gain), _)? = keys(state).first else {
    Issue.record("no difference is shown: \(keys(state))")
    return
  }
  #expect(gain == 8)
  for _ in 0..<9 { press(&state, letter("[")) }
  #expect(state.route == .compare && state.comparison.gain == 1)
  #expect(state.notice == Notice("this is the difference itself", .warning))
  press(&state, letter(" "))
  #expect(keys(state) == [image(29)])
  press(&state, letter(" "))
  #expect(keys(state) == [image(30)])
  press(&state, letter("s"))
  #expect(keys(state).count == 2)
}

@Test func zoomAndMovingAreTheSameForAll() throws {
  var state = comparing(4)
  for _ in 0..<4 { press(&state, letter("+")) }
  let before = render(state).pictures.map(\.part)
  press(&state, KeyPress(.right), KeyPress(.down))
  let parts = render(state).pictures.map(\.part)
  let first = try #require(parts[0]), from = try #require(before[0])
  #expect(parts.count == 4 && Set(parts).count == 1)
  #expect(first.x > from.x && first.y > from.y && first.width == from.width)
  press(&state, letter("0"))
  #expect(render(state).pictures.allSatisfy { $0.part == nil })
}

@Test func tabChoosesBAndASwapsWhatCommandsActOn() {
  var state = comparing(3)
  #expect(state.comparison.second == 1)
  press(&state, tab)
  #expect(state.comparison.second == 2)
  press(&state, tab)
  #expect(state.comparison.second == 1)
  let effects = press(&state, letter("f"))
  #expect(effects == [.setFavourite([ImageID(29)], true)])
  #expect(press(&state, letter("u")) == [.setFavourite([ImageID(29)], false)])
  press(&state, letter("a"))
  #expect(state.comparison.first == 1 && state.comparison.second == 0)
  press(&state, enter)
  #expect(state.route == .viewer && keys(state) == [image(28)])
}

@Test func aClickMakesAPictureB() {
  var state = comparing(3)
  let frame = render(state).pictures[2].frame
  let at = CellPoint(column: frame.column + 1, row: frame.row + 1)
  _ = update(&state, .input(.mouse(MouseEvent(.press, at: at)), at: 0))
  #expect(state.comparison.second == 2)
}

@Test func captionsSayWhatDiffers() {
  var state = gallery()
  state.gallery.items[0].recipe.request.prompt = "a red hare in the snow"
  state.gallery.items[1].recipe.request.prompt = "a red fox in the snow, at night"
  state.gallery.items[0].recipe.request.steps = 30
  press(&state, letter("c"))
  let text = render(state).plainText
  #expect(text.contains("A #29  steps 12  seed 319"))
  #expect(text.contains("B #30 ♥  steps 30  seed 330"))
  #expect(!text.contains("guidance"))
  // The words that only one of them says stand out.
  let screen = render(state)
  func accented(_ row: Int, from: Int, to: Int) -> String {
    (from..<to).map { column in
      guard case .glyph(let character, _) = screen[column, row].content,
        screen[column, row].style.role == .accent
      else { return " " }
      return String(character)
    }.joined().split(separator: " ").joined(separator: " ")
  }
  let row = screen.size.rows - 3
  #expect(accented(row, from: 0, to: 50) == "fox , at night")
  #expect(accented(row, from: 50, to: 100) == "hare")
}

@Test(arguments: [
  ("a red fox", "a red fox", "a red fox"), ("a red fox", "a blue fox", "a[ red] fox"),
  ("a fox, running", "a fox", "a fox[, running]"), ("fox", "", "[fox]"), ("", "fox", ""),
  ("one  two\nthree", "three two one", "one[ two three]"), ("雪 の 狐", "雪 の 犬", "雪 の[ 狐]"),
])
func wordsThatDiffer(text: String, other: String, expected: String) {
  let runs = wordRuns(text, against: other)
  #expect(runs.map { $0.isOwn ? "[\($0.text)]" : $0.text }.joined() == expected)
}

@Test func veryLongTextsAreNotComparedWordByWord() {
  let long = Array(repeating: "fox", count: 3_000).joined(separator: " ")
  #expect(wordRuns(long, against: long).allSatisfy { !$0.isOwn })
  #expect(wordRuns(long, against: "fox").allSatisfy { $0.isOwn })
}

@Test(arguments: sizes)
func comparingFour(size: CellSize) {
  expectSnapshot(render(comparing(4, size.columns, size.rows)), name("compare", size))
}

@Test(arguments: sizes)
func comparingTwoInOne(size: CellSize) {
  var state = comparing(2, size.columns, size.rows)
  press(&state, letter("w"), KeyPress(.left))
  expectSnapshot(render(state), name("compare-wipe", size))
  press(&state, letter("d"))
  expectSnapshot(render(state), name("compare-difference", size))
  press(&state, letter(" "))
  expectSnapshot(render(state), name("compare-flip", size))
}
