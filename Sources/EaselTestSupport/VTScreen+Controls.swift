import EaselKit
import EaselScreen

extension VTScreen {
  /// One control sequence whose parameters are collected.
  mutating func control(_ final: UInt8) {
    let all = parser.collected
    let prefix = all.first.flatMap {
      (0x3C...0x3F).contains($0) ? Character(Unicode.Scalar($0)) : nil
    }
    let marks = String(decoding: all.filter { (0x20...0x2F).contains($0) }, as: UTF8.self)
    let n = parameters(all.filter { (0x30...0x3B).contains($0) })
    let letter = Character(Unicode.Scalar(final))
    let one = max(1, n.first ?? 1)
    if prefix == nil, marks.isEmpty, letter != "b" { wrapsNext = wrapsNext && letter == "m" }
    switch (prefix, marks, letter) {
    case (nil, "", "A"): cursor.row = max(0, cursor.row - one)
    case (nil, "", "B"), (nil, "", "e"): cursor.row = min(size.rows - 1, cursor.row + one)
    case (nil, "", "C"), (nil, "", "a"):
      cursor.column = min(size.columns - 1, cursor.column + one)
    case (nil, "", "D"): cursor.column = max(0, cursor.column - one)
    case (nil, "", "E"):
      cursor.row = min(size.rows - 1, cursor.row + one)
      cursor.column = 0
    case (nil, "", "G"), (nil, "", "`"): cursor.column = min(size.columns, one) - 1
    case (nil, "", "d"): cursor.row = min(size.rows, one) - 1
    case (nil, "", "H"), (nil, "", "f"):
      cursor.row = min(size.rows, one) - 1
      cursor.column = min(size.columns, n.count > 1 ? max(1, n[1]) : 1) - 1
    case (nil, "", "J"): eraseDisplay(n.first ?? 0)
    case (nil, "", "K"):
      switch n.first ?? 0 {
      case 0: erase(cursor.column..<size.columns, cursor.row)
      case 1: erase(0..<(cursor.column + 1), cursor.row)
      default: erase(0..<size.columns, cursor.row)
      }
    case (nil, "", "X"): erase(cursor.column..<(cursor.column + one), cursor.row)
    case (nil, "", "P"), (nil, "", "@"): shift(one, isInsertion: letter == "@")
    case (nil, "", "L"), (nil, "", "M"):
      scroll(cursor.row..<max(cursor.row, region.upperBound), by: letter == "M" ? one : -one)
    case (nil, "", "S"): scroll(region, by: one)
    case (nil, "", "T"): scroll(region, by: -one)
    case (nil, "", "b"):
      if let scalar = lastText.unicodeScalars.first { for _ in 0..<one { write(scalar) } }
    case (nil, "", "r"):
      let top = one - 1, bottom = n.count > 1 && n[1] > 0 ? min(n[1], size.rows) : size.rows
      region = top < bottom ? top..<bottom : 0..<size.rows
      cursor = CellPoint(column: 0, row: 0)
    case (nil, "", "m"): rendition()
    case (nil, "", "c"): answer("\u{1B}[?62;\(profile.hasSixel ? "4;" : "")22c")
    case (nil, "", "n") where n.first == 6:
      answer("\u{1B}[\(cursor.row + 1);\(cursor.column + 1)R")
    case (nil, "", "t"): windowReport(n)
    case ("?", "", "h"), ("?", "", "l"): for mode in n { set(mode, to: letter == "h") }
    case ("?", "", "s"): for mode in n { savedModes[mode] = modes.contains(mode) }
    case ("?", "", "r"): for mode in n { set(mode, to: savedModes[mode] ?? false) }
    case ("?", "$", "p"):
      let isKnown = n.first == 2026 ? profile.hasSynchronizedOutput : true
      answer("\u{1B}[?\(n.first ?? 0);\(isKnown ? 2 : 0)$y")
    case ("?", "", "S"):
      if profile.hasSixel, n.first == 1 { answer("\u{1B}[?1;0;\(profile.colourRegisters)S") }
    case (">", "", "q"): if let name = profile.name { answer("\u{1B}P>|\(name)\u{1B}\\") }
    case (nil, "", "h"), (nil, "", "l"), (nil, "!", "p"), (">", "", _), (nil, " ", "q"): break
    default: unknown.append("CSI \(String(decoding: all, as: UTF8.self)) \(letter)")
    }
  }

  private func parameters(_ bytes: [UInt8]) -> [Int] {
    guard !bytes.isEmpty else { return [] }
    return bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { part in
      part.prefix { (0x30...0x39).contains($0) }.reduce(0) {
        min(100_000, $0 * 10 + Int($1 - 0x30))
      }
    }
  }

  private mutating func eraseDisplay(_ which: Int) {
    switch which {
    case 0:
      erase(cursor.column..<size.columns, cursor.row)
      for row in (cursor.row + 1)..<max(cursor.row + 1, size.rows) { erase(0..<size.columns, row) }
    case 1:
      for row in 0..<cursor.row { erase(0..<size.columns, row) }
      erase(0..<(cursor.column + 1), cursor.row)
    default: for row in 0..<size.rows { erase(0..<size.columns, row) }
    }
  }

  /// Inserting or deleting cells moves what is right of them; pixels are lost, as in xterm.
  private mutating func shift(_ count: Int, isInsertion: Bool) {
    let row = cursor.row, first = cursor.column
    let old = (0..<size.columns).map { self[$0, row] }
    for column in first..<size.columns {
      let from = isInsertion ? column - count : column + count
      if from >= first, from < size.columns {
        set(column, row, old[from])
      } else {
        erase(column..<(column + 1), row)
      }
    }
  }

  private mutating func windowReport(_ n: [Int]) {
    let cell = profile.cell
    switch n.first {
    case 16 where profile.tellsCellSize: answer("\u{1B}[6;\(cell.height);\(cell.width)t")
    case 14 where profile.tellsCellSize:
      answer("\u{1B}[4;\(size.rows * cell.height);\(size.columns * cell.width)t")
    case 18: answer("\u{1B}[8;\(size.rows);\(size.columns)t")
    default: break
    }
  }

  private mutating func set(_ mode: Int, to isSet: Bool) {
    if isSet { modes.insert(mode) } else { modes.remove(mode) }
    switch mode {
    case 1049 where isSet && main == nil:
      main = (cells, pixels, cursor)
      cells = Array(repeating: Cell(), count: cells.count)
      pixels = Array(repeating: 0, count: pixels.count)
    case 1049 where !isSet:
      if let main { (cells, pixels, cursor) = main }
      main = nil
    default: break
    }
  }

  /// SGR, with colours in both notations (`38;5;n`, `38:2::r:g:b`).
  private mutating func rendition() {
    let groups = parser.collected.split(
      separator: UInt8(ascii: ";"), omittingEmptySubsequences: false
    )
    .map { group in
      group.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
        Int(String(decoding: $0, as: UTF8.self)) ?? 0
      }
    }
    var codes = groups[...]
    if codes.isEmpty { codes = [[0]] }
    while let group = codes.popFirst() {
      switch group.first ?? 0 {
      case 0: pen = Cell()
      case 1: pen.isBold = true
      case 4: pen.isUnderlined = true
      case 7: pen.isReversed = true
      case 22: pen.isBold = false
      case 24: pen.isUnderlined = false
      case 27: pen.isReversed = false
      case 30...37: pen.foreground = .indexed(group[0] - 30)
      case 39: pen.foreground = .default
      case 40...47: pen.background = .indexed(group[0] - 40)
      case 49: pen.background = .default
      case 90...97: pen.foreground = .indexed(group[0] - 82)
      case 100...107: pen.background = .indexed(group[0] - 92)
      case 38, 48:
        let colour = group.count > 1 ? colour(group.dropFirst()) : colour(&codes)
        if let colour {
          if group[0] == 38 { pen.foreground = colour } else { pen.background = colour }
        }
      default: break
      }
    }
  }

  private func colour(_ n: ArraySlice<Int>) -> Colour? {
    if n.first == 5, let number = n.dropFirst().first { return .indexed(number) }
    let channels = n.suffix(3).map { UInt8(clamping: $0) }
    return n.first == 2 && n.count >= 4 ? .direct(RGB(channels[0], channels[1], channels[2])) : nil
  }

  private func colour(_ codes: inout ArraySlice<[Int]>) -> Colour? {
    guard let kind = codes.popFirst()?.first else { return nil }
    let wanted = kind == 5 ? 1 : kind == 2 ? 3 : 0
    let values = (0..<wanted).compactMap { _ in codes.popFirst()?.first }
    return colour(([kind] + values)[...])
  }
}
