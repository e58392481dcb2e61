import ArgumentParser
import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen
import Foundation

struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Make captioned pictures to learn from.",
    subcommands: [
      Scenes.self, Coco.self, Folder.self, Table.self, Webdataset.self, History.self, Info.self,
      Export.self,
    ])

  struct Scenes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "scenes",
      abstract: "Write captioned scenes: objects, colours, counts, places and styles.",
      discussion: """
        Each scene is a PNG and a text file of the same name with its captions, one a line. Scene N
        of a seed is the same on every machine. About one combination in ten is held out of the
        training split; --split validation writes only those.
        """)

    @Option(name: .shortAndLong, help: ArgumentHelp("Folder to write to.", valueName: "dir"))
    var out: String

    @Option(help: ArgumentHelp("Scenes to write.", valueName: "n"))
    var count = 16

    @Option(help: ArgumentHelp("Number of the first scene.", valueName: "n"))
    var first = 0

    @Option(help: ArgumentHelp("Pixels on a side, a multiple of 32.", valueName: "pixels"))
    var size = 64

    @Option(help: ArgumentHelp("Seed of the stream.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Which scenes: training, validation or all.", valueName: "name"))
    var split = "training"

    @Option(help: ArgumentHelp("Captions for each scene.", valueName: "n"))
    var captions = 4

    @Flag(help: "Replace files that are there.")
    var overwrite = false

    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      guard count >= 1, first >= 0, captions >= 1 else {
        throw Failure(.badInput, "--count and --captions begin at 1, --first at 0")
      }
      guard size % 32 == 0, (32...1024).contains(size) else {
        throw Failure(
          .badInput, "scenes cannot be \(size) pixels wide", hint: "use a multiple of 32 up to 1024"
        )
      }
      let splits: [String: SceneSampler.Split] = [
        "training": .training, "validation": .heldOut, "all": .everything,
      ]
      guard let chosen = splits[split] else {
        throw Failure.unknown("split", split, known: Array(splits.keys))
      }
      let sprites = try SceneSprites(decode: { try decodeDrawing($0) })
      let source = SceneSource(sprites: sprites, seed: seed, split: chosen)
      let folder = expandingTilde(out)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let collision: Collision = overwrite ? .overwrite : .refuse
      for index in first..<(first + count) {
        try Task.checkCancellation()
        let name = folder + "/scene-" + padded(index, 6)
        let lines = (0..<captions).map { source.caption(index: index, variant: $0) }
        let picture = source.picture(index: index, size: size)
        let file = try publish(encodePNG(picture), at: name + ".png", collision: collision)
        _ = try publish(
          Array((lines.joined(separator: "\n") + "\n").utf8), at: name + ".txt",
          collision: collision)
        if format.json {
          Console.json([
            .init("index", index), .init("file", file), .init("caption", lines[0]),
            .init("captions", .list(lines.map { .text($0) })), .init("width", size),
            .init("height", size), .init("split", split), .init("seed", seed),
          ])
        } else {
          Console.out("\(SafeText(file))  \(SafeText(lines[0]))")
        }
        ProgressLine.show("scene \(index - first + 1) of \(count)")
      }
      ProgressLine.clear()
    }
  }
}

/// `n` with leading zeros.
func padded(_ n: Int, _ digits: Int) -> String {
  let text = "\(n)"
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
