import EaselApp
import EaselKit
import EaselScreen
import Testing

@Test func enterPaintsThePromptWithTheNextSeed() {
  var state = studio(prompt: "a red fox")
  var seeds = SplitMix64(seed: 7)
  let request = GenerationRequest(
    prompt: "a red fox", width: 256, height: 256, seed: seeds.next() >> 32)
  let id = JobID(1)
  var draft = state.draft
  draft.waiting = [request]
  draft.origin = id.generation(in: 0)

  expectUpdate(
    &state, .input(.key(enter), at: 0), effects: [.run(id, request), .saveDraft(draft)]
  ) {
    $0.jobs = [Job(id: id, request: request)]
    $0.jobs[0].isStarted = true
    $0.jobsStarted = 1
    $0.seeds = seeds
    $0.recall = ["a red fox"]
    $0.compose.origin = id.generation(in: 0)
  }
}

@Test func anEmptyPromptIsNotPaintedAndTheReasonIsSaid() {
  var state = studio()
  expectUpdate(&state, .input(.key(enter), at: 0)) {
    $0.notice = Notice("write a prompt first; Tab takes the example", .warning)
  }
}

@Test func tabTakesTheExampleAndThenMovesOn() {
  var state = studio()
  let shown = AppState.examples[0]
  press(&state, tab)
  #expect(state.compose.prompt.text == shown)
  #expect(state.compose.focus == .prompt)
  press(&state, tab)
  #expect(state.compose.focus == .avoid)
}

@Test func aModelThatCannotPaintSaysWhy() {
  var state = studio(prompt: "a hare")
  state.compose.form.model = "amused-256"
  #expect(press(&state, enter).isEmpty)
  #expect(state.notice?.text == "it is not installed")
  state.compose.form.model = "scnes"
  #expect(press(&state, enter).isEmpty)
  #expect(state.notice?.text.contains("did you mean 'scenes'?") == true)
}

@Test func jobsQueueAndKeepTheirOwnNumbersAndSeeds() {
  var state = studio(prompt: "a hare")
  press(&state, enter)
  press(&state, enter)
  #expect(state.jobs.map(\.id) == [JobID(1), JobID(2)])
  #expect(state.jobs[0].request.seed != state.jobs[1].request.seed)
  #expect(state.notice?.text == "queued behind 1 painting")
  #expect(state.draft.waiting == state.jobs.map(\.request))
}

@Test func theCanvasFollowsThePaintingUntilOnePicksAPicture() {
  var state = paintingStudio(100, 30)
  let job = state.jobs[0].id
  #expect(state.compose.shown == .init(job: job, index: 1))
  press(&state, escape, KeyPress(.left))
  #expect(state.compose.shown == .init(job: job, index: 0))
  _ = update(&state, .engine(job, .preview(index: 1, grey)))
  #expect(state.compose.shown == .init(job: job, index: 0))
}

@Test func everyPaintedPictureIsStoredOnce() {
  var state = studio(prompt: "a hare")
  press(&state, enter)
  let job = state.jobs[0]
  let image = GeneratedImage(
    index: 0, seed: job.request.seed, picture: grey, modelDigest: "d", secondsElapsed: 1)
  #expect(
    update(&state, .engine(job.id, .image(image))) == [
      .store(job.id, job.request, image),
      .saveDraft(state.draft),
    ])
  #expect(update(&state, .engine(job.id, .image(image))).isEmpty)
  #expect(update(&state, .engine(job.id, .preview(index: 0, grey))).isEmpty)
  #expect(state.jobs[0].slots == [.painted(seed: job.request.seed, item: nil)])
}

@Test func newsOfAStoppedJobIsIgnored() {
  var state = paintingStudio(100, 30)
  let job = state.jobs[0].id
  #expect(press(&state, control("c"), at: 5).contains(.cancel(job)))
  let stopped = state
  for event: GenerationEvent in [
    .started, .preview(index: 2, grey), step(2, of: 4, 1, of: 12, seconds: 3), painted(2, seed: 3),
  ] {
    #expect(update(&state, .engine(job, event)).isEmpty)
  }
  #expect(update(&state, .ended(job)).isEmpty)
  #expect(update(&state, .failed(job, Failure(.diskFull, "full"))).isEmpty)
  #expect(update(&state, .engine(JobID(99), .started)).isEmpty)
  #expect(state == stopped)
}

@Test func newsOutsideTheBatchIsIgnored() {
  var state = paintingStudio(100, 30)
  let before = state
  for index in [-1, 4, 1_000_000] {
    #expect(update(&state, .engine(state.jobs[0].id, .preview(index: index, grey))).isEmpty)
    #expect(update(&state, .engine(state.jobs[0].id, painted(index, seed: 1))).isEmpty)
  }
  #expect(state == before)
}

@Test func anEndWithoutAllPicturesIsAFailure() {
  var state = paintingStudio(100, 30)
  _ = update(&state, .ended(state.jobs[0].id))
  #expect(state.failure?.what == "the engine stopped with 3 pictures unpainted")
  #expect(state.jobs[0].isActive == false)
}

@Test func controlCStopsAndTwiceWithinASecondLeavesWithTheQueueKept() {
  var state = paintingStudio(100, 30)
  let waiting = state.jobs[1].request
  #expect(
    press(&state, control("c"), at: 10) == [
      .cancel(state.jobs[0].id), .run(state.jobs[1].id, waiting), .saveDraft(state.draft),
    ])
  #expect(press(&state, control("c"), at: 10.9) == [.saveDraft(state.draft), .quit])
  #expect(state.draft.waiting == [waiting])
}

@Test func controlCTwiceWithMoreThanASecondBetweenStopsTwoJobs() {
  var state = paintingStudio(100, 30)
  press(&state, control("c"), at: 10)
  let effects = press(&state, control("c"), at: 11.5)
  #expect(effects.contains(.cancel(state.jobs[1].id)))
  #expect(!effects.contains(.quit))
}

@Test func whatTheLastSessionLeftWaitingIsPaintedOn() {
  let request = GenerationRequest(prompt: "a hare", seed: 5)
  var state = AppState(
    terminal: TerminalSize(cells: CellSize(columns: 80, rows: 24)),
    draft: Draft(prompt: "half a tho", waiting: [request]), seed: 1, jobsStarted: 41)
  #expect(state.compose.prompt.text == "half a tho")
  #expect(update(&state, .started).contains(.run(JobID(42), request)))
  #expect(state.draft.waiting == [request])
}

@Test func whatOnlyTheLibraryRemembersIsPaintedOnToo() {
  let drafted = GenerationRequest(prompt: "a hare", seed: 5, count: 3)
  var state = AppState(
    terminal: TerminalSize(cells: CellSize(columns: 80, rows: 24)),
    draft: Draft(waiting: [drafted]), seed: 1, jobsStarted: 41)
  #expect(update(&state, .started).contains(.loadInterrupted))
  // The same batch as the library saw it: its first picture was stored before the draft was.
  let same = GenerationRequest(prompt: "a hare", seed: 6, count: 2)
  let lost = GenerationRequest(prompt: "a hare", seed: 8, count: 2)
  let effects = update(&state, .interruptedLoaded([same, lost]))
  // It waits behind what the draft brought.
  #expect(!effects.contains { if case .run = $0 { true } else { false } })
  #expect(state.jobs.map(\.request) == [drafted, lost])
  #expect(state.draft.waiting == [drafted, lost])
  #expect(update(&state, .interruptedLoaded([])).isEmpty)
}

@Test func theRestOfAHalfPaintedBatchIsWhatWaits() {
  let state = paintingStudio(100, 30)
  let rest = state.draft.waiting[0]
  #expect(rest.count == 3)
  // Picture i of a batch has the request's seed plus i, so the rest begins one further on.
  #expect(rest.seed == 4712)
}

@Test func oldJobsAreForgottenButNeverTheShownOne() {
  var state = studio(prompt: "a hare")
  var forgotten: [JobID] = []
  for number in 1...40 {
    for effect in press(&state, enter) {
      if case .forgetPictures(let id) = effect { forgotten.append(id) }
    }
    let id = JobID(number)
    _ = update(&state, .engine(id, painted(0, seed: 1)))
    _ = update(&state, .ended(id))
    if number == 3 { press(&state, escape, letter("k"), letter("i")) }
  }
  #expect(state.jobs.count <= 14)
  #expect(forgotten.count == 40 - state.jobs.count)
  #expect(Set(forgotten).count == forgotten.count)
  let shown = state.compose.shown
  #expect(state.jobs.contains { $0.id == shown?.job })
}

@Test func aStyleJoinsThePromptAndTheRecipeHoldsAllOfIt() {
  var state = studio(prompt: "a hare")
  state.compose.form.style = "pixel art"
  press(&state, enter)
  #expect(state.jobs[0].request.prompt == "a hare, pixel art")
  #expect(state.recall == ["a hare"])
  #expect(StylePreset("x", suffix: "pixel art").applied(to: "Pixel Art hare") == "Pixel Art hare")
}

@Test func remixTakesTheWholeRecipeAndUndoGivesThePromptBack() {
  var state = studio(prompt: "half a thought", pictures: 8)
  press(&state, escape, letter("2"), letter("l"), letter("r"))
  let taken = state.gallery.items[1].recipe
  #expect(state.route == .compose)
  #expect(state.compose.prompt.text == taken.request.prompt)
  #expect(state.compose.form.seed == taken.seed)
  press(&state, control("_"))
  #expect(state.compose.prompt.text == "half a thought")
}

@Test func typedValuesAreCheckedAndTheReasonIsSaid() {
  var state = studio(prompt: "a hare")
  state.compose.focus = .field(.steps)
  type(&state, "999")
  press(&state, enter)
  #expect(state.notice?.text == "steps cannot be '999'; it takes 1 to 256")
  #expect(state.compose.form.steps == 12)
  #expect(state.jobs.isEmpty)
  press(&state, control("u"))
  type(&state, "20")
  press(&state, tab)
  #expect(state.compose.form.steps == 20)
  #expect(state.compose.focus == .field(.guidance))
}

@Test func theSeedIsRandomUntilItIsTyped() {
  var state = studio(prompt: "a hare")
  state.compose.focus = .field(.seed)
  type(&state, "4711")
  press(&state, enter, enter)
  #expect(state.jobs.map(\.request.seed) == [4711])
  press(&state, KeyPress(.backspace))
  #expect(state.compose.form.seed == nil)
}

@Test func upInTheFirstRowRecallsAndDownComesBack() {
  var state = studio()
  _ = update(&state, .recallLoaded(["newest", "older", "oldest"]))
  type(&state, "typed")
  press(&state, KeyPress(.up), KeyPress(.up))
  #expect(state.compose.prompt.text == "older")
  press(&state, KeyPress(.down), KeyPress(.down))
  #expect(state.compose.prompt.text == "typed")
}

@Test func whatIsUnsentIsSavedAndCountedAfterEveryChange() {
  var state = studio()
  let effects = type(&state, "a")
  #expect(
    effects == [
      .countTokens(.prompt, "a", engine: "built-in", model: "scenes"), .saveDraft(state.draft),
    ])
  _ = update(&state, .tokensCounted(.prompt, text: "a", TokenCount(count: 3, limit: 77)))
  #expect(state.compose.promptTokens == TokenCount(count: 3, limit: 77))
  _ = update(&state, .tokensCounted(.prompt, text: "old", TokenCount(count: 9, limit: 77)))
  #expect(state.compose.promptTokens == TokenCount(count: 3, limit: 77))
  #expect(press(&state, KeyPress(.left)).isEmpty)
}

@Test func theEditorOfTheShellGetsTheTextAndGivesItBack() {
  var state = studio(prompt: "a hare")
  #expect(press(&state, control("x")).isEmpty)
  #expect(state.pendingKeys.count == 1)
  #expect(press(&state, control("e")) == [.openEditor(.prompt, "a hare")])
  _ = update(&state, .edited(.prompt, "two\nhares\n"))
  #expect(state.compose.prompt.text == "two\nhares")
}

@Test func ofTwoBlendedPromptsTheLongerOneIsCounted() {
  var state = studio()
  let effects = type(&state, "a fox AND a very small hare in the snow")
  let counted = effects.compactMap { effect in
    if case .countTokens(.prompt, let text, _, _) = effect { text } else { nil }
  }
  #expect(counted.last == "a very small hare in the snow")
}
