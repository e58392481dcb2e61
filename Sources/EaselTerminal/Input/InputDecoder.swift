public import EaselScreen

/// Turns the bytes of a terminal into what the user did and what the terminal answered.
///
/// A pure value: however the bytes are cut into reads, the same events come out, except that a
/// pause may end a grapheme (`endOfRead`) or a lone escape (`timeout`).
///
/// Source: ECMA-48 for the shapes of sequences; xterm's "Control Sequences" for keys, SGR mouse
/// (1006), focus (1004), bracketed paste (2004) and reports.
public struct InputDecoder: Sendable {
  /// One decoded thing.
  public enum Output: Hashable, Sendable {
    case event(InputEvent)
    case report(TerminalReport)
  }

  /// The byte of the terminal's erase key, which is Backspace even where it is Ctrl-H.
  public var eraseByte: UInt8
  /// Whether `CSI r ; c R` is the cursor's place; otherwise it is F3 with modifiers.
  public var expectsCursorReport = false

  enum State: Hashable {
    case ground
    case escape
    /// After `ESC O`.
    case singleShift
    /// After `ESC [`; the bytes so far are in `sequence`.
    case control
    /// After `CSI M`: three bytes of an old mouse report.
    case oldMouse
    /// After `CSI [`: one letter of a Linux console function key.
    case linuxKey
    /// In a string that ends with ST; `isEscape` after an ESC within it.
    case string(StringKind, isEscape: Bool)
    case paste
  }
  enum StringKind: Hashable { case device, system, other }

  var state = State.ground
  /// Alt was held: an ESC came right before what follows.
  var hasAlt = false
  var sequence: [UInt8] = []
  /// The scalars of a grapheme that may still grow.
  var grapheme = ""
  /// An unfinished UTF-8 scalar.
  var utf8: [UInt8] = []
  var pasted: [UInt8] = []
  var output: [Output] = []

  /// Sequences and answers longer than this are noise and thrown away.
  static let longestSequence = 256
  static let longestString = 65_536
  /// A paste is handed over in parts of about this many bytes.
  static let longestPaste = 1 << 20

  public init(eraseByte: UInt8 = 0x7F) { self.eraseByte = eraseByte }

  /// Whether a lone escape (or another unfinished sequence) waits for more bytes or a timeout.
  public var isWaiting: Bool {
    switch state {
    case .ground: !utf8.isEmpty
    case .paste: false
    default: true
    }
  }

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Output] {
    for byte in bytes { step(byte) }
    return take()
  }

  /// No more bytes are waiting: the last grapheme is complete.
  public mutating func endOfRead() -> [Output] {
    finishGrapheme()
    return take()
  }

  /// Nothing came for a while: a lone ESC was the Escape key, an unfinished sequence is dropped.
  public mutating func timeout() -> [Output] {
    dropUTF8()
    finishGrapheme()
    switch state {
    case .ground, .paste: break
    case .escape:
      // Two escapes and then nothing were two presses, not Alt.
      if hasAlt {
        hasAlt = false
        key(.escape)
      }
      key(.escape)
      state = .ground
    case .singleShift:
      hasAlt = true
      key(.character("O"))
      state = .ground
    case .control where sequence.isEmpty:
      hasAlt = true
      key(.character("["))
      state = .ground
    case .control, .oldMouse, .linuxKey, .string:
      state = .ground
      hasAlt = false
    }
    sequence = []
    return take()
  }

  private mutating func take() -> [Output] {
    defer { output = [] }
    return output
  }

  mutating func step(_ byte: UInt8) {
    switch state {
    case .ground: ground(byte)
    case .escape: escape(byte)
    case .singleShift:
      state = .ground
      singleShift(byte)
    case .control: control(byte)
    case .oldMouse:
      sequence.append(byte)
      if sequence.count == 3 {
        oldMouse()
        end()
      }
    case .linuxKey:
      if let number = [UInt8]("ABCDE".utf8).firstIndex(of: byte) { key(.function(number + 1)) }
      end()
    case .string(let kind, let isEscape): string(byte, kind, isEscape)
    case .paste: paste(byte)
    }
  }

  private mutating func ground(_ byte: UInt8) {
    if byte >= 0x80 || !utf8.isEmpty {
      if text(byte) { return }
    }
    switch byte {
    case 0x1B:
      finishGrapheme()
      state = .escape
    case eraseByte, 0x7F:
      key(.backspace)
    case 0x0D: key(.enter)
    case 0x09: key(.tab)
    case 0x00: key(.character(" "), control: true)
    case 0x01...0x1A:
      key(.character(Character(Unicode.Scalar(byte + 0x60))), control: true)
    case 0x1C...0x1F:
      key(.character(Character(Unicode.Scalar(byte + 0x40))), control: true)
    default:
      append(Unicode.Scalar(byte))
    }
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case 0x1B:
      // ESC ESC: the first was a key of its own, or Alt of a sequence that follows.
      if hasAlt {
        hasAlt = false
        key(.escape)
      }
      hasAlt = true
    case UInt8(ascii: "["):
      sequence = []
      state = .control
    case UInt8(ascii: "O"): state = .singleShift
    case UInt8(ascii: "P"): beginString(.device)
    case UInt8(ascii: "]"): beginString(.system)
    case UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"): beginString(.other)
    default:
      hasAlt = true
      state = .ground
      ground(byte)
    }
  }

  mutating func end() {
    state = .ground
    hasAlt = false
    sequence = []
  }

  // MARK: Text

  /// Takes a byte of a scalar; false when the byte does not belong to text after all.
  private mutating func text(_ byte: UInt8) -> Bool {
    if utf8.isEmpty {
      guard (0xC2...0xF4).contains(byte) else {
        append("\u{FFFD}")
        return true
      }
      utf8 = [byte]
      return true
    }
    let second = utf8.count == 1
    let low: UInt8 =
      second ? (utf8[0] == 0xE0 ? 0xA0 : utf8[0] == 0xF0 ? 0x90 : 0x80) : 0x80
    let high: UInt8 =
      second ? (utf8[0] == 0xED ? 0x9F : utf8[0] == 0xF4 ? 0x8F : 0xBF) : 0xBF
    guard (low...high).contains(byte) else {
      dropUTF8()
      if byte < 0x80 { return false }
      return text(byte)
    }
    utf8.append(byte)
    let length = utf8[0] < 0xE0 ? 2 : utf8[0] < 0xF0 ? 3 : 4
    if utf8.count == length {
      let scalars = String(decoding: utf8, as: UTF8.self).unicodeScalars
      utf8 = []
      if let scalar = scalars.first { append(scalar) }
    }
    return true
  }

  private mutating func dropUTF8() {
    guard !utf8.isEmpty else { return }
    utf8 = []
    append("\u{FFFD}")
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    if hasAlt || (0x80...0x9F).contains(scalar.value) {
      // C1 controls in UTF-8 are no text; a terminal does not send them for keys.
      finishGrapheme()
      if hasAlt { key(.character(Character(scalar))) }
      return
    }
    let before = grapheme.count
    grapheme.unicodeScalars.append(scalar)
    if before == 1, grapheme.count == 2, let first = grapheme.first {
      output.append(.event(.key(KeyPress(.character(first)))))
      grapheme.removeFirst()
    }
  }

  private mutating func finishGrapheme() {
    for character in grapheme { output.append(.event(.key(KeyPress(.character(character))))) }
    grapheme = ""
  }

  mutating func key(
    _ key: KeyPress.Key, control: Bool = false, alt: Bool = false, shift: Bool = false
  ) {
    finishGrapheme()
    output.append(
      .event(.key(KeyPress(key, control: control, alt: alt || hasAlt, shift: shift))))
    hasAlt = false
  }

  // MARK: Paste

  private static let pasteEnd = [UInt8]("\u{1B}[201~".utf8)

  private mutating func paste(_ byte: UInt8) {
    pasted.append(byte)
    if byte == UInt8(ascii: "~"), pasted.suffix(6).elementsEqual(Self.pasteEnd) {
      pasted.removeLast(6)
      handOverPaste(pasted.count)
      end()
    } else if pasted.count >= Self.longestPaste {
      // Cut between two scalars and never inside the mark of the end.
      var cut = pasted.count
      let tail = pasted.suffix(6)
      if let escape = tail.lastIndex(of: 0x1B) { cut = escape }
      while cut > 0, cut < pasted.count, pasted[cut] & 0xC0 == 0x80 { cut -= 1 }
      if cut == pasted.count { cut = endOfLastScalar() }
      handOverPaste(cut)
    }
  }

  /// The index after the last complete scalar of `pasted`.
  private func endOfLastScalar() -> Int {
    var start = pasted.count - 1
    while start > max(0, pasted.count - 4), pasted[start] & 0xC0 == 0x80 { start -= 1 }
    let lead = pasted[start]
    let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    return start + length <= pasted.count ? pasted.count : start
  }

  private mutating func handOverPaste(_ count: Int) {
    let text = String(decoding: pasted.prefix(count), as: UTF8.self)
    pasted.removeFirst(count)
    if !text.isEmpty { output.append(.event(.paste(text))) }
  }
}
