import ArgumentParser
import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen
import Foundation

extension DataCommand {
  struct Scenes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "scenes",
      abstract: "Write captioned scenes: objects, colours, counts, places and styles.",
      discussion: """
        Each scene is a PNG and a text file of the same name with its captions, one a line. Scene N \
        of a seed is the same on every machine, and shows the same at every size. About one \
        combination in ten is held out of the training split; --split validation writes only those.
        """)

    @Option(name: .shortAndLong, help: ArgumentHelp("Folder to write to.", valueName: "dir"))
    var out: String?

    @Option(
      help: ArgumentHelp("Write the scenes and their captions on one sheet.", valueName: "file"))
    var sheet: String?

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

    private static let splits: [String: SceneSampler.Split] = [
      "training": .training, "validation": .heldOut, "all": .everything,
    ]

    /// A sheet of more would be larger than what opens pictures takes.
    private static let mostOnSheet = 400

    private func check() throws -> SceneSampler.Split {
      guard count >= 1, first >= 0, captions >= 1 else {
        throw Failure(.badInput, "--count and --captions begin at 1, --first at 0")
      }
      guard size % 32 == 0, (32...1024).contains(size) else {
        throw Failure(
          .badInput, "scenes cannot be \(size) pixels wide", hint: "use a multiple of 32 up to 1024"
        )
      }
      guard out != nil || sheet != nil else {
        throw Failure(
          .badInput, "nothing would be kept of the scenes", hint: "give --out DIR or --sheet FILE")
      }
      if sheet != nil, count > Self.mostOnSheet {
        throw Failure(
          .badInput, "\(count) scenes do not go on one sheet",
          hint: "--count \(Self.mostOnSheet) is the most")
      }
      guard let chosen = Self.splits[split] else {
        throw Failure.unknown("split", split, known: Array(Self.splits.keys))
      }
      return chosen
    }

    func run() async throws {
      let chosen = try check()
      let target = try sheet.map { try PaintTarget.single($0, overwrite: overwrite) }
      let sprites = try SceneSprites(decode: { try decodeDrawing($0) })
      let source = SceneSource(sprites: sprites, seed: seed, split: chosen)
      let folder = out.map(expandingTilde)
      if let folder {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      var tiles: [(picture: Picture, caption: String)] = []
      for index in first..<(first + count) {
        try Task.checkCancellation()
        let lines = (0..<captions).map { source.caption(index: index, variant: $0) }
        let picture = source.picture(index: index, size: size)
        if target != nil { tiles.append((picture, lines[0])) }
        let file = try folder.map { try write(picture, lines, to: $0, index: index) }
        if format.json {
          Console.json(
            [
              .init("index", index), .init("file", file), .init("caption", lines[0]),
              .init("captions", .list(lines.map { .text($0) })), .init("width", size),
              .init("height", size), .init("split", split), .init("seed", seed),
            ] + source.description(index: index).fields)
        } else if let file {
          Console.out("\(SafeText(file))  \(SafeText(lines[0]))")
        }
        ProgressLine.show("scene \(index - first + 1) of \(count)")
      }
      ProgressLine.clear()
      if let target {
        let file = try target.write(captionedSheet(tiles, columns: 8))
        if !format.json { Console.out(SafeText(file).description) }
      }
    }

    private func write(
      _ picture: Picture, _ captions: [String], to folder: String, index: Int
    ) throws -> String {
      let collision: Collision = overwrite ? .overwrite : .refuse
      let name = folder + "/scene-" + index.padded(to: 6)
      let file = try publish(encodePNG(picture), at: name + ".png", collision: collision)
      _ = try publish(
        Array((captions.joined(separator: "\n") + "\n").utf8), at: name + ".txt",
        collision: collision)
      return file
    }
  }
}

extension SceneDescription {
  /// What the scene shows, for scripts; the keys are a contract.
  var fields: [JSON.Field] {
    [
      .init(
        "objects",
        .list(
          objects.map { object in
            .object([
              .init("noun", object.noun.name), .init("colour", object.colour?.rawValue),
              .init("count", object.count), .init("drawing", object.drawing.rawValue),
            ])
          })), .init("place", place.name), .init("style", style.rawValue),
      .init("size", size.rawValue), .init("position", position.rawValue),
      .init("relation", objects.count > 1 ? relation.rawValue : nil),
      .init("held_out", .list(heldOutPairs.map { .text($0) })),
    ]
  }
}
