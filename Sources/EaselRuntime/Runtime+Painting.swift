import EaselApp
import EaselKit

/// Paintings from the queue to the end, and what is counted and looked up for them.
extension Runtime {
  func paint(_ job: JobID, _ request: GenerationRequest) {
    let engine: any ImageEngine
    do { engine = try services.engine(request.engine) } catch {
      return mailbox.post(.failed(job, Failure(error)))
    }
    mailbox.began()
    // A painting is queued at once, in order; only what needs pixels of the disk waits for them.
    let request = shelf.completed(request)
    let lacksPixels = request.enlargement != nil || request.base.map { $0.picture == nil } ?? false
    let stream = lacksPixels ? nil : engine.generate(request)
    // Beside the queueing, so that the library's disk does not hold up the first preview; the draft
    // names the painting already.
    let noted = Task { [services] in await services.notePainting(request, job) }
    painting[job] = Task { [mailbox, shelf, services] in
      defer { mailbox.finished() }
      do {
        let events =
          if let stream { stream } else { engine.generate(try await services.complete(request)) }
        for try await event in events {
          switch event {
          case .preview(let index, let picture): shelf.put(preview: picture, job, index)
          case .image(let image): shelf.put(result: image.picture, job, image.index)
          default: break
          }
          mailbox.post(.engine(job, event))
        }
        // A stopped job has no news: the state stopped listening before it was cancelled.
        if !Task.isCancelled { mailbox.post(.ended(job)) }
      } catch {
        if !Task.isCancelled { mailbox.post(.failed(job, Failure(error))) }
      }
      await noted.value
      await self.painted(job)
    }
  }

  func painted(_ job: JobID) async {
    painting[job] = nil
    // What quitting cut short goes on at the next start.
    if !hasQuit { await services.endPainting(job) }
  }

  /// Finds the pixels that variations start from.
  func vary(_ key: PictureKey, _ request: GenerationRequest) {
    perform { services, mailbox in
      do {
        guard let picture = await self.picture(key) else {
          throw Failure(
            .notFound, "the picture to vary is not at hand", hint: "look at it in the gallery")
        }
        var request = request
        let base = try services.variation(picture, request)
        self.shelf.keep(base)
        // The state holds names and never pixels.
        request.base = base
        request.base?.picture = nil
        mailbox.post(.variationReady(request))
      } catch {
        mailbox.post(.problem(Failure(error)))
      }
    }
  }

  func count(_ field: EditorField, _ text: String, _ engine: String, _ model: String) {
    counting[field]?.cancel()
    mailbox.began()
    counting[field] = Task { [services, mailbox] in
      defer { mailbox.finished() }
      // Whoever types fast asks faster than is counted.
      guard !Task.isCancelled else { return }
      guard let count = await services.countTokens(text, engine, model), !Task.isCancelled else {
        return
      }
      mailbox.post(.tokensCounted(field, text: text, count))
    }
  }
}
