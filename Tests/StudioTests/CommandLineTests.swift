import Foundation
import Testing

@Suite("The command line", .serialized)
struct CommandLineTests {
  @Test("paint answers with the keys of the contract, and the history has the picture")
  func paint() throws {
    let program = try Program()
    defer { program.remove() }
    let painted = try program.run(
      "paint", "a red heart on a white background", "--seed", "7", "--steps", "4", "--json")
    #expect(painted.status == 0, "\(painted.errors)")
    let object = try #require(painted.objects.first)
    for key in [
      "id", "file", "prompt", "seed", "width", "height", "steps", "engine", "model", "seconds",
    ] {
      #expect(object[key] != nil, "\(key) is missing")
    }
    #expect(object["seed"] as? Int == 7 && object["width"] as? Int == 64)
    let file = try #require(object["file"] as? String)
    #expect(try Data(contentsOf: URL(filePath: file)).starts(with: [0x89, 0x50, 0x4E, 0x47]))

    let history = try program.run("history", "heart", "--json")
    #expect(history.objects.count == 1)
    #expect(try program.run("history", "zebra", "--json").objects.isEmpty)
    let id = "\(try #require(object["id"]))"
    #expect(try program.run("show", id, "--json").text.contains("a red heart"))
    #expect(try program.run("trash", id).status == 0)
    #expect(try program.run("history", "heart", "--json").objects.isEmpty)
    #expect(try program.run("restore", id).status == 0)
    #expect(try program.run("history", "heart", "--json").objects.count == 1)
  }

  @Test("The same prompt and seed give the same bytes twice, another seed gives others")
  func sameBytes() throws {
    let program = try Program()
    defer { program.remove() }
    for (name, seed) in [("a", "5"), ("b", "5"), ("c", "6")] {
      let result = try program.run(
        "paint", "a blue car at night", "--seed", seed, "--steps", "3", "-o",
        "\(program.home)/\(name).png", "--no-save")
      #expect(result.status == 0, "\(result.errors)")
    }
    func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(filePath: "\(program.home)/\(name).png"))
    }
    #expect(try bytes("a") == bytes("b"))
    #expect(try bytes("a") != bytes("c"))
  }

  @Test("A picture of the history and a file can be started from; what cannot be is refused")
  func from() throws {
    let program = try Program()
    defer { program.remove() }
    let first = try program.run("paint", "a red apple", "--seed", "1", "--steps", "2", "--json")
    let id = "\(try #require(first.objects.first?["id"]))"
    let file = try #require(first.objects.first?["file"] as? String)
    let again = try program.run(
      "paint", "a green apple", "--from", "#" + id, "--strength", "0.5", "--seed", "2", "--json")
    #expect(again.status == 0 && again.objects.count == 1, "\(again.errors)")
    // The base is a file outside the library as well; as its own mask, only its light parts change.
    let masked = try program.run(
      "paint", "snow", "--from", file, "--mask", file, "--steps", "2", "--seed", "2", "-o",
      program.home + "/m.png", "--no-save")
    #expect(masked.status == 0, "\(masked.errors)")
    #expect(try program.run("paint", "x", "--mask", file).status == 2)
    #expect(try program.run("paint", "x", "--from", file, "--strength", "2").status == 2)
    let missing = try program.run("paint", "x", "--from", "#999")
    #expect(missing.status == 4 && missing.errors.contains("999"))
  }

  @Test("Pictures grow over their borders and are blended; what cannot be says how it is written")
  func growingAndBlending() throws {
    let program = try Program()
    defer { program.remove() }
    let first = try program.run("paint", "a red apple", "--seed", "1", "--steps", "2", "--json")
    let id = "\(try #require(first.objects.first?["id"]))"
    let grown = try program.run(
      "paint", "snow", "--from", id, "--outpaint", "right=16,top=8", "--steps", "2", "--json")
    #expect(grown.status == 0, "\(grown.errors)")
    let object = try #require(grown.objects.first)
    #expect(object["width"] as? Int == 80 && object["height"] as? Int == 72)
    // A grown picture grows on from its own size.
    let more = try program.run(
      "paint", "snow", "--from", "\(try #require(object["id"]))", "--outpaint", "left=8", "--steps",
      "2", "--json")
    #expect(more.objects.first?["width"] as? Int == 88, "\(more.errors)")
    let blended = try program.run(
      "paint", "snow", "--from", id, "--blend", "#" + id, "--steps", "2", "--json")
    #expect(blended.status == 0, "\(blended.errors)")
    let words = try program.run("paint", "snow", "--blend", "a (red:2) car", "--steps", "2")
    #expect(words.status == 0, "\(words.errors)")
    for (arguments, said) in [
      (["--outpaint", "right=8"], "--from"), (["--from", id, "--outpaint", "right=7"], "8"),
      (["--from", id, "--outpaint", "rigth=8"], "right"), (["--blend", id], "--from"),
      (["--blend-weight", "0.5"], "--blend"), (["--blend", "x", "--blend-weight", "2"], "0 for"),
      (["--avoid", "(fog:9)"], "0 to 5"), (["--explain", "--no-save"], "history"),
    ] {
      let result = try program.run(["paint", "snow", "--steps", "1"] + arguments)
      #expect(result.status == 2 && result.errors.contains(said), "\(arguments): \(result.errors)")
    }
  }

  @Test(
    "explain writes the maps, names the words, and says the same of a kept and a repeated painting")
  func explain() throws {
    let program = try Program()
    defer { program.remove() }
    let prompt = ["paint", "a red fox in the snow", "--seed", "3", "--steps", "4", "--json"]
    let plain = try program.run(prompt)
    let kept = try program.run(prompt + ["--explain", "--count", "2"])
    let ids = [plain, kept].compactMap { $0.objects.first?["id"] as? Int }
    try #require(ids.count == 2, "\(kept.errors)")
    let sheet = program.home + "/why.png"
    var answers: [NSDictionary] = []
    for id in ids {
      let result = try program.run("explain", "\(id)", "--json", "-o", sheet, "--overwrite")
      #expect(result.status == 0, "\(result.errors)")
      var object = try #require(result.objects.first)
      #expect(
        (object["words"] as? [[String: Any]])?.compactMap { $0["word"] as? String }.joined(
          separator: " ") == "a red fox in the snow")
      #expect((object["order"] as? [Int])?.max() == 4)
      object["id"] = nil
      answers.append(object as NSDictionary)
    }
    #expect(answers[0] == answers[1])
    #expect(try Data(contentsOf: URL(filePath: sheet)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(try program.run("explain", "\(ids[0])", "--word", "foxx").errors.contains("'fox'"))
    #expect(try program.run("explain", "\(ids[0])", "-o", sheet).status == 2)
    #expect(try program.run("explain", "4711").status == 4)
    // A recipe names the picture it starts from and does not hold it.
    let from = try program.run(
      "paint", "snow", "--from", "\(ids[0])", "--steps", "4", "--json")
    let other = "\(try #require(from.objects.first?["id"]))"
    #expect(try program.run("explain", other).errors.contains("--from"))
    #expect(try program.run("explain", other, "--from", "\(ids[0])").status == 0)
    #expect(try program.run("explain", other, "--from", other).status == 2)
  }

  @Test("A file that exists is not overwritten unless asked")
  func refuses() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("mine", to: "x.png")
    let path = program.home + "/x.png"
    let refused = try program.run("paint", "a star", "--steps", "1", "-o", path, "--no-save")
    #expect(refused.status != 0 && refused.errors.contains("x.png"))
    #expect(try Data(contentsOf: URL(filePath: path)) == Data("mine".utf8))
    let forced = try program.run(
      "paint", "a star", "--steps", "1", "-o", path, "--no-save", "--overwrite")
    #expect(forced.status == 0)
    #expect(try Data(contentsOf: URL(filePath: path)) != Data("mine".utf8))
  }

  @Test(
    "What is unknown names itself and the nearest right one, with the contract's exit code",
    arguments: [
      (["paint", "x", "--model", "scene"], "scenes", 2),
      (["paint", "x", "--engine", "builtin"], "built-in", 2),
      (["paint", "x", "--size", "63x64"], "64x64", 2),
      (["paint", "x", "--stepz", "4"], "--steps", 2),
      (["pant", "x"], "paint", 2), (["show", "4711"], "4711", 4),
      (["paint", "x", "--steps", "0"], "256", 2),
    ] as [([String], String, Int32)])
  func unknown(_ arguments: [String], _ named: String, _ status: Int32) throws {
    let program = try Program()
    defer { program.remove() }
    let process = Process()
    process.executableURL = URL(filePath: Program.path)
    process.arguments = arguments
    process.environment = ["EASEL_HOME": program.home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == status, "\(arguments): \(text)")
    #expect(text.contains(named), "\(text)")
  }

  @Test("A damaged database is left as it is, and what to do is said")
  func damagedDatabase() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("paint", "a star", "--steps", "1").status == 0)
    let folder = program.home + "/data/library"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    let database = try #require(files.first { $0.hasSuffix(".sqlite") || $0.hasSuffix(".db") })
    let path = "\(folder)/\(database)"
    let junk = Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try junk.write(to: URL(filePath: path))
    for file in files where file.hasPrefix(database + "-") {
      try FileManager.default.removeItem(atPath: "\(folder)/\(file)")
    }
    let result = try program.run("history")
    #expect(result.status != 0)
    #expect(result.errors.contains("doctor"), "\(result.errors)")
    #expect(try Data(contentsOf: URL(filePath: path)) == junk)
  }

  @Test("A damaged config file is left as it is and nothing stops working")
  func damagedConfig() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("steps = = 1\n", to: "config/config.toml")
    let result = try program.run("paint", "a star", "--steps", "1", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let now = try String(
      contentsOf: URL(filePath: program.home + "/config/config.toml"), encoding: .utf8)
    #expect(now == "steps = = 1\n")
  }

  @Test("engines, models and doctor report as objects")
  func reports() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("engines", "--json").text.contains("built-in"))
    #expect(try program.run("models", "list", "--json").text.contains("scenes"))
    #expect(try program.run("doctor", "--json").status == 0)
  }

  @Test("Without a terminal the studio says so instead of drawing")
  func noTerminal() throws {
    let program = try Program()
    defer { program.remove() }
    let result = try program.run()
    #expect(result.status != 0)
    #expect(result.errors.contains("terminal"), "\(result.errors)")
    #expect(!result.text.contains("\u{1B}"))
  }
}
