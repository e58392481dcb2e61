import EaselScreen
import EaselTestSupport
import Foundation
import Testing

@Suite("Keys of one's own on a terminal", .serialized)
struct KeysWalkTests {
  private func leave(_ terminal: PseudoTerminal) throws {
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
  }

  /// To the list of keys, where what is typed narrows it.
  private func openKeys(_ terminal: PseudoTerminal) throws {
    try terminal.read(until: "K keys")
    terminal.send("K")
    try terminal.read(until: "a place, a command, or a key")
  }

  private func config(_ program: Program) throws -> String {
    try String(contentsOfFile: program.home + "/config/config.toml", encoding: .utf8)
  }

  @Test(
    "A command gets another key by pressing it: it holds at once, stands in the file, and is there after a restart"
  )
  func capture() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("# my own words\nsteps = 1\n", to: "config/config.toml")
    #expect(try program.run("paint", "a red heart").status == 0)
    var terminal = try program.studio(columns: 120, rows: 36)
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}5")
    try openKeys(terminal)
    terminal.send("gallery favourite")
    try terminal.read(until: "Favourite, or no longer: what is marked")

    // Esc while a key is waited for leaves everything as it is.
    terminal.send("\r")
    try terminal.read(until: "press a key …")
    terminal.send("\u{1B}")
    try terminal.read(until: "waiting no longer") { !$0.contains("press a key …") }

    // A key that another command would lose is asked for twice, and another one is another question.
    terminal.send("\r")
    try terminal.read(until: "press a key …")
    terminal.send("d")
    try terminal.read(until: "'trash' has this key here and loses it")
    #expect(try !config(program).contains("[keys"))
    terminal.send("\u{6}")
    // Ctrl-F turns the page in the gallery.
    try terminal.read(until: "'page-down' has this key here and loses it")
    terminal.send("F")
    try terminal.read(until: "● F")
    try terminal.read(until: "the file has it", polling: true) { _ in
      (try? config(program).contains("favourite = \"F\"")) == true
    }
    let file = try config(program)
    #expect(file.contains("# my own words\n") && file.contains("[keys.gallery]"))

    // It holds at once: the footer says so and the key does it, the old one no longer.
    terminal.send("\u{1B}")
    try openSettings(terminal)
    terminal.send("2")
    try terminal.read(until: "F favourite")
    terminal.send("f")
    terminal.send("F")
    try terminal.read(until: "#1 is a favourite")
    try leave(terminal)

    // After a restart, and back to what it was.
    terminal = try program.studio(columns: 120, rows: 36)
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}2")
    try terminal.read(until: "F favourite")
    terminal.send("F")
    try terminal.read(until: "#1 is no favourite")
    terminal.send("\u{1B}5")
    try openKeys(terminal)
    terminal.send("gallery favourite")
    try terminal.read(until: "● F")
    terminal.send("\u{12}")
    try terminal.read(until: "the key it came with") { !$0.contains("● F") }
    try terminal.read(until: "nothing of it in the file", polling: true) { _ in
      (try? config(program).contains("favourite =")) == false
    }
    try leave(terminal)
    #expect(try config(program).hasPrefix("# my own words\nsteps = 1\n"))
  }

  private func openSettings(_ terminal: PseudoTerminal) throws {
    try terminal.read(until: "K keys")
  }
}
