import EaselKit
import EaselScreen
import EaselTerminal
import EaselTestSupport
import Synchronization
import Testing

private let size = CellSize(columns: 30, rows: 10)

private func screen(_ key: PictureKey, at frame: CellRect) -> Screen {
  var screen = Screen(size: size)
  screen.draw("a frame", column: 0, row: 0)
  screen.place(key, in: frame)
  return screen
}

/// A supply that answers nothing until it is told to, and remembers what it was asked.
private final class Gate: Sendable {
  private struct State {
    var asked: [PictureRequest] = []
    var waiting: [PictureRequest: CheckedContinuation<Void, Never>] = [:]
    var open: Set<PictureKey> = []
  }
  private let state = Mutex(State())

  var asked: [PictureKey] { state.withLock { $0.asked.map(\.key) } }

  func open(_ key: PictureKey) {
    let waiting = state.withLock { s in
      s.open.insert(key)
      let waiting = s.waiting.filter { $0.key.key == key }
      for request in waiting.keys { s.waiting[request] = nil }
      return Array(waiting.values)
    }
    for continuation in waiting { continuation.resume() }
  }

  func pass(_ request: PictureRequest) async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { s in
        s.asked.append(request)
        if s.open.contains(request.key) { return true }
        s.waiting[request] = continuation
        return false
      }
      if isOpen { continuation.resume() }
    }
  }

  var supply: PictureSupply {
    PictureSupply(
      indexed: {
        await self.pass($0)
        return TestPictures.indexed($0.key, size: $0.size)
      },
      picture: { _ in nil }, sixel: TestPictures.sixel)
  }
}

extension SessionTests {
  private static let frame = CellRect(column: 3, row: 2, columns: 8, rows: 4)

  /// Whether the frame shows exactly this picture.
  private static func shows(_ terminal: VTScreen, _ key: PictureKey) -> Bool {
    let cell = terminal.profile.cell
    return terminal.pixels(column: frame.column, row: frame.row)?.first
      == 0xFF00_0000 | TestPictures.colour(key, 0, 0)
      && terminal.pixels(column: frame.column + 7, row: frame.row + 3)?.last
        == 0xFF00_0000
        | TestPictures.colour(key, 8 * cell.width - 1, 4 * cell.height - 1)
  }

  @Test func aPictureThatIsNotReadyLeavesItsPredecessorOnTheScreen() async throws {
    let gate = Gate()
    let first = PictureKey.image(ImageID(1)), second = PictureKey.image(ImageID(2))
    gate.open(first)
    try await withStage({ try Stage(size: size, supply: gate.supply) }) { stage in
      try stage.show(screen(first, at: Self.frame))
      try demand(Self.shows(stage.terminal.screen, first), "the first is not there")
      stage.session.present(screen(second, at: Self.frame))
      try stage.terminal.readWhile { !gate.asked.contains(second) }
      try demand(Self.shows(stage.terminal.screen, first), "the first is gone too early")
      gate.open(second)
      try stage.terminal.read(until: "the second") { Self.shows($0, second) }
    }
  }

  @Test func picturesOfOtherFramesGoAtOnceThoughTheOneInTheirPlaceIsNotReady() async throws {
    let gate = Gate()
    let large = PictureKey.image(ImageID(9))
    let tiles = (1...3).map { PictureKey.thumbnail(ImageID(Int64($0))) }
    for tile in tiles { gate.open(tile) }
    try await withStage({ try Stage(size: size, supply: gate.supply) }) { stage in
      // With gaps so narrow that cells beside them may or may not have been written again.
      var gallery = Screen(size: size)
      for (i, tile) in tiles.enumerated() {
        gallery.place(tile, in: CellRect(column: 2 + i * 8, row: 2, columns: 6, rows: 4))
      }
      try stage.show(gallery)
      try demandEqual(stage.terminal.screen.pictureCells, 72)
      stage.session.present(
        screen(large, at: CellRect(column: 1, row: 1, columns: 26, rows: 7)))
      try stage.terminal.readWhile { !gate.asked.contains(large) }
      try stage.terminal.read(until: "the end of the tiles") { $0.pictureCells == 0 }
      gate.open(large)
      try stage.terminal.read(until: "the large one") { $0.pictureCells == 26 * 7 }
    }
  }

  @Test func fastPreviewsNeverStarveTheScreenAndOnlyTheNewestIsLoadedNext() async throws {
    let gate = Gate()
    @Sendable func preview(_ revision: Int) -> PictureKey {
      .preview(JobID(1), index: 0, revision: revision)
    }
    try await withStage({ try Stage(size: size, supply: gate.supply) }) { stage in
      stage.session.present(screen(preview(1), at: Self.frame))
      try stage.terminal.readWhile { gate.asked.isEmpty }
      // While the first one loads, fifty more come.
      for revision in 2...50 { stage.session.present(screen(preview(revision), at: Self.frame)) }
      // The terminal's thread may have seen any of them last when the first is loaded, and asks for that.
      for revision in 1...50 { gate.open(preview(revision)) }
      try stage.terminal.read(until: "the last preview") { Self.shows($0, preview(50)) }
      try demand(gate.asked.count < 50, "\(gate.asked.count) previews were loaded")
      try demandEqual(gate.asked.first, preview(1))
      try demandEqual(gate.asked.last, preview(50))
    }
  }

  @Test func theCursorHasTheInkOfTheTheme() async throws {
    try await withStage({ try Stage(size: size) }) { stage in
      stage.terminal.recording = []
      stage.session.use(plainTheme(false))
      try stage.show(Screen(size: size))
      let bytes = String(decoding: stage.terminal.recording ?? [], as: UTF8.self)
      try demand(bytes.contains("\u{1B}]12;#141414\u{1B}\\"), "no colour of the cursor")
    }
  }

  @Test func whatAPieceTookFromANeighbourComesBackThoughSendingWasInterrupted() async throws {
    var profile = TerminalProfile(
      cell: PixelSize(width: 10, height: 20), hasSixel: true, hasSynchronizedOutput: false,
      hasDirectColour: false)
    profile.hasITerm2 = true
    profile.widensPictures = true
    profile.name = "Konsole 22.12.3"
    let size = CellSize(columns: 90, rows: 24), konsole = profile
    // The second picture moves beside the first, whose nearest column the terminal wipes then; the third is larger
    // than what is sent at a time, so that the end of sending knows nothing of its beginning.
    @Sendable func screen(_ column: Int) -> Screen {
      var screen = Screen(size: size)
      screen.place(
        .image(ImageID(1)), in: CellRect(column: 10, row: 1, columns: 8, rows: 4))
      screen.place(
        .image(ImageID(2)), in: CellRect(column: column, row: 1, columns: 8, rows: 4))
      screen.place(
        .image(ImageID(3)), in: CellRect(column: column, row: 6, columns: 64, rows: 16))
      return screen
    }
    try await withStage({ try Stage(size: size, profile: konsole) }) { stage in
      try stage.show(screen(0))
      try demandEqual(SessionTests.differences(stage.terminal.screen, screen(0)), [])
      try stage.show(screen(2))
      try demandEqual(SessionTests.differences(stage.terminal.screen, screen(2)), [])
    }
  }

  @Test func ofAPreviewOnlyWhatChangedIsSent() async throws {
    let size = CellSize(columns: 60, rows: 20)
    let frame = CellRect(column: 2, row: 1, columns: 50, rows: 16)
    @Sendable func screen(_ revision: Int) -> Screen {
      var screen = Screen(size: size)
      screen.place(.preview(JobID(1), index: 0, revision: revision), in: frame)
      return screen
    }
    // One square of each picture differs from the picture before.
    @Sendable func indexed(_ request: PictureRequest) -> IndexedPicture? {
      guard case .preview(_, _, let revision) = request.key else { return nil }
      var indices = [UInt8](repeating: 0, count: request.size.width * request.size.height)
      for square in 0..<revision {
        for y in 40..<80 {
          for x in (square * 40)..<(square * 40 + 40) {
            indices[y * request.size.width + x] = UInt8(1 + (x ^ y) % 15)
          }
        }
      }
      // Another palette each time, in which the same colours have other numbers.
      let palette = (0..<16).flatMap { i in
        [UInt8((i + revision) % 16 * 17), UInt8(51), UInt8(0)]
      }
      return IndexedPicture(
        width: request.size.width, height: request.size.height, palette: palette,
        indices: indices.map { UInt8((Int($0) + 16 - revision) % 16) })
    }
    let supply = PictureSupply(
      indexed: { indexed($0) }, picture: { _ in nil }, sixel: TestPictures.sixel)
    try await withStage({ try Stage(size: size, supply: supply) }) { stage in
      try stage.show(screen(1))
      let whole = stage.terminal.screen.sixelPixels
      try demandEqual(whole, 50 * 16 * 128)
      for revision in 2...5 {
        let before = stage.terminal.screen.sixelPixels
        try stage.show(screen(revision))
        try demandEqual(stage.terminal.screen.sixelPixels - before, 5 * 3 * 128)
      }
      // Something lies over it for a while: what it wiped is sent again, and a few cells around.
      var covered = screen(5)
      covered.fill(CellRect(column: 10, row: 4, columns: 6, rows: 3), style: Style(.popup))
      try stage.show(covered)
      let before = stage.terminal.screen.sixelPixels
      try stage.show(screen(6))
      let picture = stage.terminal.screen
      for column in [3, 8, 12, 15, 22, 25, 40] {
        for row in [2, 3, 4, 6, 10] {
          try demand(picture.pixels(column: column, row: row) != nil, "a hole at \(column), \(row)")
        }
      }
      let cells = (picture.sixelPixels - before) / 128
      try demand((18 + 15..<120).contains(cells), "\(cells) cells")
    }
  }

  @Test func aMissingPictureLeavesItsPlaceEmpty() async throws {
    let supply = PictureSupply(
      indexed: { $0.key == .image(ImageID(1)) ? TestPictures.indexed($0.key, size: $0.size) : nil },
      picture: { _ in nil }, sixel: TestPictures.sixel)
    try await withStage({ try Stage(size: size, supply: supply) }) { stage in
      try stage.show(screen(.image(ImageID(1)), at: Self.frame))
      try demandEqual(stage.terminal.screen.pictureCells, 32)
      try stage.show(screen(.image(ImageID(2)), at: Self.frame))
      try demandEqual(stage.terminal.screen.pictureCells, 0)
    }
  }

  @Test func theCursorIsOutOfTheWayWhilePicturesAreSentAndBackAfterwards() async throws {
    try await withStage({ try Stage(size: size) }) { stage in
      for (number, cursor) in [CellPoint(column: 3, row: 2), nil].enumerated() {
        var frame = screen(.image(ImageID(Int64(number + 1))), at: Self.frame)
        frame.cursor = cursor
        try stage.show(frame)
        try demand(stage.terminal.screen.sixels > 0, "no picture came")
        try demandEqual(stage.terminal.screen.sixelsUnderCursor, 0)
        try demandEqual(stage.terminal.screen.modes.contains(25), cursor != nil)
      }
    }
  }

  @Test func aFrameThatChangesOneLetterSendsNoPictureAgain() async throws {
    try await withStage({ try Stage(size: size) }) { stage in
      var frame = screen(.image(ImageID(1)), at: Self.frame)
      try stage.show(frame)
      let sixels = stage.terminal.screen.sixels, bytes = stage.terminal.screen.bytes
      for (i, letter) in "typing goes on".enumerated() {
        frame.draw(SafeText(String(letter)), column: 12 + i, row: 3)
        try stage.show(frame)
      }
      try demandEqual(stage.terminal.screen.sixels, sixels)
      let perKey = (stage.terminal.screen.bytes - bytes) / 14
      try demand(perKey < 120, "\(perKey) bytes for a letter")
    }
  }

  @Test(arguments: [true, false])
  func withoutSixelBlockElementsShowThePicture(isDirect: Bool) async throws {
    let profile = TerminalProfile(hasSixel: false, hasDirectColour: isDirect)
    let pixels = SymbolGrid.pixelsPerCell
    let grid = SymbolGrid(
      TestPictures.picture(
        .image(ImageID(1)), size: PixelSize(width: 8 * pixels.width, height: 4 * pixels.height)),
      .quadrants)
    try await withStage({ try Stage(size: size, profile: profile) }) { stage in
      try demandEqual(stage.session.capabilities.graphics, .blocks)
      try stage.show(screen(.image(ImageID(1)), at: Self.frame))
      let terminal = stage.terminal.screen
      for row in 0..<4 {
        for column in 0..<8 {
          let cell = terminal[Self.frame.column + column, Self.frame.row + row]
          let wanted = grid[column, row]
          try demandEqual(cell.text, String(Character(wanted.symbol)))
          if isDirect {
            try demandEqual(cell.foreground, .direct(wanted.foreground))
            try demandEqual(cell.background, .direct(wanted.background))
          } else if case .indexed(16...255) = cell.foreground {
          } else {
            throw Wrong(description: "\(cell.foreground) is none of the fixed 240 colours")
          }
        }
      }
      // Covered, the blocks go; uncovered, they come back.
      var covered = screen(.image(ImageID(1)), at: Self.frame)
      covered.fill(CellRect(column: 4, row: 3, columns: 3, rows: 2), style: Style(.popup))
      try stage.show(covered)
      try demandEqual(stage.terminal.screen[5, 3].text, " ")
      try stage.show(screen(.image(ImageID(1)), at: Self.frame))
      try demandEqual(
        stage.terminal.screen[5, 3].text, String(Character(grid[2, 1].symbol)))
    }
  }

  @Test func aSilentTerminalIsUsableAtOnce() async throws {
    try await withStage({ try Stage(size: size, profile: .silent) }) { stage in
      try demand(!stage.session.capabilities.answered, "it answered")
      try stage.show(screen(.image(ImageID(1)), at: Self.frame))
      try demandEqual(stage.terminal.screen.line(0), "a frame")
      try demand(
        "▀▌▘▝▖▗▚".contains(stage.terminal.screen[4, 3].text), "no block element is there")
    }
  }

  @Test func tinyWindowsAndFramesOfOtherSizesAreClipped() async throws {
    try await withStage({ try Stage(size: CellSize(columns: 1, rows: 1)) }) { stage in
      for side in [1, 2, 5, 1, 3] {
        try stage.resize(CellSize(columns: side, rows: side))
        // Always the large frame: the studio may not have noticed the size yet.
        try stage.show(screen(.image(ImageID(1)), at: Self.frame))
        try demandEqual(stage.terminal.screen[0, 0].text, "a")
        try demandEqual(stage.terminal.screen.scrolls, 0)
      }
    }
  }

  @Test func anotherThemeRecoloursEverything() async throws {
    try await withStage({ try Stage(size: size) }) { stage in
      let frame = screen(.image(ImageID(1)), at: Self.frame)
      try stage.show(frame)
      stage.session.use(plainTheme(false))
      try stage.show(frame)
      try demandEqual(
        stage.terminal.screen[0, 0].background, .direct(RGB(245, 245, 240)))
      try demand(Self.shows(stage.terminal.screen, .image(ImageID(1))), "the picture is gone")
    }
  }

  @Test func onlyOneSessionAtATime() async throws {
    try await withStage({ try Stage(size: size) }) { stage in
      do {
        _ = try Stage(size: size)
      } catch let failure as Failure {
        try demandEqual(failure.code, .internalError)
        return
      }
      throw Wrong(description: "a second session was opened")
    }
  }
}

extension PseudoTerminal {
  /// Reads what comes while `condition` holds.
  func readWhile(_ condition: () -> Bool) throws {
    try read(until: "news", polling: true) { _ in !condition() }
  }
}
