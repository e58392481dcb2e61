internal import EaselKit

extension AppState {
  struct ModelRow: Hashable {
    var engine: EngineDescription
    var model: ModelDescription
  }

  /// A model that is not here, or not whole.
  struct ModelOffer: Hashable {
    var name: String
    var source: String
    var known: KnownModel?
    var unfinished: UnfinishedModel?
  }

  /// A line of the Models screen.
  enum ModelLine: Hashable {
    case installed(ModelRow)
    case offered(ModelOffer)
    /// The line to type any other source in.
    case another

    /// What it is about, whatever has changed about it.
    var id: String {
      switch self {
      case .installed(let row): "installed:\(row.engine.name):\(row.model.name)"
      case .offered(let offer): "offered:\(offer.source)"
      case .another: "another"
      }
    }
  }

  /// Every model of every engine.
  var modelRows: [ModelRow] {
    engines.flatMap { engine in engine.models.map { ModelRow(engine: engine, model: $0) } }
  }

  var modelOffers: [ModelOffer] {
    let installed = Set(modelRows.map(\.model.name))
    var offers = KnownModel.all.map { ModelOffer(name: $0.name, source: $0.source, known: $0) }
    func add(_ name: String, _ source: String) {
      guard !offers.contains(where: { $0.source == source }) else { return }
      offers.append(ModelOffer(name: name, source: source))
    }
    for part in models.unfinished { add(part.name, part.source) }
    for work in models.work {
      if case .install(let source) = work.task { add(work.name, source) }
    }
    for i in offers.indices {
      let offer = offers[i]
      offers[i].unfinished = models.unfinished.first { $0.source == offer.source }
    }
    return offers.filter { offer in
      !installed.contains(offer.name) || models.work(.install(source: offer.source)) != nil
    }
  }

  /// Empty until somebody said what is installed: only then is it known what is not.
  var modelLines: [ModelLine] {
    guard !engines.isEmpty else { return [] }
    return modelRows.map { .installed($0) } + modelOffers.map { .offered($0) } + [.another]
  }

  var selectedLine: ModelLine? {
    let lines = modelLines
    return lines.indices.contains(models.selected) ? lines[models.selected] : nil
  }

  var selectedModel: ModelRow? {
    if case .installed(let row) = selectedLine { row } else { nil }
  }

  /// What is done to the selected model, or was done last.
  var selectedWork: ModelWork? { selectedLine.flatMap { work(on: $0) } }

  func work(on line: ModelLine) -> ModelWork? {
    switch line {
    case .installed(let row): models.work(.verify(name: row.model.name))
    case .offered(let offer): models.work(.install(source: offer.source))
    case .another: nil
    }
  }

  // MARK: Commands

  mutating func perform(_ command: ModelsCommand) -> [Effect] {
    let question = models.question
    models.question = nil
    switch command {
    case .up: models.selected -= 1
    case .down: models.selected += 1
    case .use:
      guard let row = selectedModel else { return [] }
      compose.form.engine = row.engine.name
      compose.form.model = row.model.name
      fitSize()
      notice = Notice("painting with \(row.engine.name) · \(row.model.name)", .success)
      return go(to: .compose)
    case .install:
      guard case .offered(let offer) = selectedLine else {
        models.typed = TextEditor(singleLine: true)
        return []
      }
      if let question, question.source == offer.source { return install(question) }
      return [.models(.plan(source: offer.source))]
    case .add:
      models.selected = modelLines.count - 1
      models.typed = TextEditor(singleLine: true)
    case .accept:
      guard let source = models.typed?.text.trimmed, !source.isEmpty else {
        models.typed = nil
        return []
      }
      return [.models(.plan(source: source))]
    case .abandon: models.typed = nil
    case .decline: notice = Notice("nothing was asked of anybody")
    case .cancel: return selectedWork.map { stop($0) } ?? []
    case .remove:
      if let row = selectedModel { return [.models(.remove(name: row.model.name))] }
      if let work = selectedWork { models.work.removeAll { $0.task == work.task } }
    case .undo: return undo()
    case .verify:
      guard let row = selectedModel, let folder = row.model.folder else { return [] }
      let task = ModelTask.verify(name: row.model.name)
      models.work.removeAll { $0.task == task }
      models.work.append(ModelWork(task: task, name: row.model.name))
      return [.models(.verify(name: row.model.name, path: folder))]
    }
    return []
  }

  private mutating func install(_ plan: ModelPlan) -> [Effect] {
    let task = ModelTask.install(source: plan.source)
    models.work.removeAll { $0.task == task }
    models.work.append(ModelWork(task: task, name: plan.name))
    models.typed = nil
    select(offerOf: plan.source)
    return [.models(.install(source: plan.source))]
  }

  private mutating func select(offerOf source: String) {
    if let line = modelLines.firstIndex(where: { $0.id == "offered:\(source)" }) {
      models.selected = line
    }
  }

  private mutating func stop(_ work: ModelWork) -> [Effect] {
    models.change(work.task) { $0.state = .stopped }
    switch work.task {
    case .install: notice = Notice("stopped; what has arrived is kept, i goes on")
    case .verify:
      models.work.removeAll { $0.task == work.task }
      notice = Notice("the check is stopped")
    }
    return [.models(.stop(work.task)), .models(.look)]
  }

  /// Ctrl-C on this screen: what is selected, else whatever is at work. nil where nothing is.
  mutating func interruptModels() -> [Effect]? {
    guard route == .models, overlay == nil else { return nil }
    let running = selectedWork.flatMap { $0.isRunning ? $0 : nil }
    return (running ?? models.work.first(where: \.isRunning)).map { stop($0) }
  }

  // MARK: News

  mutating func take(_ news: ModelsNews) -> [Effect] {
    switch news {
    case .looked(let folder, let unfinished):
      models.folder = folder
      keepingLine { $0.models.unfinished = unfinished }
    case .planned(let plan): return planned(plan)
    case .progress(let task, let progress):
      models.change(task) { if $0.isRunning { $0.progress = progress } }
    case .installed(let task, let model):
      if case .offered(let offer) = selectedLine, task == .install(source: offer.source) {
        models.awaited = model.name
      }
      models.work.removeAll { $0.task == task }
      notice = Notice(
        "\(model.name) is installed: \(counted(model.files, "file")), "
          + byteCount(model.bytes), .success)
      return [.loadEngines, .models(.look)]
    case .verified(let task, let verdict):
      models.change(task) { $0.state = .verified(verdict) }
      notice =
        verdict.problems.isEmpty
        ? Notice("\(verdict.name) is sound", .success)
        : Notice("\(verdict.name) is damaged: \(verdict.problems[0])", .warning)
    case .failed(let task, let failure):
      guard models.work(task)?.isRunning == true else { return [] }
      models.change(task) { $0.state = .failed(failure) }
      notice = Notice(failure.what, .warning)
      return [.models(.look)]
    case .removed(let model):
      models.work.removeAll { $0.name == model.name }
      undoable.append(.removedModel(model))
      notice = Notice("\(model.name) is in the trash; u brings it back")
      return [.loadEngines]
    case .restored(let model):
      models.awaited = model.name
      notice = Notice("\(model.name) is back", .success)
      return [.loadEngines]
    }
    return []
  }

  /// A folder or file is taken at once; before a server is asked, the user says so once more.
  private mutating func planned(_ plan: ModelPlan) -> [Effect] {
    guard route == .models, models.work(.install(source: plan.source))?.isRunning != true else {
      return []
    }
    if plan.contact == nil { return install(plan) }
    models.typed = nil
    if !modelLines.contains(where: { $0.id == "offered:\(plan.source)" }) {
      // Its line, until it is begun or forgotten.
      var work = ModelWork(task: .install(source: plan.source), name: plan.name)
      work.state = .stopped
      models.work.append(work)
    }
    select(offerOf: plan.source)
    models.question = plan
    return []
  }

  /// Changes the list and leaves the cursor on the line that it was on.
  mutating func keepingLine(_ change: (inout AppState) -> Void) {
    let id = selectedLine?.id
    change(&self)
    if let name = models.awaited,
      let line = modelRows.firstIndex(where: { $0.model.name == name })
    {
      models.selected = line
      models.awaited = nil
    } else if let line = modelLines.firstIndex(where: { $0.id == id }) {
      models.selected = line
    }
  }

  // MARK: Why not

  func blocked(_ command: ModelsCommand) -> String? {
    switch command {
    case .use: return selectedModel.map { $0.model.problem } ?? ""
    case .install:
      if selectedModel != nil { return "it is installed already" }
      return selectedWork?.isRunning == true ? "it is being installed; x stops it" : nil
    case .decline: return models.question == nil ? "" : nil
    case .cancel:
      return selectedWork?.isRunning == true ? nil : "nothing is being done to this model"
    case .remove:
      if let row = selectedModel {
        if selectedWork?.isRunning == true { return "it is being checked; x stops that" }
        guard let folder = row.model.folder else { return "it is not on this machine" }
        guard let own = models.folder else { return "the folder of models is being read" }
        return folder.hasPrefix(own + "/") ? nil : "it came with Easel, and stays"
      }
      guard let work = selectedWork else {
        return selectedLine == .another
          ? "" : "it is not installed; easel models empty-trash deletes what has arrived"
      }
      return work.isRunning ? "it is being installed; x stops it" : nil
    case .undo: return undoable.isEmpty ? "nothing to undo" : nil
    case .verify:
      guard let row = selectedModel else { return "it is not installed" }
      if selectedWork?.isRunning == true { return "it is being checked; x stops that" }
      return row.model.folder == nil ? "it is not on this machine" : nil
    case .up, .down, .add, .accept, .abandon: return nil
    }
  }
}
