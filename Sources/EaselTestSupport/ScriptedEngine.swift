public import EaselKit
import Synchronization

/// An engine that plays what a test tells it, one event at a time: nothing happens on its own.
public final class ScriptedEngine: ImageEngine {
  public let description = EngineDescription(
    name: "built-in", summary: "plays a test's script",
    models: [
      ModelDescription(
        name: "scenes", summary: "none", sizes: [PixelSize(width: 64, height: 64)], parameters: 0,
        bytes: 0, license: "none", folder: nil)
    ])

  /// One job as the engine sees it.
  public final class Job: Sendable {
    public let request: GenerationRequest
    private let continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
    private let ended = Mutex(false)
    private let endings: AsyncStream<Void>
    private let ending: AsyncStream<Void>.Continuation

    init(
      _ request: GenerationRequest,
      _ continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
    ) {
      self.request = request
      self.continuation = continuation
      (endings, ending) = AsyncStream.makeStream()
      continuation.onTermination = { [weak self] _ in
        self?.ended.withLock { $0 = true }
        self?.ending.finish()
      }
    }
    public func send(_ event: GenerationEvent) { continuation.yield(event) }
    public func finish() { continuation.finish() }
    public func fail(_ failure: Failure) { continuation.finish(throwing: failure) }
    /// True when nobody listens any more.
    public var hasEnded: Bool { ended.withLock { $0 } }
    /// Returns when nobody listens any more.
    public func waitForEnd() async { for await _ in endings {} }
  }

  private let state = Mutex<[Job]>([])
  private let arrivals: AsyncStream<Job>
  private let arrival: AsyncStream<Job>.Continuation

  public init() { (arrivals, arrival) = AsyncStream.makeStream() }

  public func generate(
    _ request: GenerationRequest
  ) -> AsyncThrowingStream<GenerationEvent, any Error> {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: GenerationEvent.self)
    let job = Job(request, continuation)
    state.withLock { $0.append(job) }
    arrival.yield(job)
    return stream
  }

  public var jobs: [Job] { state.withLock { $0 } }

  /// The next job that somebody asks for; one listener at a time.
  public func nextJob() async -> Job? {
    for await job in arrivals { return job }
    return nil
  }
}
