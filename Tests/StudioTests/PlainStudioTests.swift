import EaselTestSupport
import Foundation
import Testing

@Suite("The studio in lines", .serialized)
struct PlainStudioTests {
  @Test("Lines are painted and answered in lines, without a control sequence")
  func lines() throws {
    let program = try Program()
    defer { program.remove() }
    let result = try program.run(
      ["--plain"],
      input: """
        /set steps 2
        /set seed 7
        a {red} fox in the snow
        /set stps 9
        /info 1
        /again
        /history fox
        /trash 2
        /agian
        /export "1
        /quit
        a hare that nobody paints

        """)
    #expect(result.status == 0)
    #expect(!result.output.contains(0x1B) && !result.errors.contains("\u{1B}"))
    #expect(result.text.contains("seed 7") && result.text.contains("prompt: a red fox in the snow"))
    #expect(result.text.contains("typed as: a {red} fox in the snow"))
    #expect(result.text.contains("2 steps"))
    for words in ["did you mean 'steps'?", "did you mean '/again'?", "a quote is never closed"] {
      #expect(result.errors.contains(words), "\(words): \(result.errors)")
    }
    let history = try program.run("history", "--json").objects
    #expect(history.count == 1 && history[0]["prompt"] as? String == "a red fox in the snow")
  }

  @Test("Into a pipe no picture is drawn, and /help says of /show where one is")
  func show() throws {
    let program = try Program()
    defer { program.remove() }
    let result = try program.run(
      ["--plain"],
      input: """
        /set steps 1
        a red fox
        /show 1
        /show 1 --graphics kitty
        /show 1 --json
        /help

        """)
    #expect(!result.output.contains(0x1B) && result.status == 0)
    #expect(result.errors.components(separatedBy: "the output is no terminal").count == 3)
    #expect(
      result.errors.contains("/info") && result.objects.first?["prompt"] as? String == "a red fox")
    #expect(result.text.contains("/show NUMBER"))
    // On a terminal it is drawn.
    let terminal = try program.studio("--plain")
    try terminal.read(until: "/help")
    terminal.send("/show 1 --graphics sixel\r")
    try terminal.read(until: "a picture") { $0.sixels == 1 }
    terminal.send("/quit\r")
    #expect(try terminal.waitForExit() == .status(0))
  }

  @Test("A terminal that shows no studio is told of the one in lines")
  func dumb() throws {
    var program = try Program()
    defer { program.remove() }
    program.environment["TERM"] = "dumb"
    let terminal = try program.studio()
    try terminal.read(until: "easel --plain")
    #expect(terminal.screen.contains("'dumb'"))
    #expect(try program.run().errors.contains("easel --plain"))
  }

  @Test("Ctrl-C stops what is being painted and leaves the rest alone")
  func interrupt() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try program.studio("--plain")
    try terminal.read(until: "/help")
    terminal.send("/set steps 256\r/set count 64\ra red fox\r")
    try terminal.read(until: "step ")
    terminal.send("\u{3}")
    try terminal.read(until: "stopped")
    terminal.send("/set\r")
    try terminal.read(until: "count 64")
    terminal.send("/quit\r")
    #expect(try terminal.waitForExit() == .status(0))
  }
}
