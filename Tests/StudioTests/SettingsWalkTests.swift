import EaselScreen
import EaselTestSupport
import Foundation
import Testing

@Suite("Settings on a terminal", .serialized)
struct SettingsWalkTests {
  private func leave(_ terminal: PseudoTerminal) throws {
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
  }

  @Test("Another theme is chosen: it is seen at once, in the gallery too, and after a restart")
  func theme() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("steps = 1\n", to: "config/config.toml")
    #expect(try program.run("paint", "a red heart").status == 0)
    var terminal = try program.studio(columns: 100, rows: 30)
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}2")
    try terminal.read(until: "a picture of the gallery") { $0.pixels.contains { $0 != 0 } }
    let dark = terminal.screen[50, 20].background
    terminal.send("\u{1B}5")
    try terminal.read(until: "‹ dark ›")
    #expect(terminal.screen.pixels.allSatisfy { $0 == 0 })
    terminal.send("\u{1B}[C")
    try terminal.read(until: "‹ harbour ›")
    terminal.send("\u{1B}2")
    try terminal.read(until: "the gallery, and nothing in the colours of before") { screen in
      screen.contains("1 picture") && screen.pixels.contains { $0 != 0 }
        && !screen.cells.contains { $0.background == dark }
    }
    try leave(terminal)
    terminal = try program.studio(columns: 100, rows: 30)
    try terminal.read(until: "Prompt")
    #expect(!terminal.screen.cells.contains { $0.background == dark })
    try leave(terminal)
  }

  @Test("A prompt is written in an editor outside, and its words are taken back")
  func editor() throws {
    var program = try Program()
    defer { program.remove() }
    try program.write("#!/bin/sh\necho \"$(cat \"$1\") in the snow\" > \"$1\"\n", to: "editor")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: program.home + "/editor")
    program.environment["EDITOR"] = program.home + "/editor"
    let terminal = try program.studio()
    try terminal.read(until: "Prompt")
    terminal.send("a blue boat\u{18}\u{5}")
    try terminal.read(until: "a blue boat in the snow")
    terminal.send("\u{1F}")
    try terminal.read(until: "the words of before") {
      $0.contains("a blue boat") && !$0.contains("in the snow")
    }
    try leave(terminal)
  }

  @Test("Commands are found by their words: with their key, or why they cannot be done")
  func palette() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try program.studio()
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}2")
    try terminal.read(until: "Nothing here yet")
    terminal.send(":")
    try terminal.read(until: "what would you like to do?")
    terminal.send("trash")
    try terminal.read(until: "(no picture here)")
    terminal.send("\u{15}go to settings\r")
    try terminal.read(until: "‹ dark ›")
    try leave(terminal)
  }

  @Test("What is asked for this time only is not kept, and colours can be refused")
  func forThisTime() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try program.studio(
      columns: 100, rows: 30, "--graphics", "blocks", "--color", "never", "--theme", "light")
    try terminal.read(until: "Prompt")
    let coloured = terminal.screen.cells.count {
      $0.foreground != .default || $0.background != .default
    }
    #expect(coloured == 0)
    terminal.send("\u{1B}5")
    try terminal.read(until: "Graphics")
    // Another setting is changed and saved.
    terminal.send("jjjjjj\u{1B}[C")
    try terminal.read(until: "‹ 13 ›")
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
    let file = try String(contentsOfFile: program.home + "/config/config.toml", encoding: .utf8)
    #expect(file.contains("steps = 13"))
    #expect(!file.contains("graphics =") && !file.contains("theme ="), "\(file)")
  }

  @Test("A wrong choice of colours is wrong usage")
  func wrongChoice() throws {
    let program = try Program()
    defer { program.remove() }
    let refused = try program.run("--color", "sometimes")
    #expect(refused.status == 2 && refused.errors.contains("'sometimes'"), "\(refused.errors)")
  }
}
