import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

/// A gallery of thirty pictures, whose first model can enlarge.
private func gallery() -> AppState {
  var state = studio(100, 30, pictures: 30)
  state.engines[0].models[0].canUpscale = true
  press(&state, escape, letter("2"))
  return state
}

/// Filters down to some pictures, as the history would answer.
private func filter(_ state: inout AppState, _ text: String, _ numbers: Int64...) {
  press(&state, letter("/"))
  type(&state, text)
  _ = update(
    &state,
    .historyLoaded(
      HistoryQuery(text: text),
      HistoryPage(items: numbers.map { item($0) }, isLast: true, total: numbers.count)))
  press(&state, enter)
}

private func head(_ state: AppState) -> Substring { shownLine(state, 1) }

@Test func marksOutliveAFilterAndWhatIsDoneIsDoneToAllOfThem() {
  var state = gallery()
  press(&state, letter(" "), letter(" "))
  #expect(head(state).hasSuffix("30 pictures  2 marked"))
  filter(&state, "frog", 4, 10)
  #expect(head(state).hasSuffix("2 pictures  2 marked, 2 out of sight"))
  press(&state, letter(" "))
  #expect(head(state).hasSuffix("3 marked, 2 out of sight"))
  #expect(
    press(&state, letter("3")) == [.setRating([ImageID(4), ImageID(30), ImageID(29)], 3)])
  press(&state, letter("e"))
  guard case .export(let form) = state.overlay else {
    Issue.record("no export form")
    return
  }
  #expect(Set(form.ids) == [ImageID(4), ImageID(29), ImageID(30)])
}

@Test func escDropsTheFilterFirstThenTheMarksAndUndoBringsThoseBack() {
  var state = gallery()
  press(&state, letter(" "))
  filter(&state, "frog", 4, 10)
  press(&state, letter(" "))
  press(&state, escape)
  #expect(state.gallery.filter.isEmpty && state.gallery.marked == [ImageID(30), ImageID(4)])
  press(&state, escape)
  #expect(state.gallery.marked.isEmpty)
  #expect(state.notice?.text == "2 marks taken away; u brings them back")
  press(&state, letter("u"))
  #expect(state.gallery.marked == [ImageID(30), ImageID(4)])
}

@Test func marksFarAwayAreEnlargedOnceTheHistoryHasToldOfThem() {
  var state = gallery()
  press(&state, letter(" "), letter(" "))
  filter(&state, "frog", 4, 10)
  let effects = press(&state, letter("U"))
  #expect(effects == [.loadMarked([ImageID(29), ImageID(30)], .enlarge)])
  _ = update(&state, .markedLoaded(.enlarge, [item(29), item(30)]))
  #expect(state.jobs.map(\.request.enlargement?.source) == [ImageID(29), ImageID(30)])
  #expect(state.notice?.text == "enlarging 2 pictures")
  // What cannot be enlarged says so then.
  var large = item(29)
  large.width = 5000
  _ = update(&state, .markedLoaded(.enlarge, [large]))
  #expect(state.notice?.text.contains("would be 20000x256") == true && state.jobs.count == 2)
}

@Test func marksFarAwayAreCompared() {
  var state = gallery()
  press(&state, letter(" "), letter(" "))
  filter(&state, "frog", 4)
  #expect(
    press(&state, letter("c")) == [.loadMarked([ImageID(29), ImageID(30)], .compare)])
  _ = update(&state, .markedLoaded(.compare, [item(29), item(30)]))
  #expect(
    state.route == .compare && state.comparison.entries.map(\.id) == [29, 30].map { ImageID($0) })
  // One mark elsewhere: with what the cursor is on.
  press(&state, escape, escape)
  _ = update(
    &state,
    .historyLoaded(
      HistoryQuery(),
      HistoryPage(items: (0..<30).map { item(Int64(30 - $0)) }, isLast: true, total: 30)))
  press(&state, escape, letter("g"), letter(" "))
  filter(&state, "frog", 4)
  #expect(press(&state, letter("c")) == [.loadMarked([ImageID(30)], .compare)])
  _ = update(&state, .markedLoaded(.compare, [item(30)]))
  #expect(state.comparison.entries.map(\.id) == [30, 4].map { ImageID($0) })
}

@Test func trashingMarksOutsideTheListReadsItAnew() {
  var state = gallery()
  press(&state, letter(" "))
  filter(&state, "frog", 4, 10)
  press(&state, letter(" "))
  #expect(
    press(&state, letter("d")) == [.trash([ImageID(4), ImageID(30)]), .rereadHistory])
  #expect(state.gallery.items.map(\.id) == [ImageID(10)] && state.gallery.count == 1)
}

@Test func theTileUnderTheCursorAndMarkedOnesDifferInShape() {
  var state = gallery()
  press(&state, letter(" "))
  let shown = render(state).plainText
  #expect(shown.contains("┏━") && shown.contains("┗✓") == false)
  #expect(shown.contains("╰✓") && !shown.contains("┗━━━"))
  press(&state, KeyPress(.left))
  #expect(render(state).plainText.contains("┗✓"))
}
