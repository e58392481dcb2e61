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
  @Option(help: ArgumentHelp("How to draw: auto, sixel or blocks.", valueName: "kind"))
  var graphics: String?

  @Option(
    help: ArgumentHelp(
      "Box of pixels (with blocks: half cells) that the picture fills.", valueName: "WxH"))
  var pixels: String?

  func writer(settings: Settings) throws -> PictureWriter {
    var chosen = settings
    if let graphics { try chosen.set(.graphics, graphics) }
    var box: PixelSize?
    if let pixels {
      let sides = pixels.lowercased().split(separator: "x").compactMap { Int($0) }
      guard sides.count == 2, sides.allSatisfy({ (1...8192).contains($0) }) else {
        throw Failure(.badInput, "'\(pixels)' is no size", hint: "write it as 640x480")
      }
      box = PixelSize(width: sides[0], height: sides[1])
    }
    return PictureWriter(graphics: chosen.graphics, box: box)
  }
}

/// Draws pictures on stdout, below each other.
struct PictureWriter: Sendable {
  enum Way: Sendable, Hashable { case sixel, blocks }
  let way: Way
  let box: PixelSize

  /// On a terminal `auto` asks it; into a pipe `auto` is sixel.
  init(graphics: Settings.Graphics, box: PixelSize?) {
    let window = Self.window()
    let answers = graphics == .blocks ? nil : Self.capabilities()
    way =
      switch graphics {
      case .sixel: .sixel
      case .blocks: .blocks
      case .auto:
        Console.isOutputTerminal ? (answers?.graphics == .sixel ? .sixel : .blocks) : .sixel
      }
    let cells = PixelSize(width: window.columns, height: max(2, window.rows - 4))
    self.box =
      switch (box, way) {
      case (let box?, _): box
      case (nil, .sixel):
        PixelSize(
          width: min(640, cells.width * (answers?.cell.width ?? 10)),
          height: min(640, cells.height * (answers?.cell.height ?? 20)))
      case (nil, .blocks): PixelSize(width: min(64, cells.width), height: min(64, cells.height * 2))
      }
  }

  func draw(_ picture: Picture) {
    switch way {
    case .sixel:
      let size = picture.size.fittedByWholeFactor(in: box)
      // A picture without colours left to choose cannot fail to be encoded; an empty line is honest.
      let bytes = (try? encodeSixel(picture.scaled(to: size).indexed())) ?? []
      Console.write(bytes + [0x0A], STDOUT_FILENO)
    case .blocks:
      let colours: HalfBlocks.Colours =
        if !Console.hasColours(isTerminal: true) {
          .none
        } else {
          Console.hasDirectColours || !Console.isOutputTerminal ? .direct : .indexed
        }
      let lines = HalfBlocks.lines(
        picture, columns: box.width, rows: (box.height + 1) / 2, colours: colours)
      for line in lines { Console.out(line) }
    }
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
