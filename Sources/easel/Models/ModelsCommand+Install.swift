import ArgumentParser
import EaselKit
import EaselModels
import EaselScreen

extension ModelsCommand {
  struct Install: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "install", abstract: "Install a model from a folder, a file or a server.",
      discussion: """
        SOURCE is a folder in the layout of diffusers' AmusedPipeline, a .safetensors file or a .tar file, on \
        this machine or at an http(s) address; a repository of Hugging Face as owner/name; or one of the \
        known models, amused-256 and amused-512.

        A transfer that was interrupted goes on where it stopped when the same command is given again. The \
        model appears only when it is whole: sizes and digests are compared, every number is looked at, and \
        a manifest of digests is kept for `easel models verify`. HF_ENDPOINT names another server in place \
        of https://huggingface.co.
        """)

    @Argument(help: "Folder, .safetensors, .tar, http(s) address, owner/name, or a known model.")
    var source: String

    @Option(help: "What the model is called here; else as its source is.")
    var name: String?

    @Flag(help: "Move an installed model of this name to the trash.")
    var overwrite = false

    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let desk = Desk()
      let models = try ModelDesk(paths: desk.paths, catalog: desk.catalog)
      let order = ModelInstaller.Order(source: source, name: name, overwrites: overwrite)
      if let contact = try models.contact(order), !format.json {
        Console.err(SafeText(contact).description)
      }
      for try await event in models.installer.events(order) {
        switch event {
        case .progress(let progress): ProgressLine.show(ProgressLine.words(for: progress))
        case .installed(let model): say(model)
        case .verified: break
        }
      }
      try Task.checkCancellation()
    }

    private func say(_ model: InstalledModel) {
      ProgressLine.clear()
      if format.json {
        Console.json([
          .init("model", model.name), .init("folder", model.path), .init("source", model.source),
          .init("files", model.files), .init("bytes", model.bytes),
          .init("resumed_bytes", model.resumedBytes), .init("checked_files", model.checkedFiles),
        ])
      } else {
        Console.out(
          "\(Console.painted(SafeText(model.name).description, "1;32"))  \(SafeText(model.path))")
      }
    }
  }
}

extension ProgressLine {
  /// `loading  ██████░░░░  42 %  1.5 GB of 3.5 GB  12 MB/s  2 min 40 s left`
  static func words(for progress: ModelProgress) -> String {
    let verb =
      switch progress.phase {
      case .asking: "asking which files there are"
      case .loading: "loading"
      case .copying: "copying"
      case .unpacking: "unpacking"
      case .verifying: "checking"
      }
    guard progress.phase != .asking else { return verb }
    var parts = [verb]
    if let fraction = progress.fraction {
      if !isSpoken { parts.append(bar(fraction, cells: 20)) }
      parts.append("\(Int(fraction * 100)) %")
    }
    parts.append(
      progress.total.map { "\(bytes(progress.done)) of \(bytes($0))" } ?? bytes(progress.done))
    if let rate = progress.bytesPerSecond { parts.append("\(bytes(Int(rate)))/s") }
    if let left = progress.secondsLeft { parts.append("\(duration(left)) left") }
    return parts.joined(separator: "  ")
  }

  /// `812 kB`, `1.5 GB`; powers of ten.
  static func bytes(_ count: Int) -> String {
    let n = Double(max(0, count))
    if n >= 1e9 { return "\(short(n / 1e9)) GB" }
    if n >= 1e6 { return "\(short(n / 1e6)) MB" }
    return "\(Int((n / 1e3).rounded(.up))) kB"
  }

  /// `8 s`, `2 min 40 s`, `3 h 20 min`.
  static func duration(_ seconds: Double) -> String {
    let n = Int(min(1e8, max(0, seconds)).rounded(.up))
    if n < 60 { return "\(n) s" }
    if n < 3600 { return "\(n / 60) min \(n % 60) s" }
    return "\(n / 3600) h \(n / 60 % 60) min"
  }
}
