import Dispatch

/// Runs an actor on a thread of its own queue: file and database calls block, and a blocked thread
/// of the shared pool would hold up everybody else.
final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue
  init(_ label: String) { queue = DispatchQueue(label: label, qos: .userInitiated) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

/// Runs blocking work away from the shared pool and from any actor.
func offPool<Answer: Sendable>(
  _ work: @escaping @Sendable () throws -> Answer
) async throws -> Answer {
  try await withCheckedThrowingContinuation { continuation in
    pictureQueue.async { continuation.resume(with: Result(catching: work)) }
  }
}

/// Reading and decoding of pictures, one at a time: more would only take the painter's cores.
private let pictureQueue = DispatchQueue(label: "easel.store.pictures", qos: .userInitiated)
