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

  /// Loads a model before the first job asks for it; what is wrong with it the job will say.
  func warmUp(_ name: String) { _ = try? loaded(name) }

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

  private func loaded(_ name: String) throws -> MuseModel {
    if let model, model.name == name { return model }
    model = nil
    let fresh = try catalog.load(name)
    model = fresh
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
    let model = try loaded(request.model)
    try check(request, model)
    let upscaler = model.isLarge(request) ? try loadedUpscaler(request.model) : nil
    let small = model.small(request)
    mailbox.post(.started)
    let start = monotonicSeconds()
    for index in 0..<request.count {
      let began = monotonicSeconds()
      let check = { if mailbox.isCancelled { throw CancellationError() } }
      let painted = try model.paint(small, index: index, check: check) { done, preview in
        mailbox.post(
          .step(
            StepProgress(
              index: index, count: request.count, step: done, steps: request.steps,
              secondsElapsed: monotonicSeconds() - start)))
        if let preview { mailbox.post(.preview(index: index, preview)) }
      }
      let picture = try upscaler.map { try model.large(painted, request, $0, check: check) }
      mailbox.post(
        .image(
          GeneratedImage(
            index: index, seed: request.seed &+ UInt64(index), picture: picture ?? painted,
            modelDigest: upscaler?.digest(with: model) ?? model.digest,
            secondsElapsed: monotonicSeconds() - began)))
    }
  }

  private func check(_ request: GenerationRequest, _ model: MuseModel) throws {
    let size = PixelSize(width: request.width, height: request.height)
    let sizes = try ModelFolder.sizes(model.nativeSize, catalog.folder(of: model.name))
    guard sizes.contains(size) else {
      throw Failure(
        .badInput, "the model '\(model.name)' does not paint \(request.width)×\(request.height)",
        hint: "it paints " + sizes.map(\.description).joined(separator: " and "))
    }
    guard (1...256).contains(request.steps) else {
      throw Failure(.badInput, "\(request.steps) steps are not possible", hint: "use 1 to 256")
    }
    guard (1...64).contains(request.count) else {
      throw Failure(.badInput, "\(request.count) pictures are not possible", hint: "use 1 to 64")
    }
    guard request.guidance.isFinite, (0...30).contains(request.guidance) else {
      throw Failure(.badInput, "guidance \(request.guidance) is not possible", hint: "use 0 to 30")
    }
  }
}

/// Seconds on a clock that never jumps.
func monotonicSeconds() -> Double {
  var t = timespec()
  clock_gettime(CLOCK_MONOTONIC, &t)
  return Double(t.tv_sec) + Double(t.tv_nsec) * 1e-9
}
