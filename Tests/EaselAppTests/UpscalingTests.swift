import EaselApp
import EaselKit
import EaselScreen
import Testing

/// The gallery of a studio whose first model can enlarge.
private func gallery(canUpscale: Bool = true, pictures: Int = 3) -> AppState {
  var state = studio(80, 24, pictures: pictures)
  state.engines[0].models[0].canUpscale = canUpscale
  press(&state, escape, letter("2"))
  return state
}

private func runs(_ effects: [Effect]) -> [GenerationRequest] {
  effects.compactMap { if case .run(_, let request) = $0 { request } else { nil } }
}

@Test func capitalUEnlargesTheChosenPictureAsAJob() throws {
  var state = gallery()
  let item = state.gallery.items[0]
  let request = try #require(runs(press(&state, letter("U"))).first)
  #expect(request.enlargement == Enlargement(scale: 4, source: item.id))
  #expect(request.width == 256 && request.height == 256 && request.count == 1)
  #expect(request.prompt == item.recipe.request.prompt && request.seed == item.recipe.seed)
  #expect(state.jobs.count == 1 && state.notice?.text == "enlarging \(item.id)")
  // A second one waits behind it.
  press(&state, letter("U"))
  #expect(state.notice?.text.contains("behind 1 job") == true)
}

@Test func everyMarkedPictureIsEnlarged() {
  var state = gallery()
  press(&state, letter(" "), letter(" "))
  // One after the other.
  #expect(runs(press(&state, letter("U"))).map(\.enlargement?.source) == [ImageID(3)])
  #expect(state.jobs.map(\.request.enlargement?.source) == [ImageID(3), ImageID(2)])
}

@Test func theViewerEnlargesWhatItShows() {
  var state = gallery()
  press(&state, letter("l"), enter)
  #expect(state.route == .viewer)
  #expect(runs(press(&state, letter("U"))).map(\.enlargement?.source) == [ImageID(2)])
}

@Test func whatCannotBeEnlargedSaysWhy() {
  var state = gallery(canUpscale: false)
  #expect(press(&state, letter("U")).isEmpty)
  #expect(state.notice?.text == "no installed model can enlarge pictures")
  state.engines = []
  #expect(press(&state, letter("U")).isEmpty)
  #expect(state.notice?.text.contains("still being read") == true)
  state = gallery()
  state.gallery.items[0].width = 5000
  #expect(press(&state, letter("U")).isEmpty)
  #expect(state.notice?.text == "5000x64 enlarged 4 times would be 20000x256")
  state = gallery(pictures: 0)
  #expect(press(&state, letter("U")).isEmpty)
  #expect(state.notice?.text == "no picture here")
}

@Test func theRecipeOfAnEnlargedPictureGoesToComposeAsItWasPainted() throws {
  var state = gallery()
  let request = try #require(runs(press(&state, letter("U"))).first)
  var large = item(9)
  large.recipe.request = request
  (large.width, large.height) = (256, 256)
  _ = update(&state, .stored(state.jobs[0].id, index: 0, large))
  press(&state, letter("g"), letter("r"))
  #expect(state.route == .compose)
  #expect(state.compose.form.size == PixelSize(width: 64, height: 64))
}
