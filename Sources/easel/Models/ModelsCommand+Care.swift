import ArgumentParser
import EaselKit
import EaselModels
import EaselScreen

extension ModelsCommand {
  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove", abstract: "Move installed models to the trash.",
      discussion: """
        `easel models restore` brings them back until `easel models empty-trash` deletes them for good. \
        Models that came with Easel stay.
        """)

    @Argument(help: "Models of your own folder.")
    var names: [String]

    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let desk = Desk()
      let models = try ModelDesk(paths: desk.paths, catalog: desk.catalog)
      for name in names {
        let removed = try models.remove(name)
        if format.json {
          Console.json([.init("model", removed.name), .init("bytes", removed.bytes)])
        } else {
          Console.out("\(SafeText(name)) is in the trash; easel models restore brings it back")
        }
      }
    }
  }

  struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "restore", abstract: "Bring a removed model back.")

    @Argument(help: "A model that was removed; without one, the removed models are listed.")
    var name: String?

    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let desk = Desk()
      let models = try ModelDesk(paths: desk.paths, catalog: desk.catalog)
      guard let name else {
        for model in models.shelf.removed() { say(model, "") }
        return
      }
      say(try models.restore(name), " is back")
    }

    private func say(_ model: RemovedModel, _ words: String) {
      if format.json {
        Console.json([.init("model", model.name), .init("bytes", model.bytes)])
      } else {
        Console.out("\(SafeText(model.name))\(words)  \(ProgressLine.bytes(model.bytes))")
      }
    }
  }

  struct EmptyTrash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "empty-trash",
      abstract: "Delete removed models and parts of interrupted installations for good.")

    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let desk = Desk()
      let freed = try ModelDesk(paths: desk.paths, catalog: desk.catalog).shelf.emptyTrash()
      if format.json {
        Console.json([.init("bytes", freed)])
      } else {
        Console.out("\(ProgressLine.bytes(freed)) are free again")
      }
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify", abstract: "Read every byte of models and say what is wrong.",
      discussion: """
        What was installed is compared with the digests of that day; of other models every number is looked \
        at. The exit status is 1 where a model is damaged.
        """)

    @Argument(help: "Models of `easel models list`; all of them where none is named.")
    var names: [String] = []

    @OptionGroup var format: JSONOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let desk = Desk()
      let models = try ModelDesk(paths: desk.paths, catalog: desk.catalog)
      var damaged = 0
      for (name, path) in try models.models(names) {
        for try await event in models.verifier.events(name: name, path: path) {
          switch event {
          case .progress(let progress):
            ProgressLine.show("\(SafeText(name))  " + ProgressLine.words(for: progress))
          case .verified(let verdict):
            if !verdict.problems.isEmpty { damaged += 1 }
            say(verdict)
          case .installed: break
          }
        }
        try Task.checkCancellation()
      }
      if damaged > 0 {
        throw Failure(
          .modelDamaged, damaged == 1 ? "a model is damaged" : "\(damaged) models are damaged",
          hint: "easel models install … --overwrite brings a whole one")
      }
    }

    private func say(_ verdict: ModelVerdict) {
      ProgressLine.clear()
      if format.json {
        Console.json([
          .init("model", verdict.name), .init("folder", verdict.path),
          .init("sound", verdict.problems.isEmpty), .init("digests", verdict.hasDigests),
          .init("files", verdict.files), .init("bytes", verdict.bytes),
          .init("problems", .list(verdict.problems.map { .text($0) })),
        ])
        return
      }
      let how = verdict.hasDigests ? "as it was installed" : "every number is one"
      let name = SafeText(verdict.name).description
      if verdict.problems.isEmpty {
        Console.out(
          "\(Console.painted(name, "1;32"))  \(how)  \(ProgressLine.bytes(verdict.bytes))")
      } else {
        Console.out(Console.painted("\(name)  damaged", "31"))
        for problem in verdict.problems { Console.out("  \(SafeText(problem))") }
      }
    }
  }
}
