import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Foundation
import Testing

private func runs(_ effects: [Effect]) -> [GenerationRequest] {
  effects.compactMap { if case .run(_, let request) = $0 { request } else { nil } }
}

/// Three paintings, the first of them begun.
private func busy(_ columns: Int = 100, _ rows: Int = 30) -> AppState {
  var state = studio(columns, rows)
  for prompt in ["a red fox", "a hare", "an owl at night"] {
    state.compose.prompt.replaceAll(prompt)
    press(&state, enter)
  }
  _ = update(&state, .engine(state.jobs[0].id, .started))
  return state
}

private func prompts(_ state: AppState) -> [String] { state.jobs.map(\.request.prompt) }

@Test func paintingsAreHandedToTheEngineOneAfterTheOther() {
  var state = busy()
  let id = state.jobs[0].id
  #expect(state.jobs.map(\.isStarted) == [true, false, false])
  let effects = update(&state, .engine(id, painted(0, seed: 1))) + update(&state, .ended(id))
  #expect(runs(effects).map(\.prompt) == ["a hare"])
  // One that fails does not hold up the others.
  let next = update(&state, .failed(state.jobs[1].id, Failure(.internalError, "no")))
  #expect(runs(next).map(\.prompt) == ["an owl at night"])
}

@Test func whatWaitsIsMovedHeldBackAndDropped() {
  var state = busy()
  press(&state, alt("q"))
  #expect(state.scope == .queue)
  press(&state, KeyPress(.down), letter("K"))
  #expect(state.notice?.text == "it is the next one")
  press(&state, letter("J"))
  #expect(prompts(state) == ["a red fox", "an owl at night", "a hare"])
  press(&state, letter("p"))
  #expect(state.queueIsPaused && state.draft.isPaused == true)
  // What is being painted is finished, and nothing more begun.
  let id = state.jobs[0].id
  #expect(runs(update(&state, .engine(id, painted(0, seed: 1))) + update(&state, .ended(id))) == [])
  #expect(runs(press(&state, letter("p"))).map(\.prompt) == ["an owl at night"])
  // The moved one is still selected: dropped, and taken up again.
  #expect(!press(&state, letter("d")).contains { if case .cancel = $0 { true } else { false } })
  #expect(state.jobs.first { $0.request.prompt == "a hare" }?.phase == .stopped)
  press(&state, letter("r"))
  #expect(state.jobs.last?.request.prompt == "a hare" && state.jobs.last?.phase == .waiting)
  #expect(state.jobs.count { $0.request.prompt == "a hare" } == 1)
  press(&state, escape)
  #expect(state.overlay == nil)
}

@Test func aRetriedBatchPaintsOnlyWhatItLacks() {
  var state = paintingStudio(100, 30)
  let id = state.jobs[0].id
  _ = update(&state, .failed(id, Failure(.engineUnreachable, "gone")))
  press(&state, escape, alt("q"), KeyPress(.down))
  let before = state.jobs.count
  press(&state, letter("r"))
  let rest = state.jobs.last
  #expect(state.jobs.count == before + 1 && rest?.request.count == 3 && rest?.request.seed == 4712)
}

/// The cell that was being painted has a preview already, and may be the one on the canvas.
@Test func aStoppedTableIsTakenUpAsATableWithoutAHole() throws {
  var state = studio(prompt: "a red fox")
  state.compose.form.sweeps = [.steps: ["4", "8", "12"]]
  press(&state, enter)
  let first = state.jobs[0].id
  _ = update(&state, .engine(first, .started))
  _ = update(&state, .engine(first, .preview(index: 0, grey)))
  press(&state, alt("q"), letter("d"))
  #expect(state.jobs.map(\.phase) == [.stopped, .stopped, .stopped])
  let before = state.series
  press(&state, letter("u"))
  #expect(state.jobs.map(\.request.steps) == [4, 8, 12] && state.series == before)
  #expect(state.jobs.map { $0.place?.column } == [0, 1, 2])
  #expect(state.jobs.map(\.isActive) == [true, true, true])
  // What was on the canvas is there still.
  let shown = try #require(state.compose.shown)
  #expect(state.jobs.map(\.id).contains(shown.job) && state.shownTable != nil)
}

/// As after a kill: what waits is in the draft, what is painted in the history.
@Test func aTableGoesOnAsATableAfterARestart() throws {
  var state = studio(prompt: "a red fox")
  state.compose.form.sweeps = [.steps: ["4", "8", "12"]]
  press(&state, enter)
  let first = state.jobs[0]
  let picture = item(70)
  _ = update(&state, .engine(first.id, painted(0, seed: 1)))
  _ = update(&state, .stored(first.id, index: 0, picture))
  _ = update(&state, .ended(first.id))
  let bytes = try JSONEncoder().encode(state.draft)
  let draft = try JSONDecoder().decode(Draft.self, from: bytes)
  #expect(draft == state.draft && draft.waiting.map(\.steps) == [8, 12])

  var next = AppState(
    terminal: state.terminal, engines: engines, draft: draft, seed: 3, jobsStarted: 1000,
    process: 77)
  #expect(next.draft.waiting == draft.waiting && next.draft.series == draft.series)
  let effects = update(&next, .started)
  #expect(runs(effects).map(\.steps) == [8])
  #expect(effects.contains(.loadPainted(JobID(1001), picture.id)))
  #expect(next.jobs.map(\.request.steps) == [4, 8, 12])
  #expect(next.jobs.map { $0.place?.column } == [0, 1, 2])
  // All of one name in the history, whichever process paints them.
  #expect(Set(next.jobs.map(\.request.series)).count == 1)
  _ = update(&next, .paintedLoaded(JobID(1001), picture))
  _ = update(&next, .engine(next.jobs[1].id, .started))
  _ = update(&next, .engine(next.jobs[1].id, .preview(index: 0, grey)))
  #expect(next.shownTable?.columns == ["4", "8", "12"])
  #expect(next.draft.series?.map(\.painted.count) == [1])
  press(&next, alt("q"))
  #expect(render(next).plainText.contains("1 of 3 pictures"))
  // A draft is a file: what it says of pictures that wait may be wrong.
  var odd = draft
  odd.series?[0].waiting[0].index = 99
  odd.series?.append(contentsOf: draft.series ?? [])
  var another = AppState(terminal: state.terminal, draft: odd, seed: 3)
  _ = update(&another, .started)
  #expect(another.jobs.filter(\.isActive).map(\.request.steps) == [8, 12])
}

@Test func aPausedQueueStaysPausedAfterARestart() {
  let request = GenerationRequest(prompt: "a hare", seed: 5)
  var state = AppState(
    terminal: TerminalSize(cells: CellSize(columns: 80, rows: 24)),
    draft: Draft(waiting: [request], isPaused: true), seed: 1)
  #expect(runs(update(&state, .started)).isEmpty)
  #expect(state.draft.waiting == [request] && state.draft.isPaused == true)
  press(&state, escape)
  #expect(runs(press(&state, letter("Q"), letter("p"))) == [request])
}

@Test(arguments: [(100, 30), (80, 24), (40, 10)])
func theQueueIsSeen(columns: Int, rows: Int) {
  var state = busy(columns, rows)
  _ = update(&state, .engine(state.jobs[0].id, step(0, of: 1, 6, of: 12, seconds: 0.4)))
  press(&state, alt("q"), KeyPress(.down))
  expectSnapshot(render(state), "queue-\(columns)x\(rows)")
}

@Test func whatWasDroppedIsTakenUpAgainByUndo() {
  var state = studio(prompt: "a fox")
  press(&state, enter)
  press(&state, control("u"))
  type(&state, "a hare")
  press(&state, enter)
  press(&state, escape, letter("Q"))
  press(&state, letter("d"))
  #expect(state.notice?.text == "stopped; u takes it up again")
  // What lies under the panel is told in the footer.
  let footer = shownLine(state, 29)
  #expect(footer.contains("stopped; u takes it up again"))
  let active = state.jobs.count(where: \.isActive)
  press(&state, letter("u"))
  #expect(state.jobs.count(where: \.isActive) == active + 1)
  press(&state, letter("u"))
  #expect(state.notice?.text == "nothing was stopped")
}
