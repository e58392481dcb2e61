import EaselImaging
import EaselKit
import EaselTestSupport
import Foundation
import Testing

@Suite("Choices and tables on a terminal", .serialized)
struct TableWalkTests {
  @Test("Several values make a table that is browsed and exported as one picture")
  func table() throws {
    let program = try Program()
    defer { program.remove() }
    // From where the studio is started, as people name folders.
    let here = FileManager.default.currentDirectoryPath.split(separator: "/").count
    let folder = String(repeating: "../", count: here) + program.home.dropFirst() + "/./out"
    try program.write("export-folder = \"\(folder)\"\n", to: "config/config.toml")
    var terminal = try program.studio(columns: 120, rows: 40)
    try terminal.read(until: "Prompt")
    terminal.send("a red heart on a white background")
    // Over the other fields to the steps.
    for _ in 0..<6 { terminal.send("\t") }
    terminal.send("2,4")
    terminal.send("\t")
    terminal.send("1..3:2")
    terminal.send("\t")
    try terminal.read(until: "both lists") { $0.contains("2, 4") && $0.contains("1, 3") }
    terminal.send("\r")
    try terminal.read(until: "steps →  guidance ↓")
    terminal.send("\u{1B}")
    try program.waitForPictures(4, while: terminal)
    let steps = try program.run("history", "--json").objects.compactMap { $0["steps"] as? Int }
    #expect(Set(steps) == [2, 4])
    // The key says that it can be used once the last picture's job has ended.
    try terminal.read(until: "E export table")
    terminal.send("E")
    // The folder is named from the root, over as many lines as it takes.
    try terminal.read(until: "where the table is") { screen in
      let words = (0..<40).map { row in
        screen.line(row).prefix(47).filter { !$0.isWhitespace && $0 != "│" }
      }
      return words.joined().contains("wrote\(program.home)/out/table-")
    }
    let out = program.home + "/out"
    let names = try FileManager.default.contentsOfDirectory(atPath: out)
    let name = try #require(names.first)
    #expect(names.count == 1 && name.hasPrefix("table-a-red-heart"))
    let file = try Data(contentsOf: URL(filePath: "\(out)/\(name)"))
    let picture = try decodePNG(Array(file)).picture
    #expect(picture.width > 2 * 128 && picture.height > 2 * 128)
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))

    // A table from the command line, and another day: the gallery still knows which pictures are one.
    #expect(try program.run("paint", "a blue car", "--sweep", "steps=1,2").status == 0)
    #expect(try program.run("paint", "a yellow star", "--steps", "1").status == 0)
    terminal = try program.studio(columns: 120, rows: 40)
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}2")
    try terminal.read(until: "7 pictures")
    terminal.send("b")
    try terminal.read(until: "3 tiles")
    try terminal.read(until: "×4 a red hear")
    try terminal.read(until: "×2 a blue car")
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
  }

  @Test("Alternatives, lists and the queue: typed, seen expanded, painted, paused, gone on with")
  func choices() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("crimson\n", to: "config/wildcards/shade.txt")
    let terminal = try program.studio(columns: 120, rows: 40)
    try terminal.read(until: "Prompt")
    terminal.send("a __shade__ heart")
    try terminal.read(until: "→ a crimson heart")
    terminal.send("\r")
    try terminal.read(until: "painted 1 picture")
    // Escape and a letter at once would be Alt and the letter.
    terminal.send("\u{1B}")
    try terminal.read(until: "i write")
    terminal.send("Q")
    try terminal.read(until: "Nothing is being painted.")
    terminal.send("p")
    try terminal.read(until: "Queue: paused")
    terminal.send("\u{1B}")
    try terminal.read(until: "the panel's end") { !$0.contains("Queue: paused") }
    terminal.send("i\r")
    try terminal.read(until: "the queue is paused")
    terminal.send("\u{1B}")
    try terminal.read(until: "i write")
    terminal.send("Qp")
    try program.waitForPictures(2, while: terminal)
    let rows = try program.run("history", "--json").objects
    #expect(rows.allSatisfy { $0["prompt"] as? String == "a crimson heart" })
  }
}
