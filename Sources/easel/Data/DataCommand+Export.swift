import ArgumentParser
import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen

extension DataCommand {
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write a prepared set or scenes for other programs.",
      discussion: """
        --webdataset writes tar shards that the webdataset library of Python reads: \
        DIR/training-000000.tar and on, DIR/held-out-000000.tar and on. Each sample is a picture, \
        a .txt with its first caption and a .json with all of them.

        --packed writes scenes as a prepared set, which 'easel train --data FILE' reads quicker than \
        it draws them.
        """)

    @Argument(help: ArgumentHelp("A prepared set, or scenes.", valueName: "file|scenes"))
    var source: String

    @Option(help: ArgumentHelp("Folder for the shards.", valueName: "dir"))
    var webdataset: String?

    @Option(help: ArgumentHelp("Prepared set to write, of scenes.", valueName: "file"))
    var packed: String?

    @Option(help: ArgumentHelp("Pictures of a shard.", valueName: "n"))
    var shardSize = 1000

    @Option(help: ArgumentHelp("Scenes to learn from.", valueName: "n"))
    var count = 1000

    @Option(
      help: ArgumentHelp(
        "Scenes of combinations that are held out; a twentieth of --count without.", valueName: "n")
    )
    var heldOut: Int?

    @Option(help: ArgumentHelp("Pixels of scenes, a multiple of 32.", valueName: "pixels"))
    var size = 256

    @Option(help: ArgumentHelp("Seed of the scenes.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Captions of each scene.", valueName: "n"))
    var captions = 4

    @Flag(help: "Replace what is there.")
    var overwrite = false

    @Flag(help: "No progress line and no names of files.")
    var quiet = false

    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      guard (webdataset == nil) != (packed == nil) else {
        throw Failure(
          .badInput, "say where to write: --webdataset DIR or --packed FILE",
          hint: webdataset == nil ? nil : "one of them at a time")
      }
      if source == "scenes" {
        let scenes = try scenes()
        if let packed { return try pack(scenes, to: expandingTilde(packed)) }
        try write { part in
          let count = scenes.count(of: part)
          let first = part == .training ? 0 : scenes.count(of: .training)
          return (count, { try sample(scenes.record(first + $0)) })
        }
      } else {
        guard packed == nil else {
          throw Failure(.badInput, "only scenes are packed", hint: "\(source) is a set already")
        }
        let set = try PreparedFile(expandingTilde(source))
        try write { part in
          let numbers = set.numbers(of: part)
          return (
            numbers.count,
            {
              try set.sample(
                numbers.lowerBound + $0, encodePNG: PictureTools.imaging.encodePNG)
            }
          )
        }
      }
    }

    private func scenes() throws -> SceneRecords {
      let heldOut = heldOut ?? count / 20
      guard count >= 1, heldOut >= 0, captions >= 1 else {
        throw Failure(.badInput, "--count and --captions begin at 1, --held-out at 0")
      }
      guard size % 32 == 0, (32...1024).contains(size) else {
        throw Failure(
          .badInput, "scenes cannot be \(size) pixels wide", hint: "use a multiple of 32 up to 1024"
        )
      }
      return SceneRecords(
        sprites: try SceneSprites(decode: { try decodeDrawing($0) }), seed: seed, training: count,
        heldOut: heldOut, captions: captions, size: size)
    }

    private func pack(_ scenes: SceneRecords, to path: String) throws {
      var settings = PreparationSettings()
      settings.size = size
      // Two scenes that look alike differ in what their captions say.
      settings.nearDuplicates = nil
      let (done, sheet, seconds) = try Preparing(settings: settings, isQuiet: quiet).prepare(
        scenes, to: path, overwriting: overwrite)
      if format.json {
        Console.json(
          [.init("file", path)] + done.statistics.fields + [
            .init("bytes", done.bytes), .init("seconds", seconds), .init("report", done.report),
            .init("sheet", sheet),
          ])
      } else if !quiet {
        Console.out(Console.painted(SafeText(path).description, "1;36"))
        for line in done.statistics.lines { Console.out(line) }
      }
    }

    typealias Samples = (count: Int, sample: @Sendable (Int) throws -> ShardSample)

    private func write(_ samples: (DataPart) -> Samples) throws {
      let export = try ShardExport(
        to: expandingTilde(webdataset ?? ""), shardSize: shardSize, overwriting: overwrite)
      for part in DataPart.allCases {
        let (count, sample) = samples(part)
        let shards = try export.write(part, count: count, sample: sample) { done in
          try Task.checkCancellation()
          if !quiet { ProgressLine.show("\(part.rawValue): \(done) of \(count) pictures") }
        }
        ProgressLine.clear()
        for shard in shards {
          if format.json {
            Console.json([
              .init("file", shard.path), .init("split", shard.part.rawValue),
              .init("samples", shard.samples), .init("bytes", shard.bytes),
            ])
          } else if !quiet {
            Console.out("\(SafeText(shard.path))  \(shard.samples) pictures")
          }
        }
      }
    }
  }
}

/// A record that is drawn, as PNG.
private func sample(_ record: DataRecord) throws -> ShardSample {
  let picture: Picture
  switch record.content {
  case .drawn(let draw): picture = try draw()
  case .file(let read): picture = try PictureTools.imaging.decode(read())
  }
  return ShardSample(
    name: record.name, captions: record.captions,
    bytes: try PictureTools.imaging.encodePNG(picture), ending: "png", size: picture.size)
}
