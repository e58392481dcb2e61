import EaselKit
import EaselScreen

/// A picture ready to be drawn.
enum PreparedPicture: Sendable {
  /// With complete sequences for bands of `rowsPerStrip` cell rows over the whole width; a band that will
  /// hardly be sent as a whole is empty.
  case sixel(IndexedPicture, strips: [[UInt8]], rowsPerStrip: Int)
  case blocks(SymbolGrid)
  /// With base64 of a PNG for each of the same bands.
  case files(Picture, strips: [[UInt8]], rowsPerStrip: Int)

  /// Cell rows of a band; nil where there are none.
  var rowsPerStrip: Int? {
    switch self {
    case .sixel(_, _, let rows), .files(_, _, let rows): rows
    case .blocks: nil
    }
  }

  /// Whether its bands have palettes of their own, so that no sequence may cross their borders.
  var hasBandsOfColours: Bool {
    if case .sixel(let picture, _, _) = self { picture.palettes.count > 1 } else { false }
  }

  var bytes: Int {
    switch self {
    case .sixel(let picture, let strips, _):
      picture.indices.count + strips.reduce(0) { $0 + $1.count }
    case .blocks(let grid): grid.cells.count * MemoryLayout<SymbolGrid.Cell>.stride
    case .files(let picture, let strips, _):
      picture.pixels.count + strips.reduce(0) { $0 + $1.count }
    }
  }
}

/// The pictures that are loaded or being loaded, by name and size. A pure value; who uses it
/// starts the loads it asks for.
struct PictureShelf {
  /// A picture at one size in cells.
  struct Name: Hashable {
    var key: PictureKey
    var cells: CellSize
    var request: PictureRequest
  }
  private enum State {
    case loading
    case ready(PreparedPicture)
    case missing
  }
  private struct Entry {
    var name: Name
    var state: State
    var lastUse: Int
    /// By cell: see `PicturePlan.Part`; nil where every cell is the picture's own.
    var origins: [Int]?
  }

  private var entries: [Int: Entry] = [:]
  private var numbers: [Name: Int] = [:]
  private var nextNumber = 0
  private var clock = 0
  /// Bytes of pictures that are kept although nothing shows them.
  private let budget: Int
  /// Loads at a time.
  private let width: Int

  init(budget: Int = 24 << 20, width: Int = 2) {
    self.budget = budget
    self.width = width
  }

  var isLoading: Bool {
    entries.values.contains { if case .loading = $0.state { true } else { false } }
  }

  func picture(_ number: Int) -> PreparedPicture? {
    if case .ready(let picture) = entries[number]?.state { picture } else { nil }
  }

  /// The first picture of its series that had the same pixels in this cell.
  func origin(_ number: Int, column: Int, row: Int) -> Int {
    guard let entry = entries[number], let origins = entry.origins else { return number }
    return origins[row * entry.name.cells.columns + column]
  }

  /// The picture that one of this name will follow, with what its cells go back to.
  func predecessor(of name: Name) -> Predecessor? {
    guard let number = newestBefore(name), let picture = picture(number) else { return nil }
    let own = Array(repeating: number, count: name.cells.columns * name.cells.rows)
    return Predecessor(picture: picture, origins: entries[number]?.origins ?? own)
  }

  /// What each name can show now. A picture of a series that is not ready is stood in for by the newest
  /// older one, so that fast previews never starve the screen.
  mutating func choices(_ names: [Name]) -> [PicturePlan.Choice] {
    clock += 1
    return names.map { name in
      if let number = numbers[name] {
        entries[number]?.lastUse = clock
        switch entries[number]?.state {
        case .ready: return .ready(picture: number)
        case .missing: return .missing
        case .loading, nil: break
        }
      }
      if let number = newestBefore(name) {
        entries[number]?.lastUse = clock
        return .ready(picture: number)
      }
      return .pending
    }
  }

  private func newestBefore(_ name: Name) -> Int? {
    guard let (series, revision) = name.key.series else { return nil }
    var best: (number: Int, revision: Int)?
    for (number, entry) in entries {
      guard case .ready = entry.state, entry.name.cells == name.cells,
        entry.name.request.size == name.request.size,
        entry.name.request.part == name.request.part,
        let (same, older) = entry.name.key.series, same == series, older < revision,
        older > best?.revision ?? Int.min
      else { continue }
      best = (number, older)
    }
    return best?.number
  }

  /// The names to load now, given what is visible: at most `width` at a time, one of a series.
  mutating func loadsToStart(_ names: [Name]) -> [(number: Int, name: Name)] {
    var started: [(Int, Name)] = []
    var loading = entries.values.filter { if case .loading = $0.state { true } else { false } }
      .map(\.name)
    for name in names where loading.count < width && numbers[name] == nil {
      if loading.contains(where: { Self.isOneSeries($0, name) }) { continue }
      let number = nextNumber
      nextNumber += 1
      entries[number] = Entry(name: name, state: .loading, lastUse: clock)
      numbers[name] = number
      loading.append(name)
      started.append((number, name))
    }
    return started
  }

  /// Loads that nothing visible waits for any more; they are forgotten.
  mutating func loadsToCancel(_ names: [Name]) -> [Int] {
    let dropped = entries.filter { _, entry in
      guard case .loading = entry.state else { return false }
      return !names.contains { $0 == entry.name || Self.isOneSeries($0, entry.name) }
    }
    for number in dropped.keys { remove(number) }
    return Array(dropped.keys)
  }

  private static func isOneSeries(_ a: Name, _ b: Name) -> Bool {
    guard a.cells == b.cells, a.request.size == b.request.size, a.request.part == b.request.part,
      let one = a.key.series, let other = b.key.series
    else { return false }
    return one.of == other.of
  }

  mutating func loaded(_ number: Int, _ picture: PreparedPicture?, origins: [Int]? = nil) {
    guard entries[number] != nil else { return }
    entries[number]?.origins = origins
    entries[number]?.state = picture.map { .ready($0) } ?? .missing
  }

  /// Forgets what no name shows: older ones of a series and missing ones at once, others when there are
  /// more than the budget, longest unused first.
  mutating func tidy(_ names: [Name], shown: [PicturePlan.Choice]) {
    var used = Set(names.compactMap { numbers[$0] })
    for case .ready(let number) in shown { used.insert(number) }
    var sum = 0
    var old: [(number: Int, use: Int, bytes: Int)] = []
    for (number, entry) in entries where !used.contains(number) {
      switch entry.state {
      case .missing: remove(number)
      case .ready where entry.name.key.series != nil: remove(number)
      case .ready(let picture):
        sum += picture.bytes
        old.append((number, entry.lastUse, picture.bytes))
      case .loading: break
      }
    }
    for entry in old.sorted(by: { $0.use < $1.use }) where sum > budget {
      remove(entry.number)
      sum -= entry.bytes
    }
  }

  private mutating func remove(_ number: Int) {
    if let entry = entries.removeValue(forKey: number) { numbers[entry.name] = nil }
  }
}
