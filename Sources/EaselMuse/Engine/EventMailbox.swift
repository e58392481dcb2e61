import EaselKit
import Synchronization

/// Events of one job on their way from the engine's thread to whoever listens.
///
/// A listener that is slow never makes the engine wait or a queue grow: a new preview or step replaces
/// one of the same picture that was not taken yet. Pictures are never dropped.
final class EventMailbox: Sendable {
  private struct State {
    var events: [GenerationEvent] = []
    var failure: (any Error)?
    var isFinished = false
    var isCancelled = false
    var waiter: CheckedContinuation<GenerationEvent?, any Error>?
  }
  private let state = Mutex(State())

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  func post(_ event: GenerationEvent) {
    let waiter = state.withLock { s -> CheckedContinuation<GenerationEvent?, any Error>? in
      guard !s.isFinished, !s.isCancelled else { return nil }
      if let waiter = s.waiter {
        s.waiter = nil
        return waiter
      }
      s.events.removeAll { Self.replaces(event, $0) }
      s.events.append(event)
      return nil
    }
    waiter?.resume(returning: event)
  }

  /// No more events; `failure` is thrown to the listener after what waits was taken.
  func finish(_ failure: (any Error)? = nil) {
    let waiter = state.withLock { s -> CheckedContinuation<GenerationEvent?, any Error>? in
      guard !s.isFinished else { return nil }
      s.isFinished = true
      let waiter = s.waiter
      s.waiter = nil
      if waiter == nil { s.failure = failure }
      return waiter
    }
    if let failure { waiter?.resume(throwing: failure) } else { waiter?.resume(returning: nil) }
  }

  /// Nobody listens any more: the engine stops within one step.
  func cancel() {
    let waiter = state.withLock { s -> CheckedContinuation<GenerationEvent?, any Error>? in
      s.isCancelled = true
      s.events = []
      let waiter = s.waiter
      s.waiter = nil
      return waiter
    }
    waiter?.resume(throwing: CancellationError())
  }

  /// The next event; nil at the end.
  func next() async throws -> GenerationEvent? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // What is known at once is answered outside the lock.
        let answer = state.withLock { s -> Result<GenerationEvent?, any Error>? in
          if s.isCancelled { return .failure(CancellationError()) }
          if !s.events.isEmpty { return .success(s.events.removeFirst()) }
          if let failure = s.failure {
            s.failure = nil
            return .failure(failure)
          }
          if s.isFinished { return .success(nil) }
          s.waiter = continuation
          return nil
        }
        if let answer { continuation.resume(with: answer) }
      }
    } onCancel: {
      cancel()
    }
  }

  private static func replaces(_ new: GenerationEvent, _ old: GenerationEvent) -> Bool {
    switch (new, old) {
    case (.queued, .queued), (.loading, .loading), (.step, .step): true
    case (.preview(let a, _), .preview(let b, _)): a == b
    // A finished picture makes its own unfinished ones worthless.
    case (.image(let image), .preview(let b, _)): image.index == b
    default: false
    }
  }
}

/// Cancels the job when the stream that holds it goes away.
final class MailboxOwner: Sendable {
  let mailbox: EventMailbox
  init(_ mailbox: EventMailbox) { self.mailbox = mailbox }
  deinit { mailbox.cancel() }
}
