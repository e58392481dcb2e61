import EaselKit
import EaselScreen

extension VTScreen {
  struct Parser: Sendable {
    enum State: Sendable {
      case ground, escape, control, string, stringEscape
      /// After `ESC (` and the like: one byte that names a character set.
      case charset
    }
    var state = State.ground
    var kind: UInt8 = 0
    var collected: [UInt8] = []
    var utf8: [UInt8] = []
  }

  /// Takes output of the program under test, cut anywhere.
  public mutating func feed(_ data: some Sequence<UInt8>) {
    let data = Array(data)
    bytes += data.count
    var rest = data[...]
    while let byte = rest.first {
      // Most of what comes is within pictures.
      if parser.state == .string, let end = rest.firstIndex(where: Self.mayEndString) {
        parser.collected += rest[..<end]
        rest = rest[end...]
        step(rest.removeFirst())
      } else if parser.state == .string {
        parser.collected += rest
        return
      } else {
        step(byte)
        rest.removeFirst()
      }
    }
  }

  private static func mayEndString(_ byte: UInt8) -> Bool { byte < 0x20 }

  private mutating func step(_ byte: UInt8) {
    switch parser.state {
    case .ground: ground(byte)
    case .escape: escape(byte)
    case .charset:
      if parser.kind == UInt8(ascii: "(") { isLineDrawing = byte == UInt8(ascii: "0") }
      parser.state = .ground
    case .control:
      if (0x40...0x7E).contains(byte) {
        parser.state = .ground
        control(byte)
      } else if byte == 0x1B {
        parser.state = .escape
      } else {
        parser.collected.append(byte)
      }
    case .string:
      if byte == 0x1B {
        parser.state = .stringEscape
      } else if byte == 0x07, parser.kind == UInt8(ascii: "]") {
        parser.state = .ground
        string()
      } else if byte == 0x18 || byte == 0x1A {
        parser.state = .ground
      } else {
        parser.collected.append(byte)
      }
    case .stringEscape:
      if byte == UInt8(ascii: "\\") {
        parser.state = .ground
        string()
      } else {
        parser.state = .escape
        escape(byte)
      }
    }
  }

  private mutating func ground(_ byte: UInt8) {
    if byte >= 0x80 {
      parser.utf8.append(byte)
      let lead = parser.utf8[0]
      let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      if parser.utf8.count == length {
        if let scalar = String(decoding: parser.utf8, as: UTF8.self).unicodeScalars.first {
          write(scalar)
        }
        parser.utf8 = []
      }
      return
    }
    parser.utf8 = []
    switch byte {
    case 0x1B: parser.state = .escape
    case 0x08:
      cursor.column = max(0, cursor.column - 1)
      wrapsNext = false
    case 0x09:
      cursor.column = min(size.columns - 1, (cursor.column / 8 + 1) * 8)
      wrapsNext = false
    case 0x0A, 0x0B, 0x0C:
      lineFeed()
      wrapsNext = false
    case 0x0D:
      cursor.column = 0
      wrapsNext = false
    case 0x0F: isLineDrawing = false
    case 0x20...0x7E: write(Unicode.Scalar(byte))
    default: break
    }
  }

  private mutating func escape(_ byte: UInt8) {
    parser.collected = []
    parser.kind = byte
    parser.state = .ground
    switch byte {
    case UInt8(ascii: "["): parser.state = .control
    case UInt8(ascii: "P"), UInt8(ascii: "]"), UInt8(ascii: "_"), UInt8(ascii: "^"),
      UInt8(ascii: "X"):
      parser.state = .string
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"):
      parser.state = .charset
    case UInt8(ascii: "7"): saved = (cursor, pen)
    case UInt8(ascii: "8"):
      (cursor, pen) = saved
      cursor.column = min(cursor.column, size.columns - 1)
      cursor.row = min(cursor.row, size.rows - 1)
      wrapsNext = false
    case UInt8(ascii: "M"):
      if cursor.row == region.lowerBound {
        scroll(region, by: -1)
      } else {
        cursor.row = max(0, cursor.row - 1)
      }
    case UInt8(ascii: "D"): lineFeed()
    case UInt8(ascii: "E"):
      cursor.column = 0
      lineFeed()
    case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "\\"): break
    case UInt8(ascii: "c"): self = VTScreen(size: size, profile: profile)
    default: unknown.append("ESC \(Character(Unicode.Scalar(byte)))")
    }
  }

  private mutating func string() {
    switch parser.kind {
    case UInt8(ascii: "P"):
      if parser.collected == Array("$qm".utf8) {
        answer("\u{1B}P1$r\(renditionForReport)m\u{1B}\\")
      } else if profile.hasSixel, let image = SixelDecoder.decode(parser.collected) {
        sixelBytes += parser.collected.count + 4
        sixelPixels += image.width * image.height
        draw(image)
      } else {
        unknown.append("DCS of \(parser.collected.count) bytes")
      }
    case UInt8(ascii: "]"):
      let text = String(decoding: parser.collected, as: UTF8.self)
      if text.hasPrefix("7770;idle;") {
        idle = Int(text.dropFirst(10)) ?? idle
      } else if text == "7770;cells" || text == "7770;written" {
        isBetweenFrames = text == "7770;cells"
      } else if text.hasPrefix("52;c;") {
        clipboard.append(String(decoding: unbase64(text.dropFirst(5)), as: UTF8.self))
      } else if text.hasPrefix("1337;File=") {
        iterm2(text.dropFirst(10))
      } else if text == "11;?" {
        answer("\u{1B}]11;rgb:1010/1010/1818\u{1B}\\")
      }
    case UInt8(ascii: "_") where parser.collected.first == UInt8(ascii: "G"):
      kitty(String(decoding: parser.collected, as: UTF8.self))
    default: break
    }
  }

  /// Direct colours are answered as such; other terminals answer the nearest of 256.
  private var renditionForReport: String {
    guard profile.hasDirectColour, case .direct(let c) = pen.background else { return "0;48;5;16" }
    return "0;48:2::\(c.red):\(c.green):\(c.blue)"
  }

  mutating func answer(_ text: String) { if profile.answers { replies += text.utf8 } }

  func unbase64(_ text: Substring) -> [UInt8] {
    var values = [Int](repeating: -1, count: 256)
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, letter) in letters.utf8.enumerated() { values[Int(letter)] = value }
    var out: [UInt8] = []
    var bits = 0, count = 0
    for byte in text.utf8 {
      let value = values[Int(byte)]
      guard value >= 0 else { continue }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        out.append(UInt8(bits >> count & 255))
      }
    }
    return out
  }
}
