import EaselKit
import EaselScreen
import EaselTerminal
import EaselTestSupport
import Testing

/// Tests with a session in this process: one at a time, since curses has one set of globals.
@Suite(.serialized) struct SessionTests {
  @Test func theFrameOfTheCursorIsAnotherOneInPlainASCIIToo() {
    let frames: [(Character, Character)] = [
      ("─", "━"), ("│", "┃"), ("┌", "┏"), ("┐", "┓"), ("└", "┗"), ("┘", "┛"),
    ]
    for (light, heavy) in frames {
      let one = CursesGlyph.ascii(for: light), other = CursesGlyph.ascii(for: heavy)
      #expect(one != other && one != "?" && other != "?", "\(light) and \(heavy)")
    }
  }

  /// Whether the terminal shows exactly `screen`: every letter, every pixel, nothing else.
  static func differences(_ terminal: VTScreen, _ screen: Screen) -> [String] {
    var all: [String] = []
    let w = terminal.profile.cell.width, h = terminal.profile.cell.height
    for row in 0..<screen.size.rows {
      for column in 0..<screen.size.columns {
        let shown = terminal[column, row]
        let pixels = terminal.pixels(column: column, row: row)
        let place = "(\(column), \(row))"
        switch screen[column, row].content {
        case .glyph(let character, _):
          if shown.text != String(character) {
            all.append("\(place) shows '\(shown.text)' for '\(character)'")
          }
          if pixels != nil { all.append("\(place) has stale pixels") }
          if terminal.profile.hasDirectColour {
            let look = plainTheme().looks[screen[column, row].style.role]
            if shown.background != look.map({ .direct($0.background) }) {
              all.append("\(place) has the background \(shown.background)")
            }
          }
        case .continuation:
          if !shown.text.isEmpty { all.append("\(place) shows '\(shown.text)' for half a glyph") }
          if pixels != nil { all.append("\(place) has stale pixels") }
        case .picture(let slot):
          let frame = screen.pictures[slot].frame
          if row == screen.size.rows - 1 {
            if pixels != nil { all.append("\(place) has pixels in the last row") }
            continue
          }
          var expected: [UInt32] = []
          for y in 0..<h {
            for x in 0..<w {
              expected.append(
                0xFF00_0000
                  | TestPictures.colour(
                    screen.pictures[slot].key, (column - frame.column) * w + x,
                    (row - frame.row) * h + y))
            }
          }
          if pixels != expected { all.append("\(place) shows other pixels: \(pixels == nil)") }
        }
      }
    }
    if terminal.scrolls > 0 { all.append("it scrolled") }
    if !terminal.unknown.isEmpty { all.append("unknown: \(terminal.unknown)") }
    return all
  }

  @Test(arguments: 1...16 as ClosedRange<UInt64>, ["sixel", "bands", "kitty", "iterm2", "konsole"])
  func noSequenceOfFramesLeavesAWrongPixel(seed: UInt64, kind: String) async throws {
    try await withStage(
      {
        var random = SplitMix64(seed: seed)
        // Cells of odd sizes, so that bands of six rows never agree with rows of cells.
        let cell = PixelSize(width: 2 + random.nextInt(5), height: 5 + random.nextInt(6))
        let size = CellSize(columns: 30 + random.nextInt(30), rows: 10 + random.nextInt(12))
        var profile = TerminalProfile(
          cell: cell, hasSixel: ["sixel", "bands", "konsole"].contains(kind),
          hasSynchronizedOutput: seed % 2 == 0,
          hasDirectColour: seed % 3 == 0)
        profile.hasKitty = kind == "kitty"
        profile.hasITerm2 = kind == "iterm2" || kind == "konsole"
        profile.widensPictures = kind == "konsole"
        if kind == "iterm2" { profile.name = "iTerm2 3.5" }
        if kind == "konsole" { profile.name = "Konsole 22.12.3" }
        // Terminals that take many colours get finished pictures with a palette for every few rows.
        return try Stage(size: size, profile: profile) { $0.takesManyColours = kind == "bands" }
      },
      { stage in
        var play = RandomPlay(size: stage.terminal.screen.size, random: SplitMix64(seed: seed))
        for step in 0..<40 {
          play.step()
          try stage.resize(play.size)
          let screen = play.screen()
          try stage.show(screen)
          let wrong = SessionTests.differences(stage.terminal.screen, screen)
          try demand(wrong == [], "step \(step), \(play.last): \(wrong.prefix(5))")
        }
      })
  }
}

/// A screen full of text with pictures and pop-ups that come, go and move.
struct RandomPlay {
  var size: CellSize
  var random: SplitMix64
  var pictures: [(key: PictureKey, frame: CellRect)] = []
  var popups: [CellRect] = []
  var lines: [String] = []
  var last = ""
  var hasCursor = true

  init(size: CellSize, random: SplitMix64) {
    self.size = size
    self.random = random
    lines = (0..<40).map { _ in "" }
    for i in lines.indices { lines[i] = text() }
  }

  private mutating func text() -> String {
    let words = ["easel", "  ", "中文", "é", "─│┌", "a", " ", "prompt", "x", "      ", "🦊"]
    return (0..<(2 + random.nextInt(14))).map { _ in words[random.nextInt(words.count)] }.joined()
  }

  private mutating func key() -> PictureKey {
    switch random.nextInt(5) {
    case 0: .thumbnail(ImageID(Int64(random.nextInt(3))))
    case 1, 2: .preview(JobID(1), index: 0, revision: random.nextInt(50))
    case 3: .result(JobID(2), index: random.nextInt(2))
    default: .image(ImageID(Int64(random.nextInt(4))))
    }
  }

  private mutating func rect(_ most: Int) -> CellRect {
    CellRect(
      column: random.nextInt(size.columns), row: random.nextInt(size.rows),
      columns: 1 + random.nextInt(min(most, size.columns)),
      rows: 1 + random.nextInt(min(most / 2, size.rows)))
  }

  mutating func step() {
    let choice = random.nextInt(17)
    last = "action \(choice)"
    switch choice {
    case 0, 1: if pictures.count < 3 { pictures.append((key(), rect(24))) }
    case 2: if !pictures.isEmpty { pictures.remove(at: random.nextInt(pictures.count)) }
    case 3, 4:
      if !pictures.isEmpty {
        let i = random.nextInt(pictures.count)
        pictures[i].frame.column = max(0, pictures[i].frame.column + random.nextInt(7) - 3)
        pictures[i].frame.row = max(0, pictures[i].frame.row + random.nextInt(5) - 2)
      }
    case 5: if !pictures.isEmpty { pictures[random.nextInt(pictures.count)].key = key() }
    case 6, 7: if popups.count < 3 { popups.append(rect(16)) }
    case 8: if !popups.isEmpty { popups.remove(at: random.nextInt(popups.count)) }
    case 9:
      if !popups.isEmpty {
        let i = random.nextInt(popups.count)
        popups[i].column = max(0, popups[i].column + random.nextInt(9) - 4)
        popups[i].row = max(0, popups[i].row + random.nextInt(3) - 1)
      }
    case 10: hasCursor.toggle()
    case 11:
      // Everything scrolls by a line, as in a gallery.
      lines.append(lines.removeFirst())
      for i in pictures.indices { pictures[i].frame.row = max(0, pictures[i].frame.row - 1) }
    case 12:
      if random.nextInt(3) == 0 {
        size = CellSize(columns: 12 + random.nextInt(50), rows: 4 + random.nextInt(16))
      }
    case 13, 14, 15:
      // Painting goes on.
      for i in pictures.indices {
        if case .preview(let job, let index, let revision) = pictures[i].key {
          pictures[i].key = .preview(
            job, index: index, revision: revision + 1 + random.nextInt(2))
        }
      }
    default: break
    }
    lines[random.nextInt(lines.count)] = text()
  }

  mutating func screen() -> Screen {
    var screen = Screen(size: size)
    for row in 0..<size.rows {
      screen.draw(
        SafeText(lines[row]), column: row % 3, row: row,
        style: Style(row % 2 == 0 ? .text : .accent))
    }
    for picture in pictures { screen.place(picture.key, in: picture.frame) }
    for popup in popups {
      screen.fill(popup, style: Style(.popup))
      screen.draw("pop 中", column: popup.column, row: popup.row, style: Style(.popup), clip: popup)
    }
    if hasCursor {
      screen.cursor = CellPoint(
        column: random.nextInt(size.columns), row: random.nextInt(size.rows))
    }
    return screen
  }
}

/// Each of the 240 colours is itself, a cream stays a cream, and what is nearly grey becomes grey.
@Test func ofFewColoursTheOneIsTakenThatLooksMostAlike() {
  for number in 16...255 {
    let colour = ColourMapping.colour(number)
    #expect(ColourMapping.colour(ColourMapping.indexed(colour)) == colour)
  }
  #expect(ColourMapping.colour(ColourMapping.indexed(RGB(236, 226, 198))) == RGB(215, 215, 175))
  #expect(ColourMapping.colour(ColourMapping.indexed(RGB(24, 25, 31))) == RGB(28, 28, 28))
}
