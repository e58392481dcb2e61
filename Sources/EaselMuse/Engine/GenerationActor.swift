import EaselKit
import EaselTensor
import Glibc
import Synchronization

/// Owns the models in memory and paints one job after the other, on its own thread.
actor GenerationActor {
  private struct Job {
    let number: Int
    let request: GenerationRequest
    let mailbox: EventMailbox
  }
  private struct Queue {
    var waiting: [Job] = []
    var isRunning = false
    var lastNumber = 0
  }

  private let thread = EngineThread()
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  private let catalog: ModelCatalog
  private var model: MuseModel?
  /// Which files it was read from: another model may have been installed under its name since.
  private var readFrom: [FileStamp]?
  private var wantedPrecision: ProductPrecision?
  private var upscaler: PictureUpscaler?
  private nonisolated let queue = Mutex(Queue())

  init(catalog: ModelCatalog) { self.catalog = catalog }

  /// Puts a job at the end of the queue; in the order of calls.
  nonisolated func submit(_ request: GenerationRequest, _ mailbox: EventMailbox) {
    queue.withLock { q in
      q.lastNumber += 1
      let ahead = q.waiting.count(where: { !$0.mailbox.isCancelled }) + (q.isRunning ? 1 : 0)
      q.waiting.append(Job(number: q.lastNumber, request: request, mailbox: mailbox))
      mailbox.post(.queued(ahead: ahead))
    }
    Task { await drain() }
  }

  func giveWay() { thread.giveWay() }

  /// Loads a model before the first job asks for it; what is wrong with it the job will say.
  func warmUp(_ name: String) { _ = try? loaded(name, nil) { _ in } }

  private func drain() {
    while let job = takeNext() {
      do {
        try run(job)
        job.mailbox.finish()
      } catch {
        job.mailbox.finish(error is CancellationError ? error : Failure(error))
      }
      queue.withLock { $0.isRunning = false }
    }
    TensorMemory.trim()
  }

  private nonisolated func takeNext() -> Job? {
    queue.withLock { q in
      q.waiting.removeAll { $0.mailbox.isCancelled }
      guard !q.waiting.isEmpty else { return nil }
      let job = q.waiting.removeFirst()
      q.isRunning = true
      for (i, waiting) in q.waiting.enumerated() { waiting.mailbox.post(.queued(ahead: i + 1)) }
      return job
    }
  }

  private func loaded(
    _ name: String, _ wanted: ProductPrecision?, progress: (Double) throws -> Void
  ) throws -> MuseModel {
    let files = catalog.stamps(of: name)
    if let model, model.name == name, readFrom == files,
      wanted == wantedPrecision || wanted == model.precision
    {
      return model
    }
    // Two large models at once may be more than the memory holds.
    model = nil
    TensorMemory.trim()
    let fresh = try catalog.load(name, precision: wanted, progress: progress)
    (model, wantedPrecision, readFrom) = (fresh, wanted, files)
    return fresh
  }

  private func loadedUpscaler(_ name: String) throws -> PictureUpscaler {
    if let upscaler, upscaler.name == name { return upscaler }
    let fresh = try catalog.loadUpscaler(name)
    upscaler = fresh
    return fresh
  }

  private func run(_ job: Job) throws {
    let request = job.request, mailbox = job.mailbox
    if request.enlargement != nil {
      return try loadedUpscaler(request.model).run(request, mailbox)
    }
    var announced = 0.0
    let model = try loaded(request.model, precision(of: request)) { share in
      if mailbox.isCancelled { throw CancellationError() }
      guard share - announced >= 0.01 else { return }
      announced = share
      mailbox.post(.loading(share: share))
    }
    try model.check(request)
    let upscaler = model.isLarge(request) ? try loadedUpscaler(request.model) : nil
    let small = model.small(request)
    let stop = { if mailbox.isCancelled { throw CancellationError() } }
    mailbox.post(.started)
    let start = monotonicSeconds()
    let judge = model.judge(request)
    let together = model.together(request)
    for first in stride(from: 0, to: request.count, by: together) {
      let indices = first..<min(request.count, first + together)
      let began = monotonicSeconds()
      let painted = try model.paint(small, indices: indices, check: stop) {
        done, steps, previews in
        mailbox.post(
          .step(
            StepProgress(
              index: first, count: request.count, together: indices.count, step: done, steps: steps,
              secondsElapsed: monotonicSeconds() - start)))
        for (index, preview) in zip(indices, previews ?? []) {
          mailbox.post(.preview(index: index, preview))
        }
      }
      // Each took its share of what all took together.
      let seconds = (monotonicSeconds() - began) / Double(indices.count)
      for (index, painted) in zip(indices, painted) {
        let began = monotonicSeconds()
        let large = try upscaler.map {
          try model.large(painted.picture, request, $0, check: stop)
        }
        mailbox.post(
          .image(
            GeneratedImage(
              index: index, seed: request.seed &+ UInt64(index), picture: large ?? painted.picture,
              modelDigest: upscaler?.digest(with: model) ?? model.digest,
              secondsElapsed: seconds + monotonicSeconds() - began,
              explanation: painted.explanation, score: judge?(painted.picture))))
      }
    }
  }

  private func precision(of request: GenerationRequest) throws -> ProductPrecision? {
    try request.precision.map { name in
      guard let precision = ProductPrecision(rawValue: name) else {
        throw Failure.unknown(
          "precision", name, known: ProductPrecision.allCases.map(\.rawValue))
      }
      return precision
    }
  }
}

/// Seconds on a clock that never jumps.
func monotonicSeconds() -> Double {
  var t = timespec()
  clock_gettime(CLOCK_MONOTONIC, &t)
  return Double(t.tv_sec) + Double(t.tv_nsec) * 1e-9
}
