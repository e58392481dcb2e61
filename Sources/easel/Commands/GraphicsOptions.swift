import ArgumentParser
import EaselApp
import EaselConfig
import EaselImaging
import EaselKit
import EaselScreen
import EaselTerminal
import Glibc

/// How a command draws a picture on stdout.
struct GraphicsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How to draw: auto, sixel, kitty, iterm2, blocks, halves or sextants.", valueName: "kind"),
    transform: { text in
      guard let kind = Settings.Graphics(rawValue: text) else {
        throw Failure.unknown(
          "kind of graphics", text, known: Settings.Graphics.allCases.map(\.rawValue))
      }
      return kind
    })
  var graphics: Settings.Graphics?

  @Option(
    help: ArgumentHelp(
      "Box of pixels (with blocks: half cells) that the picture fills.", valueName: "WxH"))
  var pixels: String?

  @Option(
    help: ArgumentHelp("Who writes sixel: easel or libsixel; easel without.", valueName: "name"))
  var encoder: String?

  @Option(
    help: ArgumentHelp(
      "Colours of a sixel: standard, high (near true colour, for the terminal itself) or auto.",
      valueName: "name"))
  var quality: String?

  func writer(settings: Settings) throws -> PictureWriter {
    var settings = settings
    if let quality { try settings.set(.quality, quality) }
    // What the studio is set to, where nothing is said.
    let kind = graphics ?? settings.graphics
    let way = kind.symbols == nil ? PictureWriter.Way(rawValue: kind.rawValue) : .blocks
    var box: PixelSize?
    if let pixels {
      let sides = pixels.lowercased().split(separator: "x").compactMap { Int($0) }
      guard sides.count == 2, sides.allSatisfy({ (1...8192).contains($0) }) else {
        throw Failure(.badInput, "'\(pixels)' is no size", hint: "write it as 640x480")
      }
      box = PixelSize(width: sides[0], height: sides[1])
    }
    let known = SixelEncoder.allCases.map(\.rawValue)
    guard let encoder = SixelEncoder(rawValue: encoder ?? SixelEncoder.easel.rawValue) else {
      throw Failure.unknown("sixel encoder", encoder ?? "", known: known)
    }
    let writer = PictureWriter(
      way: way, box: box, encoder: encoder, takesManyColours: settings.quality.takesManyColours,
      symbols: kind.symbols ?? .quadrants)
    if quality == Settings.Quality.high.rawValue, writer.bands == nil {
      throw Failure(
        .unsupported, "there is no terminal here that shows sixels in high quality",
        hint: "it is for a terminal that takes sixel and tells the size of its cells")
    }
    return writer
  }
}

/// Draws pictures on stdout, below each other.
struct PictureWriter: Sendable {
  enum Way: String, Sendable, Hashable, CaseIterable { case sixel, kitty, iterm2, blocks }
  let way: Way
  let box: PixelSize
  let encoder: SixelEncoder
  /// The block elements of `blocks`.
  let symbols: SymbolGrid.Repertoire
  /// Cells of the terminal whose finished sixels come in bands with palettes of their own; nil for one palette.
  let bands: PixelSize?

  /// Without `way` a terminal is asked, and a pipe gets sixel.
  /// - Parameter takesManyColours: nil for what the terminal is known to take.
  init(
    way chosen: Way?, box: PixelSize?, encoder: SixelEncoder = .easel,
    takesManyColours: Bool? = nil, symbols: SymbolGrid.Repertoire = .quadrants
  ) {
    self.encoder = encoder
    self.symbols = symbols
    let window = Self.window()
    let answers = chosen == .blocks ? nil : Self.capabilities()
    way =
      chosen
      ?? (Console.isOutputTerminal
        ? (answers.flatMap { Way(rawValue: $0.graphics.rawValue) } ?? .blocks) : .sixel)
    let isHigh = takesManyColours ?? answers?.takesManyColours ?? false
    bands =
      way == .sixel && encoder == .easel && isHigh && answers?.isCellSizeKnown == true
      ? answers?.cell : nil
    let cells = PixelSize(width: window.columns, height: max(2, window.rows - 4))
    self.box =
      switch (box, way) {
      case (let box?, _): box
      case (nil, .sixel), (nil, .kitty), (nil, .iterm2):
        PixelSize(
          width: min(640, cells.width * (answers?.cell.width ?? 10)),
          height: min(640, cells.height * (answers?.cell.height ?? 20)))
      case (nil, .blocks): PixelSize(width: min(64, cells.width), height: min(64, cells.height * 2))
      }
  }

  func draw(_ picture: Picture) {
    switch way {
    case .sixel where bands != nil:
      if let bands { draw(picture, cell: bands) }
    case .sixel, .kitty, .iterm2:
      let scaled = picture.scaled(to: picture.size.fittedByWholeFactor(in: box))
      let bytes: [UInt8]? =
        switch way {
        case .kitty: try? encodeKitty(scaled)
        case .iterm2: try? encodeITerm2(scaled)
        case .sixel, .blocks: try? encodeSixel(scaled.indexed(), encoder: encoder)
        }
      // A picture that is whole cannot fail to be encoded; an empty line is honest.
      Console.write((bytes ?? []) + [0x0A], STDOUT_FILENO)
    case .blocks:
      let colours: BlockLines.Colours =
        if !Console.hasColours(isTerminal: true) {
          .none
        } else {
          Console.hasDirectColours || !Console.isOutputTerminal ? .direct : .indexed
        }
      let lines = BlockLines.lines(
        picture, columns: box.width, rows: (box.height + 1) / 2, symbols, colours: colours)
      for line in lines { Console.out(line) }
    }
  }

  /// In bands with palettes of their own, each a sequence that begins at a row of cells: where a terminal leaves the
  /// cursor after one differs from terminal to terminal.
  private func draw(_ picture: Picture, cell: PixelSize) {
    let scaled = picture.scaled(to: picture.size.fittedByWholeFactor(in: box))
    let height = Capabilities.bandHeight(cell: cell)
    let indexed = scaled.indexed(.high, bandHeight: height)
    let rows = (scaled.height + cell.height - 1) / cell.height
    // Room first, so that nothing scrolls in between.
    var out = [UInt8](repeating: 0x0A, count: rows) + Array("\u{1B}[\(rows)A\r".utf8)
    for strip in (try? encodeSixelStrips(indexed, cellHeight: cell.height)) ?? [] {
      let down = strip.rect.y / cell.height
      out += "\u{1B}7".utf8
      if down > 0 { out += "\u{1B}[\(down)B".utf8 }
      out += strip.bytes
      out += "\u{1B}8".utf8
    }
    out += "\u{1B}[\(rows)B\r".utf8
    Console.write(out, STDOUT_FILENO)
  }

  /// What the terminal on stdin and stdout can do; nil where there is none that answers.
  static func capabilities() -> Capabilities? {
    guard isatty(STDIN_FILENO) == 1, Console.isOutputTerminal, !Console.isDumb else { return nil }
    var options = TerminalOptions(theme: .plain)
    options.secondsForAnswers = 0.5
    guard let found = try? Capabilities.ask(options), found.answered else { return nil }
    return found
  }

  private static func window() -> CellSize {
    TerminalSize(descriptor: STDOUT_FILENO)?.cells ?? CellSize(columns: 80, rows: 24)
  }
}

extension Settings.Quality {
  /// nil: as the terminal is known.
  var takesManyColours: Bool? {
    switch self {
    case .auto: nil
    case .standard: false
    case .high: true
    }
  }
}
