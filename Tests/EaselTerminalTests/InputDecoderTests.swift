import EaselKit
import EaselScreen
import EaselTerminal
import Testing

/// Everything that comes out when `bytes` arrive in these cuts and then nothing more.
private func decode(_ bytes: [UInt8], cuts: [Int] = []) -> [InputDecoder.Output] {
  var decoder = InputDecoder()
  var all: [InputDecoder.Output] = []
  var start = 0
  for cut in cuts + [bytes.count] {
    all += decoder.feed(bytes[start..<cut])
    start = cut
  }
  return all + decoder.endOfRead() + decoder.timeout()
}

private func decode(_ text: String) -> [InputDecoder.Output] { decode(Array(text.utf8)) }

private func key(
  _ key: KeyPress.Key, control: Bool = false, alt: Bool = false, shift: Bool = false
) -> InputDecoder.Output {
  .event(.key(KeyPress(key, control: control, alt: alt, shift: shift)))
}

private func mouse(_ kind: MouseEvent.Kind, _ button: Int, _ column: Int, _ row: Int)
  -> InputDecoder.Output
{
  .event(.mouse(MouseEvent(kind, button: button, at: CellPoint(column: column, row: row))))
}

/// What terminals send, and what it means.
private let table: [(bytes: String, means: [InputDecoder.Output])] = [
  ("a", [key(.character("a"))]),
  ("aB", [key(.character("a")), key(.character("B"))]),
  ("é", [key(.character("é"))]),
  ("e\u{301}", [key(.character("e\u{301}"))]),
  ("中文", [key(.character("中")), key(.character("文"))]),
  ("👨‍👩‍👧!", [key(.character("👨‍👩‍👧")), key(.character("!"))]),
  ("🇳🇴🇸🇪", [key(.character("🇳🇴")), key(.character("🇸🇪"))]),
  ("\r", [key(.enter)]),
  ("\n", [key(.character("j"), control: true)]),
  ("\t", [key(.tab)]),
  ("\u{7F}", [key(.backspace)]),
  ("\u{0}", [key(.character(" "), control: true)]),
  ("\u{1}\u{1A}", [key(.character("a"), control: true), key(.character("z"), control: true)]),
  ("\u{1C}\u{1F}", [key(.character("\\"), control: true), key(.character("_"), control: true)]),
  ("\u{1B}", [key(.escape)]),
  ("\u{1B}\u{1B}", [key(.escape), key(.escape)]),
  ("\u{1B}\u{1B}[O", [key(.escape), .event(.focus(false))]),
  (
    "\u{1B}\u{1B}[<0;3;2M",
    [
      key(.escape),
      .event(.mouse(MouseEvent(.press, button: 0, at: CellPoint(column: 2, row: 1)))),
    ]
  ),
  ("\u{1B}\u{1B}[200~x\u{1B}[201~", [key(.escape), .event(.paste("x"))]),
  ("\u{1B}x", [key(.character("x"), alt: true)]),
  ("\u{1B}é", [key(.character("é"), alt: true)]),
  ("\u{1B}\r", [key(.enter, alt: true)]),
  ("\u{1B}\u{7F}", [key(.backspace, alt: true)]),
  ("\u{1B}\u{2}", [key(.character("b"), control: true, alt: true)]),
  ("\u{1B}[", [key(.character("["), alt: true)]),
  ("\u{1B}O", [key(.character("O"), alt: true)]),
  ("\u{1B}[A\u{1B}OB", [key(.up), key(.down)]),
  ("\u{1B}\u{1B}[C", [key(.right, alt: true)]),
  ("\u{1B}[1;5D", [key(.left, control: true)]),
  ("\u{1B}[1;3C", [key(.right, alt: true)]),
  ("\u{1B}[1;6H", [key(.home, control: true, shift: true)]),
  ("\u{1B}[H\u{1B}[F\u{1B}OH\u{1B}OF", [key(.home), key(.end), key(.home), key(.end)]),
  ("\u{1B}[1~\u{1B}[4~\u{1B}[7~\u{1B}[8~", [key(.home), key(.end), key(.home), key(.end)]),
  (
    "\u{1B}[2~\u{1B}[3~\u{1B}[5~\u{1B}[6~",
    [key(.insert), key(.delete), key(.pageUp), key(.pageDown)]
  ),
  ("\u{1B}[3;5~", [key(.delete, control: true)]),
  ("\u{1B}[3^", [key(.delete, control: true)]),
  ("\u{1B}[Z", [key(.backTab)]),
  (
    "\u{1B}OP\u{1B}OS\u{1B}[1;2P",
    [key(.function(1)), key(.function(4)), key(.function(1), shift: true)]
  ),
  ("\u{1B}[15~\u{1B}[17~\u{1B}[24~", [key(.function(5)), key(.function(6)), key(.function(12))]),
  ("\u{1B}[[A\u{1B}[[E", [key(.function(1)), key(.function(5))]),
  ("\u{1B}[1;5R", [key(.function(3), control: true)]),
  ("\u{1B}[97;5u", [key(.character("a"), control: true)]),
  ("\u{1B}[27;5;105~", [key(.character("i"), control: true)]),
  ("\u{1B}[13;2u", [key(.enter, shift: true)]),
  ("\u{1B}OM\u{1B}Oq", [key(.enter), key(.character("1"))]),
  ("\u{1B}[I\u{1B}[O", [.event(.focus(true)), .event(.focus(false))]),
  ("\u{1B}[<0;5;7M\u{1B}[<0;5;7m", [mouse(.press, 0, 4, 6), mouse(.release, 0, 4, 6)]),
  ("\u{1B}[<2;1;1M\u{1B}[<32;2;1M", [mouse(.press, 2, 0, 0), mouse(.drag, 0, 1, 0)]),
  (
    "\u{1B}[<64;300;200M\u{1B}[<65;1;1M",
    [mouse(.wheelUp, 0, 299, 199), mouse(.wheelDown, 0, 0, 0)]
  ),
  ("\u{1B}[<16;3;3M", [mouse(.press, 0, 2, 2)]),
  ("\u{1B}[<35;3;3M\u{1B}[<66;3;3M\u{1B}[<0;0;3M", []),
  ("\u{1B}[M !!\u{1B}[M#!!", [mouse(.press, 0, 0, 0), mouse(.release, 0, 0, 0)]),
  ("\u{1B}[200~two\nlines\u{1B}[201~x", [.event(.paste("two\nlines")), key(.character("x"))]),
  ("\u{1B}[200~\u{1B}[A\u{1B}[201\u{1B}[201~", [.event(.paste("\u{1B}[A\u{1B}[201"))]),
  ("\u{1B}[200~\u{1B}[201~", []),
  ("\u{1B}[?62;4;22c", [.report(.attributes([62, 4, 22]))]),
  ("\u{1B}[6;16;8t", [.report(.cell(PixelSize(width: 8, height: 16)))]),
  ("\u{1B}[4;384;640t", [.report(.textArea(PixelSize(width: 640, height: 384)))]),
  ("\u{1B}[?1;0;1024S", [.report(.colourRegisters(1024))]),
  ("\u{1B}[?1;3;0S", [.report(.unknown)]),
  ("\u{1B}[?2026;2$y", [.report(.mode(2026, isKnown: true))]),
  ("\u{1B}[?2026;0$y", [.report(.mode(2026, isKnown: false))]),
  ("\u{1B}P>|XTerm(379)\u{1B}\\", [.report(.name("XTerm(379)"))]),
  ("\u{1B}P1$r0;48:2::1:2:3m\u{1B}\\", [.report(.rendition("0;48:2::1:2:3"))]),
  ("\u{1B}]11;rgb:1e1e/00/fff\u{1B}\\", [.report(.background(RGB(30, 0, 255)))]),
  ("\u{1B}]11;rgb:1e1e/00/fff\u{7}", [.report(.background(RGB(30, 0, 255)))]),
  ("\u{1B}]11;rgb:zz/0/0\u{1B}\\", [.report(.unknown)]),
  ("\u{1B}_Gi=1;OK\u{1B}\\a", [.report(.unknown), key(.character("a"))]),
  ("\u{1B}[12\u{1B}[A", [key(.up)]),
  ("\u{1B}P cut off \u{1B}[A", [key(.up)]),
]

@Test func everySequenceMeansWhatTerminalsMeanByIt() {
  for (bytes, means) in table {
    #expect(decode(bytes) == means, "\(bytes.debugDescription)")
  }
}

@Test func invalidBytesBecomeReplacementCharactersAndNothingIsLost() {
  let bad = key(.character("\u{FFFD}"))
  #expect(decode([0xFF, 0x61]) == [bad, key(.character("a"))])
  #expect(decode([0xC3, 0x61]) == [bad, key(.character("a"))])
  #expect(decode([0xE2, 0x82]) == [bad])
  #expect(decode([0xED, 0xA0, 0x80]) == [bad, bad, bad])
  #expect(decode([0xC0, 0x80, 0x62]) == [bad, bad, key(.character("b"))])
  #expect(decode([0xC3, 0x1B, 0x5B, 0x41]) == [bad, key(.up)])
}

@Test func theEraseKeyIsBackspaceWhateverItSends() {
  var decoder = InputDecoder(eraseByte: 0x08)
  #expect(decoder.feed([0x08, 0x7F]) == [key(.backspace), key(.backspace)])
  #expect(decode([0x08]) == [key(.character("h"), control: true)])
}

@Test func aCursorReportIsOnlyExpectedWhileAsking() {
  var decoder = InputDecoder()
  decoder.expectsCursorReport = true
  #expect(
    decoder.feed(Array("\u{1B}[3;2R".utf8)) == [.report(.cursor(CellPoint(column: 1, row: 2)))])
}

@Test func aLoneEscapeWaitsForTheRestOfASequence() {
  var decoder = InputDecoder()
  #expect(decoder.feed([0x1B]) == [])
  #expect(decoder.isWaiting)
  #expect(decoder.endOfRead() == [])
  #expect(decoder.feed(Array("[A".utf8)) == [key(.up)])
  #expect(!decoder.isWaiting)
}

@Test func aLongPasteComesInPartsThatJoinToTheWhole() {
  let text = String(repeating: "grün 中\u{1B}[x ", count: 300_000)
  var decoder = InputDecoder()
  let out = decoder.feed(Array("\u{1B}[200~\(text)\u{1B}[201~".utf8))
  var joined = ""
  for case .event(.paste(let part)) in out { joined += part }
  #expect(out.count > 1)
  #expect(joined == text)
}

@Test(arguments: 1...60 as ClosedRange<UInt64>)
func howReadsAreCutNeverChangesWhatIsDecoded(seed: UInt64) throws {
  var random = SplitMix64(seed: seed)
  // Known sequences, noise, and known sequences with bytes lost.
  var bytes: [UInt8] = []
  for _ in 0..<40 {
    switch random.nextInt(4) {
    case 0: bytes += (0..<random.nextInt(6)).map { _ in UInt8(random.nextInt(256)) }
    case 1:
      var part = Array(table[random.nextInt(table.count)].bytes.utf8)
      if !part.isEmpty { part.remove(at: random.nextInt(part.count)) }
      bytes += part
    default: bytes += table[random.nextInt(table.count)].bytes.utf8
    }
  }
  let whole = decode(bytes)
  for _ in 0..<10 {
    let cuts = (0..<random.nextInt(20)).map { _ in random.nextInt(bytes.count + 1) }.sorted()
    try #require(decode(bytes, cuts: cuts) == whole)
  }
}
