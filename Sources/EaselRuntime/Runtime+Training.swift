import EaselApp
import EaselKit

/// Training: what is asked, started and looked at.
extension Runtime {
  /// Tells what is known of training after `body`, whether or not that went well. One after the other, so
  /// that no news is older than the one before it.
  func train(
    isStart: Bool = false, _ body: @escaping @Sendable (Services) async throws -> Void
  ) {
    let before = training
    mailbox.began()
    training = Task { [services, mailbox] in
      defer { mailbox.finished() }
      await before?.value
      var refusal: Failure?
      do { try await body(services) } catch { refusal = Failure(error) }
      var news = await services.loadTraining()
      if let refusal {
        if isStart { news.start = .refused(refusal) } else { mailbox.post(.problem(refusal)) }
      }
      mailbox.post(.trainingLoaded(news))
    }
  }

  func plan(_ request: TrainingRequest) {
    planning?.cancel()
    mailbox.began()
    planning = Task { [services, mailbox] in
      defer { mailbox.finished() }
      let plan = await services.planTraining(request)
      if !Task.isCancelled { mailbox.post(.trainingPlanned(request, plan)) }
    }
  }

  /// A newer time to look replaces an older one. Nothing is under way meanwhile: the studio rests.
  func look(after seconds: Double) {
    looking?.cancel()
    looking = Task { [mailbox] in
      try? await Task.sleep(for: .seconds(seconds))
      if !Task.isCancelled { mailbox.post(.trainingDue) }
    }
  }
}
