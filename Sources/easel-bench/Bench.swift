import ArgumentParser

/// Prints tables of figures and appends them to `.build/bench.jsonl`, one JSON object a line.
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "easel-bench", abstract: "Measure Easel on this machine.")

  /// Everything that can be measured, in the order it is. A new group is a file and a line here.
  static let groups: [Group] = [
    Group("sixel", "Pictures on their way to the terminal and the disk") {
      try measureSixel($0)
      try measureSixelQuality($0)
      try await measurePreviewTraffic($0)
    },
    Group("engine", "The kernels against the processor", measureEngine),
    Group("train", "Steps of training, beside PyTorch where it is installed", measureTraining),
    Group("sitting", "What a sitting of training costs: memory, and going on", measureSitting),
    Group("studio", "The program on a pseudo-terminal", measureStudio),
    Group("gallery", "A gallery of a hundred thousand pictures", measureGallery),
    Group("library", "The history on this disk", measureLibrary),
  ]

  @Option(help: ArgumentHelp("Measure one group only.", valueName: "group"))
  var only: String?

  @Option(help: ArgumentHelp("File that figures are appended to.", valueName: "file"))
  var log = ".build/bench.jsonl"

  @Option(
    help: ArgumentHelp("Only make the large model of random weights there.", valueName: "dir"))
  var makeLargeModel: String?

  func run() async throws {
    if let makeLargeModel { return try LargeModel.make(in: makeLargeModel) }
    let chosen = Self.groups.filter { only == nil || $0.name == only }
    guard !chosen.isEmpty else {
      throw ValidationError(
        "no group is called '\(only ?? "")'; one of: "
          + Self.groups.map(\.name).joined(separator: ", "))
    }
    for group in chosen {
      let report = Report(group: group.name)
      print("\n\(group.title)\n")
      do {
        try await group.measure(report)
      } catch {
        print("  could not be measured: \(error)")
      }
      report.printTable()
      try report.append(to: log)
    }
  }
}

/// Figures that belong together.
struct Group: Sendable {
  var name: String
  var title: String
  var measure: @Sendable (Report) async throws -> Void
  init(
    _ name: String, _ title: String, _ measure: @escaping @Sendable (Report) async throws -> Void
  ) {
    self.name = name
    self.title = title
    self.measure = measure
  }
}
