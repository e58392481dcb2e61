import EaselApp
import EaselKit
import Synchronization

/// Actions on their way to the runtime, in order. Progress that was not looked at yet is replaced by
/// newer progress of the same picture, so a busy runtime never falls behind.
final class ActionMailbox: Sendable {
  private struct State {
    var actions: [Action] = []
    /// Effects that may still send news, and actions taken but not carried out.
    var busy = 0
    var idlers: [CheckedContinuation<Void, Never>] = []
    var isClosed = false
  }
  private let state = Mutex(State())
  private let signal: AsyncStream<Void>.Continuation
  /// Yields when there is something to take; only the runtime listens.
  let arrivals: AsyncStream<Void>

  init() {
    (arrivals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func post(_ action: Action) {
    state.withLock { s in
      if s.isClosed { return }
      if let i = s.actions.lastIndex(where: { Self.replaces(action, $0) }) {
        s.actions.remove(at: i)
      }
      s.actions.append(action)
    }
    signal.yield()
  }

  /// Everything that arrived, in order. Counts as work until `finished`.
  func take() -> [Action] {
    state.withLock { s in
      let actions = s.actions
      s.actions = []
      s.busy += 1
      return actions
    }
  }

  /// An effect begins.
  func began() { state.withLock { $0.busy += 1 } }

  /// An effect, or a batch of actions, is done.
  func finished() {
    let idlers = state.withLock { s in
      s.busy -= 1
      return Self.takeIdlers(&s)
    }
    for idler in idlers { idler.resume() }
  }

  /// Returns when nothing waits and no effect is under way.
  func idle() async {
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { s in
        if s.busy == 0, s.actions.isEmpty { return true }
        s.idlers.append(continuation)
        return false
      }
      if isIdle { continuation.resume() }
    }
  }

  func close() {
    let idlers = state.withLock { s in
      s.isClosed = true
      s.actions = []
      return Self.takeIdlers(&s)
    }
    for idler in idlers { idler.resume() }
    signal.finish()
  }

  private static func takeIdlers(_ s: inout State) -> [CheckedContinuation<Void, Never>] {
    guard s.busy == 0, s.actions.isEmpty else { return [] }
    defer { s.idlers = [] }
    return s.idlers
  }

  private static func replaces(_ new: Action, _ old: Action) -> Bool {
    switch (new, old) {
    case (.engine(let a, .step), .engine(let b, .step)): a == b
    case (.engine(let a, .preview(let i, _)), .engine(let b, .preview(let j, _))): a == b && i == j
    case (.engine(let a, .queued), .engine(let b, .queued)): a == b
    default: false
    }
  }
}
