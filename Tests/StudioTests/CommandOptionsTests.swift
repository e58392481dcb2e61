import EaselScreen
import EaselTestSupport
import Foundation
import Testing

@Suite("Options of commands", .serialized)
struct CommandOptionsTests {
  /// What a picture in each of the protocols begins with.
  private static let beginnings = [
    "sixel": "\u{1B}P", "kitty": "\u{1B}_G", "iterm2": "\u{1B}]1337;", "blocks": "\u{1B}[38;2;",
    "auto": "\u{1B}P",
  ]

  @Test(
    "A picture is drawn in the protocol that is named, also into a pipe",
    arguments: [["--graphics", "KIND"], ["--graphics=KIND"]])
  func graphics(_ spelling: [String]) throws {
    var program = try Program()
    defer { program.remove() }
    program.environment["COLORTERM"] = "truecolor"
    try program.drawPictures(1, in: "set") { _ in "a disc" }
    let file = program.home + "/set/0.ppm"
    for (kind, beginning) in Self.beginnings {
      let words = spelling.map { $0.replacing("KIND", with: kind) }
      let colours = ["--color", "always"]
      let shown = try program.run(["show", file, "--pixels", "64x64"] + words + colours)
      #expect(shown.status == 0 && shown.text.hasPrefix(beginning), "\(kind): \(shown.errors)")
    }
    let unknown = spelling.map { $0.replacing("KIND", with: "iterm") }
    for arguments in [["show", file], ["show", file, "--json"], ["paint", "a star", "--show"]] {
      let refused = try program.run(arguments + unknown)
      #expect(refused.status == 2 && refused.errors.contains("'iterm2'"), "\(refused.errors)")
      #expect(refused.output.isEmpty)
    }
    let painted = try program.run(
      ["paint", "a star", "--steps", "1", "--no-save", "--show"]
        + spelling.map { $0.replacing("KIND", with: "kitty") })
    #expect(painted.text.hasPrefix("\u{1B}_G"), "\(painted.errors)")
  }

  @Test("Options of the studio are not taken for those of a command")
  func options() throws {
    let program = try Program()
    defer { program.remove() }
    for arguments in [["history", "--theme", "dark"], ["doctor", "--graphics", "sixel"]] {
      let refused = try program.run(arguments)
      #expect(refused.status == 2 && refused.errors.contains(arguments[1]), "\(refused.errors)")
    }
    let before = try program.run("--plain", "history")
    #expect(before.status == 2 && before.errors.contains("stands before the command"))
    #expect(try program.run("--graphics", "kity").errors.contains("'kitty'"))
    for words in [["--help"], ["help"], ["--help-hidden"]] {
      let help = try program.run(words)
      #expect(help.status == 0 && help.text.contains("--theme"), "\(help.errors)")
    }
    for words in [["help", "show"], ["show", "--help"]] {
      let help = try program.run(words)
      #expect(
        help.status == 0 && help.text.contains("easel show") && !help.text.contains("--theme"))
    }
    #expect(try program.run("history", "--version").text.hasPrefix("easel "))
  }

  @Test(
    "A negative number is a value, and what is wrong with it is said",
    arguments: [
      (["paint", "x", "--guidance", "-1"], "guidance cannot be '-1", "0 to 30"),
      (["paint", "x", "--steps", "-4"], "steps cannot be '-4'", "1 to 256"),
      (["paint", "x", "--count", "-4"], "count cannot be '-4'", "1 to 64"),
      (["paint", "x", "--seed", "-1"], "'-1' is invalid", "--seed"),
      (["history", "--limit", "-3"], "--limit cannot be -3", "1 or more"),
      (["history", "-l", "-3"], "--limit cannot be -3", "1 or more"),
      (["upscale", "1", "--scale", "-2"], "--scale cannot be -2", "2 or 4"),
      (["train", "vqgan", "--out", "x", "--rate", "-.1"], "--rate cannot be -0.1", "more than 0"),
      (
        ["train", "vqgan", "--out", "x", "--minutes", "-5"], "--minutes cannot be -5", "more than 0"
      ),
      // What is no number is still an option.
      (["paint", "x", "--steps", "--json"], "Missing value", "--steps"),
      (["history", "--limit", "many"], "'many' is invalid", "--limit"),
    ] as [([String], String, String)])
  func negative(_ arguments: [String], _ said: String, _ hint: String) throws {
    let program = try Program()
    defer { program.remove() }
    let result = try program.run(arguments)
    #expect(result.status == 2 && result.output.isEmpty, "\(result.errors)")
    #expect(result.errors.contains(said) && result.errors.contains(hint), "\(result.errors)")
  }

  @Test("A prompt and a query may begin with a dash and a number")
  func plainNumbers() throws {
    let program = try Program()
    defer { program.remove() }
    let painted = try program.run("paint", "--steps", "1", "--json", "--avoid", "-2", "--", "-3")
    #expect(painted.objects.first?["prompt"] as? String == "-3", "\(painted.errors)")
    #expect(painted.objects.first?["avoid"] as? String == "-2")
    #expect(try program.run("history", "--json", "--", "-9").objects.count == 1)
  }

  @Test("trash and restore say what was so already")
  func trash() throws {
    let program = try Program()
    defer { program.remove() }
    for _ in 0..<2 { _ = try program.run("paint", "a star", "--steps", "1") }
    #expect(try program.run("restore", "1").text == "#1  was not in the trash\n")
    #expect(try program.run("trash", "1").text == "#1  trashed\n")
    #expect(
      try program.run("trash", "1", "2").text == "#1  was in the trash already\n#2  trashed\n")
    let back = try program.run("restore", "#2", "--json")
    #expect(back.objects.first?["state"] as? String == "restored")
    let again = try program.run("restore", "2", "--json")
    #expect(again.status == 0 && again.objects.first?["state"] as? String == "was not in the trash")
    #expect(try program.run("restore", "77").status == 4)
  }

  @Test("Models are listed within the terminal's width, and in one line each for a pipe")
  func models() throws {
    let program = try Program()
    defer { program.remove() }
    let piped = try program.run("models", "list").text.split(separator: "\n")
    #expect(piped[0].hasPrefix("scenes  64x64") && piped[0].contains("MIT"), "\(piped)")
    let terminal = try PseudoTerminal(
      running: Program.path, ["models", "list"],
      environment: ["EASEL_HOME": program.home, "HOME": program.home],
      size: .init(columns: 48, rows: 30), profile: .full)
    try terminal.read(until: "MIT")
    #expect(try terminal.waitForExit() == .status(0))
    let lines = (0..<30).map { terminal.screen.line($0) }
    // No word is torn at the edge, and what it is stands below.
    let words = piped[0].split(separator: " ").map(String.init)
    let shown = lines.flatMap { $0.split(separator: " ").map(String.init) }
    #expect(Array(shown.prefix(words.count)) == words, "\(lines)")
    #expect(lines[0].hasPrefix("scenes  64x64"))
  }

  @Test("train --plain prints lines on a terminal, too")
  func plain() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try PseudoTerminal(
      running: Program.path,
      [
        "train", "vqgan", "--out", program.home + "/run", "--steps", "2", "--batch", "1", "--plain",
      ],
      environment: ["EASEL_HOME": program.home, "HOME": program.home],
      size: .init(columns: 100, rows: 30), profile: .full)
    try terminal.read(until: "vqgan")
    #expect(try terminal.waitForExit() == .status(0))
    #expect(terminal.screen.sixels == 0 && !terminal.screen.contains("trained; "))
  }
}
