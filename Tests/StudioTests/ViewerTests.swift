import EaselKit
import EaselScreen
import EaselTestSupport
import Foundation
import Testing

@Suite("Comparing and retouching on a terminal", .serialized)
struct ViewerTests {
  /// A picture of one colour in the history.
  private func importPicture(
    _ red: UInt8, _ green: UInt8, _ blue: UInt8, _ program: Program, name: String
  ) throws {
    var file = Array("P6 64 64 255\n".utf8)
    for _ in 0..<64 * 64 { file += [red, green, blue] }
    let path = "\(program.home)/\(name).ppm"
    try Data(file).write(to: URL(filePath: path))
    #expect(try program.run("import", path).status == 0)
  }

  /// Mean red, green and blue of a cell's pixels; nil where it has none.
  private func mean(_ screen: VTScreen, _ column: Int, _ row: Int) -> [Double]? {
    guard let pixels = screen.pixels(column: column, row: row) else { return nil }
    return (0..<3).map { channel in
      pixels.reduce(0.0) { $0 + Double($1 >> (8 * UInt32(channel)) & 255) } / Double(pixels.count)
    }.reversed()
  }

  private func isClose(_ a: [Double]?, _ b: [Double]) -> Bool {
    guard let a else { return false }
    return zip(a, b).allSatisfy { abs($0 - $1) < 12 }
  }

  /// The channels as the decoder packs them, whichever end comes first.
  private func shows(_ screen: VTScreen, _ column: Int, _ row: Int, _ colour: [Double]) -> Bool {
    let seen = mean(screen, column, row)
    return isClose(seen, colour) || isClose(seen.map { $0.reversed() }, colour)
  }

  private func leave(_ terminal: PseudoTerminal) throws {
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
    #expect(terminal.isRestored && terminal.isCooked)
  }

  @Test("Two pictures are compared side by side, across an edge, and by their difference")
  func compares() throws {
    let program = try Program()
    defer { program.remove() }
    try importPicture(200, 90, 40, program, name: "first")
    try importPicture(160, 150, 40, program, name: "second")
    let terminal = try program.studio()
    terminal.patience = 90
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}2")
    try terminal.read(until: "2 pictures")
    terminal.send("c")
    try terminal.read(until: "A is #1, B is #2")
    let a = [200.0, 90, 40], b = [160.0, 150, 40]
    try terminal.read(until: "both pictures") { shows($0, 25, 12, a) && shows($0, 75, 12, b) }
    terminal.send("w")
    try terminal.read(until: "one picture on both sides of an edge") {
      shows($0, 46, 12, a) && shows($0, 54, 12, b)
    }
    // The edge goes to the left, and what was A's is B's.
    terminal.send("hhhhh")
    try terminal.read(until: "A on 25 %")
    try terminal.read(until: "the edge further left") { shows($0, 46, 12, b) }
    terminal.send("d[[")
    try terminal.read(until: "difference × 1")
    try terminal.read(until: "the difference") { shows($0, 50, 12, [40, 60, 0]) }
    terminal.send(" ")
    try terminal.read(until: "A: #1")
    try terminal.read(until: "A alone") { shows($0, 46, 12, a) && shows($0, 54, 12, a) }
    terminal.send("q")
    try terminal.read(until: "2 pictures")
    try leave(terminal)
  }

  @Test("Without pixels a mask editor's picture ends where a cell ends, at every height")
  func masksInBlocks() throws {
    let program = try Program()
    defer { program.remove() }
    try importPicture(200, 90, 40, program, name: "plain")
    for rows in 28...31 {
      let terminal = try program.studio(
        rows: rows,
        profile: TerminalProfile(cell: PixelSize(width: 9, height: 19), hasSixel: false))
      terminal.patience = 90
      try terminal.read(until: "Prompt")
      terminal.send("\u{1B}2")
      try terminal.read(until: "1 picture")
      terminal.send("m")
      try terminal.read(until: "0 % masked")
      // Far from the brush, which is in the middle; wider than the tile that was there.
      try terminal.read(until: "the picture") { screen in
        (0..<100).count { column in
          let cell = screen[column, 4]
          return [cell.foreground, cell.background].contains(.direct(RGB(200, 90, 40)))
        } > 30
      }
      let line = terminal.screen.line(4)
      #expect(!line.contains("▌") && !line.contains("▐"), "\(rows) rows: \(line)")
      try leave(terminal)
    }
  }

  /// From the gallery: a frog is to be painted in the middle of the chosen picture.
  private func maskTheMiddle(_ terminal: PseudoTerminal) throws {
    terminal.send("m")
    try terminal.read(until: "0 % masked")
    terminal.send("]]] ")
    try terminal.read(until: "a mask") { !$0.contains(" 0 % masked") }
    terminal.send("\t a green frog\r")
  }

  @Test(
    "A mask is painted with keys, and the part below it painted anew; the rest stays to the pixel")
  func retouches() throws {
    let program = try Program()
    defer { program.remove() }
    try importPicture(200, 90, 40, program, name: "plain")
    let terminal = try program.studio()
    terminal.patience = 90
    try terminal.read(until: "Prompt")
    // Who paints is known once the models are.
    terminal.send("\u{1B}3")
    try terminal.read(until: "● scenes")
    terminal.send("\u{1B}2")
    try terminal.read(until: "1 picture")
    try maskTheMiddle(terminal)
    try terminal.read(until: "painted 1 picture")
    try terminal.read(until: "the number of the picture in the history") { $0.contains("#2") }
    try leave(terminal)
    let newest = try #require(try program.run("history", "--json").objects.first)
    #expect((newest["prompt"] as? String)?.contains("a green frog") == true)
    let shown = try program.run("show", "2", "--graphics", "sixel", "--pixels", "128x128")
    let image = try #require(SixelDecoder.decode(shown.output))
    /// A pixel by how far it lies from the middle, in halves of the picture's side.
    func pixel(_ x: Double, _ y: Double) -> UInt32? {
      let half = Double(min(image.width, image.height)) / 2
      return image[
        Int(Double(image.width) / 2 + x * half), Int(Double(image.height) / 2 + y * half)]
    }
    // Far from the middle it is the old picture, one colour; in the middle it is not.
    let corner = try #require(pixel(-0.8, -0.8))
    for (x, y) in [(0.8, -0.8), (-0.8, 0.8), (0.8, 0.8), (0, -0.8)] {
      #expect(pixel(x, y) == corner)
    }
    let steps = stride(from: -0.15, through: 0.15, by: 0.03)
    #expect(Set(steps.flatMap { x in steps.map { pixel(x, $0) } }).count > 3)
  }

  @Test(
    "A masked painting that waits in the queue is painted after a kill, on the picture it began with"
  )
  func waitingMask() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("steps = 2\n", to: "config/config.toml")
    try importPicture(200, 90, 40, program, name: "plain")
    var terminal = try program.studio()
    terminal.patience = 90
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}3")
    try terminal.read(until: "● scenes")
    terminal.send("\u{1B}q")
    try terminal.read(until: "Nothing is being painted.")
    terminal.send("p")
    try terminal.read(until: "Queue: paused")
    terminal.send("\u{1B}")
    try terminal.read(until: "the panel's end") { !$0.contains("Queue: paused") }
    try terminal.read(until: "Enter paint with it")
    terminal.send("\u{1B}2")
    try terminal.read(until: "1 picture")
    try maskTheMiddle(terminal)
    try terminal.read(until: "queue 1")
    // The draft follows the screen within a moment.
    try terminal.read(until: "the draft", polling: true) { _ in
      (try? String(contentsOfFile: program.home + "/state/draft.json", encoding: .utf8))?
        .contains("maskDigest") == true
    }
    kill(try terminal.studio(), SIGKILL)
    _ = try terminal.waitForExit()

    terminal = try program.studio()
    terminal.patience = 90
    try terminal.read(until: "1 painting left from last time")
    terminal.send("\u{1B}q")
    try terminal.read(until: "Queue: paused")
    terminal.send("p")
    try program.waitForPictures(2, while: terminal)
    try leave(terminal)
  }
}
