import EaselApp
import EaselKit
import EaselRuntime
import EaselScreen
import EaselTestSupport
import Synchronization
import Testing

/// A studio without a terminal: what it showed, stored and saved.
final class Bench: Sendable {
  let engine = ScriptedEngine()
  let runtime: Runtime
  private let stored = Box<[GeneratedImage]>(), drafts = Box<[Draft]>(), frames = Box<[Screen]>()
  private let notes = Box<[String]>()
  let news = Box<[TrainingNews]>()

  init(storeFails: Bool = false) {
    var services = Services()
    let engine = engine
    services.engine = { name in
      guard name == "built-in" else { throw Failure.unknown("engine", name, known: ["built-in"]) }
      return engine
    }
    services.describeEngines = { [engine.description] }
    let stored = stored, drafts = drafts, frames = frames, notes = notes
    services.notePainting = { request, _ in
      notes.value.withLock { $0.append("begin \(request.prompt)") }
    }
    services.endPainting = { _ in notes.value.withLock { $0.append("end") } }
    services.store = { request, image, job in
      if storeFails { throw Failure(.diskFull, "the disk is full", hint: "free some space") }
      stored.value.withLock { $0.append(image) }
      return HistoryItem(
        id: ImageID(Int64(stored.value.withLock { $0.count })),
        recipe: Recipe(
          request: request, index: image.index, seed: image.seed, modelDigest: image.modelDigest,
          created: 0, seconds: image.secondsElapsed, generation: "\(job.number)"),
        width: image.picture.width, height: image.picture.height, sha256: "", bytes: 1)
    }
    services.picture = { id in
      let images = stored.value.withLock { $0 }
      guard images.indices.contains(Int(id.number) - 1) else {
        throw Failure(.notFound, "there is no picture \(id)")
      }
      return images[Int(id.number) - 1].picture
    }
    let news = news
    services.loadTraining = { news.value.withLock { $0.last ?? TrainingNews(report: nil) } }
    services.saveDraft = { draft in drafts.value.withLock { $0.append(draft) } }
    runtime = Runtime(
      state: AppState(terminal: TerminalSize(cells: CellSize(columns: 100, rows: 30)), seed: 5),
      services: services,
      surface: Surface(present: { screen in frames.value.withLock { $0.append(screen) } }))
  }
  final class Box<Value: Sendable & RangeReplaceableCollection>: Sendable {
    let value = Mutex<Value>(Value())
  }
  var storedImages: [GeneratedImage] { stored.value.withLock { $0 } }
  var noted: [String] { notes.value.withLock { $0 } }
  var savedDrafts: [Draft] { drafts.value.withLock { $0 } }
  var frameCount: Int { frames.value.withLock { $0.count } }

  func type(_ text: String) {
    for character in text { runtime.input(.key(KeyPress(.character(character)))) }
  }
  func press(_ key: KeyPress) { runtime.input(.key(key)) }
}

func picture(_ value: UInt8) -> Picture {
  Picture(width: 2, height: 2, red: value, green: value, blue: value)
}

@Suite("The runtime")
struct RuntimeTests {
  /// Runs `body` beside the runtime and ends it with the effect of quitting.
  private func run(_ bench: Bench, _ body: (Bench) async throws -> Void) async rethrows {
    let task = Task { await bench.runtime.run() }
    try await body(bench)
    bench.runtime.send(.perform(.app(.quit)))
    bench.runtime.send(.perform(.app(.quit)))
    await task.value
  }

  @Test("Typing and Enter paint; the picture is stored and can be seen under its names")
  func paints() async throws {
    await run(Bench()) { bench in
      bench.type("a red fox")
      bench.press(KeyPress(.enter))
      guard let job = await bench.engine.nextJob() else {
        Issue.record("no job")
        return
      }
      #expect(job.request.prompt == "a red fox")
      job.send(.started)
      job.send(.preview(index: 0, picture(10)))
      job.send(.preview(index: 0, picture(20)))
      job.send(
        .image(
          GeneratedImage(
            index: 0, seed: job.request.seed, picture: picture(30), modelDigest: "d",
            secondsElapsed: 1)))
      job.finish()
      await bench.runtime.settle()
      #expect(bench.storedImages.map(\.picture) == [picture(30)])
      let state = await bench.runtime.state
      let id = state.jobs[0].id
      #expect(state.jobs[0].phase == .done)
      #expect(await bench.runtime.picture(.result(id, index: 0)) == picture(30))
      #expect(await bench.runtime.picture(.preview(id, index: 0, revision: 1)) == picture(30))
      #expect(await bench.runtime.picture(.result(JobID(99), index: 0)) == nil)
      #expect(bench.frameCount > 1)
    }
  }

  @Test("A variation reaches the engine with its pixels, and the state holds none of them")
  func variations() async throws {
    await run(Bench()) { bench in
      bench.type("a red fox")
      bench.press(KeyPress(.enter))
      guard let first = await bench.engine.nextJob() else {
        Issue.record("no job")
        return
      }
      first.send(.started)
      first.send(
        .image(
          GeneratedImage(
            index: 0, seed: first.request.seed, picture: picture(30), modelDigest: "d",
            secondsElapsed: 1)))
      first.finish()
      await bench.runtime.settle()
      bench.runtime.send(.perform(.compose(.vary)))
      guard let second = await bench.engine.nextJob() else {
        Issue.record("no variations")
        return
      }
      #expect(second.request.base?.picture == picture(30))
      #expect(second.request.base?.kind == .variation)
      #expect(second.request.count == 4)
      let kept = await bench.runtime.state.jobs.last?.request
      #expect(kept?.base?.digest == second.request.base?.digest)
      #expect(kept?.base?.picture == nil)
      second.finish()
      await bench.runtime.settle()
    }
  }

  @Test(
    "A masked picture reaches the engine with picture and mask, again too; the state holds neither")
  func masks() async throws {
    await run(Bench()) { bench in
      bench.type("a red fox")
      bench.press(KeyPress(.enter))
      guard let first = await bench.engine.nextJob() else {
        Issue.record("no job")
        return
      }
      first.send(.started)
      first.send(
        .image(
          GeneratedImage(
            index: 0, seed: first.request.seed, picture: picture(30), modelDigest: "d",
            secondsElapsed: 1)))
      first.finish()
      await bench.runtime.settle()
      bench.runtime.send(.perform(.compose(.mask)))
      bench.press(KeyPress(.character(" ")))
      bench.press(KeyPress(.enter))
      guard let second = await bench.engine.nextJob() else {
        Issue.record("nothing is painted on the picture")
        return
      }
      let base = second.request.base
      #expect(base?.picture == picture(30) && base?.mask?.size == PixelSize(width: 2, height: 2))
      #expect(base?.strength == 1 && base?.kind == nil)
      let kept = await bench.runtime.state.jobs.last?.request
      #expect(kept?.base != nil && kept?.base?.picture == nil && kept?.base?.mask == nil)
      second.send(.started)
      second.send(
        .image(
          GeneratedImage(
            index: 0, seed: second.request.seed, picture: picture(40), modelDigest: "d",
            secondsElapsed: 1)))
      second.finish()
      await bench.runtime.settle()
      // Another seed for the same.
      bench.runtime.send(.perform(.compose(.again)))
      let third = await bench.engine.nextJob()
      #expect(
        third?.request.base?.mask == base?.mask && third?.request.base?.picture == picture(30))
      third?.finish()
      await bench.runtime.settle()
    }
  }

  @Test("An engine that fails, and an engine that is not there, are said so and painting goes on")
  func failures() async throws {
    await run(Bench()) { bench in
      bench.type("x")
      bench.press(KeyPress(.enter))
      let job = await bench.engine.nextJob()
      job?.fail(Failure(.modelDamaged, "the weights are damaged"))
      await bench.runtime.settle()
      #expect(await bench.runtime.state.failure?.what == "the weights are damaged")
      bench.press(KeyPress(.enter))
      let next = await bench.engine.nextJob()
      next?.finish()
      await bench.runtime.settle()
      #expect(bench.engine.jobs.count == 2)
    }
  }

  @Test("A picture of the history is read before it is enlarged; one that is gone is said so")
  func completes() async throws {
    var services = Services()
    let engine = ScriptedEngine()
    services.engine = { _ in engine }
    services.complete = { request in
      guard request.enlargement?.source == ImageID(3) else {
        throw Failure(.notFound, "there is no picture #4")
      }
      var request = request
      request.enlargement?.picture = picture(40)
      request.enlargement?.digest = "d"
      return request
    }
    var state = AppState(terminal: TerminalSize(cells: CellSize(columns: 100, rows: 30)), seed: 5)
    state.engines = engine.description.models.map {
      var model = $0
      model.canUpscale = true
      return EngineDescription(name: "built-in", summary: "", models: [model])
    }
    services.describeEngines = { [engines = state.engines] in engines }
    services.queryHistory = { _ in
      let recipe = Recipe(
        request: GenerationRequest(prompt: "x", seed: 1), index: 0, seed: 1, modelDigest: "",
        created: 0, seconds: 0, generation: "")
      let items = [3, 4].map {
        HistoryItem(
          id: ImageID($0), recipe: recipe, width: 64, height: 64, sha256: "", bytes: 1)
      }
      return HistoryPage(items: items, isLast: true)
    }
    let runtime = Runtime(state: state, services: services, surface: Surface(present: { _ in }))
    let task = Task { await runtime.run() }
    runtime.send(.started)
    await runtime.settle()
    runtime.send(.perform(.app(.gallery)))
    runtime.send(.perform(.gallery(.upscale)))
    let job = await engine.nextJob()
    #expect(job?.request.enlargement?.picture == picture(40))
    #expect(job?.request.enlargement?.digest == "d")
    job?.finish()
    runtime.send(.perform(.gallery(.right)))
    runtime.send(.perform(.gallery(.upscale)))
    await runtime.settle()
    #expect(await runtime.state.failure?.what == "there is no picture #4")
    #expect(engine.jobs.count == 1)
    runtime.send(.perform(.app(.quit)))
    await task.value
  }

  @Test("Thumbnails just out of sight are read ahead, and a list waits for the changes before it")
  func readsAhead() async throws {
    let (asked, said) = AsyncStream.makeStream(of: ImageID.self)
    let log = Mutex<[String]>([])
    var services = Services()
    services.thumbnail = { id, _ in
      said.yield(id)
      return picture(1)
    }
    services.setRating = { ids, rating in
      try await Task.sleep(for: .milliseconds(30))
      log.withLock { $0.append("rated \(ids[0]) \(rating)") }
    }
    services.queryHistory = { query in
      log.withLock { $0.append("asked \(query.sort)") }
      let recipe = Recipe(
        request: GenerationRequest(prompt: "x", seed: 1), index: 0, seed: 1, modelDigest: "",
        created: 0, seconds: 0, generation: "")
      let items = (0..<200).map {
        HistoryItem(
          id: ImageID(Int64(200 - $0)), recipe: recipe, width: 64, height: 64, sha256: "", bytes: 1)
      }
      return HistoryPage(items: items, isLast: true, total: 200)
    }
    let state = AppState(terminal: TerminalSize(cells: CellSize(columns: 100, rows: 30)), seed: 5)
    let runtime = Runtime(state: state, services: services, surface: Surface(present: { _ in }))
    let task = Task { await runtime.run() }
    runtime.send(.started)
    await runtime.settle()
    runtime.send(.perform(.app(.gallery)))
    await runtime.settle()
    let ahead = await runtime.state.thumbnailsAhead
    try #require(ahead.count > 5 && !ahead.contains(ImageID(200)))
    // Nothing draws the frames here, so whatever is read is read ahead.
    var read: [ImageID] = []
    for await id in asked {
      read.append(id)
      if read.count == ahead.count { break }
    }
    #expect(read == ahead)
    for command in [GalleryCommand.rate4, .rate2, .sort] {
      runtime.send(.perform(.gallery(command)))
    }
    await runtime.settle()
    #expect(
      log.withLock { Array($0.drop { $0 == "asked newest" }) } == [
        "rated #200 4", "rated #200 2", "asked oldest",
      ])
    runtime.send(.perform(.app(.quit)))
    await task.value
  }

  @Test("A history that cannot be written keeps the picture and says so")
  func storeFails() async throws {
    await run(Bench(storeFails: true)) { bench in
      bench.type("x")
      bench.press(KeyPress(.enter))
      let job = await bench.engine.nextJob()
      job?.send(
        .image(
          GeneratedImage(
            index: 0, seed: 1, picture: picture(7), modelDigest: "d", secondsElapsed: 1)))
      job?.finish()
      await bench.runtime.settle()
      let state = await bench.runtime.state
      #expect(state.failure?.what.contains("disk") == true)
      #expect(await bench.runtime.picture(.result(state.jobs[0].id, index: 0)) == picture(7))
    }
  }

  @Test("Stopping a job ends the engine's stream, and its late news changes nothing")
  func cancels() async throws {
    await run(Bench()) { bench in
      bench.type("x")
      bench.press(KeyPress(.enter))
      let job = await bench.engine.nextJob()
      job?.send(.started)
      bench.press(KeyPress(.character("c"), control: true))
      await job?.waitForEnd()
      job?.send(
        .image(
          GeneratedImage(
            index: 0, seed: 1, picture: picture(7), modelDigest: "d", secondsElapsed: 1)))
      await bench.runtime.settle()
      #expect(bench.storedImages.isEmpty)
      #expect(await bench.runtime.state.jobs[0].phase == .stopped)
    }
  }

  @Test("The unsent prompt is saved, the newest last")
  func drafts() async throws {
    await run(Bench()) { bench in
      bench.type("a fox")
      await bench.runtime.settle()
      #expect(bench.savedDrafts.last?.prompt == "a fox")
    }
  }

  @Test("A painting is noted when it begins and when it is over, however it ends")
  func notesPaintings() async throws {
    await run(Bench()) { bench in
      bench.type("a fox")
      bench.press(KeyPress(.enter))
      let failed = await bench.engine.nextJob()
      failed?.fail(Failure(.modelMissing, "there is no model"))
      await bench.runtime.settle()
      #expect(bench.noted == ["begin a fox", "end"])
      bench.press(KeyPress(.enter))
      let stopped = await bench.engine.nextJob()
      stopped?.send(.started)
      bench.press(KeyPress(.character("c"), control: true))
      await stopped?.waitForEnd()
      await bench.runtime.settle()
      #expect(bench.noted == ["begin a fox", "end", "begin a fox", "end"])
    }
  }

  @Test(
    "A run that cannot be started says why, one that lives is looked at again, and both rest between"
  )
  func training() async throws {
    let request = TrainingRequest(stage: "vqgan", data: "scenes", folder: "/run")
    let bench = Bench()
    await run(bench) { bench in
      bench.runtime.send(.perform(.app(.train)))
      await bench.runtime.settle()
      bench.runtime.send(
        .trainingPlanned(
          await bench.runtime.state.train.form.request, TrainingPlan(folder: request.folder)))
      bench.press(KeyPress(.right))
      await bench.runtime.settle()
      bench.press(KeyPress(.enter))
      await bench.runtime.settle()
      // Nobody trains here.
      #expect(await bench.runtime.state.train.refusal?.code == .unsupported)

      var report = TrainingReport(folder: "/run", request: request, state: .running)
      bench.news.value.withLock { $0 = [TrainingNews(report: report)] }
      bench.runtime.send(.perform(.app(.train)))
      // Waiting for the next look is no work.
      await bench.runtime.settle()
      #expect(await bench.runtime.state.train.report == report)
      report.state = .finished
      let finished = report
      bench.news.value.withLock { $0 = [TrainingNews(report: finished)] }
      for _ in 0..<600 where await bench.runtime.state.train.report?.state == .running {
        try? await Task.sleep(for: .milliseconds(10))
      }
      #expect(await bench.runtime.state.train.report == finished)
    }
  }

  @Test("Leaving ends no painting: what was cut short goes on at the next start")
  func quittingEndsNoPainting() async throws {
    let bench = Bench()
    await run(bench) { bench in
      bench.type("a fox")
      bench.press(KeyPress(.enter))
      let job = await bench.engine.nextJob()
      job?.send(.started)
    }
    #expect(bench.noted == ["begin a fox"])
  }
}
