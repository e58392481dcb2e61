import ArgumentParser
import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen

extension DataCommand {
  struct Info: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "info", abstract: "Tell what is in a prepared set.")

    @Argument(help: ArgumentHelp("A prepared set.", valueName: "file"))
    var file: String

    @Option(
      help: ArgumentHelp("Write pictures with their captions to this PNG.", valueName: "file"))
    var sheet: String?

    @Option(help: ArgumentHelp("Pictures on the sheet, 1 to 400.", valueName: "n"))
    var count = 48

    @Flag(help: "Read everything and compare the checksums.")
    var verify = false

    @Flag(help: "Replace a sheet that is there.")
    var overwrite = false

    @Flag(help: "No progress line.")
    var quiet = false

    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      guard (1...400).contains(count) else {
        throw Failure(.badInput, "--count cannot be \(count)", hint: "use 1 to 400")
      }
      let set = try PreparedFile(expandingTilde(file))
      if verify { try check(set) }
      if let sheet {
        _ = try publish(
          encodePNG(contactSheet(set, count: count)), at: expandingTilde(sheet),
          collision: overwrite ? .overwrite : .refuse)
      }
      format.json ? tellJSON(set) : tell(set)
    }

    private func check(_ set: PreparedFile) throws {
      try set.verify { seen in
        try Task.checkCancellation()
        if !quiet { ProgressLine.show("read \(seen) of \(set.count) pictures") }
      }
      ProgressLine.clear()
    }

    private func tellJSON(_ set: PreparedFile) {
      let s = set.statistics
      func spread(_ x: DataStatistics.Spread) -> JSON {
        .object([
          .init("smallest", x.smallest), .init("median", x.median), .init("largest", x.largest),
        ])
      }
      func counted(_ list: [DataStatistics.Counted], _ name: String) -> JSON {
        .list(list.map { .object([.init(name, $0.text), .init("count", $0.count)]) })
      }
      Console.json(
        [.init("file", set.path)] + s.fields + [
          .init("size", set.size), .init("fit", set.fit.rawValue),
          .init("mirror", set.mayMirror), .init("bytes", set.bytes),
          .init("sides", spread(s.sides)),
          .init("captions_of_picture", spread(s.captionsOfPicture)),
          .init("caption_words", spread(s.captionWords)),
          .init("different_words", s.differentWords), .init("words", counted(s.words, "word")),
          .init("reasons", counted(s.reasons, "reason")), .init("sheet", sheet),
          .init("verified", verify),
        ])
    }

    private func tell(_ set: PreparedFile) {
      let s = set.statistics
      func spread(_ x: DataStatistics.Spread) -> String {
        "\(x.smallest) to \(x.largest), half of them up to \(x.median)"
      }
      Console.out(Console.painted(SafeText(set.path).description, "1;36"))
      Console.out(
        "\(SafeText(s.source)) at \(set.size) pixels (\(set.fit.rawValue)), "
          + ProgressLine.bytes(set.bytes)
          + (set.mayMirror ? ", may be mirrored" : ""))
      for line in s.lines { Console.out(line) }
      Console.out("shorter sides as found: \(spread(s.sides)); \(s.enlarged) were enlarged")
      Console.out("captions of a picture: \(spread(s.captionsOfPicture))")
      Console.out(
        "words of a caption: \(spread(s.captionWords)); \(s.captionsCut) captions were cut, "
          + "\(s.captionsDropped) left out")
      let words = s.words.prefix(24).map { "\(SafeText($0.text)) \($0.count)" }
      Console.out("\(s.differentWords) words: \(words.joined(separator: ", "))")
      if verify { Console.out("all checksums are right") }
    }
  }
}
