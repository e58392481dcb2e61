import EaselKit
import EaselMuse
import Foundation
import Testing

@Suite("The built-in engine", .serialized)
struct EngineTests {
  private func collect(
    _ engine: MuseEngine, _ request: GenerationRequest
  ) async throws -> [GenerationEvent] {
    var events: [GenerationEvent] = []
    for try await event in engine.generate(request) { events.append(event) }
    return events
  }
  private func images(_ events: [GenerationEvent]) -> [GeneratedImage] {
    events.compactMap { if case .image(let image) = $0 { image } else { nil } }
  }

  @Test("A job is queued, starts, steps upward and ends with one picture each")
  func order() async throws {
    let engine = MuseEngine(catalog: TinyModel.catalog())
    let events = try await collect(engine, TinyModel.request(steps: 5, count: 3))
    let images = images(events)
    #expect(images.map(\.index) == [0, 1, 2])
    #expect(images.map(\.seed) == [7, 8, 9])
    #expect(images.allSatisfy { $0.picture.width == 16 && $0.picture.height == 16 })
    let started = try #require(events.firstIndex(of: .started))
    #expect(events[..<started].allSatisfy { if case .queued = $0 { true } else { false } })
    var last = -1.0
    for case .step(let progress) in events {
      #expect(progress.fraction > last)
      last = progress.fraction
    }
    guard case .image = events.last else {
      Issue.record("the last event is \(String(describing: events.last))")
      return
    }
  }

  @Test("The same seed gives the same bytes, another seed another picture")
  func determinism() async throws {
    let engine = MuseEngine(catalog: TinyModel.catalog())
    let first = images(try await collect(engine, TinyModel.request(seed: 3, count: 2)))
    let again = images(try await collect(engine, TinyModel.request(seed: 3, count: 2)))
    #expect(first.map(\.picture) == again.map(\.picture))
    // Picture i of a batch is the picture of seed + i.
    let second = images(try await collect(engine, TinyModel.request(seed: 4)))
    #expect(second[0].picture == first[1].picture)
    #expect(first[0].picture != first[1].picture)
  }

  @Test("A second job waits for the first and is told how many are ahead")
  func queueing() async throws {
    let engine = MuseEngine(catalog: TinyModel.catalog())
    var first = engine.generate(TinyModel.request(steps: 200, count: 4)).makeAsyncIterator()
    while let event = try await first.next(), event != .started {}
    var second = engine.generate(TinyModel.request()).makeAsyncIterator()
    #expect(try await second.next() == .queued(ahead: 1))
    var painted = 0
    while let event = try await second.next() { if case .image = event { painted += 1 } }
    #expect(painted == 1)
  }

  @Test("Cancelling the listener stops a job that would take minutes, and the next one paints")
  func cancelling() async throws {
    let engine = MuseEngine(catalog: TinyModel.catalog())
    let request = TinyModel.request(steps: 256, count: 64)
    let listener = Task {
      var steps = 0
      for try await event in engine.generate(request) {
        if case .step = event { steps += 1 }
        if steps == 3 { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    // A cancelled stream ends; without the cancelling this would wait for 16,384 steps.
    _ = try? await listener.value
    let next = images(try await collect(engine, TinyModel.request()))
    #expect(next.count == 1)
  }

  @Test("A model that is missing, or a size it does not paint, is named with the nearest")
  func badRequests() async throws {
    let engine = MuseEngine(catalog: TinyModel.catalog())
    var request = TinyModel.request()
    request.model = "tiyn"
    var failure = await #expect(throws: Failure.self) { try await collect(engine, request) }
    #expect(failure?.code == .modelMissing)
    #expect(failure?.description.contains("'tiny'") == true)
    request = TinyModel.request()
    request.width = 17
    failure = await #expect(throws: Failure.self) { try await collect(engine, request) }
    #expect(failure?.code == .badInput)
    #expect(failure?.description.contains("16x16") == true)
  }

  @Test("Damaged weights are said so, are left as they are, and other models still paint")
  func damagedWeights() async throws {
    let root = try TinyModel.folder("damaged")
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.copyItem(atPath: TinyModel.root + "/tiny", toPath: root + "/tiny")
    try FileManager.default.copyItem(atPath: TinyModel.root + "/tiny", toPath: root + "/broken")
    let path = root + "/broken/transformer/diffusion_pytorch_model.safetensors"
    let whole = try Data(contentsOf: URL(filePath: path))
    let half = whole.prefix(whole.count / 2)
    try half.write(to: URL(filePath: path))
    let catalog = ModelCatalog(roots: [root]) { _ in "0" }
    let engine = MuseEngine(catalog: catalog)
    let broken = try #require(engine.description.models.first { $0.name == "broken" })
    #expect(broken.problem?.contains("broken") == true)
    var request = TinyModel.request()
    request.model = "broken"
    let failure = await #expect(throws: Failure.self) { try await collect(engine, request) }
    #expect(failure?.code == .modelDamaged)
    #expect(try Data(contentsOf: URL(filePath: path)) == half)
    #expect(images(try await collect(engine, TinyModel.request())).count == 1)
  }

  @Test("A model describes itself: parameters, bytes, size")
  func catalog() throws {
    let models = MuseEngine(catalog: TinyModel.catalog()).description.models
    #expect(models.map(\.name) == ["tiny"])
    #expect(models[0].sizes == [PixelSize(width: 16, height: 16)])
    #expect(models[0].parameters > 10_000 && models[0].bytes > models[0].parameters)
    #expect(models[0].problem == nil)
  }
}
