import EaselImaging
import EaselKit
import EaselStore
import FoundationEssentials

/// Measures the history: what storing a picture costs, and how a large library answers.
///
/// Calls `report` once for each figure: name, value, unit. The library lies in `folder` (made and
/// removed here), on whatever disk that is; storing is bound by its fsync. Queries are the median of
/// 21 runs. The large library is made of `count` picture files without a database, so building it
/// also measures how fast a lost history comes back.
func libraryBench(
  folder: String = ".build/bench-library", count: Int = 100_000,
  _ report: (_ name: String, _ value: Double, _ unit: String) -> Void
) async throws {
  try? FileManager.default.removeItem(atPath: folder)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try await storingBench(folder + "/small", report)
  try await largeLibraryBench(folder + "/large", count: count, report)
  try await likenessBench(folder + "/alike", count: 100_000, report)
}

private typealias Teller = (_ name: String, _ value: Double, _ unit: String) -> Void

private let codec = PictureCodec(
  encode: { try encodePNG($0, recipe: $1) },
  decode: { bytes in
    let (picture, texts) = try decodePNGWithTexts(bytes)
    let found = recognisedRecipe(in: texts, size: picture.size)
    return .init(picture: picture, recipe: found?.recipe, isOwn: found?.source == .easel)
  },
  thumbnail: { $0.thumbnail(side: $1) })

private func folders(_ root: String) -> LibraryFolders {
  LibraryFolders(library: root + "/library", cache: root + "/cache", state: root + "/state")
}

private func storingBench(_ root: String, _ report: Teller) async throws {
  let store = await HistoryStore.open(
    folders(root), access: .writing(waitSeconds: 0), codec: codec)
  if let problem = store.problem { throw problem }
  for (side, runs) in [(64, 60), (512, 30)] {
    var random = SplitMix64(seed: UInt64(side))
    var picture = Picture(width: side, height: side)
    var times: [Double] = []
    for run in 0..<runs {
      for i in picture.pixels.indices where i % 7 == 0 {
        picture.pixels[i] = UInt8(random.nextInt(64))
      }
      let recipe = recipe(side * 1000 + run, prompt: "a red fox in the snow")
      times.append(try await milliseconds { _ = try await store.append(picture, recipe: recipe) })
    }
    times.sort()
    report("library: store \(side)x\(side), median", times[runs / 2], "ms")
    report("library: store \(side)x\(side), slowest of \(runs)", times[runs - 1], "ms")
  }
  await store.close()
}

private func largeLibraryBench(_ root: String, count: Int, _ report: Teller) async throws {
  await HistoryStore.open(folders(root), access: .writing(waitSeconds: 0), codec: codec).close()
  try writeFiles(root, count: count)
  for end in ["", "-wal", "-shm"] {
    try? FileManager.default.removeItem(atPath: folders(root).library + "/library.db" + end)
  }
  let clock = ContinuousClock()
  let begin = clock.now
  var store = await HistoryStore.open(
    folders(root), access: .writing(waitSeconds: 0), codec: codec)
  report(
    "library: \(count) pictures back without a database", (clock.now - begin) / .seconds(1), "s")
  report("library: memory after that", Double(residentBytes()) / 1e6, "MB")
  await store.close()

  let opening = try await milliseconds {
    store = await HistoryStore.open(
      folders(root), access: .writing(waitSeconds: 0), codec: codec)
    _ = try await store.page(HistoryQuery(limit: 50))
  }
  report("library: open \(count) and list the first page", opening, "ms")
  let middle = ImageID(Int64(count / 2))
  let queries: [(String, HistoryQuery)] = [
    ("newest 50", HistoryQuery(limit: 50)),
    ("50 from the middle", HistoryQuery(limit: 50, before: middle)),
    ("one rare word", HistoryQuery(text: "rareword77", limit: 50)),
    ("two common words", HistoryQuery(text: "red fox", limit: 50)),
    ("beginning of a common word", HistoryQuery(text: "fo", limit: 50)),
    ("a common word, 50 from the middle", HistoryQuery(text: "fox", limit: 50, before: middle)),
    ("model and date", HistoryQuery(text: "model:rare before:2030", limit: 50)),
    ("Chinese, anywhere in the text", HistoryQuery(text: "雪山", limit: 50)),
    ("one seed", HistoryQuery(text: "seed:4711", limit: 50)),
  ]
  for (name, query) in queries {
    var times: [Double] = []
    for _ in 0..<21 {
      times.append(try await milliseconds { _ = try await store.page(query) })
    }
    report("library: of \(count), \(name)", times.sorted()[10], "ms")
  }
  let sweeping = await milliseconds { _ = await store.sweep() }
  report("library: sweep of \(count)", sweeping / 1000, "s")
  await store.close()
}

/// Search by likeness among vectors of the shipped model's length, all compared.
private func likenessBench(_ root: String, count: Int, _ report: Teller) async throws {
  let embedder = Embedder(
    digest: { "bench" }, pictures: { $0.map { _ in [1] } },
    words: { word in
      var random = SplitMix64(seed: UInt64(word.count))
      return (0..<192).map { _ in random.nextFloat() - 0.5 }
    })
  func open() async -> HistoryStore {
    await HistoryStore.open(
      folders(root), access: .writing(waitSeconds: 0), codec: codec, embedder: embedder)
  }
  var store = await open()
  if let problem = store.problem { throw problem }
  var random = SplitMix64(seed: 3)
  try await store.fill(count: count, digest: "bench") { i in
    recipe(i, prompt: i % 10 == 0 ? "a red fox" : "a boat \(i)")
  } vector: { _ in
    (0..<192).map { _ in random.nextFloat() - 0.5 }
  }
  await store.close()
  store = await open()
  let name = "like_\(count / 1000)k"
  let first = try await milliseconds {
    _ = try await store.page(HistoryQuery(text: "like:#\(count / 2)", limit: 50))
  }
  report(name + "_first", first, "ms")
  for (what, text) in [
    ("", "like:#\(count / 2)"), ("_words", "like:\"foggy harbour\""),
    ("_filtered", "like:#\(count / 2) fox"),
  ] {
    var times: [Double] = []
    for _ in 0..<21 {
      times.append(
        try await milliseconds { _ = try await store.page(HistoryQuery(text: text, limit: 50)) })
    }
    report(name + what, times.sorted()[10], "ms")
  }
  await store.close()
}

private func recipe(_ number: Int, prompt: String, model: String = "scenes") -> Recipe {
  let digits = String(number, radix: 16)
  return Recipe(
    request: GenerationRequest(prompt: prompt, seed: UInt64(number), model: model), index: 0,
    seed: UInt64(number), modelDigest: String(repeating: "a", count: 64),
    created: 1_700_000_000_000 + Int64(number), seconds: 1,
    generation: String(repeating: "0", count: 32 - digits.count) + digits)
}

/// Picture files as a library has them, of a few bytes each.
private func writeFiles(_ root: String, count: Int) throws {
  let things = ["fox", "boat", "tower", "lake", "forest", "street", "cat", "雪山 foggy"]
  let colours = ["red", "blue", "green", "yellow", "white"]
  let objects = folders(root).library + "/objects"
  for shard in 0..<256 {
    let name = String(shard + 256, radix: 16).dropFirst()
    try FileManager.default.createDirectory(
      atPath: "\(objects)/\(name)", withIntermediateDirectories: true)
  }
  var random = SplitMix64(seed: 1)
  for number in 0..<count {
    let colour = colours[random.nextInt(colours.count)]
    let thing = things[random.nextInt(things.count)]
    let rare = number % 10_000 == 77 ? " rareword77" : ""
    let prompt = "a \(colour) \(thing) by the sea, number \(number)\(rare)"
    let level = UInt8(number % 251)
    let picture = Picture(width: 2, height: 2, red: level, green: 3, blue: 4)
    let recipe = recipe(number, prompt: prompt, model: number % 50_000 == 5 ? "rare" : "scenes")
    let bytes = try encodePNG(picture, recipe: recipe)
    let digest = sha256Hex(bytes)
    try Data(bytes).write(to: URL(filePath: "\(objects)/\(digest.prefix(2))/\(digest).png"))
  }
}

private func milliseconds(_ work: () async throws -> Void) async rethrows -> Double {
  let clock = ContinuousClock()
  return try await clock.measure(work) / .milliseconds(1)
}

/// Resident memory of this process; 0 where the system does not say.
private func residentBytes() -> Int {
  guard let bytes = try? Data(contentsOf: URL(filePath: "/proc/self/statm")) else { return 0 }
  let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
  return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
}
