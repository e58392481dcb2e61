import EaselKit
import EaselModels
import EaselTestSupport
import Foundation
import Synchronization
import Testing

@Suite("Installing from a server", .serialized)
struct InstallTests {
  private func install(
    _ place: Workplace, _ source: String = "o/m", name: String? = nil, overwrites: Bool = false,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    report: @escaping @Sendable (ModelProgress) -> Void = { _ in }
  ) async throws -> InstalledModel {
    let installer = try place.installer()
    return try await onOwnThread {
      try installer.install(
        .init(source: source, name: name, overwrites: overwrites), isCancelled: isCancelled,
        report: report)
    }
  }

  private func failure(_ body: () async throws -> InstalledModel) async -> Failure? {
    do {
      _ = try await body()
      return nil
    } catch {
      return Failure(error)
    }
  }

  @Test("A repository: only what a model needs, of one revision, with digests and a manifest")
  func repository() async throws {
    let place = try Workplace()
    defer { place.remove() }
    place.publish()
    let model = try await install(place)
    #expect(model.name == "m" && model.source == "o/m" && model.checkedFiles == 1)
    #expect(model.bytes == Workplace.weights.count + 5 && model.files == 2)
    #expect(place.models() == ["m"])
    let stored = try Data(contentsOf: URL(filePath: model.path + "/unet/weights.safetensors"))
    #expect(Array(stored) == Workplace.weights)
    #expect(!place.server.requests.contains { $0.path.contains("unused") })
    // The redirect was followed, and nothing was asked for twice.
    #expect(place.server.requests(of: "/store/weights").count == 1)
    let manifest = try String(contentsOfFile: model.path + "/easel-model.json", encoding: .utf8)
    #expect(manifest.contains("abc123") && manifest.contains("openrail++"))
    #expect(manifest.contains(sha256(Workplace.weights)))
    let verdict = try ModelVerifier(tools: place.tools).verify(name: "m", path: model.path)
    #expect(verdict.hasDigests && verdict.problems.isEmpty && verdict.files == 2)
  }

  @Test("A connection that breaks is taken up again where it broke, with the file's own name")
  func cut() async throws {
    let place = try Workplace()
    defer { place.remove() }
    place.publish()
    place.server["/store/weights"]?.cut = (after: 100_000, times: 2)
    _ = try await install(place)
    let asked = place.server.requests(of: "/store/weights")
    #expect(asked.map { $0.headers["range"] } == [nil, "bytes=100000-", "bytes=200000-"])
    #expect(asked.map { $0.headers["if-range"] } == [nil, "\"w\"", "\"w\""])
    #expect(asked.map(\.sent) == [100_000, 100_000, 100_000])
    #expect(place.models() == ["m"])
  }

  @Test(
    "What was stopped is no model, is told as unfinished, and the next try asks only for the rest")
  func resumed() async throws {
    let place = try Workplace()
    defer { place.remove() }
    place.publish()
    place.server["/store/weights"]?.pauseMilliseconds = 30
    let isEnough = Mutex(false)
    await #expect(throws: CancellationError.self) {
      try await install(
        place, isCancelled: { isEnough.withLock { $0 } },
        report: { progress in
          if progress.phase == .loading, progress.done > 100_000 { isEnough.withLock { $0 = true } }
        })
    }
    #expect(place.models().isEmpty)
    let unfinished = try #require(place.shelf.unfinished().first)
    #expect(unfinished.name == "m" && unfinished.source == "o/m")
    #expect(unfinished.done > 100_000 && unfinished.done < Workplace.weights.count)
    #expect(unfinished.total == Workplace.weights.count + 5)

    place.server["/store/weights"]?.pauseMilliseconds = 0
    place.server.forgetRequests()
    let model = try await install(place)
    #expect(model.resumedBytes == unfinished.done)
    let asked = place.server.requests(of: "/store/weights")
    #expect(asked.map { $0.headers["range"] } == ["bytes=\(unfinished.done - 5)-"])
    #expect(place.server.requests(of: "/o/m/resolve/abc123/model_index.json").isEmpty)
    #expect(place.models() == ["m"] && place.shelf.unfinished().isEmpty)
  }

  @Test(
    "What was stopped a moment ago, and still puts its part in order, can be gone on with at once")
  func goesOnAtOnce() async throws {
    let place = try Workplace()
    defer { place.remove() }
    place.publish()
    place.server["/store/weights"]?.pauseMilliseconds = 30
    let isEnough = CancelSwitch()
    async let stopped = failure {
      try await install(
        place, isCancelled: { isEnough.isOn },
        report: { if $0.phase == .loading, $0.done > 100_000 { isEnough.turnOn() } })
    }
    await isEnough.turned()
    place.server["/store/weights"]?.pauseMilliseconds = 0
    let model = try await install(place)
    let end = await stopped
    #expect(end?.code == .cancelled)
    #expect(model.resumedBytes > 100_000)
    #expect(place.models() == ["m"] && place.shelf.unfinished().isEmpty)
  }

  @Test("Another file than the one that was begun is loaded from its beginning")
  func changed() async throws {
    let place = try Workplace()
    defer { place.remove() }
    let address = place.server.address + "/files/one.safetensors"
    place.server["/files/one.safetensors"] = .init(Workplace.weights, etag: "\"1\"")
    place.server["/files/one.safetensors"]?.cut = (after: 50_000, times: 3)
    // Each try brings something, so that it goes on: three cuts and the rest.
    place.server["/files/one.safetensors"]?.pauseMilliseconds = 20
    let isEnough = Mutex(false)
    _ = await failure {
      try await install(
        place, address, isCancelled: { isEnough.withLock { $0 } },
        report: { if $0.done > 30_000 { isEnough.withLock { $0 = true } } })
    }
    #expect(place.shelf.unfinished().first?.done ?? 0 > 0)
    let other = Array(Workplace.weights.reversed())
    place.server["/files/one.safetensors"] = .init(other, etag: "\"2\"")
    place.server.forgetRequests()
    let model = try await install(place, address)
    let asked = place.server.requests(of: "/files/one.safetensors")
    #expect(asked.first?.headers["if-range"] == "\"1\"" && asked.last?.sent == other.count)
    #expect(Array(try Data(contentsOf: URL(filePath: model.path))) == other)
    #expect(place.models() == ["one.easel-model.json", "one.safetensors"])
  }

  @Test("A server without ranges sends everything again")
  func noRanges() async throws {
    let place = try Workplace()
    defer { place.remove() }
    place.publish()
    place.server["/store/weights"]?.ignoresRanges = true
    place.server["/store/weights"]?.cut = (after: 100_000, times: 1)
    _ = try await install(place)
    #expect(place.server.requests(of: "/store/weights").map(\.sent) == [100_000, 300_000])
  }

  @Test("Wrong bytes are refused and thrown away, and the right ones are taken afterwards")
  func wrongDigest() async throws {
    let place = try Workplace()
    defer { place.remove() }
    place.publish()
    var wrong = Workplace.weights
    wrong[123_456] ^= 1
    place.server["/store/weights"] = .init(wrong, etag: "\"x\"")
    let refused = await failure { try await install(place) }
    #expect(refused?.code == .modelDamaged && refused?.cause?.contains("SHA-256") == true)
    #expect(place.models().isEmpty)
    place.publish()
    place.server.forgetRequests()
    _ = try await install(place)
    #expect(place.server.requests(of: "/store/weights").map(\.sent) == [300_000])
    #expect(place.models() == ["m"])
  }

  @Test("Missing, forbidden, broken and unreachable servers each say what they are")
  func refusals() async throws {
    let place = try Workplace()
    defer { place.remove() }
    #expect(await failure { try await install(place) }?.code == .notFound)
    place.publish()
    place.server["/api/models/o/m"] = .init(status: 401)
    #expect(await failure { try await install(place) }?.code == .notFound)
    place.publish()
    place.server["/store/weights"] = .init(status: 500)
    let broken = await failure { try await install(place) }
    #expect(broken?.code == .engineUnreachable && broken?.cause?.contains("500") == true)
    // The first try and the two of the delays.
    #expect(place.server.requests(of: "/store/weights").count == 3)
    #expect(place.shelf.unfinished().count == 1)
    place.server["/store/weights"] = .init(status: 404)
    #expect(await failure { try await install(place) }?.code == .notFound)
    place.server["/api/models/o/m"] = .init(Array("<html>".utf8))
    #expect(await failure { try await install(place) }?.code == .engineUnreachable)
    let nobody = try Hub(environment: ["HF_ENDPOINT": "http://127.0.0.1:1"])
    let installer = ModelInstaller(
      shelf: place.shelf, hub: nobody, tools: place.tools, isTaken: { _ in false })
    let dead = await failure {
      try await onOwnThread { try installer.install(.init(source: "o/m")) }
    }
    #expect(dead?.code == .engineUnreachable && dead?.exitCode == 3)
    // What never began is not unfinished; what had begun keeps its size.
    let other = await failure {
      try await onOwnThread { try installer.install(.init(source: "o/other")) }
    }
    #expect(other?.code == .engineUnreachable)
    #expect(place.shelf.unfinished().map(\.total) == [Workplace.weights.count + 5])
    #expect(place.models().isEmpty)
  }

  @Test("A model of another kind is refused before its weights are loaded")
  func otherKind() async throws {
    let place = try Workplace()
    defer { place.remove() }
    place.publish(index: "Other")
    #expect(await failure { try await install(place) }?.code == .unsupported)
    #expect(place.server.requests(of: "/store/weights").isEmpty)
    #expect(place.models().isEmpty && place.shelf.unfinished().isEmpty)
  }

  @Test("Where there is no room, nothing is loaded")
  func noRoom() async throws {
    let place = try Workplace()
    defer { place.remove() }
    place.publish()
    let installer = try place.installer { $0.freeBytes = { _ in 32 << 20 } }
    let full = await failure {
      try await onOwnThread { try installer.install(.init(source: "o/m")) }
    }
    #expect(full?.code == .diskFull)
    #expect(place.server.requests(of: "/store/weights").isEmpty)
  }

  @Test("A name that is taken is refused; overwriting moves the old model to the trash")
  func overwriting() async throws {
    let place = try Workplace()
    defer { place.remove() }
    place.publish()
    _ = try await install(place)
    #expect(await failure { try await install(place) }?.code == .badInput)
    #expect(await failure { try await install(place, name: "shipped") }?.code == .badInput)
    _ = try await install(place, overwrites: true)
    #expect(place.models() == ["m"])
    let old = try #require(place.shelf.removed().first)
    #expect(old.name == "m" && old.bytes > 300_000)
    #expect(throws: Failure.self) { try place.shelf.restore(old) }
    _ = try place.shelf.remove("m")
    try place.shelf.restore(old)
    #expect(place.models() == ["m"])
    #expect(try place.shelf.emptyTrash() > 300_000)
    #expect(place.shelf.removed().isEmpty && place.models() == ["m"])
  }

  @Test("Names and sources that lead elsewhere are refused")
  func names() async throws {
    let place = try Workplace()
    defer { place.remove() }
    for name in [
      "", "..", "a/b", ".hidden", "x\u{202E}y", "-n", String(repeating: "x", count: 101),
    ] {
      #expect(throws: Failure.self) { try place.installer().read(.init(source: "o/m", name: name)) }
    }
    for source in [
      "", "ftp://x/y.tar", "http://u:p@h/m.tar", "http://h/m.zip", "http://h/m", "a/b/c",
    ] {
      #expect(throws: Failure.self) { try place.installer().read(.init(source: source)) }
    }
    let page = try ModelSource("https://huggingface.co/amused/amused-256/tree/main")
    #expect(page == .hub(owner: "amused", name: "amused-256"))
    #expect(try ModelSource("amused-512").host(Hub()) == "huggingface.co")
    let signed = try ModelSource("https://h.org/a/b%20c.tar?token=secret")
    #expect(signed.suggestedName == "b c" && !signed.shownText.contains("secret"))
  }
}

@Suite("Installing from this machine", .serialized)
struct LocalInstallTests {
  @Test("A folder is copied, read back and put in place; other files stay behind")
  func folder() throws {
    let place = try Workplace()
    defer { place.remove() }
    let source = place.folder + "/source"
    try FileManager.default.createDirectory(
      atPath: source + "/unet", withIntermediateDirectories: true)
    try Data("sound".utf8).write(to: URL(filePath: source + "/model_index.json"))
    try Data("big".utf8).write(to: URL(filePath: source + "/other.bin"))
    try Data(Workplace.weights).write(to: URL(filePath: source + "/real"))
    // A cache of the hub's own tools is made of links.
    try FileManager.default.createSymbolicLink(
      atPath: source + "/unet/weights.safetensors", withDestinationPath: source + "/real")
    let model = try place.installer().install(.init(source: source, name: "mine"))
    #expect(place.models() == ["mine"] && model.files == 2)
    let weights = model.path + "/unet/weights.safetensors"
    #expect(
      try FileManager.default.attributesOfItem(atPath: weights)[.type] as? FileAttributeType
        == .typeRegular)
    #expect(!FileManager.default.fileExists(atPath: model.path + "/other.bin"))

    // A flipped bit and a missing file are found.
    var bytes = Workplace.weights
    bytes[7] ^= 4
    try Data(bytes).write(to: URL(filePath: weights))
    let verifier = ModelVerifier(tools: place.tools)
    var verdict = try verifier.verify(name: "mine", path: model.path)
    #expect(verdict.problems.count == 1 && verdict.problems[0].contains("other bytes"))
    try FileManager.default.removeItem(atPath: weights)
    verdict = try verifier.verify(name: "mine", path: model.path)
    #expect(verdict.problems == ["unet/weights.safetensors is missing"])
  }

  @Test("A folder that is no model leaves nothing behind, nor does one that cannot be opened")
  func noModel() throws {
    let place = try Workplace()
    defer { place.remove() }
    let source = place.folder + "/source"
    try FileManager.default.createDirectory(
      atPath: source + "/unet", withIntermediateDirectories: true)
    #expect(throws: Failure.self) { try place.installer().install(.init(source: source)) }
    try Data("broken".utf8).write(to: URL(filePath: source + "/model_index.json"))
    try Data(Workplace.weights).write(to: URL(filePath: source + "/unet/weights.safetensors"))
    #expect(throws: Failure.self) { try place.installer().install(.init(source: source)) }
    #expect(place.models().isEmpty && place.shelf.unfinished().isEmpty)
  }
}

/// Turned on once, from any thread; whoever waits for that goes on at that moment.
private final class CancelSwitch: Sendable {
  private let value = Mutex(false)
  private let (stream, continuation) = AsyncStream<Void>.makeStream()
  var isOn: Bool { value.withLock { $0 } }

  func turnOn() {
    value.withLock { $0 = true }
    continuation.finish()
  }

  func turned() async { for await _ in stream {} }
}
