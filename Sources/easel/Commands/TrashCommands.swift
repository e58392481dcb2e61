import ArgumentParser
import EaselKit
import EaselStore

struct TrashCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trash", abstract: "Move pictures to the trash.")

  @Argument(help: "Pictures of the history, as 12 or #12.")
  var ids: [IDArgument]
  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let library = try await Desk().openForWriting()
    var states: [String] = []
    for argument in ids {
      let isTrashed = try await library.item(argument.id).isTrashed
      states.append(isTrashed ? "was in the trash already" : "trashed")
    }
    _ = try await library.trash(ids.map(\.id))
    await library.close()
    for (argument, state) in zip(ids, states) { tell(argument.id, state, format) }
  }
}

struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Take pictures back out of the trash.")

  @Argument(help: "Pictures in the trash, as 12 or #12.")
  var ids: [IDArgument]
  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let library = try await Desk().openForWriting()
    var states: [String] = []
    for argument in ids {
      let isTrashed = try await library.item(argument.id).isTrashed
      states.append(isTrashed ? "restored" : "was not in the trash")
    }
    _ = try await library.restore(ids.map(\.id))
    await library.close()
    for (argument, state) in zip(ids, states) { tell(argument.id, state, format) }
  }
}

struct EmptyTrashCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "empty-trash", abstract: "Delete what is in the trash, for good.")

  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let library = try await Desk().openForWriting()
    let count = try await library.emptyTrash().pictures
    await library.close()
    if format.json {
      Console.json([.init("deleted", count)])
    } else {
      Console.out(count == 1 ? "1 picture deleted" : "\(count) pictures deleted")
    }
  }
}

private func tell(_ id: ImageID, _ what: String, _ format: JSONOptions) {
  if format.json {
    Console.json([.init("id", id.number), .init("state", what)])
  } else {
    Console.out("\(Console.painted(id.description, "1;36"))  \(what)")
  }
}
