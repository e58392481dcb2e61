import EaselApp
import EaselKit

/// What every effect does, or where it is done.
extension Runtime {
  func start(_ effect: Effect) {
    switch effect {
    case .run(let job, let request): paint(job, request)
    case .cancel(let job): painting.removeValue(forKey: job)?.cancel()
    case .store(let job, let request, let image):
      perform { services, mailbox in
        do {
          let item = try await services.store(request, image, job)
          mailbox.post(.stored(job, index: image.index, item))
        } catch {
          mailbox.post(.storeFailed(job, index: image.index, Failure(error)))
        }
      }
    case .vary(let key, let request): vary(key, request)
    case .retouch(let key, let what, let request): retouch(key, what, request)
    case .copyPath(let id): copyPath(of: id)
    case .openOutside(let id): openOutside(id)
    case .turnSlide(let seconds, let number): turnSlide(after: seconds, number)
    case .forgetPictures(let job): shelf.forget(job)
    case .countTokens(let field, let text, let engine, let model):
      count(field, text, engine, model)
    case .loadWildcards:
      tell { .wildcardsLoaded(await $0.loadWildcards()) }
    case .loadEngines:
      tell { .enginesLoaded(await $0.describeEngines()) }

    case .queryHistory(let query): look(for: query)
    case .listRange(let query, let from, let to):
      tell { .rangeListed(query, try await $0.listRange(query, from, to)) }
    case .loadMarked(let ids, let use): tell { .markedLoaded(use, try await $0.items(ids)) }
    case .rereadHistory:
      let mailbox = mailbox
      change { _ in mailbox.post(.historyChanged) }
    case .loadVersions(let generation):
      tell { .versionsLoaded(generation, try await $0.versions(generation)) }
    case .loadTags:
      perform { services, mailbox in
        // Completion is a convenience: a history that cannot be read says so elsewhere.
        if let tags = try? await services.loadTags() { mailbox.post(.tagsLoaded(tags)) }
      }
    case .loadSearches: changeSearches { _ in }
    case .saveSearch(let search): changeSearches { try await $0.saveSearch(search) }
    case .deleteSearch(let name): changeSearches { try await $0.deleteSearch(name) }
    case .importPictures(let paths, let paste):
      perform { services, mailbox in
        var report = ImportedPictures(items: [], new: [])
        do { report = try await services.importPictures(paths) } catch {
          report.problem = Failure(error)
        }
        mailbox.post(.imported(report, paste))
      }
    case .loadRecall:
      perform { services, mailbox in
        // Recall is a convenience: a history that cannot be read says so elsewhere.
        if let prompts = try? await services.loadRecall() { mailbox.post(.recallLoaded(prompts)) }
      }
    case .loadInterrupted:
      perform { services, mailbox in
        let requests = await services.interrupted()
        if !requests.isEmpty { mailbox.post(.interruptedLoaded(requests)) }
      }
    case .setFavourite(let ids, let value): change { try await $0.setFavourite(ids, value) }
    case .setRating(let ids, let value): change { try await $0.setRating(ids, value) }
    case .setRejected(let ids, let value): change { try await $0.setRejected(ids, value) }
    case .changeTags(let ids, let add, let remove):
      change { try await $0.changeTags(ids, add, remove) }
    case .trash(let ids): change { try await $0.trash(ids) }
    case .restore(let ids): change { try await $0.restore(ids) }
    case .export(let request): export(request)
    case .exportTable(let table): export(table)

    case .loadPainted(let job, let id): loadPainted(job, id)
    case .explain(let item):
      perform { services, mailbox in
        do {
          let names = try await services.explain(item) { mailbox.post(.explaining(item.id, $0)) }
          mailbox.post(.explained(item.id, names))
        } catch {
          mailbox.post(.explainFailed(item.id, Failure(error)))
        }
      }

    case .copyText(let text):
      let surface = surface
      tell { _ in
        try await surface.copyText(text)
        return .copied
      }
    case .openEditor(let field, let text):
      let surface = surface
      tell { _ in .edited(field, try await surface.edit(text)) }
    case .saveDraft(let draft): save(draft)
    case .saveSettings(let settings): attempt { try await $0.saveSettings(settings) }
    case .saveKeys(let keys): attempt { try await $0.saveKeys(keys) }
    case .saveStyles(let styles): attempt { try await $0.saveStyles(styles) }
    case .useTheme(let name):
      do { surface.useTheme(try services.theme(name)) } catch {
        mailbox.post(.problem(Failure(error)))
      }
    case .models(let wish): carryOut(wish)
    case .loadTraining: train { _ in }
    case .startTraining(let request):
      train(isStart: true) { try await $0.startTraining(request) }
    case .resumeTraining(let folder):
      train(isStart: true) { try await $0.resumeTraining(folder) }
    case .askTraining(let folder, let word): train { try await $0.askTraining(folder, word) }
    case .planTraining(let request): plan(request)
    case .lookAtTraining(let seconds): look(after: seconds)
    case .redraw: surface.redraw()
    case .suspend:
      let surface = surface
      perform { _, _ in await surface.suspend() }
    case .quit: hasQuit = true
    }
  }
}
