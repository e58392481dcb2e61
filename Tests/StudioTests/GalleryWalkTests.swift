import EaselScreen
import EaselTestSupport
import Foundation
import Testing

@Suite("The gallery on a terminal", .serialized)
struct GalleryWalkTests {
  /// Three painted pictures, and a studio that shows them.
  private func gallery(_ program: Program) throws -> PseudoTerminal {
    for prompt in ["a yellow star", "a red heart", "a blue car"] {
      #expect(try program.run("paint", prompt, "--steps", "1").status == 0)
    }
    let terminal = try program.studio(columns: 120, rows: 36)
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}2")
    try terminal.read(until: "3 pictures")
    return terminal
  }

  private func leave(_ terminal: PseudoTerminal) throws {
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
    #expect(terminal.isRestored && terminal.isCooked)
  }

  private func value(_ program: Program, _ query: String, _ key: String) throws -> [String] {
    try program.run("history", "--json", "--", query).objects.map { "\($0[key] ?? "")" }
  }

  @Test("Pictures are rated, rejected, tagged, sorted and found, and u takes all of it back")
  func labels() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try gallery(program)
    // #3 gets one star, #1 five.
    terminal.send("1")
    try terminal.read(until: "#3 rated ★")
    terminal.send("G5")
    try terminal.read(until: "#1 rated ★★★★★")
    terminal.send("s")
    try terminal.read(until: "oldest first")
    terminal.send("s")
    try terminal.read(until: "best rated first")
    // In the order of age, #1 is the first as well.
    try terminal.read(until: "★1 a blue car ╯╰a red heart")
    terminal.send("t")
    try terminal.read(until: "Tags of #1")
    terminal.send("shiny Gold\r")
    try terminal.read(until: "#1: +gold +shiny")
    terminal.send("lR")
    try terminal.read(until: "#3 rejected")
    // The changes are on the disk.
    terminal.send("/rating:>=2 tag:gold")
    try terminal.read(until: "1 picture")
    terminal.send("\r")
    terminal.send("S")
    try terminal.read(until: "Saved searches")
    terminal.send("treasure\u{13}")
    try terminal.read(until: "kept as “treasure”")
    terminal.send("\u{1B}")
    try terminal.read(until: "3 pictures")
    #expect(try value(program, "is:rejected", "id") == ["3"])
    #expect(try value(program, "tag:shiny", "rating") == ["5"])
    terminal.send("S")
    try terminal.read(until: "rating:>=2 tag:gold")
    terminal.send("\r")
    try terminal.read(until: "1 picture")
    terminal.send("\u{1B}")
    try terminal.read(until: "3 pictures")
    // The search, the rejection, the tags and the ratings, backwards.
    for words in [
      "is gone again", "#3 no longer rejected", "#1: −gold −shiny", "#1 not rated", "#3 not rated",
    ] {
      terminal.send("u")
      try terminal.read(until: words)
    }
    try leave(terminal)
    #expect(try value(program, "is:rated", "id").isEmpty)
    #expect(try value(program, "is:rejected", "id").isEmpty)
    #expect(try value(program, "tag:gold", "id").isEmpty)
    #expect(try value(program, "", "id") == ["3", "2", "1"])
  }

  @Test("A pasted path is taken in, and in Compose its settings fill the form")
  func dropped() throws {
    let program = try Program()
    defer { program.remove() }
    let file = program.home + "/my star.png"
    #expect(
      try program.run(
        "paint", "a yellow star", "--steps", "2", "--seed", "4711", "--no-save", "-o", file
      ).status == 0)
    let terminal = try program.studio(columns: 120, rows: 36)
    try terminal.read(until: "Prompt")
    terminal.paste("'\(file)'")
    try terminal.read(until: "its settings are in the form")
    try terminal.read(until: "a yellow star")
    try terminal.read(until: "4711")
    terminal.send("\u{1B}\u{1B}2")
    try terminal.read(until: "1 picture")
    terminal.paste(program.home + "/nothing.png")
    try terminal.read(until: "there is no file")
    terminal.send("\u{1B}")
    terminal.paste(file)
    try terminal.read(until: "#1 was here already")
    terminal.send("u")
    try terminal.read(until: "Nothing here yet")
    try leave(terminal)
    #expect(try value(program, "is:trashed", "seed") == ["4711"])
  }
}
