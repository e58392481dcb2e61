import EaselTestSupport
import Foundation
import Testing

@Suite("easel data", .serialized)
struct DataCommandTests {
  /// A program with so many different pictures, `0.ppm`, `1.ppm`, …, and captions in its folder
  /// `pictures`. They are drawn here: the program would read all its sprites for them.
  private func program(pictures: Int = 12) throws -> Program {
    let program = try Program()
    for i in 0..<pictures {
      var file = Array("P6 32 32 255\n".utf8)
      for y in 0..<32 {
        for x in 0..<32 {
          // Stripes that run another way in each picture.
          let wave = sin(Double(x * (i % 4 + 1) + y * (i / 4 + 1)) * 0.31 + Double(i))
          file += [UInt8(128 + 120 * wave), UInt8(i * 20 % 256), UInt8(255 - i * 15 % 256)]
        }
      }
      try program.write("a picture with a number \(i)\na pattern \(i)\n", to: "pictures/\(i).txt")
      try Data(file).write(to: URL(filePath: "\(program.home)/pictures/\(i).ppm"))
    }
    return program
  }

  @Test("Scenes are written one by one or on a sheet, and say what they show")
  func scenes() throws {
    let program = try Program()
    defer { program.remove() }
    let sheet = program.home + "/sheet.png"
    let made = try program.run(
      "data", "scenes", "--sheet", sheet, "--count", "40", "--json", "--split", "all")
    #expect(made.status == 0 && made.objects.count == 40, "\(made.errors)")
    #expect(try Data(contentsOf: URL(filePath: sheet)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    var drawings: Set<String> = []
    for object in made.objects {
      let caption = try #require(object["caption"] as? String)
      let things = try #require(object["objects"] as? [[String: Any]])
      for thing in things {
        let noun = try #require(thing["noun"] as? String)
        let count = try #require(thing["count"] as? Int)
        if count == 1 { #expect(caption.contains(noun), "\(caption)") }
        if let colour = thing["colour"] as? String, colour != "grey" {
          #expect(caption.contains(colour), "\(caption)")
        }
        drawings.insert(try #require(thing["drawing"] as? String))
      }
      for key in ["place", "style", "size", "position", "held_out", "split", "seed"] {
        #expect(object[key] != nil, "\(key) is missing")
      }
      #expect((object["relation"] is String) == (things.count == 2))
    }
    #expect(drawings == ["flat", "shaded"])
    let again = try program.run("data", "scenes", "--sheet", sheet)
    #expect(again.status == 2 && again.errors.contains("--overwrite"))
    let nowhere = try program.run("data", "scenes")
    #expect(nowhere.status == 2 && nowhere.errors.contains("--sheet"))
  }

  @Test("A folder is prepared, told about, exported and read again from its shards")
  func prepares() throws {
    let program = try program()
    defer { program.remove() }
    let home = program.home
    let done = try program.run(
      "data", "folder", home + "/pictures", "-o", home + "/a.easeldata", "--size", "32", "--near",
      "keep", "--json")
    #expect(done.status == 0, "\(done.errors)")
    let object = try #require(done.objects.first)
    for key in [
      "file", "source", "records", "pictures", "training", "held_out", "captions", "skipped",
      "duplicates", "near_duplicates", "captions_cut", "captions_dropped", "enlarged", "bytes",
      "seconds", "report", "sheet",
    ] { #expect(object[key] != nil, "\(key) is missing") }
    #expect(object["pictures"] as? Int == 12)
    let sheet = try Data(contentsOf: URL(filePath: try #require(object["sheet"] as? String)))
    #expect(sheet.starts(with: [0x89, 0x50, 0x4E, 0x47]))

    let info = try program.run("data", "info", home + "/a.easeldata", "--verify", "--json")
    #expect(info.objects.first?["verified"] as? Bool == true && info.status == 0, "\(info.errors)")
    #expect((info.objects.first?["words"] as? [[String: Any]])?.first?["word"] as? String == "a")
    let told = try program.run("data", "info", home + "/a.easeldata")
    #expect(told.text.contains("12 pictures"))

    let shards = try program.run(
      "data", "export", home + "/a.easeldata", "--webdataset", home + "/s", "--shard-size", "5",
      "--json")
    #expect(
      shards.objects.reduce(0) { $0 + ($1["samples"] as? Int ?? 0) } == 12, "\(shards.errors)")
    let back = try program.run(
      "data", "webdataset", home + "/s/training-00000{0,1,2}.tar", home + "/s/held-out-*.tar",
      "-o", home + "/b.easeldata", "--size", "32", "--near", "keep", "--json")
    #expect(back.status == 0, "\(back.errors)")
    for key in ["pictures", "training", "held_out", "captions"] {
      #expect(back.objects.first?[key] as? Int == object[key] as? Int, "\(key)")
    }
    // What is there stays there.
    let refused = try program.run(
      "data", "folder", home + "/pictures", "-o", home + "/a.easeldata")
    #expect(refused.status == 2 && refused.errors.contains("--overwrite"))
    let quiet = try program.run(
      "data", "folder", home + "/pictures", "-o", home + "/a.easeldata", "--overwrite", "--quiet",
      "--size", "32")
    #expect(quiet.status == 0 && quiet.text.isEmpty && quiet.errors.isEmpty)
  }

  @Test("COCO, tables and favourites of the history are prepared")
  func sources() throws {
    let program = try program(pictures: 3)
    defer { program.remove() }
    let home = program.home
    try program.write(
      """
      {"images": [{"id": 1, "file_name": "0.ppm"}, {"id": 2, "file_name": "1.ppm"}],
       "annotations": [{"image_id": 2, "caption": "second"}, {"image_id": 1, "caption": "first"}]}
      """, to: "captions.json")
    try program.write(
      "file,caption\n0.ppm,one\n2.ppm,three\n", to: "pictures/t.csv")
    for (arguments, count) in [
      (["coco", home + "/captions.json", home + "/pictures"], 2),
      (["table", home + "/pictures/t.csv"], 2),
    ] {
      let result = try program.run(
        ["data"] + arguments + [
          "-o", home + "/x.easeldata", "--overwrite", "--size", "32", "--json",
        ])
      #expect(result.objects.first?["pictures"] as? Int == count, "\(result.errors)")
    }
    let none = try program.run("data", "history", "-o", home + "/h.easeldata")
    #expect(none.status == 4 && none.errors.contains("is:favourite"))
    let painted = try program.run(
      "paint", "a (red:1.2) heart", "--steps", "1", "--seed", "1", "--json")
    #expect(painted.status == 0, "\(painted.errors)")
    let history = try program.run(
      "data", "history", "heart", "-o", home + "/h.easeldata", "--size", "32", "--json")
    #expect(history.objects.first?["pictures"] as? Int == 1, "\(history.errors)")
    let words = try program.run("data", "info", home + "/h.easeldata", "--json")
    let found = (words.objects.first?["words"] as? [[String: Any]])?.compactMap {
      $0["word"] as? String
    }
    #expect(found?.sorted() == ["a", "heart", "red"])
  }

  @Test("Too much that is bad fails without a terminal and asks on one")
  func asks() throws {
    let program = try program(pictures: 4)
    defer { program.remove() }
    let home = program.home
    try program.write("no picture", to: "pictures/bad.png")
    try program.write("caption", to: "pictures/bad.txt")
    let arguments = [
      "data", "folder", home + "/pictures", "-o", home + "/a.easeldata", "--size", "32",
    ]
    let refused = try program.run(arguments)
    #expect(refused.status == 1 && refused.errors.contains("--keep-going"), "\(refused.errors)")
    #expect(refused.errors.contains("1 of 5") && refused.errors.contains("a.report.jsonl"))
    #expect(!FileManager.default.fileExists(atPath: home + "/a.easeldata"))
    for flag in ["--keep-going", "--yes"] {
      #expect(try program.run(arguments + [flag, "--overwrite"]).status == 0)
    }
  }

  @Test("A training that prepares a folder asks as well, and is told to go on by the same flag")
  func trainsFromWhatIsLeft() throws {
    let program = try program(pictures: 4)
    defer { program.remove() }
    try program.write("no picture", to: "pictures/bad.png")
    try program.write("caption", to: "pictures/bad.txt")
    let arguments = [
      "train", "bpe", "--data", program.home + "/pictures", "--out", program.home + "/run",
      "--plain",
    ]
    let refused = try program.run(arguments)
    #expect(refused.status == 1 && refused.errors.contains("--keep-going"), "\(refused.errors)")
    let went = try program.run(arguments + ["--keep-going"])
    #expect(went.status == 0 && went.errors.contains("1 skipped"), "\(went.errors)")
    let info = try program.run("data", "info", program.home + "/run/data.easeldata")
    #expect(info.text.contains("of 5 records: 1 skipped, 0 duplicates"), "\(info.text)")
    #expect(info.text.contains(" kB"), "\(info.text)")
  }

  @Test("Wrong use is named with the contract's exit code")
  func wrong() throws {
    let program = try program(pictures: 2)
    defer { program.remove() }
    let home = program.home
    try program.write("nothing", to: "x.easeldata")
    for (arguments, status, words) in [
      (["folder", home + "/none", "-o", "x"], 4, "no folder"),
      (["info", home + "/none"], 4, "no file"),
      (["info", home + "/x.easeldata"], 2, "no prepared set"),
      (["folder", home + "/pictures", "-o", home + "/y", "--fit", "cropp"], 2, "'crop'"),
      (["folder", home + "/pictures", "-o", home + "/y", "--near", "12"], 2, "0 to 11"),
      (["folder", home + "/pictures", "-o", home + "/no/y"], 4, "does not exist"),
      (["export", "scenes"], 2, "--webdataset"),
      (["export", home + "/x.easeldata", "--packed", home + "/y"], 2, "scenes"),
      (["coco", home + "/x.easeldata", home + "/pictures", "-o", home + "/y"], 2, "JSON"),
      (["cocoo", "x"], 2, "coco"),
    ] as [([String], Int32, String)] {
      let result = try program.run(["data"] + arguments)
      #expect(
        result.status == status && result.errors.contains(words), "\(arguments): \(result.errors)")
    }
  }

  @Test("A killed preparation leaves nothing behind, neither half a set nor a hidden file")
  func killed() throws {
    let program = try program(pictures: 3)
    defer { program.remove() }
    let home = program.home
    // More than can be done before the kill.
    let list = home + "/pictures/list.csv"
    let rows = (0..<4000).map { "\($0 % 3).ppm,caption \($0)\nnone.png,x\n" }.joined()
    try program.write("file,caption\n" + rows, to: "pictures/list.csv")
    let folder = home + "/out"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(filePath: Program.path)
    process.arguments = [
      "data", "table", list, "-o", folder + "/a.easeldata", "--size", "512", "--yes",
    ]
    process.environment = ["EASEL_HOME": home, "PATH": "/usr/bin:/bin", "HOME": home]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    // Where the file system has files without name, not even a hidden one is left.
    let nameless = open(folder, O_RDWR | O_DIRECTORY | 0o20000000, 0o600)
    let hasNameless = nameless >= 0
    if hasNameless { close(nameless) }
    // It writes when its files are open. Those without a name are shown as deleted.
    let files = "/proc/\(process.processIdentifier)/fd"
    while process.isRunning {
      let open = (try? FileManager.default.contentsOfDirectory(atPath: files)) ?? []
      let targets = open.compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: files + "/" + $0)
      }
      let isWriting = targets.contains {
        $0.hasPrefix(folder) && (!hasNameless || $0.hasSuffix(" (deleted)"))
      }
      if isWriting { break }
    }
    #expect(process.isRunning)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(!left.contains { !$0.hasPrefix(".easel-") }, "\(left)")
    // A kill within the microseconds in which the folder is tried leaves that empty file.
    let full = left.filter {
      (try? FileManager.default.attributesOfItem(atPath: folder + "/" + $0))?[.size] as? Int != 0
    }
    if hasNameless { #expect(full.isEmpty, "\(left)") }
  }

  @Test("train takes a prepared set and a folder, which is prepared into the run")
  func trains() throws {
    let program = try program(pictures: 16)
    defer { program.remove() }
    let home = program.home
    let packed = try program.run(
      "data", "export", "scenes", "--packed", home + "/s.easeldata", "--count", "10", "--held-out",
      "4", "--size", "64", "--json")
    #expect(packed.objects.first?["held_out"] as? Int == 4, "\(packed.errors)")
    let fromSet = try program.run(
      "train", "bpe", "--data", home + "/s.easeldata", "-o", home + "/r1")
    #expect(fromSet.status == 0, "\(fromSet.errors)")
    let fromFolder = try program.run(
      "train", "bpe", "--data", home + "/pictures", "-o", home + "/r2")
    #expect(
      fromFolder.status == 0 && fromFolder.errors.contains("pictures"), "\(fromFolder.errors)")
    for name in ["data.easeldata", "data.report.jsonl", "data.sheet.png"] {
      #expect(FileManager.default.fileExists(atPath: home + "/r2/" + name), "\(name)")
    }
    let none = try program.run("train", "bpe", "--data", "scenery", "-o", home + "/r3")
    #expect(none.status == 4 && none.errors.contains("scenery"))
  }
}
