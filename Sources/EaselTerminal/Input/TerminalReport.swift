public import EaselKit
public import EaselScreen

/// What a terminal answered to a question.
public enum TerminalReport: Hashable, Sendable {
  /// DA1: the end of every round of questions. 4 stands for sixel.
  case attributes([Int])
  /// XTVERSION.
  case name(String)
  /// One cell in pixels (`CSI 16 t`), or the text area (`CSI 14 t`).
  case cell(PixelSize)
  case textArea(PixelSize)
  /// XTSMGRAPHICS item 1: colour registers.
  case colourRegisters(Int)
  /// DECRQM: whether the terminal knows the mode (1 set, 2 reset, 3 and 4 fixed).
  case mode(Int, isKnown: Bool)
  /// DECRQSS for SGR: the attributes that are set now, as parameters.
  case rendition(String)
  case cursor(CellPoint)
  /// OSC 11: the background.
  case background(RGB)
  /// Whether kitty's pictures are understood.
  case kitty(isKnown: Bool)
  /// Anything else that was no key.
  case unknown
}

extension InputDecoder {
  mutating func report(
    prefix: UInt8?, _ n: [Int], _ intermediates: [UInt8], _ final: UInt8
  ) {
    let report: TerminalReport
    switch (prefix, final) {
    case (UInt8(ascii: "?"), UInt8(ascii: "c")): report = .attributes(n)
    case (UInt8(ascii: "?"), UInt8(ascii: "S")) where n.count >= 3 && n[0] == 1 && n[1] == 0:
      report = .colourRegisters(n[2])
    case (UInt8(ascii: "?"), UInt8(ascii: "y")) where n.count >= 2 && intermediates == [0x24]:
      report = .mode(n[0], isKnown: n[1] != 0)
    case (nil, UInt8(ascii: "t")) where n.count >= 3 && n[0] == 6:
      report = .cell(PixelSize(width: n[2], height: n[1]))
    case (nil, UInt8(ascii: "t")) where n.count >= 3 && n[0] == 4:
      report = .textArea(PixelSize(width: n[2], height: n[1]))
    case (nil, UInt8(ascii: "R")) where n.count >= 2 && n[0] > 0 && n[1] > 0:
      report = .cursor(CellPoint(column: n[1] - 1, row: n[0] - 1))
    default: report = .unknown
    }
    output.append(.report(report))
    hasAlt = false
  }

  mutating func beginString(_ kind: StringKind) {
    sequence = []
    state = .string(kind, isEscape: false)
  }

  /// One byte of a string; it ends with ST or, for OSC, BEL.
  mutating func string(_ byte: UInt8, _ kind: StringKind, _ isEscape: Bool) {
    if isEscape {
      if byte == UInt8(ascii: "\\") {
        finishString(kind)
        end()
      } else {
        // Not the end: the string was cut off and something new began.
        end()
        state = .escape
        step(byte)
      }
      return
    }
    switch byte {
    case 0x1B: state = .string(kind, isEscape: true)
    case 0x07 where kind == .system:
      finishString(kind)
      end()
    case 0x18, 0x1A: end()
    default:
      if sequence.count < Self.longestString { sequence.append(byte) }
    }
  }

  private mutating func finishString(_ kind: StringKind) {
    let text = String(decoding: sequence, as: UTF8.self)
    let report: TerminalReport
    switch kind {
    case .device where text.hasPrefix(">|"): report = .name(String(text.dropFirst(2).prefix(80)))
    case .device where text.hasPrefix("1$r") && text.hasSuffix("m"):
      report = .rendition(String(text.dropFirst(3).dropLast()))
    case .system where text.hasPrefix("11;"):
      report = Self.colour(text.dropFirst(3)).map { .background($0) } ?? .unknown
    case .other where text.hasPrefix("Gi=31"): report = .kitty(isKnown: text.hasSuffix(";OK"))
    default: report = .unknown
    }
    output.append(.report(report))
  }

  /// `rgb:rrrr/gggg/bbbb` with one to four hexadecimal digits a channel (XParseColor).
  static func colour(_ text: Substring) -> RGB? {
    guard text.hasPrefix("rgb:") || text.hasPrefix("rgba:") else { return nil }
    let parts = text.drop { $0 != ":" }.dropFirst().split(
      separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return nil }
    let values = parts.prefix(3).compactMap { part -> UInt8? in
      guard (1...4).contains(part.utf8.count), let value = Int(part, radix: 16) else { return nil }
      let top = (1 << (4 * part.utf8.count)) - 1
      return UInt8((value * 255 + top / 2) / top)
    }
    return values.count == 3 ? RGB(values[0], values[1], values[2]) : nil
  }
}
