import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

/// The latest run, a third of the way.
func trainingReport(_ state: TrainingReport.State) -> TrainingReport {
  var report = TrainingReport(
    folder: "/home/you/.local/state/easel/training/all",
    request: TrainingRequest(
      stage: "all", data: "/home/you/my birds.easeldata", folder: "/home/you/runs/birds", seed: 1),
    state: state)
  report.stage = "transformer"
  report.part = 4
  report.parts = 7
  report.step = 5_950
  report.steps = 20_000
  report.imagesPerSecond = 214
  report.secondsLeft = 7_512
  report.cpuSeconds = 4_120
  report.curvesRevision = 1_000
  report.samplesRevision = 900
  let points = (0..<120).map {
    TrainingReport.Point(step: $0 * 50, value: 1.2 + 8 / (1 + Double($0) * 0.2))
  }
  report.curves = [
    .init(name: "loss", points: points),
    .init(name: "psnr", points: points.map { .init(step: $0.step, value: 30 - $0.value) }),
  ]
  report.log = (0..<8).map {
    "transformer \(5_600 + $0 * 50)/20000  loss \(1.6 - Double($0) / 100)  rate 0.003"
  }
  return report
}

/// A studio with the Train screen open, as it is after its first answers.
private func training(
  _ report: TrainingReport?, _ columns: Int = 100, _ rows: Int = 30
) -> AppState {
  var state = studio(columns, rows)
  _ = update(&state, .enginesLoaded(engines))
  press(&state, escape, letter("4"))
  _ = update(&state, .trainingLoaded(TrainingNews(report: report)))
  return state
}

private let freeFolder = "/home/you/.local/state/easel/tuning/birds"

@discardableResult
private func plan(_ state: inout AppState, _ plan: TrainingPlan) -> [Effect] {
  update(&state, .trainingPlanned(state.train.form.request, plan))
}

/// The form with a folder of birds.
private func birds(_ columns: Int = 100, _ rows: Int = 30) -> AppState {
  var state = training(nil, columns, rows)
  press(&state, tab)
  type(&state, "~/birds")
  plan(
    &state,
    TrainingPlan(data: "24 pictures", folder: freeFolder, name: "birds", steps: 300, batch: 16))
  return state
}

private let sizesOfTrain =
  sizes + [CellSize(columns: 100, rows: 30), CellSize(columns: 40, rows: 10)]

// MARK: The form

@Test(arguments: sizesOfTrain)
func theFirstRunIsChosenInAForm(size: CellSize) {
  var state = training(nil, size.columns, size.rows)
  plan(
    &state, TrainingPlan(problem: "tune wants pictures of your own", folder: freeFolder, batch: 16))
  expectSnapshot(render(state), name("train-none", size))
  state = birds(size.columns, size.rows)
  expectSnapshot(render(state), name("train-form", size), roles: size.columns == 100)
}

@Test func whatIsTypedIsLookedAtAndStarted() {
  var state = birds()
  let request = TrainingRequest(
    stage: "tune", data: "~/birds", model: "scenes", folder: freeFolder)
  expectUpdate(&state, .input(.key(enter), at: 0), effects: [.startTraining(request)]) {
    $0.train.isStarting = true
  }
  #expect(
    request.commandLine == "easel train tune --data ~/birds --for scenes --out \(freeFolder)")
  // A second Enter starts no second one.
  #expect(press(&state, enter) == [])
  #expect(state.notice == Notice("it is being started", .warning))
  // It begins: the screen turns to the run, and looks at it again in a second.
  let begun = TrainingNews(report: trainingReport(.running))
  expectUpdate(&state, .trainingLoaded(begun), effects: [.lookAtTraining(after: 1)]) {
    $0.train.report = begun.report
    $0.train.isStarting = false
    $0.train.focus = .run
  }
}

@Test func aPathThatIsNotThereIsSaidAtOnceAndStartsNothing() {
  var state = training(nil)
  press(&state, tab)
  let asked = type(&state, "~/brids")
  #expect(
    asked.last
      == .planTraining(
        TrainingRequest(stage: "tune", data: "~/brids", model: "scenes", folder: "")))
  plan(&state, TrainingPlan(problem: "nothing is there", folder: freeFolder))
  #expect(render(state).plainText.contains("nothing is there"))
  #expect(press(&state, enter) == [])
  #expect(state.notice == Notice("nothing is there", .warning))
}

@Test func whoeverIsQuickerThanTheAnswerStartsWhenItComes() {
  var state = birds()
  type(&state, "2")
  // The answer to what stood there before is none.
  #expect(press(&state, enter) == [])
  let stale = TrainingRequest(stage: "tune", data: "~/birds", model: "scenes", folder: "")
  #expect(update(&state, .trainingPlanned(stale, TrainingPlan(folder: freeFolder))) == [])
  #expect(
    plan(&state, TrainingPlan(folder: "/runs/2")) == [
      .startTraining(
        TrainingRequest(stage: "tune", data: "~/birds2", model: "scenes", folder: "/runs/2"))
    ])

  // What is wrong is said, and whoever types on has thought better of it.
  for typesOn in [false, true] {
    state = birds()
    type(&state, "3")
    press(&state, enter)
    if typesOn { type(&state, "4") }
    #expect(plan(&state, TrainingPlan(problem: "nothing is there", folder: freeFolder)) == [])
    #expect(state.notice == (typesOn ? nil : Notice("nothing is there", .warning)))
    #expect(!state.train.startsWhenPlanned)
  }
}

@Test func whatTheProcessComplainsOfIsInTheForm() {
  var state = birds()
  press(&state, enter)
  let failure = Failure(
    .badInput, "/home/you/birds holds no captions", hint: "beside each picture put a .txt file")
  expectUpdate(
    &state, .trainingLoaded(TrainingNews(report: nil, start: .underWay)),
    effects: [.lookAtTraining(after: 0.25)])
  expectUpdate(&state, .trainingLoaded(TrainingNews(report: nil, start: .refused(failure)))) {
    $0.train.isStarting = false
    $0.train.refusal = failure
  }
  expectSnapshot(render(state), "train-refused-100x30")
  // Whoever changes something tries something else.
  type(&state, "2")
  #expect(state.train.refusal == nil)
}

@Test func enterOnceMoreLearnsFromWhatIsLeftOfAFolder() throws {
  var state = birds()
  guard case .startTraining(let first) = try #require(press(&state, enter).first) else {
    Issue.record("nothing was started")
    return
  }
  #expect(!first.keepsGoing && !first.arguments.contains("--keep-going"))
  let failure = Failure(
    .internalError, "4 of 49 records cannot be used",
    hint: "data.report.jsonl says why; --keep-going prepares the others")
  _ = update(&state, .trainingLoaded(TrainingNews(report: nil, start: .refused(failure))))
  expectSnapshot(render(state), "train-asks-100x30")
  var second = first
  second.keepsGoing = true
  #expect(second.arguments.last == "--keep-going")
  #expect(press(&state, enter) == [.startTraining(second)])
}

@Test func stepsThatAreNoNumberAreRefused() {
  var state = birds()
  for _ in 0..<4 { press(&state, tab) }
  #expect(state.train.focus == .form(.steps))
  type(&state, "12x")
  #expect(press(&state, enter) == [])
  #expect(state.notice == Notice("steps: a whole number from 1", .warning))
}

@Test func theStageDecidesWhichRowsThereAre() {
  var state = training(nil)
  #expect(state.train.form.fields == [.stage, .data, .model, .name, .folder, .steps, .batch])
  press(&state, KeyPress(.right))
  #expect(state.train.form.stage == .all)
  #expect(state.train.form.fields == [.stage, .data, .folder, .steps, .batch])
  press(&state, KeyPress(.left), KeyPress(.left))
  #expect(state.train.form.stage == .clip)
  #expect(state.train.form.request.model == "scenes")
  press(&state, tab, tab, KeyPress(.right))
  #expect(state.train.form.request.model == nil)
}

@Test func aPainterBeginsFromItsOwnRunOrFromAModel() {
  var state = training(nil)
  for _ in 0..<3 { press(&state, KeyPress(.right)) }
  #expect(state.train.form.stage == .transformer)
  #expect(state.train.form.fields == [.stage, .data, .model, .folder, .steps, .batch])
  #expect(state.train.form.request.model == nil)
  press(&state, tab, tab)
  #expect(render(state).plainText.contains("the run's own"))
  #expect(render(state).plainText.contains("it begins from"))
  press(&state, KeyPress(.right))
  #expect(state.train.form.request.arguments.contains("--for"))
  // Each stage keeps its own choice.
  press(&state, KeyPress(.backTab), KeyPress(.backTab), KeyPress(.right))
  #expect(state.train.form.stage == .upscaler && state.train.form.model == "scenes")
}

@Test func aPartGoesOnInTheRunThatIsThereAndAWholeRunDoesNot() {
  var state = training(nil)
  press(&state, KeyPress(.right), KeyPress(.right))
  #expect(state.train.form.stage == .vqgan)
  plan(&state, TrainingPlan(folder: "/runs/birds", isTaken: true))
  guard case .startTraining(let part) = press(&state, enter).first else {
    Issue.record("nothing was started")
    return
  }
  #expect(part.goesOn && part.arguments.contains("--resume"))
  state = training(nil)
  press(&state, KeyPress(.right))
  plan(&state, TrainingPlan(folder: "/runs/birds", isTaken: true))
  // Its process says what is in the way.
  guard case .startTraining(let whole) = press(&state, enter).first else {
    Issue.record("nothing was started")
    return
  }
  #expect(!whole.goesOn)
}

@Test func whoeverIsEarlyWaitsForTheRunAndIsNotLeftInTheForm() {
  var state = studio()
  press(&state, escape, letter("4"))
  #expect(state.train.focus == .run)
  _ = update(&state, .trainingLoaded(TrainingNews(report: trainingReport(.running))))
  #expect(state.train.focus == .run)
}

@Test func digitsAreTextWhileTypingAndTabsWhileNot() {
  var state = training(nil)
  press(&state, tab, letter("5"))
  #expect(state.route == .train && state.train.form.data.text == "5")
  press(&state, escape, letter("5"))
  #expect(state.route == .settings)
}

@Test func aPathThatIsDroppedIsTheData() {
  var state = training(nil)
  _ = update(&state, .input(.paste("/mnt/birds"), at: 0))
  #expect(state.train.form.data.text == "/mnt/birds")
}

@Test func wordsThatAShellWouldReadOtherwiseAreQuoted() {
  let request = TrainingRequest(
    stage: "tune", data: "it's -here", name: "-x", folder: "/a b", steps: 3, batch: 2, pool: 9)
  #expect(
    request.commandLine == "easel train tune --data 'it'\\''s -here' --name=-x --out '/a b'"
      + " --steps 3 --batch 2 --pool 9")
}

// MARK: The run

@Test(arguments: sizesOfTrain, [TrainingReport.State.running, .paused, .killed])
func aRunShowsHowFarItIs(size: CellSize, state: TrainingReport.State) {
  let screen = render(training(trainingReport(state), size.columns, size.rows))
  expectSnapshot(screen, name("train-\(state)", size))
}

@Test(arguments: [CellSize(columns: 80, rows: 24), CellSize(columns: 120, rows: 40)])
func withoutGraphicsCurvesAreDots(size: CellSize) {
  var state = training(trainingReport(.running), size.columns, size.rows)
  state.hasGraphics = false
  expectSnapshot(render(state), name("train-dots", size))
}

@Test func beforeTheFirstFiguresTheRunSaysSo() {
  let report = TrainingReport(
    folder: "/runs/birds", request: TrainingRequest(stage: "vqgan", data: "scenes", folder: ""),
    state: .running)
  let screen = render(training(report)).plainText
  #expect(screen.contains("Running: vqgan"))
  #expect(screen.contains("the first figures come after some steps"))
}

@Test func itIsLookedAtOnlyWhileItLivesAndTheScreenIsOpen() {
  var state = training(nil)
  func effects(_ report: TrainingReport) -> [Effect] {
    update(&state, .trainingLoaded(TrainingNews(report: report)))
  }
  #expect(effects(trainingReport(.running)) == [.lookAtTraining(after: 1)])
  #expect(effects(trainingReport(.paused)) == [.lookAtTraining(after: 1)])
  #expect(effects(trainingReport(.finished)) == [])
  #expect(effects(trainingReport(.killed)) == [])
  #expect(update(&state, .trainingDue) == [.loadTraining])
  press(&state, escape, letter("2"))
  #expect(effects(trainingReport(.running)) == [])
  #expect(update(&state, .trainingDue) == [])
  #expect(press(&state, alt("4")).first == .loadTraining)
}

@Test func keysSteerTheRun() {
  let folder = trainingReport(.running).folder
  var state = training(trainingReport(.running))
  #expect(press(&state, letter("p")) == [.askTraining(folder, .pause)])
  #expect(press(&state, letter("s")) == [.askTraining(folder, .save)])
  #expect(press(&state, letter("x")) == [.askTraining(folder, .stop)])
  #expect(press(&state, letter("r")) == [])
  #expect(state.notice == Notice("it is running", .warning))
  #expect(
    press(&state, letter("y")) == [
      .copyText(
        "easel train all --data '/home/you/my birds.easeldata' --out /home/you/runs/birds --seed 1")
    ])

  // A pause that was only asked for can be taken back; the answer comes soon.
  var asked = trainingReport(.running)
  asked.asked = [.pause]
  #expect(
    update(&state, .trainingLoaded(TrainingNews(report: asked))) == [.lookAtTraining(after: 0.25)])
  #expect(render(state).plainText.contains("pauses after this step"))
  #expect(press(&state, letter("p")) == [.askTraining(folder, .goOn)])

  asked.asked = [.stop]
  _ = update(&state, .trainingLoaded(TrainingNews(report: asked)))
  #expect(press(&state, letter("p")) == [])
  #expect(state.notice == Notice("it is stopping", .warning))
}

@Test func aPausedRunWasSavedAndGoesOn() {
  var state = training(trainingReport(.paused))
  #expect(press(&state, letter("s")) == [])
  #expect(state.notice == Notice("it was saved when it paused", .warning))
  #expect(press(&state, letter("p")) == [.askTraining(trainingReport(.paused).folder, .goOn)])
}

@Test(arguments: [TrainingReport.State.stopped, .killed, .failed])
func aRunThatIsOverIsTakenUpAgain(over: TrainingReport.State) {
  var state = training(trainingReport(over), 80, 24)
  #expect(press(&state, letter("p")) == [])
  #expect(state.notice == Notice("the run is over; r goes on with it", .warning))
  #expect(press(&state, letter("r")) == [.resumeTraining(trainingReport(over).folder)])
  #expect(press(&state, letter("r")) == [])
  #expect(state.notice == Notice("it is being started", .warning))
}

@Test func aRunThatCannotBeTakenUpSaysWhy() {
  var state = training(trainingReport(.stopped), 80, 24)
  press(&state, letter("r"))
  let failure = Failure(.libraryBusy, "process 12 is training in /runs/birds")
  _ = update(
    &state,
    .trainingLoaded(TrainingNews(report: trainingReport(.stopped), start: .refused(failure))))
  #expect(render(state).plainText.contains("process 12 is training"))
  // Esc closes it, and r may be tried again.
  press(&state, escape)
  #expect(state.failure == nil)
  #expect(press(&state, letter("r")) == [.resumeTraining(trainingReport(.stopped).folder)])
}

@Test func aFinishedRunStaysFinishedAndAFolderWithoutSettingsStaysAsItIs() {
  var state = training(trainingReport(.finished), 80, 24)
  press(&state, letter("r"))
  #expect(state.notice == Notice("the run has finished", .warning))
  var unknown = trainingReport(.stopped)
  unknown.request = nil
  state = training(unknown, 80, 24)
  for key in ["r", "y"] as [Character] {
    #expect(press(&state, letter(key)) == [])
    #expect(state.notice == Notice("its folder does not say how it was started", .warning))
  }
}

@Test func oneRunAtATimeButAPausedOneMayWait() {
  for (report, starts) in [(trainingReport(.running), false), (trainingReport(.paused), true)] {
    var state = training(report)
    press(&state, letter("n"), KeyPress(.right))
    plan(&state, TrainingPlan(folder: "/runs/new"))
    let effects = press(&state, enter)
    #expect(effects.isEmpty != starts)
    if !starts { #expect(state.notice?.text.hasPrefix("one run at a time") == true) }
    press(&state, escape)
    #expect(starts || state.train.focus == .run)
  }
}

@Test func whatAFailedRunSaidIsShown() {
  var report = trainingReport(.failed)
  report.failure = Failure(.diskFull, "the disk is full", hint: "free some space")
  let screen = render(training(report)).plainText
  #expect(screen.contains("the disk is full") && screen.contains("free some space"))
}
