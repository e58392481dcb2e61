import EaselApp
import EaselKit

/// Questions to the history and changes of it: in which order, and which nobody waits for any more.
extension Runtime {
  /// A change of the history that is already on the screen: when it fails, the history is read again.
  /// One after the other, so that of two ratings of one picture the later one stays.
  func change(_ body: @escaping @Sendable (Services) async throws -> Void) {
    let before = changing
    mailbox.began()
    changing = Task { [services, mailbox] in
      defer { mailbox.finished() }
      await before?.value
      do { try await body(services) } catch {
        mailbox.post(.problem(Failure(error)))
        mailbox.post(.historyChanged)
      }
    }
  }

  /// Changes the saved searches, after the changes before, and tells what they are now.
  func changeSearches(_ body: @escaping @Sendable (Services) async throws -> Void) {
    let before = changing
    mailbox.began()
    changing = Task { [services, mailbox] in
      defer { mailbox.finished() }
      await before?.value
      do {
        do { try await body(services) } catch { mailbox.post(.problem(Failure(error))) }
        mailbox.post(.searchesLoaded(try await services.loadSearches()))
      } catch {
        mailbox.post(.problem(Failure(error)))
      }
    }
  }

  /// A newer question about the history makes an older one idle.
  func look(for query: HistoryQuery) {
    asking?.cancel()
    mailbox.began()
    asking = Task { [services, mailbox, changing] in
      defer { mailbox.finished() }
      // What is on the screen already is in the answer too.
      await changing?.value
      do {
        let page = try await services.queryHistory(query)
        if !Task.isCancelled { mailbox.post(.historyLoaded(query, page)) }
      } catch {
        if !Task.isCancelled { mailbox.post(.historyRefused(query, Failure(error))) }
      }
    }
  }

  /// Gives a job that an earlier session painted its picture back. One that is no longer there leaves its place empty.
  func loadPainted(_ job: JobID, _ id: ImageID) {
    perform { services, mailbox in
      guard let item = try? await services.items([id]).first,
        let picture = try? await services.picture(id)
      else { return }
      self.shelf.put(result: picture, job, 0)
      mailbox.post(.paintedLoaded(job, item))
    }
  }

  /// Reads thumbnails above and below what is in sight; those that one has scrolled past by then are
  /// not read any more. Nobody waits for it.
  func readAhead() {
    let ids = state.thumbnailsAhead
    guard ids != thumbnailsAhead else { return }
    thumbnailsAhead = ids
    readingAhead?.cancel()
    readingAhead = Task(priority: .utility) {
      for id in ids where !Task.isCancelled { _ = await self.picture(.thumbnail(id)) }
    }
  }
}
