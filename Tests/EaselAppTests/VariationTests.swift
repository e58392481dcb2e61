import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

private func scored(_ index: Int, _ score: Double?) -> GenerationEvent {
  .image(
    GeneratedImage(
      index: index, seed: 100 + UInt64(index), picture: grey, modelDigest: "d",
      secondsElapsed: 1.5, score: score))
}

/// A studio whose batch of four has been painted with these scores.
private func ranked(
  _ scores: [Double?], columns: Int = 100, rows: Int = 40, ends: Bool = true
) -> AppState {
  var state = studio(columns, rows, prompt: "a red fox", pictures: 3)
  state.compose.form.count = scores.count
  press(&state, enter)
  let job = state.jobs[0].id
  _ = update(&state, .engine(job, .started))
  for (i, score) in scores.enumerated() {
    _ = update(&state, .engine(job, scored(i, score)))
    _ = update(&state, .stored(job, index: i, item(Int64(20 + i))))
  }
  if ends { _ = update(&state, .ended(job)) }
  return state
}

@Test func aBatchIsShownBestFirstOnceAllOfItIsPainted() {
  var state = ranked([0.2, 0.7, nil, 0.5], ends: false)
  #expect(state.jobs[0].order == [0, 1, 2, 3])
  _ = update(&state, .ended(state.jobs[0].id))
  #expect(state.jobs[0].order == [1, 3, 0, 2])
  // The canvas turns to the best, and the arrows walk downward from there.
  #expect(state.compose.shown?.index == 1)
  press(&state, escape, KeyPress(.right))
  #expect(state.compose.shown?.index == 3)
  press(&state, KeyPress(.right), KeyPress(.right))
  #expect(state.compose.shown?.index == 2)
  press(&state, KeyPress(.right))
  #expect(state.compose.shown?.index == 1)
}

@Test func whoeverPickedAPictureKeepsIt() {
  var state = ranked([0.2, 0.7], ends: false)
  press(&state, escape, KeyPress(.left))
  #expect(state.compose.shown?.index == 0)
  _ = update(&state, .ended(state.jobs[0].id))
  #expect(state.compose.shown?.index == 0)
}

@Test func withoutScoresABatchStaysAsItWasPainted() {
  #expect(ranked([nil, nil, nil]).jobs[0].order == [0, 1, 2])
}

@Test(arguments: [CellSize(columns: 100, rows: 40), CellSize(columns: 80, rows: 24)])
func theStripShowsScores(size: CellSize) {
  var state = ranked([0.2, 0.71, 0.05, 0.5], columns: size.columns, rows: size.rows)
  press(&state, escape)
  expectSnapshot(render(state), name("compose-scores", size))
}

@Test func vAsksForVariationsOfThePictureShownAndPaintsThem() throws {
  var state = ranked([0.2, 0.7])
  let job = state.jobs[0].id
  press(&state, escape)
  let effects = press(&state, letter("v"))
  guard case .vary(let key, var request)? = effects.first else {
    Issue.record("no variations are asked for: \(effects)")
    return
  }
  #expect(key == .result(job, index: 1))
  #expect(request.prompt == "a red fox" && request.count == 2)
  request.base = BasePicture(grey, digest: "b", strength: 1, kind: .variation)
  request.base?.picture = nil
  let started = update(&state, .variationReady(request))
  let expected = GenerationRequest?.some(request)
  #expect(
    started.contains { if case .run(_, let run) = $0 { run == expected } else { false } })
  #expect(state.jobs.last?.request.base?.kind == .variation)
}

@Test func oneVariationBecomesFourAndGalleryAndViewerKnowTheKeyToo() {
  var state = studio(100, 30, pictures: 5)
  press(&state, escape, letter("2"), letter("l"))
  func asked(_ effects: [Effect]) -> (PictureKey, GenerationRequest)? {
    for case .vary(let key, let request) in effects { return (key, request) }
    return nil
  }
  let id = state.gallery.items[1].id
  let first = asked(press(&state, letter("v")))
  #expect(first?.0 == .image(id))
  #expect(first?.1.count == 4)
  #expect(first?.1.prompt == state.gallery.items[1].recipe.request.prompt)
  press(&state, enter)
  #expect(state.route == .viewer)
  let second = asked(press(&state, letter("v")))
  #expect(second?.0 == .image(id))
  #expect(second?.1.seed != first?.1.seed)
  if let request = second?.1 { _ = update(&state, .variationReady(request)) }
  #expect(state.route == .compose)
}

@Test func thereIsNothingToVaryBeforeAPictureIsFinished() {
  var state = paintingStudio(100, 30)
  press(&state, escape)
  #expect(press(&state, letter("v")).isEmpty)
  #expect(state.notice?.text == "no finished picture here yet")
}

@Test func whatWasWrongWithAFilterHalfTypedIsForgottenWhenItIsRight() {
  var state = studio(100, 30, pictures: 5)
  press(&state, escape, letter("2"), letter("/"))
  type(&state, "like:")
  let failure = Failure(.badInput, "like: wants a value")
  let asked = HistoryQuery(text: "like:", sort: .likeness)
  _ = update(&state, .historyRefused(asked, failure))
  #expect(state.failure == nil && state.gallery.refusal == failure.what)
  type(&state, "#2")
  _ = update(
    &state,
    .historyLoaded(
      HistoryQuery(text: "like:#2", sort: .likeness), HistoryPage(items: [item(2)], isLast: true)))
  #expect(state.gallery.refusal == nil)
}

@Test func theGallerySaysHowManyPicturesNobodyLookedAt() {
  var state = studio(100, 30, pictures: 5)
  press(&state, escape, letter("2"), letter("/"))
  type(&state, "like:#2")
  _ = update(
    &state,
    .historyLoaded(
      HistoryQuery(text: "like:#2", sort: .likeness),
      HistoryPage(items: [item(2), item(4)], isLast: true, total: 2, notIndexed: 12)))
  #expect(state.gallery.items.map(\.id.number) == [2, 4])
  expectSnapshot(render(state), "gallery-like-100x30")
}
