import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen
import EaselStore
import EaselTestSupport
import Foundation

/// The gallery of a hundred thousand pictures: what its lists cost, and what one waits for at the
/// terminal. A quarter of the pictures are batches of four; the newest have their thumbnails in the
/// cache, as after a day of work.
func measureGallery(_ report: Report) async throws {
  let home = NSTemporaryDirectory() + "easel-bench-" + UUID().uuidString
  defer { try? FileManager.default.removeItem(atPath: home) }
  let count = 100_000
  let store = await HistoryStore.open(
    LibraryFolders(
      library: home + "/data/library", cache: home + "/cache", state: home + "/state"),
    access: .writing(waitSeconds: 0), codec: galleryCodec)
  if let problem = store.problem { throw problem }
  try await fillGallery(store, count: count)
  try await measureLists(store, count: count, report)
  var totals: [String: Int] = [:]
  for word in typedWords {
    for end in 1...word.count {
      let text = String(word.prefix(end))
      totals[text] = try await store.window(HistoryQuery(text: text)).total
    }
  }
  await store.close()
  try measureGalleryScreen(home, count: count, totals: totals, report)
}

/// What is typed into the filter, and none begins another.
private let typedWords = ["fox", "lake", "street", "blue"]

private let galleryCodec = PictureCodec(
  encode: { try encodePNG($0, recipe: $1) },
  decode: { bytes in
    .init(picture: try decodePNGWithTexts(bytes).0, recipe: nil, isOwn: false)
  },
  thumbnail: { $0.thumbnail(side: $1) })

/// The name of the vectors that the studio looks for, so that it has nothing left to look at.
private func looksOfScenes() throws -> String {
  let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path
  let engine = MuseEngine(
    catalog: ModelCatalog(
      roots: ["\(program)/easel_EaselMuse.resources/Models"],
      digest: { try sha256(ofFiles: $0) }))
  return try engine.vectorDigest(model: "scenes")
}

private func fillGallery(_ store: HistoryStore, count: Int) async throws {
  let things = ["fox", "boat", "tower", "lake", "forest", "street", "cat", "狐"]
  let colours = ["red", "blue", "green", "yellow", "white"]
  var random = SplitMix64(seed: 5)
  try await store.fill(count: count, digest: try looksOfScenes()) { i in
    let thing = things[random.nextInt(things.count)], colour = colours[random.nextInt(5)]
    // Of every sixteen, four are one batch.
    let batch = i % 16 < 4 ? i / 16 * 16 : i
    let digits = String(batch + 1, radix: 16)
    return Recipe(
      request: GenerationRequest(
        prompt: "a \(colour) \(thing) by the sea at dawn, number \(i)", seed: UInt64(i),
        count: i % 16 < 4 ? 4 : 1, model: i % 1000 == 5 ? "rare" : "scenes"),
      index: i - batch, seed: UInt64(i), modelDigest: String(repeating: "a", count: 64),
      created: 1_700_000_000_000 + Int64(i) * 60_000, seconds: 1,
      generation: String(repeating: "0", count: 32 - digits.count) + digits)
  } vector: { _ in
    [1]
  }
  let rated = (1...count / 20).map { ImageID(Int64($0 * 20)) }
  for rating in 1...5 {
    let some = rated.filter { $0.number / 20 % 5 == Int64(rating - 1) }
    try await store.setRating(some, rating)
  }
  var picture = Picture(width: 256, height: 256)
  for i in 0..<2000 {
    // Smooth, with a disc: what thumbnails of scenes are like.
    for y in 0..<256 {
      for x in 0..<256 {
        let p = (y * 256 + x) * 3
        let isInside = (x - 128) * (x - 128) + (y - 128) * (y - 128) < 6_400
        picture.pixels[p] = isInside ? UInt8(i * 7 % 256) : UInt8(x / 2)
        picture.pixels[p + 1] = isInside ? 60 : UInt8(y / 2)
        picture.pixels[p + 2] = UInt8(i % 200)
      }
    }
    // Of the size that the window below asks for.
    try store.cacheThumbnail(picture.thumbnail(side: 128), ofFilled: count - 1 - i, side: 128)
  }
}

/// The median of 11 lists read anew: whatever is typed, no list is at hand for it.
private func measureLists(_ store: HistoryStore, count: Int, _ report: Report) async throws {
  let queries: [(String, HistoryQuery)] = [
    ("all", HistoryQuery(limit: 240)), ("key_f", HistoryQuery(text: "f", limit: 240)),
    ("key_fo", HistoryQuery(text: "fo", limit: 240)),
    ("key_a", HistoryQuery(text: "a", limit: 240)),
    ("key_fox_rated", HistoryQuery(text: "fox rating:>=3", limit: 240)),
    ("model", HistoryQuery(text: "model:sc", limit: 240)),
    ("chinese", HistoryQuery(text: "狐", limit: 240)),
    ("best", HistoryQuery(limit: 240, sort: .best)),
    ("by_prompt", HistoryQuery(limit: 240, sort: .prompt)),
    ("folded", HistoryQuery(limit: 240, foldsBatches: true)),
  ]
  let clock = ContinuousClock()
  for (name, query) in queries {
    var times: [Double] = []
    for _ in 0..<11 {
      store.forgetLists()
      let time = try await clock.measure { _ = try await store.window(query) }
      times.append(time / .milliseconds(1))
    }
    report.add("list_100k_\(name).ms", median(times), "ms")
  }
  var times: [Double] = []
  for i in 0..<21 {
    let query = HistoryQuery(limit: 240, place: i * 7919 % count)
    times.append(try await clock.measure { _ = try await store.window(query) } / .milliseconds(1))
  }
  report.add("list_100k_another_part.ms", median(times), "ms")
}

/// The whole program on that library.
private func measureGalleryScreen(
  _ home: String, count: Int, totals: [String: Int], _ report: Report
) throws {
  let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/easel"
  let clock = ContinuousClock()
  func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    try clock.measure(body) / .milliseconds(1)
  }
  let terminal = try PseudoTerminal(
    running: program,
    // No models: figures are of the gallery.
    environment: ["EASEL_HOME": home, "EASEL_SHARE": home + "/none"],
    size: CellSize(columns: 120, rows: 40))
  terminal.patience = 120
  var studio: Int32? { child(of: terminal.child) }
  var whole = 0.0
  whole = try milliseconds {
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}2")
    try terminal.read(until: "\(count) pictures")
  }
  report.add("gallery_100k_from_start.ms", whole, "ms")
  // To Compose and back: what one waits for in a session.
  // What start-up left for later (looking at models, indexing) says nothing when it is done: it is given time, so
  // that it is not measured with the gallery. Nothing is concluded from its being over.
  Thread.sleep(forTimeInterval: 4)
  var opens: [Double] = []
  for _ in 0..<5 {
    terminal.send("\u{1B}1")
    // All of it: what is left of the gallery while a frame arrives must not be taken for the gallery.
    try terminal.read(until: "Compose") {
      $0.contains("Prompt") && !$0.contains("\(count) pictures")
    }
    opens.append(
      try milliseconds {
        terminal.send("\u{1B}2")
        try terminal.read(until: "\(count) pictures")
      })
  }
  report.add("gallery_100k_open.ms", median(opens), "ms")
  report.add(
    "gallery_100k_to_last.ms",
    try milliseconds {
      terminal.send("G")
      try terminal.read(until: "the oldest picture") { $0.contains("#1  a ") }
    }, "ms")
  terminal.send("g")
  try terminal.read(until: "#\(count)  a ")

  // A row of thumbnails that is not on the screen yet, from the disk; then rows that were seen. Each key waits for the
  // whole of its frame. How many cells a full page has is not known before it is there; thumbnails end without a word.
  Thread.sleep(forTimeInterval: 3)
  terminal.drain()
  let fullCells = terminal.screen.pictureCells
  let arrivals = Arrivals(terminal)
  for (name, key, rows) in [("new", "j", 40), ("seen", "k", 20)] {
    let before = arrivals.screen.sixels, ticks = studio.map(cpuTicks) ?? 0
    let start = ContinuousClock.now
    for _ in 0..<rows { try arrivals.sendUntilFrame(key) }
    let took = (arrivals.catchUp() - start) / .milliseconds(1)
    let spent = Double((studio.map(cpuTicks) ?? 0) - ticks) * 10
    guard arrivals.screen.pictureCells >= fullCells else {
      throw Failure(.internalError, "a row's frame came without its thumbnails")
    }
    report.add(
      "gallery_100k_scroll_\(name).rows_s", Double(rows) / took * 1000, "rows/s", better: .higher)
    // What the studio itself took: the rest of a row is waiting and the terminal's reading.
    report.add(
      "gallery_100k_scroll_\(name).cpu_ms_row", spent / Double(rows), "ms of CPU")
    report.add(
      "gallery_100k_scroll_\(name).sixels_row",
      Double(arrivals.screen.sixels - before) / Double(rows), "sixels/row", better: .higher)
  }
  try arrivals.end()

  terminal.send("/")
  try terminal.read(until: "tag:snow")
  var keys: [Double] = []
  for word in typedWords {
    var before = count
    for end in 1...word.count {
      let total = totals[String(word.prefix(end))] ?? 0
      let took = try milliseconds {
        terminal.send(String(word.prefix(end).suffix(1)))
        try terminal.read(until: "\(total) pictures")
      }
      // Where the letter finds the same pictures, the answer cannot be told from the old one.
      if total != before { keys.append(took) }
      before = total
    }
    terminal.send("\u{15}")
    try terminal.read(until: "\(count) pictures")
  }
  report.add("gallery_100k_filter_key.ms", median(keys), "ms")
  if let studio {
    report.add("gallery_100k_memory.mib", residentMemory(studio) ?? 0, "MiB")
  }
  terminal.send("\u{3}\u{3}\u{3}")
  _ = try terminal.waitForExit()
}

/// Resident size now, in MiB.
private func residentMemory(_ process: Int32) -> Double? {
  let path = "/proc/\(process)/status"
  let text = (try? String(contentsOf: URL(filePath: path), encoding: .utf8)) ?? ""
  let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
  return line?.split(separator: " ").compactMap { Double($0) }.first.map { $0 / 1024 }
}
