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
    #expect(object["seed"] as? Int == 7 && object["width"] as? Int == 256)
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
    let small = ["paint", "a red apple", "--seed", "1", "--steps", "2", "--json"]
    let first = try program.run(small + ["--size", "64x64"])
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
    // One that was enlarged grows at its own scale.
    let large = try #require(try program.run(small).objects.first)
    let wider = try program.run(
      "paint", "snow", "--from", "\(try #require(large["id"]))", "--outpaint", "right=64,top=32",
      "--steps", "2", "--json")
    let wide = try #require(wider.objects.first)
    #expect(wide["width"] as? Int == 320 && wide["height"] as? Int == 288, "\(wider.errors)")
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
    // A batch is told best first.
    let ids = [plain, kept].compactMap { result in
      result.objects.first { $0["index"] as? Int == 0 }?["id"] as? Int
    }
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
    // A recipe names the picture it starts from and does not hold it: it is found while the history has
    // it, and must be named where it never had.
    let from = try program.run(
      "paint", "snow", "--from", "\(ids[0])", "--steps", "4", "--json")
    let other = "\(try #require(from.objects.first?["id"]))"
    #expect(try program.run("explain", other).status == 0)
    #expect(try program.run("explain", other, "--from", "\(ids[0])").status == 0)
    let file = "\(program.home)/stranger.png"
    _ = try program.run("paint", "a tree", "--seed", "77", "--steps", "4", "--no-save", "-o", file)
    let strange = try program.run("paint", "snow", "--from", file, "--steps", "4", "--json")
    let third = "\(try #require(strange.objects.first?["id"]))"
    #expect(try program.run("explain", third).errors.contains("--from"))
    #expect(try program.run("explain", third, "--from", file).status == 0)
    #expect(try program.run("explain", other, "--from", other).status == 2)
  }

  @Test("A batch comes best first, can be searched by likeness, and is varied by seed")
  func likeness() throws {
    let program = try Program()
    defer { program.remove() }
    let batch = try program.run(
      "paint", "a red heart on a white background", "--count", "3", "--steps", "4", "--seed", "9",
      "--json")
    let scores = try batch.objects.map { try #require($0["score"] as? Double) }
    #expect(scores.count == 3 && scores == scores.sorted(by: >), "\(batch.errors)")
    #expect(Set(batch.objects.compactMap { $0["index"] as? Int }) == [0, 1, 2])
    let other = try program.run("paint", "a blue fish in the sea", "--seed", "3", "--json")
    let heart = try #require(batch.objects.first?["id"] as? Int)
    let fish = try #require(other.objects.first?["id"] as? Int)

    let alike = try program.run("history", "like:#\(heart)", "--json")
    #expect(alike.objects.first?["id"] as? Int == heart)
    #expect(alike.objects.last?["id"] as? Int == fish, "\(alike.text)")
    let meant = try program.run("history", "like:\"a fish in the ocean\"", "--json")
    #expect(meant.objects.first?["id"] as? Int == fish, "\(meant.text)")
    #expect(meant.objects.count == 4)
    let strange = try program.run("history", "like:\"gothic xylophone\"")
    #expect(strange.status == 2 && strange.errors.contains("never taught"), "\(strange.errors)")

    func vary(_ seed: String) throws -> Data {
      let path = "\(program.home)/v\(seed).png"
      let result = try program.run(
        "paint", "--variations-of", "#\(heart)", "--seed", seed, "--steps", "4", "--no-save", "-o",
        path, "--overwrite")
      #expect(result.status == 0, "\(result.errors)")
      return try Data(contentsOf: URL(filePath: path))
    }
    #expect(try vary("1") == vary("1"))
    #expect(try vary("1") != vary("2"))
    let both = try program.run("paint", "x", "--variations-of", "1", "--from", "1")
    #expect(both.status == 2 && both.errors.contains("--from"))
  }

  @Test("upscale makes a picture of the history or a file larger and says where it came from")
  func upscale() throws {
    let program = try Program()
    defer { program.remove() }
    let painted = try program.run(
      "paint", "a red apple", "--size", "64x64", "--seed", "1", "--steps", "2", "--json")
    let id = "\(try #require(painted.objects.first?["id"]))"
    let large = try program.run("upscale", "#" + id, "--json")
    #expect(large.status == 0, "\(large.errors)")
    let object = try #require(large.objects.first)
    #expect(object["width"] as? Int == 256 && object["scale"] as? Int == 4)
    #expect("\(try #require(object["source"]))" == id)
    let largeID = "\(try #require(object["id"]))"
    #expect(largeID != id)
    let shown = try #require(try program.run("show", largeID, "--json").objects.first)
    let enlarged = try #require(shown["enlarged"] as? [String: Any])
    #expect("\(try #require(enlarged["source"]))" == id)
    #expect(enlarged["digest"] as? String == object["source_digest"] as? String)
    #expect(shown["prompt"] as? String == "a red apple" && shown["seed"] as? Int == 1)

    // A file does as well, the same bytes twice, and what is there stays.
    let file = try #require(painted.objects.first?["file"] as? String)
    let outputs = ["a.png", "b.png"].map { program.home + "/" + $0 }
    for output in outputs {
      let result = try program.run("upscale", file, "--scale", "2", "--no-save", "-o", output)
      #expect(result.status == 0, "\(result.errors)")
    }
    let bytes = try outputs.map { try Data(contentsOf: URL(filePath: $0)) }
    #expect(bytes[0] == bytes[1])
    let refused = try program.run("upscale", file, "--no-save", "-o", outputs[0])
    #expect(refused.status == 2 && refused.errors.contains("--overwrite"))
    for (arguments, status, words) in [
      (["upscale", "4711"], 4, "4711"), (["upscale", id, "--scale", "3"], 2, "2 or 4"),
      (["upscale", id, "--model", "scene"], 2, "scenes"), (["upscale", id, "--no-save"], 2, "-o"),
      (["upscale", program.home + "/none.png"], 4, "none.png"),
    ] as [([String], Int32, String)] {
      let result = try program.run(arguments)
      #expect(result.status == status && result.errors.contains(words), "\(result.errors)")
    }
  }

  @Test("paint makes pictures of four times the size where the model has an upscaler")
  func paintLarge() throws {
    let program = try Program()
    defer { program.remove() }
    func bytes(_ name: String, _ size: [String]) throws -> Data {
      let path = "\(program.home)/\(name).png"
      let result = try program.run(
        ["paint", "a star", "--seed", "2", "--steps", "2", "--no-save", "-o", path] + size)
      #expect(result.status == 0, "\(result.errors)")
      return try Data(contentsOf: URL(filePath: path))
    }
    let large = try bytes("large", ["--size", "256x256"])
    // Width and height stand big-endian after the signature and the header's length and name.
    #expect(Array(large[16..<24]) == [0, 0, 1, 0, 0, 0, 1, 0])
    #expect(try bytes("same", ["--upscale"]) == large)
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

  @Test("A model is exported to a folder or a single file, and both paint as the model does")
  func exportModel() throws {
    let program = try Program()
    defer { program.remove() }
    // Where models of one's own are looked for.
    let models = program.home + "/data/models"
    let folder = try program.run("models", "export", "scenes", "--to", models + "/copy", "--json")
    #expect(folder.status == 0, "\(folder.errors)")
    #expect(folder.objects.first?["dtype"] as? String == "fp32")
    let file = try program.run(
      "models", "export", "scenes", "--to", models + "/single.safetensors", "--dtype", "bf16")
    #expect(file.status == 0 && file.text.contains("single.safetensors"), "\(file.errors)")
    let names = try program.run("models", "list", "--json").objects.compactMap {
      $0["model"] as? String
    }
    #expect(Set(names).isSuperset(of: ["scenes", "copy", "single"]), "\(names)")
    for model in ["scenes", "copy", "single"] {
      let painted = try program.run(
        "paint", "a red fox", "--model", model, "--seed", "3", "--steps", "2", "--no-save", "-o",
        "\(program.home)/\(model).png")
      #expect(painted.status == 0, "\(painted.errors)")
    }

    // What Easel has beside the pipeline goes along.
    for part in ["image_encoder/model", "upscaler/diffusion_pytorch_model"] {
      #expect(FileManager.default.fileExists(atPath: "\(models)/copy/\(part).safetensors"))
    }
    let again = try program.run("models", "export", "scenes", "--to", models + "/copy")
    #expect(again.status == 2 && again.errors.contains("there already"))
    let type = try program.run("models", "export", "scenes", "--to", "x", "--dtype", "fp17")
    #expect(type.status == 2 && type.errors.contains("'fp16'"))
    let unknown = try program.run("models", "export", "scens", "--to", "x")
    #expect(unknown.status == 4 && unknown.errors.contains("'scenes'"))
  }
}
