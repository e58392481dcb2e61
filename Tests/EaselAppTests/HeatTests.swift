import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

private let maps = [
  HeatName("red", scale: "12.7% of the attention"),
  HeatName("fox", scale: "34.2% of the attention"),
  HeatName("how sure", scale: "100% sure"),
]

private func viewer(_ columns: Int = 80, _ rows: Int = 24) -> AppState {
  var state = studio(columns, rows, pictures: 30)
  press(&state, escape, letter("2"), enter)
  return state
}

@Test func xLaysTheMapsOverThePictureAndArrowsChooseTheWord() {
  var state = viewer()
  let item = state.gallery.items[state.gallery.selected]
  #expect(press(&state, letter("x")) == [.explain(item)])
  // Until the answer is there, the picture is shown as it is.
  #expect(render(state).pictures.map(\.key) == [.image(item.id)])
  _ = update(&state, .explained(item.id, maps))
  #expect(render(state).pictures.map(\.key) == [.heat(item.id, map: 0)])
  press(&state, KeyPress(.right))
  #expect(render(state).pictures.map(\.key) == [.heat(item.id, map: 1)])
  press(&state, KeyPress(.left), KeyPress(.left))
  #expect(render(state).pictures.map(\.key) == [.heat(item.id, map: 2)])
  press(&state, escape)
  #expect(state.route == .viewer)
  #expect(render(state).pictures.map(\.key) == [.image(item.id)])
  press(&state, escape)
  #expect(state.route == .gallery)
}

@Test func anAnswerAboutAnotherPictureIsOutOfDate() {
  var state = viewer()
  let first = state.gallery.items[state.gallery.selected]
  press(&state, letter("x"))
  // Turning the page asks about the next picture.
  let effects = press(&state, letter("n"))
  let second = state.gallery.items[state.gallery.selected]
  #expect(effects.contains(.explain(second)))
  _ = update(&state, .explained(first.id, maps))
  #expect(state.viewer.heat?.maps == nil)
  _ = update(&state, .explainFailed(first.id, Failure(.unsupported, "no")))
  #expect(state.failure == nil)
  _ = update(&state, .explainFailed(second.id, Failure(.unsupported, "the model has changed")))
  #expect(state.viewer.heat == nil && state.failure?.what == "the model has changed")
}

@Test func xOnTheCanvasOpensTheStoredPictureUnderItsMaps() throws {
  var state = paintingStudio(100, 30)
  press(&state, escape, KeyPress(.left))
  let item = try #require(state.jobs[0].slots[0].item)
  #expect(press(&state, letter("x")) == [.explain(item)])
  #expect(state.route == .viewer && state.viewer.heat?.id == item.id)
  press(&state, letter("q"))
  #expect(state.route == .compose && state.viewer.heat == nil)
}

@Test(arguments: sizes)
func viewerUnderAMap(size: CellSize) {
  var state = viewer(size.columns, size.rows)
  let item = state.gallery.items[state.gallery.selected]
  press(&state, letter("x"))
  _ = update(&state, .explained(item.id, maps))
  press(&state, KeyPress(.right))
  expectSnapshot(render(state), name("viewer-heat", size))
}

@Test func howFarFindingOutIsStandsBelowThePicture() throws {
  var state = studio(100, 30, pictures: 4)
  press(&state, escape, letter("2"), enter, letter("x"))
  let item = try #require(state.gallery.current)
  #expect(render(state).plainText.contains("painted once more"))
  _ = update(&state, .explaining(item.id, 0.5))
  #expect(render(state).plainText.contains("painted once more  50 %  ████████████░░░░░░░░░░░░"))
  // News of another picture, and of one that is known, are late.
  _ = update(&state, .explaining(ImageID(99), 0.9))
  _ = update(&state, .explained(item.id, [HeatName("fox", scale: "3% of the attention")]))
  let known = state
  _ = update(&state, .explaining(item.id, 1))
  #expect(state == known)
}
