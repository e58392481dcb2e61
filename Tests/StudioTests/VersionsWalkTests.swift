import EaselScreen
import EaselTestSupport
import Foundation
import Testing

@Suite("Versions on a terminal", .serialized)
struct VersionsWalkTests {
  @Test(
    "A prompt is changed and painted again: its line is seen, compared and written on, also after a restart"
  )
  func line() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("steps = 2\n", to: "config/config.toml")
    var terminal = try program.studio(columns: 120, rows: 36)
    try terminal.read(until: "Prompt")
    terminal.send("a red heart\r")
    try program.waitForPictures(1, while: terminal)
    terminal.send(" in the snow\r")
    try program.waitForPictures(2, while: terminal)
    terminal.send("\u{1B}")
    try terminal.read(until: "a again")
    terminal.send("L")
    try terminal.read(until: "2 versions")
    try terminal.read(until: "a red heart +in the snow")
    try terminal.read(until: "F1 help")
    terminal.send("c")
    try terminal.read(until: "A is #1, B is #2")
    terminal.send("\u{1B}")
    try terminal.read(until: "Enter write on")
    // From the first version, something else.
    terminal.send("k")
    try terminal.read(until: "▸ v1")
    terminal.send("r")
    try terminal.read(until: "recipe taken")
    try terminal.read(until: "Esc keys")
    terminal.send(" at night\r")
    try program.waitForPictures(3, while: terminal)
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))

    // The pictures carry the line, the draft its end.
    terminal = try program.studio(columns: 120, rows: 36)
    try terminal.read(until: "a red heart at night")
    terminal.send(", flat\r")
    try program.waitForPictures(4, while: terminal)
    terminal.send("\u{1B}")
    try terminal.read(until: "i write")
    terminal.send("2")
    try terminal.read(until: "4 pictures")
    terminal.send("L")
    try terminal.read(until: "4 versions")
    try terminal.read(until: "from v1")
    try terminal.read(until: "+, flat")
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
  }
}
