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
    try await move(ids, format) {
      $0 ? "was in the trash already" : "trashed"
    } by: {
      _ = try await $0.trash($1)
    }
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
    try await move(ids, format) {
      $0 ? "restored" : "was not in the trash"
    } by: {
      _ = try await $0.restore($1)
    }
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

/// Moves pictures into the trash or out of it, and tells of each what `state` says: whether it was there before.
private func move(
  _ ids: [IDArgument], _ format: JSONOptions, state: (Bool) -> String,
  by moving: (HistoryStore, [ImageID]) async throws -> Void
) async throws {
  let library = try await Desk().openForWriting()
  var states: [String] = []
  for argument in ids { states.append(state(try await library.item(argument.id).isTrashed)) }
  try await moving(library, ids.map(\.id))
  await library.close()
  for (argument, state) in zip(ids, states) {
    if format.json {
      Console.json([.init("id", argument.id.number), .init("state", state)])
    } else {
      Console.out("\(Console.painted(argument.id.description, "1;36"))  \(state)")
    }
  }
}
