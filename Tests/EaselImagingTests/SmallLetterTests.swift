import EaselImaging
import EaselKit
import Testing

/// What a label looks like at the head of a table.
private func drawn(_ label: String) -> Picture {
  labelledTable(columns: [label], rows: [], corner: "", cells: [nil], side: 64)
}

private let signs = "×→←↑↓…·°±€–—‘’“”«»•~²³µ"
private let letters = "áàâäãåāăćčçđéèêëēėęğíìîïīıłńñňóòôöõøōřśšşßťúùûüūůýÿźžżæœÀÉÖÜ"

@Test func whateverCanBeTypedHasALetterInLabels() throws {
  let box = drawn("漢"), nothing = drawn("")
  let ascii = (0x21...0x7E).map { Character(Unicode.Scalar(UInt8($0))) }
  for character in ascii + Array(signs + letters) {
    let picture = drawn(String(character))
    try #require(picture != box && picture != nothing, "\(character)")
  }
  // Signs that mean different things look different.
  let apart = ascii.filter { !$0.isUppercase } + Array("×→←↑↓…·°±")
  #expect(Set(apart.map { drawn(String($0)) }).count == apart.count)
}

@Test func lettersWithMarksAreTheSameHoweverTheyAreWritten() {
  #expect(drawn("caf\u{E9}") == drawn("cafe\u{301}") && drawn("café") != drawn("cafe"))
  // Without a drawing of its own, the letter below the mark is read.
  #expect(drawn("m\u{302}") == drawn("m"))
  #expect(drawn("a\tb\u{A0}c") == drawn("a b c"))
}
