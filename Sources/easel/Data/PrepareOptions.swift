import ArgumentParser
import EaselKit
import EaselMuse

/// How pictures are prepared; the same for every source.
struct PrepareOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("File to write, by custom NAME.easeldata.", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("Pixels of the shorter side, 16 to 1024.", valueName: "pixels"))
  var size = 256

  @Option(
    help: ArgumentHelp(
      """
      How a picture becomes a square: crop its middle, pad it, squash it, or window: keep up to \
      two squares of it, and let training look at another one every time.
      """, valueName: "how"))
  var fit = "crop"

  @Option(
    help: ArgumentHelp(
      "How pictures are stored: png loses nothing, jpeg is a third of it, raw is quickest to read.",
      valueName: "form"))
  var store = "png"

  @Option(help: ArgumentHelp("Share of the pictures to judge by, 0 to 0.9.", valueName: "x"))
  var heldOut = 0.05

  @Option(
    help: ArgumentHelp(
      "Bits of 64 in which the shapes of duplicates may differ, 0 to 11; or keep, for equal pixels.",
      valueName: "bits|keep"))
  var near = "6"

  @Option(help: ArgumentHelp("Characters after which a caption is cut.", valueName: "n"))
  var longestCaption = 400

  @Flag(help: "Turn capitals of captions into small letters.")
  var lowercase = false

  @Flag(help: "Training may mirror pictures whose captions name no side and no writing.")
  var mirror = false

  @Flag(
    name: [.long, .customLong("yes")],
    help: "Go on without asking where more than 5 % of the records cannot be used.")
  var keepGoing = false

  @Flag(help: "Replace a file that is there.")
  var overwrite = false

  @Flag(help: "No progress line and no summary.")
  var quiet = false

  func settings() throws -> PreparationSettings {
    var settings = PreparationSettings()
    settings.size = size
    settings.fit = try Self.fit(fit)
    settings.form = try Self.form(store)
    settings.heldOut = heldOut
    settings.mayMirror = mirror
    settings.captions = CaptionCleaning(longest: longestCaption, lowercases: lowercase)
    if near == "keep" {
      settings.nearDuplicates = nil
    } else if let bits = Int(near) {
      settings.nearDuplicates = bits
    } else {
      throw Failure(.badInput, "--near cannot be '\(near)'", hint: "use 0 to 11, or keep")
    }
    return settings
  }

  static func fit(_ name: String) throws -> PictureFit {
    guard let fit = PictureFit(rawValue: name) else {
      throw Failure.unknown("fit", name, known: PictureFit.allCases.map(\.rawValue))
    }
    return fit
  }

  static func form(_ name: String) throws -> StoredForm {
    guard let form = StoredForm.allCases.first(where: { $0.name == name }) else {
      throw Failure.unknown("form", name, known: StoredForm.allCases.map(\.name))
    }
    return form
  }
}
