import EaselImaging
import EaselKit
import Foundation
import Testing

@Suite("Tables from the command line", .serialized)
struct SweepCommandTests {
  @Test("Two settings make a table: its pictures are in the history, and -o has it with its values")
  func table() throws {
    let program = try Program()
    defer { program.remove() }
    let file = program.home + "/table.png"
    let result = try program.run(
      "paint", "a red heart", "--size", "64x64", "--sweep", "steps=1,2", "--sweep", "seed=5..9:2",
      "-o", file, "--json"
    )
    #expect(result.status == 0, "\(result.errors)")
    let pictures = result.objects.dropLast()
    // Row by row, the first setting across.
    #expect(pictures.map { $0["steps"] as? Int } == [1, 2, 1, 2, 1, 2])
    #expect(pictures.map { $0["seed"] as? Int } == [5, 5, 7, 7, 9, 9])
    let table = try #require(result.objects.last)
    #expect(table["table"] as? String == file && table["across"] as? String == "steps")
    #expect(table["columns"] as? [String] == ["1", "2"] && table["down"] as? String == "seed")
    #expect(table["rows"] as? [String] == ["5", "7", "9"])
    let ids = pictures.compactMap { $0["id"] as? Int }
    #expect(Set(ids).count == 6)
    #expect(
      Set(try program.run("history", "--json").objects.compactMap { $0["id"] as? Int }) == Set(ids))

    // The same picture as without a table, enlarged in whole steps beside its values.
    let alone = program.home + "/alone.png"
    let one = try program.run(
      "paint", "a red heart", "--size", "64x64", "--steps", "2", "--seed", "7", "--no-save", "-o",
      alone)
    #expect(one.status == 0)
    func picture(_ path: String) throws -> Picture {
      try decodePNG(Array(Data(contentsOf: URL(filePath: path)))).picture
    }
    let sheet = try picture(file), cell = try picture(alone)
    let stored = try picture(try #require(pictures[3]["file"] as? String))
    #expect(stored == cell)
    let large = cell.scaled(to: PixelSize(width: 128, height: 128))
    let left = sheet.width - 128 - 8, top = sheet.height - 2 * (128 + 8)
    for y in [0, 64, 127] {
      let from = ((top + y) * sheet.width + left) * 3
      try #require(
        Array(sheet.pixels[from..<from + 128 * 3])
          == Array(large.pixels[y * 128 * 3..<(y + 1) * 128 * 3]), "row \(y)")
    }
    // The same table twice, byte for byte.
    let again = program.home + "/again.png"
    _ = try program.run(
      "paint", "a red heart", "--size", "64x64", "--sweep", "steps=1,2", "--sweep", "seed=5..9:2",
      "--no-save", "-o",
      again)
    #expect(
      try Data(contentsOf: URL(filePath: file)) == Data(contentsOf: URL(filePath: again)))
  }

  @Test("One setting makes a row with one seed, told in its order, and a folder gets a named table")
  func row() throws {
    let program = try Program()
    defer { program.remove() }
    let folder = program.home + "/out"
    let result = try program.run(
      "paint", "a {red|blue} star", "--sweep", "style=*", "--steps", "1", "-o", folder + "/")
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.text.split(separator: "\n")
    #expect(lines.count == 5 && lines[4] == "table  \(folder)/table-a-red-blue-star.png")
    let rows = try program.run("history", "--json").objects
    #expect(rows.count == 4 && Set(rows.compactMap { $0["seed"] as? Int }).count == 1)
    // One seed makes one choice, whatever the style.
    let prompts = rows.reversed().compactMap { $0["prompt"] as? String }
    #expect(prompts.dropFirst().allSatisfy { $0.hasPrefix(prompts[0]) }, "\(prompts)")
    #expect(prompts[1].hasSuffix("pixel art"))
    // A table that is there stays.
    _ = try program.run(
      "paint", "a {red|blue} star", "--sweep", "guidance=1,2", "--steps", "1", "-o", folder,
      "--no-save")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    let shown = try program.run(
      "paint", "a star", "--sweep", "steps=1,2", "--no-save", "--show", "--graphics", "kitty",
      "--quiet")
    #expect(shown.status == 0 && shown.text.hasPrefix("\u{1B}_G"), "\(shown.errors)")
  }

  @Test(
    "What is no table is refused before anything is painted",
    arguments: [
      (["--sweep", "steps"], "names no values"),
      (["--sweep", "step=1,2"], "did you mean 'steps'?"),
      (["--sweep", "steps=4"], "is one value"),
      (["--sweep", "steps=4,,8"], "lacks a value"),
      (["--sweep", "steps=4,999"], "1 to 256"),
      (["--sweep", "steps=*"], "cannot be '*'"),
      (["--sweep", "seed=1..999"], "more than 64"),
      (["--sweep", "seed=1..60", "--sweep", "steps=1..60"], "3600 pictures"),
      (["--sweep", "count=1,2"], "count takes one value"),
      (["--sweep", "model=scenes,scens"], "'scenes'"),
      (["--sweep", "style=sketch,watercolor"], "'watercolour'"),
      (["--sweep", "size=64x64,63x64"], "63x64"),
      (["--sweep", "steps=1,2", "--sweep", "steps=3,4"], "twice"),
      (["--sweep", "steps=1,2", "--steps", "4"], "say two things"),
      (["--sweep", "steps=1,2", "--count", "3"], "do not go together"),
      (["--sweep", "steps=1,2", "--sweep", "seed=1,2", "--sweep", "guidance=1,2"], "two sides"),
      (["--sweep", "steps=1,2", "-o", "nowhere/table.png"], "no folder"),
      (["--sweep", "steps=1,2", "-o", "table"], "does not say which kind"),
    ] as [([String], String)])
  func refused(_ arguments: [String], _ words: String) throws {
    let program = try Program()
    defer { program.remove() }
    let result = try program.run(["paint", "a star"] + arguments)
    #expect(result.status == (words == "no folder" ? 4 : 2), "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(try program.run("history", "--json").objects.isEmpty)
  }
}
