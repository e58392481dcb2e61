import EaselKit
import EaselScreen
import EaselTestSupport
import Glibc
import Testing

private func screen(_ text: String, columns: Int = 10, rows: Int = 3) -> VTScreen {
  var screen = VTScreen(
    size: CellSize(columns: columns, rows: rows),
    profile: TerminalProfile(cell: PixelSize(width: 2, height: 3)))
  screen.feed(Array(text.utf8))
  return screen
}

@Test func theEmulatorWritesMovesAndErases() {
  #expect(screen("one\r\ntwo\u{1B}[1;5Hx").text == "one x\ntwo\n")
  #expect(screen("abcdef\u{1B}[3D\u{1B}[K").line(0) == "abc")
  #expect(screen("0123456789wraps").text == "0123456789\nwraps\n")
  #expect(screen("中文").text == "中文\n\n")
  #expect(screen("中\u{1B}[1;2Hx").line(0) == " x")
  #expect(screen("e\u{301}!").line(0) == "e\u{301}!")
  #expect(screen("a\u{1B}[?1049hb\u{1B}[?1049lc").line(0) == "ac")
  #expect(screen("1\r\n2\r\n3\r\n4").text == "2\n3\n4")
  #expect(screen("1\r\n2\r\n3\r\n4").scrolls == 1)
  #expect(screen("\u{1B}(0lqk\u{1B}(B").line(0) == "┌─┐")
}

@Test func theEmulatorKeepsColoursInBothNotations() {
  let s = screen("\u{1B}[38;2;1;2;3;48;5;200ma\u{1B}[0;38:2::4:5:6mb\u{1B}[39;44mc")
  #expect(s[0, 0].foreground == .direct(RGB(1, 2, 3)))
  #expect(s[0, 0].background == .indexed(200))
  #expect(s[1, 0].foreground == .direct(RGB(4, 5, 6)))
  #expect(s[2, 0].foreground == .default)
  #expect(s[2, 0].background == .indexed(4))
}

@Test func writingACellErasesItsPixelsAndNoOthers() {
  let sixel = plainSixel(width: 4, height: 6, pixels: Array(repeating: 0xFF0000, count: 24))
  var s = screen("")
  s.feed(sixel)
  #expect(s.pictureCells == 4)
  s.feed(Array("\u{1B}[1;2Hx".utf8))
  #expect(s.pictureCells == 3)
  #expect(s.pixels(column: 0, row: 0) == Array(repeating: 0xFFFF_0000, count: 6))
  #expect(s.pixels(column: 1, row: 0) == nil)
  s.feed(Array("\u{1B}[2J".utf8))
  #expect(s.pictureCells == 0)
}

@Test func aSixelAtTheBottomScrollsUnlessTheCursorStaysBesideIt() {
  let sixel = plainSixel(width: 2, height: 3, pixels: Array(repeating: 0x00FF00, count: 6))
  #expect(screen("top\u{1B}[3;1H" + String(decoding: sixel, as: UTF8.self)).scrolls == 1)
  #expect(
    screen("\u{1B}[?8452htop\u{1B}[3;1H" + String(decoding: sixel, as: UTF8.self)).scrolls == 0)
}

@Test func questionsAreAnsweredByTheProfile() {
  var s = screen("\u{1B}[c\u{1B}[16t\u{1B}[?2026$p\u{1B}[2;3H\u{1B}[6n")
  #expect(
    String(decoding: s.replies, as: UTF8.self)
      == "\u{1B}[?62;4;22c\u{1B}[6;3;2t\u{1B}[?2026;2$y\u{1B}[2;3R")
  s.feed(Array("\u{1B}]7770;idle;12\u{1B}\\\u{1B}]52;c;aMOp\u{1B}\\".utf8))
  #expect(s.idle == 12)
  #expect(s.clipboard == ["hé"])
  #expect(s.unknown == [])
}

@Test func halfOfAFrameIsNotReadAsOne() throws {
  let terminal = try PseudoTerminal()
  terminal.patience = 0.05
  func show(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { write(terminal.slave, $0.baseAddress, $0.count) }
  }
  show("\u{1B}[HEsc cancel\u{1B}]7770;cells\u{1B}\\\u{1B}[3;1Hnew words")
  #expect(throws: PseudoTerminal.TimedOut.self) { try terminal.read(until: "new words") }
  show("\u{1B}[HEsc close \u{1B}]7770;written\u{1B}\\")
  try terminal.read(until: "new words")
  #expect(!terminal.screen.contains("Esc cancel"))
}

@Test(arguments: 1...20 as ClosedRange<UInt64>)
func sixelsDecodeToThePixelsTheyWereMadeOf(seed: UInt64) throws {
  var random = SplitMix64(seed: seed)
  let width = 1 + random.nextInt(20), height = 1 + random.nextInt(20)
  let colours: [UInt32] = [0, 0xFFFFFF, 0xFF0000, 0x33CC66, 0x993300]
  let pixels = (0..<(width * height)).map { _ in colours[random.nextInt(5)] }
  let image = try #require(
    SixelDecoder.decode(plainSixel(width: width, height: height, pixels: pixels)))
  #expect(image.declared == PixelSize(width: width, height: height))
  #expect(image.pixels == pixels.map { $0 })
  #expect(!image.overran)
}

@Test func repeatsCarriageReturnsAndTransparentPixelsAreUnderstood() throws {
  let image = try #require(
    SixelDecoder.decode(Array("0;1q\"1;1;4;7#1;2;100;0;0#1!3@$#2;2;0;0;100#2!2A-#1@".utf8)))
  let red: UInt32 = 0xFF0000, blue: UInt32 = 0x0000FF
  #expect(image.width == 4)
  #expect(image.height == 7)
  #expect(Array(image.pixels[0..<4]) == [red, red, red, nil])
  #expect(Array(image.pixels[4..<8]) == [blue, blue, nil, nil])
  #expect(image[0, 6] == red)
  #expect(SixelDecoder.decode(Array("$qm".utf8)) == nil)
}
