import EaselTestSupport
import Foundation
import Testing

@Suite("What is wrong with files of the user's", .serialized)
struct DoctorTests {
  private func damage(_ program: Program) throws {
    try program.write(
      """
      steps = 9000
      colour = "blue"
      [keys.gallery]
      nix = "q"
      favourite = ["d"]
      undo = "Hyper-x"
      [keys.galery]
      """, to: "config/config.toml")
    try program.write(
      """
      plain = "words"
      ["dusty"]
      word = "dust"
      """, to: "config/styles.toml")
    try program.write("# nothing\n", to: "config/wildcards/empty.txt")
    try program.write("a {red fox\nplain\n", to: "config/wildcards/torn.txt")
    try program.write("a __nowhere__\n", to: "config/wildcards/Far.txt")
    try program.write("a\n", to: "config/wildcards/far.txt")
    try program.write("a\n", to: "config/wildcards/sound.txt")
  }

  @Test(
    "doctor lists every problem of settings, keys, styles and lists, and what keys hide as a warning"
  )
  func doctor() throws {
    let program = try Program()
    defer { program.remove() }
    try damage(program)
    let result = try program.run("doctor", "--json", "--quick")
    #expect(result.status == 1)
    func details(_ check: String, _ state: String) -> [String] {
      result.objects.filter { $0["check"] as? String == check && $0["state"] as? String == state }
        .map { "\($0["detail"] ?? "") \($0["hint"] ?? "")" }
    }
    func expect(_ check: String, _ state: String, _ words: [String]) {
      let found = details(check, state)
      #expect(found.count == words.count, "\(check): \(found)")
      for word in words { #expect(found.contains { $0.contains(word) }, "\(word): \(found)") }
    }
    expect("settings", "problem", ["steps cannot be", "'colour'"])
    expect("keys", "problem", ["'nix'", "'Hyper-x'", "'gallery'"])
    expect("keys", "warning", ["'trash' has this key here and loses it"])
    #expect(details("keys", "warning").allSatisfy { $0.contains("trash = [\"Del\"]") })
    expect("styles", "problem", ["'plain'", "'word'"])
    expect(
      "wildcards", "warning",
      ["'empty' is empty", "'torn' has the entry", "'nowhere'", "two files are the list 'far'"])
  }

  @Test("Without problems doctor says that there are none")
  func sound() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      "[keys.gallery]\nfavourite = \"d\"\ntrash = \"Del\"\n", to: "config/config.toml")
    try program.write("a\nb\n", to: "config/wildcards/letters.txt")
    let result = try program.run("doctor", "--quick")
    #expect(result.status == 0)
    for line in ["keys      2 of your own", "wildcards 1 of your own", "styles    as they came"] {
      #expect(result.text.contains("ok      \(line)"), "\(result.text)")
    }
  }

  @Test("The studio says how many problems there are besides the one that it shows")
  func studio() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      "steps = 9000\n[keys.gallery]\nnix = \"q\"\nfavourite = [\"d\"]\n", to: "config/config.toml")
    let terminal = try program.studio()
    try terminal.read(until: "2 more problems: easel doctor lists all")
    #expect(terminal.screen.contains("steps cannot be"))
  }
}
