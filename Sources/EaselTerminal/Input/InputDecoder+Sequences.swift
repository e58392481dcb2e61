import EaselScreen

extension InputDecoder {
  /// One byte of a control sequence: parameters, intermediates, and a final byte that says what.
  mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x1B:
      // A new sequence interrupts an unfinished one.
      end()
      state = .escape
    case UInt8(ascii: "[") where sequence.isEmpty:
      state = .linuxKey
    case 0x20...0x3F:
      sequence.append(byte)
      if sequence.count > Self.longestSequence { end() }
    case UInt8(ascii: "M") where sequence.isEmpty:
      state = .oldMouse
    case 0x40...0x7E:
      // A paste has its own state by now; everything else goes back to the ground.
      finish(byte)
      if state == .control { end() }
    default:
      // A control character inside a sequence: the sequence was cut off.
      end()
    }
  }

  private mutating func finish(_ final: UInt8) {
    let prefix = sequence.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
    let body = prefix == nil ? sequence[...] : sequence.dropFirst()
    let intermediates = body.filter { (0x20...0x2F).contains($0) }
    let numbers = Self.numbers(body.filter { (0x30...0x3F).contains($0) })
    let isPaste = final == UInt8(ascii: "~") && numbers.first == 200
    if prefix != nil || isPaste || "tIO".utf8.contains(final) { pressedBefore() }
    switch (prefix, final) {
    case (UInt8(ascii: "<"), UInt8(ascii: "M")), (UInt8(ascii: "<"), UInt8(ascii: "m")):
      mouse(numbers, isRelease: final == UInt8(ascii: "m"))
    case (UInt8(ascii: "?"), _), (UInt8(ascii: ">"), _), (UInt8(ascii: "="), _):
      report(prefix: prefix, numbers, intermediates, final)
    case (nil, UInt8(ascii: "t")):
      report(prefix: nil, numbers, intermediates, final)
    case (nil, UInt8(ascii: "R")) where expectsCursorReport:
      report(prefix: nil, numbers, intermediates, final)
    case (nil, UInt8(ascii: "I")): output.append(.event(.focus(true)))
    case (nil, UInt8(ascii: "O")): output.append(.event(.focus(false)))
    case (nil, UInt8(ascii: "~")):
      if numbers.first == 200 {
        sequence = []
        pasted = []
        state = .paste
      } else if numbers.first == 27, numbers.count >= 3 {
        character(code: numbers[2], modifiers: numbers[1])
      } else {
        numbered(numbers.first ?? 0, modifiers: numbers.count > 1 ? numbers[1] : 1)
      }
    case (nil, UInt8(ascii: "u")):
      character(code: numbers.first ?? 0, modifiers: numbers.count > 1 ? numbers[1] : 1)
    case (nil, UInt8(ascii: "^")): numbered(numbers.first ?? 0, modifiers: 5)  // rxvt: Ctrl
    case (nil, UInt8(ascii: "@")): numbered(numbers.first ?? 0, modifiers: 6)  // rxvt: both
    case (nil, UInt8(ascii: "a")...UInt8(ascii: "d")):
      // rxvt: Shift with an arrow.
      named(final - 0x20, modifiers: 2)
    default:
      named(final, modifiers: numbers.count > 1 ? numbers[1] : 1)
    }
  }

  /// An ESC right before something that no key sends was the Escape key: the pointer moved, or the window lost its
  /// focus, before the key's time was up.
  mutating func pressedBefore() {
    guard hasAlt else { return }
    hasAlt = false
    key(.escape)
  }

  /// `ESC O x`: keys in application mode, and the numeric keypad.
  mutating func singleShift(_ byte: UInt8) {
    switch byte {
    case 0x1B:
      // Alt-O and then something else.
      hasAlt = true
      key(.character("O"))
      state = .escape
    case UInt8(ascii: "M"): key(.enter)
    case UInt8(ascii: "I"): key(.tab)
    case UInt8(ascii: "j")...UInt8(ascii: "y"):
      key(.character(Character(Unicode.Scalar(byte - 0x40))))
    case UInt8(ascii: "X"): key(.character("="))
    case UInt8(ascii: "a")...UInt8(ascii: "d"): named(byte - 0x20, modifiers: 5)
    default:
      if !named(byte, modifiers: 1) {
        hasAlt = true
        key(.character("O"))
        if (0x20...0x7E).contains(byte) {
          key(.character(Character(Unicode.Scalar(byte))))
        }
      }
    }
    hasAlt = false
  }

  /// A key that a letter names; false when the letter names none.
  @discardableResult
  private mutating func named(_ letter: UInt8, modifiers: Int) -> Bool {
    let key: KeyPress.Key
    switch letter {
    case UInt8(ascii: "A"): key = .up
    case UInt8(ascii: "B"): key = .down
    case UInt8(ascii: "C"): key = .right
    case UInt8(ascii: "D"): key = .left
    case UInt8(ascii: "F"): key = .end
    case UInt8(ascii: "H"): key = .home
    case UInt8(ascii: "P"), UInt8(ascii: "Q"), UInt8(ascii: "R"), UInt8(ascii: "S"):
      key = .function(Int(letter - UInt8(ascii: "P")) + 1)
    case UInt8(ascii: "Z"): key = .backTab
    default: return false
    }
    press(key, modifiers)
    return true
  }

  private mutating func numbered(_ number: Int, modifiers: Int) {
    switch number {
    case 1, 7: press(.home, modifiers)
    case 2: press(.insert, modifiers)
    case 3: press(.delete, modifiers)
    case 4, 8: press(.end, modifiers)
    case 5: press(.pageUp, modifiers)
    case 6: press(.pageDown, modifiers)
    case 11...15: press(.function(number - 10), modifiers)
    case 17...21: press(.function(number - 11), modifiers)
    case 23...26: press(.function(number - 12), modifiers)
    case 28, 29: press(.function(number - 13), modifiers)
    case 31...34: press(.function(number - 14), modifiers)
    default: break
    }
  }

  /// A character with modifiers, as terminals that tell them apart send it (`CSI code ; m u`).
  private mutating func character(code: Int, modifiers: Int) {
    switch code {
    case 13: press(.enter, modifiers)
    case 9: press(modifiers == 2 ? .backTab : .tab, modifiers == 2 ? 1 : modifiers)
    case 27: press(.escape, modifiers)
    case 8, 127: press(.backspace, modifiers)
    case 0x20...0xD7FF, 0xE000...0xF8FF, 0xF900...0x10FFFF:
      guard let scalar = Unicode.Scalar(UInt32(code)) else { return }
      press(.character(Character(scalar)), modifiers)
    default: break
    }
  }

  /// Modifiers are 1 + (1 Shift, 2 Alt, 4 Ctrl, 8 Meta).
  private mutating func press(_ key: KeyPress.Key, _ modifiers: Int) {
    let bits = max(0, modifiers - 1)
    self.key(key, control: bits & 4 != 0, alt: bits & 10 != 0, shift: bits & 1 != 0)
  }

  // MARK: Mouse

  private mutating func mouse(_ numbers: [Int], isRelease: Bool) {
    guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return }
    mouse(code: numbers[0], column: numbers[1] - 1, row: numbers[2] - 1, isRelease: isRelease)
  }

  /// `CSI M b x y`: each a byte plus 32; release is button 3.
  mutating func oldMouse() {
    pressedBefore()
    guard sequence.allSatisfy({ $0 >= 32 }) else { return }
    let code = Int(sequence[0]) - 32
    // Which button was released is not told; the left one is the only one that drags here.
    let isRelease = code & 0x63 == 3
    mouse(
      code: isRelease ? code & ~3 : code, column: max(0, Int(sequence[1]) - 33),
      row: max(0, Int(sequence[2]) - 33), isRelease: isRelease)
  }

  /// Bits of `code`: 0–1 button (3 none), 2–4 Shift, Meta, Ctrl, 5 motion, 6 wheel.
  private mutating func mouse(code: Int, column: Int, row: Int, isRelease: Bool) {
    // Farther than any screen is noise, and must not overflow a sum later.
    guard column < 1 << 16, row < 1 << 16 else { return }
    let at = CellPoint(column: column, row: row)
    let button = code & 3
    let kind: MouseEvent.Kind
    if code & 64 != 0 {
      guard button < 2, !isRelease else { return }
      kind = button == 0 ? .wheelUp : .wheelDown
    } else if code & 32 != 0 {
      guard button < 3 else { return }
      kind = .drag
    } else {
      guard button < 3 else { return }
      kind = isRelease ? .release : .press
    }
    output.append(.event(.mouse(MouseEvent(kind, button: code & 64 != 0 ? 0 : button, at: at))))
    hasAlt = false
  }

  /// Numbers between `;`; an empty one is 0, and sub-parameters after `:` are left out.
  static func numbers(_ bytes: some Sequence<UInt8>) -> [Int] {
    var all: [Int] = []
    var current = 0
    var isSub = false
    var isEmpty = true
    for byte in bytes {
      isEmpty = false
      switch byte {
      case UInt8(ascii: ";"):
        all.append(current)
        current = 0
        isSub = false
      case UInt8(ascii: ":"): isSub = true
      case 0x30...0x39 where !isSub: current = min(current * 10 + Int(byte - 0x30), 1 << 24)
      default: break
      }
    }
    if !isEmpty { all.append(current) }
    return all
  }
}
