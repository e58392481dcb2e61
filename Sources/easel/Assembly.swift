import EaselApp
import EaselConfig
import EaselImaging
import EaselKit
import EaselModels
import EaselMuse
import EaselRuntime
import EaselScreen
import EaselStore
import EaselTerminal
import Foundation
import Glibc

/// Puts the studio together: the functions that the runtime needs, made from the leaves. The one
/// place where engines, library, terminal, files and settings meet.
final class Assembly: Sendable {
  private let paths: Paths
  private let themes: ThemeLibrary
  private let session: TerminalSession
  private let desk: Desk
  private let library: Task<HistoryStore, Never>
  private let counter: TokenCounter
  private let training: TrainingDesk
  /// Of the pixels of pictures that were enlarged in this session.
  private let digests = DigestsOfSources()

  init(
    paths: Paths, themes: ThemeLibrary, session: TerminalSession, training: TrainingDesk
  ) {
    self.training = training
    self.paths = paths
    self.themes = themes
    self.session = session
    let desk = Desk(paths: paths)
    self.desk = desk
    counter = TokenCounter(engines: desk.engines)
    // Off the terminal's thread: checking a large library takes its time.
    library = Task.detached { await desk.openForPainting() }
  }

  /// Opens what the first frame did not wait for, and says what is wrong with it.
  func open(reportingTo runtime: Runtime) {
    Task.detached { [library] in
      let store = await library.value
      if let problem = store.problem { return runtime.send(.problem(problem)) }
      // Whoever looks at the gallery first of all shall not wait for what follows.
      try? await Task.sleep(for: .seconds(2))
      // A copy of the database a day; what goes wrong with it must not disturb painting.
      _ = try? await store.snapshotToday()
      // Older and imported pictures, a few at a time, so that nobody notices.
      _ = try? await store.indexPictures(resting: 1)
    }
    Task.detached(priority: .utility) { [paths] in WaitingPixels(state: paths.state).sweep() }
    for case let engine as MuseEngine in desk.engines {
      Task { [model = desk.settings.model] in
        await engine.giveWay()
        engine.warmUp(model)
      }
    }
  }

  func close() async {
    await library.value.close()
  }

  var services: Services {
    let desk = desk, library = library, paths = paths, themes = themes, counter = counter
    let digests = digests, waiting = WaitingPixels(state: paths.state)
    var services = Services()
    services.engine = { try desk.engine($0) }
    services.describeEngines = { desk.engines.map(\.description) }
    services.countTokens = { text, engine, model in
      counter.count(text, engine: engine, model: model)
    }
    services.complete = { request in
      let complete = try await waiting.completed(request).completed(from: library.value)
      if let done = complete.enlargement, let source = done.source {
        digests.withLock { $0[source] = done.digest }
      }
      return complete
    }
    // A library that cannot be written says so when the picture is stored.
    services.notePainting = { request, job in
      try? await library.value.begin(job.generation(in: thisProcess), request, job: job)
    }
    services.endPainting = { try? await library.value.finish($0.generation(in: thisProcess)) }
    services.interrupted = {
      let store = await library.value
      guard store.problem == nil, let batches = try? await store.interrupted() else { return [] }
      for batch in batches { try? await store.finish(batch.generation) }
      return batches.compactMap { $0.rest }
    }
    services.store = { request, image, job in
      var request = request
      // The small picture may be gone by now; what was made of it is kept all the same.
      if let source = request.enlargement?.source, let digest = digests.withLock({ $0[source] }) {
        request.enlargement?.digest = digest
      }
      let recipe = Recipe(
        request: request, index: image.index, seed: image.seed, modelDigest: image.modelDigest,
        created: millisecondsNow(), seconds: image.secondsElapsed,
        generation: job.generation(in: thisProcess))
      let store = await library.value
      let item = try await store.append(image.picture, recipe: recipe)
      // Beside the next picture: only 'like:' asks for it.
      Task.detached(priority: .utility) { _ = try? await store.indexPictures(limit: 16) }
      return item
    }
    services.variation = { picture, request in
      let size = PixelSize(width: request.width, height: request.height)
      let base = StartingPoint.variation(
        of: picture, size: size,
        hasPrompt: request.prompt.contains { !$0.isWhitespace })
      waiting.keep(base)
      return base
    }
    services.retouch = { picture, what, request in
      let base = StartingPoint.retouch(of: picture, what, request)
      waiting.keep(base)
      return base
    }
    services.file = { id in
      let store = await library.value
      guard let file = store.file(of: try await store.item(id)) else {
        throw Failure(
          .notFound, "the file of \(id) is missing", hint: "easel doctor says what else is")
      }
      return file
    }
    services.openOutside = { try await openOutside($0, log: paths.logFile) }
    services.queryHistory = { query in
      let store = await library.value
      // Pictures that commands painted while we had the library.
      _ = try? await store.takeInInbox()
      let window = try await store.window(query)
      return HistoryPage(
        items: window.items, isLast: window.start + window.items.count >= window.total,
        total: window.total, notIndexed: window.notIndexed, start: window.start,
        place: window.place, siblings: window.siblings)
    }
    services.listRange = { try await library.value.range($0, from: $1, to: $2) }
    services.items = { try await library.value.items($0) }
    services.versions = { try await library.value.versions(of: $0) }
    services.loadTags = { try await library.value.tags().map { TagCount($0.tag, $0.count) } }
    services.loadSearches = { try await library.value.searches() }
    services.saveSearch = { try await library.value.saveSearch($0) }
    services.deleteSearch = { try await library.value.deleteSearch($0) }
    services.importPictures = { paths in
      let store = await library.value
      let report = try await store.importFiles(paths.map(expandingTilde))
      Task.detached(priority: .utility) { _ = try? await store.indexPictures(resting: 1) }
      return ImportedPictures(report)
    }
    services.loadRecall = { try await library.value.recall(limit: 500) }
    services.setFavourite = { try await library.value.setFavourite($0, $1) }
    services.setRating = { try await library.value.setRating($0, $1) }
    services.setRejected = { try await library.value.setRejected($0, $1) }
    services.changeTags = { try await library.value.changeTags($0, add: $1, remove: $2) }
    services.trash = { _ = try await library.value.trash($0) }
    services.restore = { _ = try await library.value.restore($0) }
    services.picture = { try await library.value.picture($0) }
    services.historyChanges = {
      AsyncStream { continuation in
        let follow = Task {
          for await _ in await library.value.changes() { continuation.yield() }
        }
        continuation.onTermination = { _ in follow.cancel() }
      }
    }
    let explainer = Explainer(desk: desk, library: library)
    services.explain = { try await explainer.names(of: $0, news: $1) }
    services.heat = { try await explainer.heat($0, map: $1) }
    services.thumbnail = { try await library.value.thumbnail($0, side: $1) }
    services.export = { try await export($0, from: library.value) }
    services.exportTable = { try exportTable($0, $1) }
    services.loadWildcards = { WildcardFiles(paths.wildcards).wildcards }
    services.saveDraft = { try DraftFile(box: DraftBox(folders: paths.library)).write($0) }
    services.saveKeys = { try ConfigFile(path: paths.configFile).write($0) }
    services.saveSettings = { try ConfigFile(path: paths.configFile).write($0) }
    services.saveStyles = { try StyleFile(path: paths.stylesFile).write($0) }
    services.theme = { try themes.load($0) }
    let training = training
    services.loadTraining = { training.news() }
    services.planTraining = { training.plan($0) }
    services.startTraining = { try training.start($0) }
    services.resumeTraining = { try training.resume($0) }
    services.askTraining = { try training.ask($0, $1) }
    addModels(to: &services)
    services.now = { steadySeconds() }
    return services
  }

  private func addModels(to services: inout Services) {
    let paths = paths, catalog = desk.catalog
    @Sendable func models() throws -> ModelDesk { try ModelDesk(paths: paths, catalog: catalog) }
    services.unfinishedModels = {
      .looked(
        folder: paths.models, unfinished: ModelShelf(folder: paths.models).unfinished())
    }
    services.planModel = { source in
      let models = try models(), order = ModelInstaller.Order(source: source)
      let (read, name) = try models.installer.read(order)
      return ModelPlan(source: read.text, name: name, contact: try models.contact(order))
    }
    services.installModel = { try models().installer.events(ModelInstaller.Order(source: $0)) }
    services.verifyModel = { try models().verifier.events(name: $0, path: $1) }
    services.removeModel = { try models().remove($0) }
    services.restoreModel = { try models().shelf.restore($0) }
  }

  var surface: Surface {
    let session = session, paths = paths
    return Surface(
      present: { session.present($0) },
      useTheme: { session.use($0) },
      redraw: { Task { await session.redraw() } },
      copyText: { text in
        guard await session.copy(text) else {
          throw Failure(.unsupported, "the text is too long for the terminal's clipboard")
        }
      },
      edit: { try await edit($0, in: paths.state, on: session) },
      suspend: { await session.stop() })
  }
}

extension ImportedPictures {
  init(_ report: ImportReport) {
    var problem = report.skipped.first.map { skipped in
      var failure = skipped.failure
      failure.what = "\(skipped.path): \(failure.what)"
      return failure
    }
    if report.skipped.count > 1 {
      problem?.hint = "\(report.skipped.count) files in all could not be taken in"
    }
    if report.imported.isEmpty, problem == nil {
      problem = Failure(.notFound, "there is no picture in that folder")
    }
    self.init(
      items: report.imported.map(\.item),
      new: report.imported.filter(\.isNew).map(\.item.id), problem: problem)
  }
}

/// Writes pictures where the user wants them; refuses as a whole when one name is taken.
private func export(
  _ request: ExportRequest, from library: HistoryStore
) async throws -> Services.ExportOutcome {
  let folder = resolvedFolder(request.folder)
  let template = try NameTemplate(request.name)
  let exporter = try exporter(named: request.format.rawValue)
  var items: [HistoryItem] = []
  for id in request.ids { items.append(try await library.item(id)) }
  let names = items.enumerated().map { n, item in
    template.fileName(id: item.id, recipe: item.recipe, n: n + 1) + "." + exporter.fileExtension
  }
  if !request.overwrites {
    let taken = names.map { "\(folder)/\($0)" }.filter { fileKind($0) != nil }
    if !taken.isEmpty { return .refused(taken) }
  }
  if fileKind(folder) == nil { try makeFolder(folder) }
  let options = ExportOptions(
    format: exporter.name, name: template, strip: request.stripsRecipe,
    collision: request.overwrites ? .overwrite : .refuse)
  var files: [String] = []
  for (n, item) in items.enumerated() {
    let picture = try await library.picture(item.id)
    files.append(
      try exportPicture(
        picture, id: item.id, recipe: item.recipe, n: n + 1, to: folder, options))
  }
  return .written(files)
}

/// Hands `text` to `$VISUAL` or `$EDITOR` in a file of its own and answers with what came back.
private func edit(
  _ text: String, in folder: String, on session: TerminalSession
) async throws -> String {
  let environment = ProcessInfo.processInfo.environment
  let chosen = [environment["VISUAL"], environment["EDITOR"], "vi"].lazy
    .compactMap { $0 }.first { !$0.trimmingCharacters(in: .whitespaces).isEmpty }
  var words = (chosen ?? "vi").split(separator: " ").map(String.init)
  let program = words.removeFirst()
  let file = "\(folder)/prompt-\(getpid()).txt"
  _ = try publish(Array((text + "\n").utf8), at: file, collision: .overwrite)
  defer { unlink(file) }
  let status = try await session.run(program, words + [file])
  guard status == 0 else {
    throw Failure(
      .internalError, "the editor '\(program)' ended with status \(status)",
      hint: "the text is as it was; set VISUAL or EDITOR to another one")
  }
  var edited = String(decoding: try readFile(file), as: UTF8.self)
  while edited.last?.isNewline == true { edited.removeLast() }
  return edited
}
