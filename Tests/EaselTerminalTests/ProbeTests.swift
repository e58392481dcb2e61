import EaselKit
import EaselScreen
import EaselTerminal
import Testing

/// What comes of these answers.
private func probe(
  _ answers: String, term: String = "xterm-256color",
  _ change: (inout Probe.Setting) -> Void = { _ in }
) -> Capabilities {
  var decoder = InputDecoder()
  decoder.expectsCursorReport = true
  var probe = Probe()
  for case .report(let report) in decoder.feed(Array(answers.utf8)) { probe.take(report) }
  var setting = Probe.Setting(term: term)
  change(&setting)
  return probe.capabilities(setting)
}

private let xterm =
  "\u{1B}P>|XTerm(379)\u{1B}\\\u{1B}[?1;0;1024S\u{1B}[?2026;0$y\u{1B}]11;rgb:0000/0000/0000\u{1B}\\"
  + "\u{1B}P1$r0;48:2::1:2:3m\u{1B}\\\u{1B}[?63;1;2;4;6;9;15;16;22;28c"
private let foot =
  "\u{1B}P>|foot(1.13.1)\u{1B}\\\u{1B}[6;16;7t\u{1B}[4;688;1274t\u{1B}[?1;0;1024S\u{1B}[?2026;2$y"
  + "\u{1B}P1$r0;48:2::1:2:3m\u{1B}\\\u{1B}[?62;4;22c"

@Test func anXtermWithSixelIsRecognisedAndItsBorderLeftOut() {
  let c = probe(xterm) {
    $0.window.cells = CellSize(columns: 100, rows: 40)
    $0.window.pixels = PixelSize(width: 904, height: 764)
  }
  #expect(c.graphics == .sixel)
  #expect(c.cell == PixelSize(width: 9, height: 19))
  #expect(c.colours == .direct)
  #expect(c.colourRegisters == 256)
  #expect(!c.hasSynchronizedOutput)
  #expect(c.background == RGB(0, 0, 0))
}

@Test func aCellSizeThatTheTerminalTellsBeatsEveryComputation() {
  let c = probe(foot) {
    $0.window.cells = CellSize(columns: 10, rows: 10)
    $0.window.pixels = PixelSize(width: 1000, height: 1000)
  }
  #expect(c.cell == PixelSize(width: 7, height: 16))
  #expect(c.isCellSizeKnown)
  #expect(c.hasSynchronizedOutput)
}

@Test func withPaddingTheSmallerCellIsTakenSoThatNoNeighbourIsCovered() {
  for true_ in 6...24 {
    for padding in 0..<true_ {
      for n in [3, 12, 24, 40, 100] {
        var window = Probe.WindowSize()
        window.cells = CellSize(columns: n, rows: n)
        window.pixels = PixelSize(width: n * true_ + padding, height: n * true_ + padding)
        let cell = Probe.cell(textArea: nil, window: window, name: nil)
        #expect(cell.map { $0.width <= true_ && $0.width >= true_ - (true_ / n + 1) } ?? false)
      }
    }
  }
}

@Test func everyTerminalGetsTheProtocolThatSuitsIt() {
  let kitty = "\u{1B}_Gi=31;OK\u{1B}\\"
  func name(_ text: String) -> String { "\u{1B}P>|\(text)\u{1B}\\" }
  #expect(probe(name("kitty(0.26.5)") + kitty + "\u{1B}[?62c").graphics == .kitty)
  #expect(probe(name("ghostty 1.0") + kitty + "\u{1B}[?62c").graphics == .kitty)
  #expect(probe(kitty + "\u{1B}[?62c").graphics == .kitty)
  #expect(probe("\u{1B}_Gi=31;EINVAL:no\u{1B}\\\u{1B}[?62c").graphics == .blocks)
  // Both: sixel, whose pictures give way to text.
  #expect(probe(kitty + "\u{1B}[?62;4c").graphics == .sixel)
  let konsole = probe(name("Konsole 22.12") + kitty + "\u{1B}[?62;4c")
  #expect(konsole.graphics == .iterm2 && konsole.widensPictures)
  #expect(probe(name("Konsole 21.12") + kitty + "\u{1B}[?62c").graphics == .blocks)
  #expect(probe(name("iTerm2 3.5.0") + "\u{1B}[?62;4c").graphics == .iterm2)
  #expect(probe(name("WezTerm 20240203") + kitty + "\u{1B}[?65;4c").graphics == .iterm2)
  // Multiplexers take such strings for titles.
  #expect(Probe.questions(term: "xterm", isUTF8Locale: true).contains("_Gi=31"))
  #expect(!Probe.questions(term: "tmux-256color", isUTF8Locale: true).contains("_Gi"))
}

@Test func manyColoursGoWhereTheyCostNothing() {
  let attributes = "\u{1B}[?62;4c"
  let foot = "\u{1B}P>|foot(1.13.1)\u{1B}\\" + attributes
  let xterm = "\u{1B}P>|XTerm(379)\u{1B}\\" + attributes
  #expect(probe(foot).takesManyColours)
  // It tells no name.
  #expect(probe(attributes) { $0.term = "mlterm" }.takesManyColours)
  #expect(!probe(xterm).takesManyColours)
  #expect(!probe(xterm) { $0.term = "mlterm" }.takesManyColours)
  #expect(probe(xterm) { $0.takesManyColours = true }.takesManyColours)
  #expect(!probe(foot) { $0.takesManyColours = false }.takesManyColours)
}

/// mlterm tells no name and answers no question about colours; within tmux its type is another one.
@Test func mltermTakesDirectColours() {
  #expect(probe("\u{1B}[?62;4c") { $0.term = "mlterm" }.colours == .direct)
  #expect(probe("\u{1B}[?62;4c") { $0.term = "screen" }.colours == .indexed)
}

@Test func terminalsWithoutAttributeFourGetBlocks() {
  #expect(probe("\u{1B}P>|kitty(0.26.5)\u{1B}\\\u{1B}[?62;4c").graphics == .blocks)
  #expect(probe("\u{1B}[?1;2c").graphics == .blocks)
  #expect(probe("\u{1B}[?1;2c").colours == .indexed)
}

@Test func aSilentTerminalGetsSafeDefaults() {
  let c = probe("")
  #expect(!c.answered)
  #expect(c.graphics == .blocks)
  #expect(c.cell == PixelSize(width: 10, height: 20))
  #expect(!c.isCellSizeKnown)
}

@Test func noColorMeansShadesUnlessPixelsAreThere() {
  #expect(probe("\u{1B}[?1;2c") { $0.noColor = true }.graphics == .shades)
  #expect(probe("\u{1B}[?1;2c") { $0.noColor = true }.colours == .none)
  #expect(probe(foot) { $0.noColor = true }.graphics == .sixel)
}

@Test func colortermAndDirectTypesMeanDirectColour() {
  #expect(probe("\u{1B}[?1c") { $0.colorTerm = "truecolor" }.colours == .direct)
  #expect(probe("\u{1B}[?1c", term: "foot-direct").colours == .direct)
  // Within GNU screen COLORTERM is the outer terminal's.
  #expect(
    probe("\u{1B}[?1c", term: "screen-256color") { $0.colorTerm = "truecolor" }.colours == .indexed)
  #expect(
    probe("\u{1B}P>|tmux 3.3a\u{1B}\\\u{1B}[?1c", term: "screen") {
      $0.colorTerm = "truecolor"
    }.colours == .direct)
  // tmux takes them all and shows what it can.
  #expect(
    probe("\u{1B}P>|tmux 3.3a\u{1B}\\\u{1B}[?1c", term: "tmux-256color").colours == .direct)
  #expect(probe("\u{1B}P1$r0;48;5;16m\u{1B}\\\u{1B}[?1c").colours == .indexed)
}

@Test func aWishForGraphicsIsFollowed() {
  #expect(probe(foot) { $0.graphics = .blocks }.graphics == .blocks)
}

@Test func lettersBeyondAsciiAreTriedOutWhereTheLocaleDoesNotSay() {
  #expect(probe("\u{1B}[5;2R\u{1B}[?1c") { $0.isUTF8Locale = false }.isUnicode)
  #expect(!probe("\u{1B}[5;3R\u{1B}[?1c") { $0.isUTF8Locale = false }.isUnicode)
  #expect(!probe("\u{1B}[?1c") { $0.isUTF8Locale = false }.isUnicode)
  #expect(probe("\u{1B}[?1c").isUnicode)
}

@Test func allQuestionsGoOutAtOnceAndTheLastIsAnsweredByAll() {
  for term in ["xterm-256color", "linux", "tmux-256color"] {
    #expect(Probe.questions(term: term, isUTF8Locale: false).hasSuffix("\u{1B}[c"))
  }
  #expect(Probe.questions(term: "linux", isUTF8Locale: true) == "\u{1B}[c")
}
