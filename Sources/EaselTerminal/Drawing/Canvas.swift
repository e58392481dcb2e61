import CScreen
import EaselScreen

/// The cells of the terminal, through curses: what was put there last, and the difference to a new
/// frame. It knows where pictures are but draws none.
///
/// The cells of a picture hold a character of their own in a colour pair of their own (NO-BREAK
/// SPACE), so that in curses' model they are never blank, never equal to text, and never re-sent in
/// passing. Whatever covers or uncovers a picture is then a change of cells like any other.
struct Canvas {
  /// A cell as curses sees it: all pictures look alike.
  enum Token: Hashable {
    case glyph(Character, width: Int, Style)
    case continuation
    case placeholder
  }

  let colours: Capabilities.Colours
  private let isUnicode: Bool
  private var theme: Theme
  /// Pair numbers of (foreground, background), as curses numbers colours.
  private var pairs: [ColourPair: Int32] = [:]
  private var nextPair: Int32 = 2
  private let pairLimit: Int32
  private let canDirect: Bool
  private var looks: [Style: (attributes: Int32, pair: Int32)] = [:]
  private(set) var size: CellSize
  private(set) var tokens: [Token?]
  /// The frame that `tokens` are of; nil where they are of none.
  private var before: Screen?
  /// The terminal will be cleared by the next flush.
  private var isCleared = true

  private struct ColourPair: Hashable {
    var foreground: Int32
    var background: Int32
  }
  /// Pair 1: pictures'.
  private static let picturePair: Int32 = 1

  init(theme: Theme, capabilities: Capabilities, size: CellSize) {
    self.theme = theme
    isUnicode = capabilities.isUnicode
    let available = cs_colors()
    canDirect = available >= 1 << 24
    colours =
      available >= 256
      ? capabilities.colours : available >= 8 ? min(capabilities.colours, .eight) : .none
    pairLimit = min(cs_pairs(), 4096)
    self.size = size
    tokens = Array(repeating: nil, count: size.columns * size.rows)
    setPicturePair()
  }

  /// The background behind pictures: as the cells around them show it, so that what fills a picture's cells up cannot
  /// be told from those.
  var pictureBackground: RGB {
    let background = look(.canvas).background
    return colours == .indexed
      ? ColourMapping.colour(ColourMapping.indexed(background)) : background
  }

  /// The colour of plain text.
  var ink: RGB { look(.text).foreground }

  /// Takes another theme; everything must be drawn again.
  mutating func use(_ theme: Theme) {
    self.theme = theme
    looks = [:]
    pairs = [:]
    nextPair = 2
    setPicturePair()
    forget()
  }

  /// Forgets what the terminal shows, so that the next frame is drawn whole.
  mutating func forget() {
    tokens = Array(repeating: nil, count: size.columns * size.rows)
    before = nil
    isCleared = true
    cs_clear()
  }

  mutating func resize(_ size: CellSize) {
    self.size = size
    cs_resize(Int32(size.rows), Int32(size.columns))
    forget()
  }

  /// Puts the cells of `screen` that differ; all but the last changed row go out (`cs_flush` sends
  /// that one). Returns the indices of the cells, in order. A screen of another
  /// size is clipped, and cells it does not have become empty.
  mutating func put(_ screen: Screen) -> [Int] {
    var changed: [Int] = []
    for row in 0..<size.rows where before?.hasRow(row, like: screen) != true {
      for column in 0..<size.columns {
        let index = row * size.columns + column
        let token = Self.token(screen, column, row, columns: size.columns)
        guard tokens[index] != token else { continue }
        tokens[index] = token
        changed.append(index)
      }
    }
    before = screen
    let isFresh = isCleared
    isCleared = false
    var rowBefore: Int?
    // Right halves belong to the glyph before: putting that one sets both.
    for index in changed {
      let row = Int32(index / size.columns), column = Int32(index % size.columns)
      // After a clear everything goes out at once; else row by row, so that nothing scrolls.
      if let rowBefore, rowBefore != Int(row), !isFresh { cs_flush_row() }
      rowBefore = Int(row)
      switch tokens[index] {
      case .glyph(let character, let width, let style):
        put(character, width, style, row, column)
      case .placeholder:
        putPlaceholder(row, column)
      case .continuation:
        // Its left half may be unchanged while something else was here in between.
        if column > 0, case .glyph(let character, 2, let style) = tokens[index - 1] {
          put(character, 2, style, row, column - 1)
        }
      case nil: break
      }
    }
    return changed
  }

  /// The bytes that write one cell past curses, which believes that it is there already; nil for cells of
  /// pictures. Cursor and colours are left changed.
  func direct(column: Int, row: Int) -> [UInt8]? {
    guard (0..<size.columns).contains(column), (0..<size.rows).contains(row) else { return nil }
    var column = column
    var token = tokens[row * size.columns + column]
    if token == .continuation, column > 0 {
      column -= 1
      token = tokens[row * size.columns + column]
    }
    guard case .glyph(let character, let width, let style) = token else { return nil }
    var look = look(style.role)
    if let ground = style.ground { look.background = self.look(ground).background }
    var codes = ["0"]
    if look.isBold || style.isBold { codes.append("1") }
    if look.isItalic { codes.append("3") }
    if look.isUnderlined || style.isUnderlined { codes.append("4") }
    if look.isReversed != style.isReversed { codes.append("7") }
    for (colour, code) in [(look.foreground, 38), (look.background, 48)] {
      switch colours {
      case .none: break
      case .eight: codes.append("\(code - 8 + ColourMapping.eight(colour))")
      case .indexed: codes.append("\(code);5;\(ColourMapping.indexed(colour))")
      case .direct: codes.append("\(code);2;\(colour.red);\(colour.green);\(colour.blue)")
      }
    }
    let text = CursesGlyph.text(character, width: width, isUnicode: isUnicode)
      .prefix { $0 != 0 }.compactMap { Unicode.Scalar(UInt32($0)) }
    return Array(
      "\u{1B}[\(row + 1);\(column + 1)H\u{1B}[\(codes.joined(separator: ";"))m".utf8)
      + Array(String(String.UnicodeScalarView(text)).utf8)
  }

  private func putPlaceholder(_ row: Int32, _ column: Int32) {
    if isUnicode {
      _ = cs_put(row, column, [0xA0, 0], 0, Self.picturePair)
    } else {
      // A space that no text equals.
      _ = cs_put(row, column, [0x20, 0], Int32(CS_BOLD) | Int32(CS_ITALIC), Self.picturePair)
    }
  }

  private mutating func put(
    _ character: Character, _ width: Int, _ style: Style, _ row: Int32, _ column: Int32
  ) {
    let text = CursesGlyph.text(character, width: width, isUnicode: isUnicode)
    let look = curses(style)
    if !cs_put(row, column, text, look.attributes, look.pair) {
      _ = cs_put(row, column, [0x3F, 0], look.attributes, look.pair)
    }
    if width == 2, !isUnicode {
      _ = cs_put(row, column + 1, [0x20, 0], look.attributes, look.pair)
    }
  }

  private static func token(_ screen: Screen, _ column: Int, _ row: Int, columns: Int) -> Token {
    guard column < screen.size.columns, row < screen.size.rows else {
      return .glyph(" ", width: 1, Style())
    }
    let cell = screen[column, row]
    switch cell.content {
    case .glyph(let character, let width):
      // Half of a wide glyph never sticks out at the right.
      if width == 2, column + 1 >= columns { return .glyph(" ", width: 1, cell.style) }
      return .glyph(character, width: width, cell.style)
    case .continuation: return .continuation
    case .picture: return .placeholder
    }
  }

  // MARK: Looks

  private func look(_ role: Role) -> Theme.Look {
    theme.looks[role] ?? theme.looks[.text]
      ?? Theme.Look(foreground: RGB(220, 220, 220), background: RGB(16, 16, 16))
  }

  private mutating func curses(_ style: Style) -> (attributes: Int32, pair: Int32) {
    if let known = looks[style] { return known }
    var look = look(style.role)
    if let ground = style.ground { look.background = self.look(ground).background }
    var attributes: Int32 = 0
    if look.isBold || style.isBold { attributes |= Int32(CS_BOLD) }
    if look.isUnderlined || style.isUnderlined { attributes |= Int32(CS_UNDERLINE) }
    if look.isItalic { attributes |= Int32(CS_ITALIC) }
    var isReversed = look.isReversed != style.isReversed
    if colours == .none {
      // Without colours the roles that say "here" need another way to say it.
      switch style.role {
      case .selected, .tabActive: isReversed = !style.isReversed
      case .title, .accent, .footerKey, .popupTitle, .frameFocused, .error, .warning:
        attributes |= Int32(CS_BOLD)
      default: break
      }
    }
    if isReversed { attributes |= Int32(CS_REVERSE) }
    let made = (attributes, pair(look))
    looks[style] = made
    return made
  }

  private mutating func pair(_ look: Theme.Look) -> Int32 {
    guard colours != .none else { return 0 }
    var wanted = ColourPair(
      foreground: number(look.foreground), background: number(look.background))
    // Two colours that fall together would hide the text.
    if wanted.foreground == wanted.background, look.foreground != look.background {
      wanted.foreground = ColourMapping.luminance(look.background) < 128 ? white : black
    }
    if let known = pairs[wanted] { return known }
    guard nextPair < pairLimit, cs_set_pair(nextPair, wanted.foreground, wanted.background) else {
      return 0
    }
    pairs[wanted] = nextPair
    nextPair += 1
    return nextPair - 1
  }

  private var white: Int32 { number(RGB(255, 255, 255)) }
  private var black: Int32 { number(RGB(0, 0, 0)) }

  private func number(_ colour: RGB) -> Int32 {
    switch colours {
    case .none: return -1
    case .eight: return Int32(ColourMapping.eight(colour))
    case .direct where canDirect:
      return Int32(colour.red) << 16 | Int32(colour.green) << 8 | Int32(colour.blue)
    case .indexed, .direct: return Int32(ColourMapping.indexed(colour))
    }
  }

  private func setPicturePair() {
    let look = look(.canvas)
    _ = cs_set_pair(Self.picturePair, number(look.foreground), number(look.background))
  }
}
