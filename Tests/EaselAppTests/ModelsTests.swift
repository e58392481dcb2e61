import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

/// The Models screen with `scenes`, which came with Easel, and `mine`, which did not.
private func models(_ columns: Int = 110, _ rows: Int = 34) -> AppState {
  var state = studio(columns, rows)
  var engine = engines[0]
  engine.models[1] = engine.models[0]
  engine.models[1].name = "mine"
  engine.models[1].folder = "/home/models/mine"
  _ = update(&state, .enginesLoaded([engine]))
  _ = update(&state, .perform(.app(.models)))
  _ = update(&state, .models(.looked(folder: "/home/models", unfinished: [])))
  return state
}

private let plan = ModelPlan(
  source: "amused/amused-256", name: "amused-256",
  contact: "contacts huggingface.co for amused/amused-256; nothing but the names of files is sent")
private let task = ModelTask.install(source: "amused/amused-256")

@Test func aServerIsAskedOnlyAfterTheUserSaidSoTwice() {
  var state = models()
  press(&state, letter("j"), letter("j"))
  #expect(press(&state, enter) == [.models(.plan(source: plan.source))])
  _ = update(&state, .models(.planned(plan)))
  #expect(state.models.question == plan)
  #expect(render(state).plainText.contains("Easel contacts huggingface.co"))
  #expect(press(&state, escape) == [])
  #expect(state.models.question == nil)
  _ = update(&state, .models(.planned(plan)))
  #expect(press(&state, enter) == [.models(.install(source: plan.source))])
  #expect(state.models.work.map(\.task) == [task])
}

@Test func theCursorFollowsTheModelThatBecameWhole() {
  var state = models()
  press(&state, letter("j"), letter("j"))
  _ = update(&state, .models(.planned(plan)))
  press(&state, enter)
  let progress = ModelProgress(
    .loading, done: 1_500_000_000, total: 3_500_000_000, bytesPerSecond: 12_000_000)
  _ = update(&state, .models(.progress(task, progress)))
  let shown = render(state).plainText
  #expect(shown.contains("42 %") && shown.contains("12 MB/s") && shown.contains("3 min left"))
  #expect(shown.contains("█"))
  _ = update(&state, .perform(.app(.gallery)))
  #expect(render(state).plainText.contains("installing 42 %"))
  _ = update(&state, .perform(.app(.models)))
  let model = InstalledModel(
    name: "amused-256", path: "/home/models/amused-256", source: plan.source, files: 18,
    bytes: 3_500_000_000, resumedBytes: 0, checkedFiles: 3)
  #expect(
    update(&state, .models(.installed(task, model))) == [.loadEngines, .models(.look)])
  var engine = state.engines[0]
  engine.models.append(engine.models[0])
  engine.models[2].name = "amused-256"
  _ = update(&state, .enginesLoaded([engine]))
  #expect(state.models.selected == 2 && state.models.work.isEmpty)
  #expect(!render(state).plainText.contains("↓ amused-256"))
  press(&state, enter)
  #expect(state.compose.form.model == "amused-256" && state.route == .compose)
}

@Test func controlCStopsTheInstallationAndKeepsWhatArrived() {
  var state = models()
  press(&state, letter("j"), letter("j"))
  _ = update(&state, .models(.planned(plan)))
  press(&state, enter)
  press(&state, letter("k"))
  #expect(
    press(&state, control("c"), at: 10) == [.models(.stop(task)), .models(.look)])
  _ = update(
    &state,
    .models(
      .looked(
        folder: "/home/models",
        unfinished: [
          UnfinishedModel(
            name: "amused-256", source: plan.source, done: 900_000_000, total: 3_500_000_000)
        ])))
  press(&state, letter("j"))
  #expect(render(state).plainText.contains("900 MB of 3.5 GB are here; i goes on"))
  // Late news of what was stopped is no news.
  _ = update(&state, .models(.failed(task, Failure(.internalError, "late"))))
  #expect(state.models.work.first?.state == .stopped)
}

@Test func whatCameWithEaselStaysAndWhatIsRemovedComesBack() {
  var state = models()
  press(&state, letter("d"))
  #expect(state.notice?.text == "it came with Easel, and stays")
  press(&state, letter("j"))
  #expect(press(&state, letter("d")) == [.models(.remove(name: "mine"))])
  let removed = RemovedModel(name: "mine", place: "mine@1", bytes: 9)
  #expect(update(&state, .models(.removed(removed))) == [.loadEngines])
  #expect(press(&state, letter("u")) == [.models(.restore(removed))])
}

@Test func aCheckSaysWhatItFound() {
  var state = models()
  let folder = "/usr/share/easel/models/scenes"
  #expect(press(&state, letter("v")) == [.models(.verify(name: "scenes", path: folder))])
  press(&state, letter("v"))
  #expect(state.notice?.text == "it is being checked; x stops that")
  let verdict = ModelVerdict(
    name: "scenes", path: folder, files: 1, bytes: 1, hasDigests: true,
    problems: ["vqvae/config.json is missing"])
  _ = update(&state, .models(.verified(.verify(name: "scenes"), verdict)))
  #expect(render(state).plainText.contains("vqvae/config.json is missing"))
}

@Test(arguments: [
  CellSize(columns: 110, rows: 34), .init(columns: 80, rows: 24), .init(columns: 60, rows: 20),
])
func installingLooks(size: CellSize) throws {
  var state = models(size.columns, size.rows)
  press(&state, letter("j"), letter("j"))
  _ = update(&state, .models(.planned(plan)))
  press(&state, enter)
  let progress = ModelProgress(
    .loading, done: 1_500_000_000, total: 3_500_000_000, bytesPerSecond: 12_000_000)
  _ = update(&state, .models(.progress(task, progress)))
  expectSnapshot(render(state), "models-installing-\(size.columns)x\(size.rows)")
}
