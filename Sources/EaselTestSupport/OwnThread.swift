import Glibc
import Synchronization

/// A thread that computes one value.
///
/// Tests that wait for a terminal use it, so that they never block one of the few threads that
/// other tasks need.
public final class OwnThread<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)
  private let done = Semaphore()

  public init(_ body: @escaping @Sendable () throws -> Value) {
    startThread { [self] in
      let value = Result { try body() }
      result.withLock { $0 = value }
      done.signal()
    }
  }

  /// Whether the value (or an error) is there.
  public var isDone: Bool { result.withLock { $0 != nil } }

  /// Waits for the thread's end.
  public func value() throws -> Value {
    done.wait()
    done.signal()
    guard let result = result.withLock({ $0 }) else { throw CancellationError() }
    return try result.get()
  }
}

/// Runs `body` on a thread of its own.
public func onOwnThread<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    startThread { continuation.resume(with: Result { try body() }) }
  }
}

private final class Work: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func startThread(_ body: @escaping @Sendable () -> Void) {
  let work = Unmanaged.passRetained(Work(body))
  var thread = pthread_t()
  let error = pthread_create(
    &thread, nil,
    { pointer in
      if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().run() }
      return nil
    }, work.toOpaque())
  precondition(error == 0, "the system has no thread left")
  pthread_detach(thread)
}

/// A POSIX semaphore. Unchecked: the C functions are made for calls from several threads, and the
/// pointer never changes.
private final class Semaphore: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  init() { sem_init(semaphore, 0, 0) }
  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }
  func wait() { while sem_wait(semaphore) != 0 {} }
  func signal() { sem_post(semaphore) }
}
