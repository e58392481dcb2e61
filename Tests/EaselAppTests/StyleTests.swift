import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

@Test func aStyleIsWrittenChosenChangedAndRemoved() {
  var state = studio(prompt: "a fox")
  state.compose.focus = .field(.style)
  press(&state, letter("n"))
  #expect(state.scope == .style)
  press(&state, enter)
  #expect(state.styleForm?.problem == "a style needs a name")
  type(&state, "sketch")
  press(&state, tab)
  type(&state, "Faded colours")
  press(&state, enter)
  #expect(state.styleForm?.problem?.contains("already") == true)
  press(&state, KeyPress(.backTab))
  type(&state, " two")
  press(&state, tab, tab)
  type(&state, "text")
  let mine = StylePreset("sketch two", suffix: "Faded colours", avoid: "text")
  #expect(press(&state, enter).contains(.saveStyles([mine])))
  #expect(state.compose.form.style == "sketch two")

  press(&state, enter)
  #expect(state.jobs[0].request.prompt == "a fox, Faded colours")
  #expect(state.jobs[0].request.avoid == "text")
  #expect(mine.applied(to: "a fox, faded colours") == "a fox, faded colours")

  press(&state, letter("e"))
  #expect(state.styleForm?.original == "sketch two")
  press(&state, escape)
  #expect(press(&state, letter("D")).contains(.saveStyles([])))
  #expect(state.compose.form.style == "none")
  #expect(press(&state, letter("u")).contains(.saveStyles([mine])))
  #expect(state.compose.form.style == "sketch two")
}

@Test func aStyleThatCameWithEaselIsAPattern() {
  var state = studio(prompt: "a fox")
  state.compose.focus = .field(.style)
  state.compose.form.style = "watercolour"
  #expect(press(&state, letter("D")).isEmpty && state.notice?.text == "it came with Easel")
  press(&state, letter("e"))
  #expect(state.styleForm?.original == nil && state.styleForm?.name.text == "my watercolour")
}

@Test(arguments: [(100, 30), (80, 24), (40, 10)])
func theStyleFormIsSeen(columns: Int, rows: Int) {
  var state = studio(columns, rows, prompt: "a fox")
  state.compose.focus = .field(.style)
  press(&state, letter("n"))
  type(&state, "dusty film")
  expectSnapshot(render(state), "style-\(columns)x\(rows)")
}
