import ArgumentParser
import EaselApp
import EaselKit

/// What every command takes.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"),
    transform: { text in
      guard let choice = Console.ColourChoice(rawValue: text) else {
        throw Failure.unknown(
          "colour choice", text, known: Console.ColourChoice.allCases.map(\.rawValue))
      }
      return choice
    })
  var color: Console.ColourChoice = .auto

  mutating func validate() { Console.use(color) }
}

/// Commands whose results scripts read.
struct JSONOptions: ParsableArguments {
  @Flag(help: "Print one JSON object per line.")
  var json = false
}

/// Commands that make pictures: where these go.
struct ResultOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Also write to this file (png, jpg, webp), or into this folder.", valueName: "path"))
  var output: String?

  @Flag(help: "Replace files that are there.")
  var overwrite = false

  @Flag(help: "Put nothing into the history.")
  var noSave = false

  @Flag(help: "No progress line and no names of files.")
  var quiet = false
}

/// A size typed as `64x48` or `64`.
struct SizeArgument: ExpressibleByArgument, Hashable, Sendable {
  var size: PixelSize
  init?(argument: String) {
    guard let size = PixelSize(typed: argument) else { return nil }
    self.size = size
  }
  var defaultValueDescription: String { size.description }
}

/// A picture of the history as people write it: `12` or `#12`.
struct IDArgument: ExpressibleByArgument, Hashable, Sendable {
  var id: ImageID
  init?(argument: String) {
    let digits = argument.hasPrefix("#") ? argument.dropFirst() : argument[...]
    guard let number = Int64(digits), number > 0 else { return nil }
    id = ImageID(number)
  }
}
