import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Testing

@Suite("Bringing a model into memory")
struct ModelLoadingTests {
  private func load(
    free: Int?, wanted: ProductPrecision? = nil, progress: (Double) throws -> Void = { _ in }
  ) throws -> MuseModel {
    var loading = ModelLoading()
    loading.availableBytes = { free }
    return try MuseModel(
      name: "tiny", folder: TinyModel.catalog().folder(of: "tiny"), digest: "d", loading: loading,
      precision: wanted,
      progress: progress)
  }

  @Test("The best precision that fits is taken, and what does not fit is refused with both numbers")
  func memory() throws {
    let size = try ModelMemory(path: TinyModel.catalog().folder(of: "tiny"))
    let (full, least) = (size.bytes(in: .fp32), size.bytes(in: .int8))
    #expect(least < size.bytes(in: .bfloat16) || least <= full)
    #expect(least < full)
    #expect(try load(free: nil).precision == .fp32)
    #expect(try load(free: full).precision == .fp32)
    #expect(try load(free: full - 1).precision == .int8)
    let refused = #expect(throws: Failure.self) { try load(free: least - 1) }
    #expect(refused?.code == .outOfMemory && refused?.exitCode == 1)
    #expect(refused?.what.contains("0.1 GB") == true && refused?.hint != nil, "\(refused as Any)")
    let asked = #expect(throws: Failure.self) { try load(free: full - 1, wanted: .fp32) }
    #expect(asked?.hint?.contains("int8") == true)
  }

  @Test("A precision that was asked for is kept, and every one paints")
  func precisions() async throws {
    for precision in ProductPrecision.allCases {
      var request = TinyModel.request(steps: 3)
      request.precision = precision.rawValue
      var painted: [Picture] = []
      for try await event in MuseEngine(catalog: TinyModel.catalog()).generate(request) {
        if case .image(let image) = event { painted.append(image.picture) }
      }
      #expect(painted.count == request.count)
    }
    var request = TinyModel.request()
    request.precision = "int9"
    let failure = await #expect(throws: Failure.self) {
      for try await _ in MuseEngine(catalog: TinyModel.catalog()).generate(request) {}
    }
    #expect(failure?.hint?.contains("int8") == true)
  }

  @Test("Loading tells how far it is, and stops when it is told to")
  func progress() throws {
    var shares: [Double] = []
    _ = try load(free: nil, wanted: .int8) { shares.append($0) }
    #expect(shares.count > 20 && shares == shares.sorted())
    // Headers are part of the files and hold no numbers.
    #expect((shares.last ?? 0) > 0.5 && (shares.last ?? 2) <= 1)
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      _ = try load(free: nil, wanted: .int8) { if $0 > 0.1 { throw Stop() } }
    }
  }

  @Test("Packs of earlier weights and of dead processes are removed, and nothing else")
  func leftovers() throws {
    let folder = NSTemporaryDirectory() + "easel-leftovers-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let mine = ProcessInfo.processInfo.processIdentifier
    let kept = [
      "a-int8-avx2-new.packed", "a-int8-avx2-new.packed.\(mine)", "a-fp32-avx2-old.packed",
      "b-int8-avx2-old.packed", "a-int8-avx2-note.txt", "a-int8-avx2-x.packed.name",
      "a-int8-avx2-b-int8-avx2-old.packed",
    ]
    // No process has the largest number.
    let removed = ["a-int8-avx2-old.packed", "a-int8-avx2-old.packed.2147483647"]
    for name in kept + removed { try Data([1]).write(to: URL(filePath: "\(folder)/\(name)")) }
    ModelLoading.removeLeftovers(in: folder, kind: "a-int8-avx2-", keeping: kept[0])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == kept.sorted())
  }
}
