import EaselKit
import EaselScreen
import EaselTestSupport
import Foundation
import Testing

@Suite("The studio on a terminal", .serialized)
struct StudioTests {
  /// Types a prompt, paints it, and waits until the history has it.
  private func paint(_ prompt: String, on terminal: PseudoTerminal, _ program: Program) throws {
    try terminal.read(until: "Prompt")
    terminal.send(prompt)
    try terminal.read(until: prompt)
    terminal.send("\r")
    try terminal.read(until: "a picture in sixel") { $0.sixels > 0 }
    try terminal.read(until: "painted 1 picture")
    try terminal.read(until: "the number of the picture in the history") { $0.contains("#1") }
  }

  /// The smallest rectangle of cells that hold picture pixels.
  private func pictureArea(_ screen: VTScreen) -> CellRect? {
    var left = Int.max, top = Int.max, right = -1, bottom = -1
    for row in 0..<screen.size.rows {
      for column in 0..<screen.size.columns where screen.pixels(column: column, row: row) != nil {
        left = min(left, column)
        right = max(right, column)
        top = min(top, row)
        bottom = max(bottom, row)
      }
    }
    guard right >= 0 else { return nil }
    return CellRect(column: left, row: top, columns: right - left + 1, rows: bottom - top + 1)
  }

  @Test("A prompt is typed, painted inline, kept in the history and seen in the gallery")
  func firstLight() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try program.studio()
    try paint("a red heart on a white background", on: terminal, program)
    let id = "\(try #require(try program.run("history", "--json").objects.first?["id"]))"
    let side = 128
    let shown = try program.run("show", id, "--graphics", "sixel", "--pixels", "\(side)x\(side)")
    let image = try #require(SixelDecoder.decode(shown.output))
    func mean(_ pixels: [UInt32]) -> [Double] {
      (0..<3).map { channel in
        pixels.reduce(0.0) { $0 + Double($1 >> (8 * UInt32(channel)) & 255) } / Double(pixels.count)
      }
    }
    var inHistory: [UInt32] = []
    for y in image.height * 3 / 8..<image.height * 5 / 8 {
      for x in image.width * 3 / 8..<image.width * 5 / 8 { inHistory.append(image[x, y] ?? 0) }
    }
    let wanted = mean(inHistory)
    // The picture is the largest thing on the screen, and its middle is the middle of what the history
    // holds. It may come a moment after its number, so this is waited for.
    try terminal.read(until: "the picture of the history, large") { screen in
      guard let area = pictureArea(screen), area.columns >= 20, area.rows >= 10 else {
        return false
      }
      var onScreen: [UInt32] = []
      for row in area.row + area.rows * 3 / 8..<area.row + area.rows * 5 / 8 {
        for column in area.column + area.columns * 3 / 8..<area.column + area.columns * 5 / 8 {
          onScreen += screen.pixels(column: column, row: row) ?? []
        }
      }
      return !onScreen.isEmpty && zip(mean(onScreen), wanted).allSatisfy { abs($0 - $1) < 16 }
    }
    // Leaving: Ctrl-C twice.
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
    #expect(terminal.isRestored && terminal.isCooked)
  }

  @Test("U in the gallery enlarges a picture, and the history has both")
  func upscales() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(
      try program.run("paint", "a yellow star", "--size", "64x64", "--steps", "1").status == 0)
    let terminal = try program.studio()
    try terminal.read(until: "Prompt")
    // Who can enlarge is known once the models are.
    terminal.send("\u{1B}3")
    try terminal.read(until: "● scenes")
    terminal.send("\u{1B}2")
    try terminal.read(until: "a yellow star")
    terminal.send("U")
    try terminal.read(until: "enlarged 1 picture")
    try terminal.read(until: "2 pictures")
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
    let pictures = try program.run("history", "--json").objects
    #expect(pictures.map { $0["width"] as? Int } == [256, 64])
    let enlarged = try #require(pictures.first?["enlarged"] as? [String: Any])
    #expect(enlarged["source"] as? Int == 1 && (enlarged["digest"] as? String)?.count == 64)
  }

  @Test("Killed in the middle of a painting: the terminal is restored and the history is whole")
  func killed() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("paint", "a yellow star", "--steps", "1").status == 0)
    try program.write("steps = 256\ncount = 16\n", to: "config/config.toml")
    let terminal = try program.studio()
    try terminal.read(until: "Prompt")
    terminal.send("a green frog\r")
    try terminal.read(until: "a preview") { $0.sixels > 1 }
    kill(try terminal.studio(), SIGKILL)
    _ = try terminal.waitForExit()
    #expect(terminal.isRestored && terminal.isCooked)
    let history = try program.run("history", "--json").objects
    #expect(history.contains { ($0["prompt"] as? String) == "a yellow star" })
    #expect(try program.run("doctor", "--json").status == 0)
  }

  @Test(
    "What a kill cut short goes on at the next start, even when the draft is lost",
    arguments: [false, true])
  func goesOn(draftIsLost: Bool) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("steps = 256\ncount = 8\n", to: "config/config.toml")
    var terminal = try program.studio()
    try terminal.read(until: "Prompt")
    terminal.send("a green frog\r")
    // The library's note is written beside the first steps.
    try terminal.read(until: "a few previews") { $0.sixels > 4 }
    kill(try terminal.studio(), SIGKILL)
    _ = try terminal.waitForExit()
    if draftIsLost { unlink(program.home + "/state/draft.json") }
    terminal = try program.studio()
    try terminal.read(until: "1 painting left from last time")
    try terminal.read(until: "a preview") { $0.sixels > 0 }
    // Twice: the queue is kept, and the same painting is there once more and not twice.
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
  }

  @Test("Where there is no sixel the picture is drawn in half blocks")
  func halfBlocks() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try program.studio(profile: .plain)
    try terminal.read(until: "Prompt")
    terminal.send("a blue car at night\r")
    try terminal.read(until: "half blocks") { $0.contains("▀") || $0.contains("▄") }
    #expect(terminal.screen.sixels == 0)
    terminal.send("\u{3}\u{3}\u{3}")
    _ = try terminal.waitForExit()
    #expect(terminal.isRestored)
  }

  @Test("The unsent prompt is there again after a kill")
  func draft() throws {
    let program = try Program()
    defer { program.remove() }
    var terminal = try program.studio()
    try terminal.read(until: "Prompt")
    terminal.send("a half written thought")
    try terminal.read(until: "a half written thought")
    try terminal.read(until: "the draft on disk") { _ in
      let draft = URL(filePath: program.home + "/state/draft.json")
      return (try? String(contentsOf: draft, encoding: .utf8))?
        .contains("a half written thought") == true
    }
    kill(try terminal.studio(), SIGKILL)
    _ = try terminal.waitForExit()
    terminal = try program.studio()
    try terminal.read(until: "a half written thought")
    terminal.send("\u{3}\u{3}")
    _ = try terminal.waitForExit()
  }

  @Test("Tiny windows say what they need and growing brings everything back")
  func tiny() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try program.studio(columns: 20, rows: 8)
    try terminal.read(until: "40")
    terminal.resize(CellSize(columns: 100, rows: 30))
    try terminal.read(until: "Prompt")
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
  }
}
