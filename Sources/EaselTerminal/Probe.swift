package import EaselKit
package import EaselScreen

/// The one round of questions at the start, and what the answers mean. Every question goes out in
/// one write; the last one (DA1) is answered by practically every terminal, and its answer ends
/// the round, so that silence on the others costs nothing.
package struct Probe {
  /// What the environment and the user say.
  package struct Setting {
    package var term: String
    package var colorTerm: String?
    package var noColor = false
    package var isUTF8Locale = true
    package var graphics: Capabilities.Graphics?
    package var takesManyColours: Bool?
    package var window = WindowSize()
    package init(term: String) { self.term = term }
  }
  package struct WindowSize: Hashable {
    package var cells = CellSize(columns: 80, rows: 24)
    /// Of the whole window; 0 when unknown.
    package var pixels = PixelSize(width: 0, height: 0)
    package init() {}
  }

  package private(set) var isDone = false
  private var attributes: Set<Int> = []
  private var name: String?
  private var cell: PixelSize?
  private var textArea: PixelSize?
  private var registers: Int?
  private var modes: Set<Int> = []
  private var isDirect = false
  /// The colour that was set came back as one of 256.
  private(set) var hasIndexedColour = false
  /// Whether the terminal answers what size a cell has.
  var tellsCell: Bool { cell != nil }
  private var cursor: CellPoint?
  private var background: RGB?
  private var hasKitty = false

  package init() {}

  /// The questions. A terminal type that is known for printing what it does not understand is
  /// asked only for its attributes.
  package static func questions(term: String, isUTF8Locale: Bool) -> String {
    let attributes = "\u{1B}[c"
    if term == "linux" || term.hasPrefix("vt") { return attributes }
    var all = "\u{1B}[>0q\u{1B}[16t\u{1B}[14t\u{1B}[?1;1;0S\u{1B}[?2026$p\u{1B}]11;?\u{1B}\\"
    // Set a colour, ask for it, take it back: terminals without direct colour answer another one.
    all += "\u{1B}[48;2;1;2;3m\u{1B}P$qm\u{1B}\\\u{1B}[0m"
    if !isUTF8Locale {
      // Two bytes of UTF-8 move the cursor by one where they are understood.
      all += "\u{1B}7\r\u{E9}\u{1B}[6n\r  \u{1B}8"
    }
    // One pixel that is not shown. Multiplexers take such strings for titles.
    if !term.hasPrefix("tmux"), !term.hasPrefix("screen") {
      all += "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\"
    }
    return all + attributes
  }

  package mutating func take(_ report: TerminalReport) {
    switch report {
    case .attributes(let all):
      attributes = Set(all)
      isDone = true
    case .name(let text): name = text
    case .cell(let size): if size.width > 0, size.height > 0 { cell = size }
    case .textArea(let size): if size.width > 0, size.height > 0 { textArea = size }
    case .colourRegisters(let count): registers = count
    case .mode(let mode, let isKnown): if isKnown { modes.insert(mode) }
    case .rendition(let text):
      isDirect = text.contains("48:2:") || text.contains("48;2;1;2;3")
      hasIndexedColour = text.contains("48:5:") || text.contains("48;5;")
    case .cursor(let at): cursor = at
    case .background(let colour): background = colour
    case .kitty(let isKnown): hasKitty = isKnown
    case .unknown: break
    }
  }

  package func capabilities(_ setting: Setting) -> Capabilities {
    var made = Capabilities(term: setting.term)
    made.answered = isDone
    made.name = name
    made.background = background
    made.hasSynchronizedOutput = modes.contains(2026)
    made.isUnicode = setting.isUTF8Locale || cursor?.column == 1
    let known = KnownTerminals.entry(named: name)
    // Not every terminal tells its name; some have a type of their own.
    let knownByType = known ?? KnownTerminals.entry(named: name ?? setting.term)
    made.colours =
      if setting.noColor {
        .none
      } else if knownByType?.takesDirectColours == true || isDirect || tellsDirect(setting)
        || setting.term.hasSuffix("-direct")
      {
        .direct
      } else {
        .indexed
      }
    made.colourRegisters = min(256, max(2, registers ?? 256))
    made.widensPictures = known?.widensPictures ?? false
    made.takesManyColours =
      setting.takesManyColours ?? knownByType?.takesManyColours ?? false
    made.graphics =
      if let wanted = setting.graphics {
        wanted
      } else if let best = known?.graphics, best != .kitty || hasKitty,
        attributes.contains(4) || known?.sinceSixel != true
      {
        best
      } else if attributes.contains(4), known?.printsSixel != true {
        .sixel
      } else if hasKitty, known?.hasPartialKitty != true {
        .kitty
      } else {
        made.colours == .none ? .shades : .blocks
      }
    if let size = cell ?? Self.cell(textArea: textArea, window: setting.window, name: name) {
      made.cell = size
      made.isCellSizeKnown = true
    }
    return made
  }

  /// COLORTERM outlives the terminal that set it: within GNU screen it is the outer one's.
  private func tellsDirect(_ setting: Setting) -> Bool {
    guard ["truecolor", "24bit"].contains(setting.colorTerm?.lowercased()) else { return false }
    return !setting.term.hasPrefix("screen") || name?.hasPrefix("tmux") ?? false
  }

  /// The size of a cell from the window's. With padding below one cell the true size c obeys
  /// pixels / (n + 1) < c <= pixels / n; of two candidates the smaller one never lets a picture
  /// cover a neighbour.
  package static func cell(textArea: PixelSize?, window: WindowSize, name: String?) -> PixelSize? {
    let columns = window.cells.columns, rows = window.cells.rows
    guard columns > 0, rows > 0 else { return nil }
    if let textArea, textArea.width >= columns, textArea.height >= rows {
      return PixelSize(width: textArea.width / columns, height: textArea.height / rows)
    }
    var pixels = window.pixels
    guard pixels.width >= columns, pixels.height >= rows else { return nil }
    if name?.hasPrefix("XTerm") ?? false {
      // The system's answer includes a border of two pixels all around.
      pixels.width -= 4
      pixels.height -= 4
      return PixelSize(width: max(1, pixels.width / columns), height: max(1, pixels.height / rows))
    }
    func smallest(_ p: Int, _ n: Int) -> Int { min(p / n, p / (n + 1) + 1) }
    return PixelSize(
      width: smallest(pixels.width, columns), height: smallest(pixels.height, rows))
  }
}
