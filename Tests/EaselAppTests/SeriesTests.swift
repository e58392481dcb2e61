import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

private func paint(_ state: inout AppState) {
  press(&state, enter)
  while let job = state.jobs.first(where: { $0.isStarted && $0.isActive }) {
    for i in job.slots.indices {
      _ = update(&state, .engine(job.id, painted(i, seed: job.request.seed &+ UInt64(i))))
    }
    _ = update(&state, .ended(job.id))
  }
}

@Test func aBatchWithChoicesIsOneStripOfPicturesWithTheirOwnPrompts() {
  var state = studio(prompt: "a [red|blue|green] fox")
  state.compose.form.count = 4
  state.compose.form.seed = 40
  paint(&state)
  #expect(
    state.jobs.map(\.request.prompt) == ["a red fox", "a blue fox", "a green fox", "a red fox"])
  #expect(state.jobs.map(\.request.seed) == [40, 41, 42, 43])
  #expect(state.jobs.allSatisfy { $0.request.template == "a [red|blue|green] fox" })
  press(&state, escape, KeyPress(.right), KeyPress(.right))
  #expect(state.compose.shown?.job == state.jobs[1].id)
  // Older and newer step over the whole batch.
  state.compose.prompt.replaceAll("a hare")
  press(&state, escape)
  paint(&state)
  press(&state, escape, KeyPress(.up))
  #expect(state.compose.shown.map { state.jobs.map(\.id).contains($0.job) } == true)
  press(&state, KeyPress(.up))
  #expect(state.notice?.text == "this is the first painting of the session")
}

@Test func neighboursWithTheSamePromptStayOneJob() {
  var state = studio(prompt: "a {red} fox")
  state.compose.form.count = 3
  press(&state, enter)
  #expect(state.jobs.map(\.request.count) == [3] && state.jobs[0].place == nil)
}

@Test func thePreviewSaysWhatEnterPaints() {
  for prompt in ["a {red|blue|green|white|black} fox", "{a|b|c|d} AND {e|f|g|h}"] {
    var state = studio(120, 36, prompt: prompt)
    let template = PromptTemplate(prompt)
    let expansion = try? template.expanded(seed: state.nextSeed, index: 0)
    press(&state, enter)
    #expect(state.jobs[0].request.prompt == expansion?.prompt)
    #expect(state.jobs[0].request.blend == expansion?.blend)
  }
}

@Test func aPromptThatCannotBeExpandedIsNotPaintedAndSaysWhy() {
  var state = studio(prompt: "a __colour__ fox")
  press(&state, enter)
  #expect(state.jobs.isEmpty && state.notice?.text.contains("wildcards/colour.txt") == true)
  _ = update(&state, .wildcardsLoaded(Wildcards(["colour": ["red"]])))
  press(&state, enter)
  #expect(state.jobs.map(\.request.prompt) == ["a red fox"])
}

@Test func severalValuesMakeATable() throws {
  var state = studio(120, 36, prompt: "a fox")
  state.compose.focus = .field(.steps)
  type(&state, "2,4..8:2")
  press(&state, enter)
  #expect(state.compose.form.sweeps == [.steps: ["2", "4", "6", "8"]])
  state.compose.focus = .field(.guidance)
  type(&state, "1..2:0.5")
  press(&state, enter)
  state.compose.focus = .prompt
  paint(&state)
  #expect(state.jobs.count == 12)
  #expect(Set(state.jobs.map(\.request.seed)).count == 1)
  // The recipe says that they belong together, by the name of the first.
  #expect(Set(state.jobs.map(\.request.series)) == [state.jobs[0].id.generation(in: 0)])
  #expect(state.jobs[5].request.steps == 4 && state.jobs[5].request.guidance == 1.5)
  let series = try #require(state.series.values.first)
  #expect(series.columns == ["2", "4", "6", "8"] && series.rows == ["1", "1.5", "2"])

  // On the canvas every picture is seen; keys walk over both sides.
  press(&state, escape)
  #expect(render(state).pictures.count == 12)
  let first = state.compose.shown
  press(&state, KeyPress(.up), KeyPress(.up), KeyPress(.up))
  press(&state, KeyPress(.down), KeyPress(.right))
  #expect(state.compose.shown != first)
  press(&state, letter("t"))
  #expect(state.shownTable == nil && render(state).pictures.count > 1)
  press(&state, letter("t"))
  let effects = press(&state, letter("E"))
  guard case .exportTable(let table) = effects.first else { throw Missing() }
  #expect(table.cells.count == 12 && table.cells.allSatisfy { $0 != nil })
}

private struct Missing: Error {}

@Test func aFormIsATableOfItsValuesInTheOrderThatIsAskedFor() throws {
  var form = Form()
  try form.sweep(.seed, ["1", "2", "3"])
  try form.sweep(.steps, ["4", "8"])
  let (series, cells) = try form.table()
  #expect(series.columnTitle == "steps" && series.columns == ["4", "8"])
  #expect(series.rowTitle == "seed" && series.rows == ["1", "2", "3"])
  #expect(cells.map(\.form.steps) == [4, 8, 4, 8, 4, 8])
  #expect(cells.map(\.form.seed) == [1, 1, 2, 2, 3, 3])
  #expect(cells.allSatisfy { $0.form.sweeps.isEmpty && $0.form.count == 1 })
  #expect(cells.map(\.column) == [0, 1, 0, 1, 0, 1] && cells.map(\.row) == [0, 0, 1, 1, 2, 2])
  let turned = try form.table(across: .seed)
  #expect(turned.series.columns == ["1", "2", "3"] && turned.series.rowTitle == "steps")
  #expect(turned.cells.map(\.form.seed) == [1, 2, 3, 1, 2, 3])
  #expect(throws: Failure.self) { try form.sweep(.guidance, ["1", "2"]) }
  // One value is no side of its own.
  try form.sweep(.seed, ["9"])
  let row = try form.table()
  #expect(row.series.rows.isEmpty && row.cells.map(\.form.seed) == [9, 9])
  #expect(throws: Failure.self) { _ = try Form().table() }
}

@Test func valuesThatAreNoneAreRefusedWithAReason() {
  for (text, words) in [
    ("2,,4", "lacks a value"), ("1..999", "more than 64"), ("4..", "no range"), ("0,4", "steps"),
    ("1..4:0", "no range"),
  ] {
    var state = studio(prompt: "a fox")
    state.compose.focus = .field(.steps)
    state.compose.typed = TextEditor(text, singleLine: true)
    press(&state, enter)
    #expect(state.compose.form.sweeps.isEmpty, "\(text)")
    #expect(state.notice?.text.contains(words) == true, "\(text): \(state.notice?.text ?? "")")
  }
  #expect(
    (try? ValueList.values("9..7,7,18446744073709551615"))
      == ["9", "8", "7", "18446744073709551615"])
}

@Test func aThirdSideIsRefused() {
  var state = studio(prompt: "a fox")
  for field in [FormField.steps, .guidance, .seed] {
    state.compose.focus = .field(field)
    state.compose.typed = TextEditor("1,2", singleLine: true)
    press(&state, enter)
  }
  #expect(state.compose.form.sweeps.count == 2)
  #expect(state.notice?.text.contains("two sides") == true)
}

@Test func weightsGoUpAndDownByKey() {
  var state = studio(prompt: "a red fox")
  press(&state, KeyPress(.up, alt: true))
  #expect(state.compose.prompt.text == "a red (fox:1.1)")
  press(&state, KeyPress(.up, alt: true))
  #expect(state.compose.prompt.text == "a red (fox:1.2)")
  press(&state, KeyPress(.down, alt: true), KeyPress(.down, alt: true))
  #expect(state.compose.prompt.text == "a red fox")
  press(&state, KeyPress(.down, alt: true))
  #expect(state.compose.prompt.text == "a red (fox:0.9)")
  // The innermost brackets count, with or without a number.
  state.compose.prompt.replaceAll("((fox) snow)")
  state.compose.prompt.move(to: 4)
  press(&state, KeyPress(.up, alt: true))
  #expect(state.compose.prompt.text == "((fox:1.2) snow)")
  state.compose.prompt.replaceAll(", ")
  press(&state, KeyPress(.up, alt: true))
  #expect(state.compose.prompt.text == ", " && state.notice?.kind == .warning)
}

@Test(arguments: [(120, 36), (80, 24), (40, 12)])
func promptsAreColouredAndExplained(columns: Int, rows: Int) {
  var state = studio(columns, rows, prompt: "a {red|blue} (fox:1.3) __place__ yes zebbra 雪")
  _ = update(&state, .wildcardsLoaded(Wildcards(["place": ["in the snow"]])))
  var count = TokenCount(count: 12, limit: 30)
  count.unknown = ["zebbra"]
  count.hint = "did you mean 'zebra'?"
  let text = try? PromptTemplate(state.compose.prompt.text).expanded(
    seed: state.nextSeed, index: 0, wildcards: state.wildcards)
  _ = update(&state, .tokensCounted(.prompt, text: text?.prompt ?? "", count))
  expectSnapshot(render(state), "compose-language-\(columns)x\(rows)")
}

@Test(arguments: [(120, 36), (80, 24), (40, 12)])
func tablesAreSeen(columns: Int, rows: Int) {
  var state = studio(columns, rows, prompt: "a fox")
  state.compose.form.sweeps = [.steps: ["2", "4", "8"], .guidance: ["1", "3"]]
  state.compose.form.seed = 7
  paint(&state)
  press(&state, escape)
  expectSnapshot(render(state), "compose-table-\(columns)x\(rows)")
}

@Test func aTableSaysThatItHasOnePictureForEachValueWhateverCountIs() {
  var state = studio(120, 36, prompt: "a fox")
  state.compose.form.count = 4
  state.compose.focus = .field(.steps)
  type(&state, "4,8,12")
  press(&state, enter)
  #expect(state.notice?.text.contains("one picture for each") == true)
  state.compose.focus = .prompt
  let shown = render(state).plainText
  #expect(shown.contains("a table of 3 pictures: steps"))
  #expect(shown.contains("Count     1 each"))
  // A change that will not be heeded says so, and is there once the table is gone.
  state.compose.focus = .field(.count)
  press(&state, KeyPress(.right))
  #expect(state.notice?.text.contains("5 is for when there is none") == true)
  state.compose.focus = .field(.steps)
  press(&state, KeyPress(.backspace))
  #expect(render(state).plainText.contains("Count     5"))
}

@Test func tabGoesThroughTheStripAndThenToThePrompt() {
  var state = studio(120, 36, prompt: "a fox")
  state.compose.form.count = 3
  paint(&state)
  press(&state, escape)
  let first = state.compose.shown
  #expect(state.footerItems.contains { $0.binding.command == .compose(.nextInStrip) })
  press(&state, tab)
  #expect(state.compose.focus == .canvas && state.compose.shown?.index == 1)
  press(&state, tab)
  #expect(state.compose.focus == .canvas && state.compose.shown?.index == 2)
  #expect(!state.footerItems.contains { $0.binding.command == .compose(.nextInStrip) })
  press(&state, tab)
  #expect(state.compose.focus == .prompt && state.compose.shown?.index == 2)
  // Backwards, and past the first one to the last setting.
  press(&state, escape, KeyPress(.backTab), KeyPress(.backTab))
  #expect(state.compose.focus == .canvas && state.compose.shown == first)
  press(&state, KeyPress(.backTab))
  #expect(state.compose.focus == .field(.style))
}

@Test func tabOnOnePictureGoesToThePromptAtOnce() {
  var state = studio(120, 36, prompt: "a fox")
  state.compose.form.count = 1
  paint(&state)
  press(&state, escape, tab)
  #expect(state.compose.focus == .prompt)
}
