import EaselTestSupport
import Foundation
import Testing

/// `docs/COMMANDS.md`, made from what the program itself says about its commands.
@Test func commandsDocumentIsFresh() throws {
  let program = try Program()
  defer { program.remove() }
  let dump = try program.run("--experimental-dump-help")
  let help = try JSONDecoder().decode(CommandHelp.self, from: dump.output)
  let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/")
  expectStored(document(help.command), at: "\(root)/docs/COMMANDS.md")
}

/// The part of argument-parser's description of a program that the document needs.
struct CommandHelp: Decodable {
  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var arguments: [Argument]?
    var subcommands: [Command]?
    var shouldDisplay: Bool?
  }
  struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
    }
    var kind: String
    var abstract: String?
    var defaultValue: String?
    var allValues: [String]?
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var shouldDisplay: Bool
  }
  var command: Command
}

private func document(_ root: CommandHelp.Command) -> String {
  var text = """
    # Commands

    Made from the commands in `Sources/easel/Commands`; do not edit by hand
    (`EASEL_RECORD=1 .ci/test --filter commandsDocument` writes it anew).
    `--help` and `--version` work everywhere.


    """
  func add(_ command: CommandHelp.Command, _ path: String) {
    guard command.shouldDisplay != false, command.commandName != "help" else { return }
    text += "## \(path)\n\n"
    if let abstract = command.abstract { text += "\(abstract)\n\n" }
    let arguments = (command.arguments ?? []).filter { argument in
      argument.shouldDisplay
        && !["help", "version"].contains(argument.names?.last?.name ?? "")
    }
    let usage = ([path] + arguments.map(usage)).joined(separator: " ")
    text += "```\n\(usage)\n```\n\n"
    if let discussion = command.discussion { text += "\(discussion)\n\n" }
    if !arguments.isEmpty {
      text += "| argument | |\n|---|---|\n"
      for argument in arguments { text += row(argument) }
      text += "\n"
    }
    for sub in command.subcommands ?? [] { add(sub, "\(path) \(sub.commandName)") }
  }
  add(root, root.commandName)
  return text
}

func spelled(_ name: CommandHelp.Argument.Name) -> String {
  name.kind == "long" ? "--\(name.name)" : "-\(name.name)"
}

func usage(_ argument: CommandHelp.Argument) -> String {
  let value = "<\(argument.valueName ?? "value")>"
  let longest = argument.names?.last.map(spelled)
  var text =
    switch argument.kind {
    case "positional": value
    case "flag": longest ?? value
    default: "\(longest ?? "") \(value)"
    }
  if argument.isRepeating { text += " …" }
  return argument.isOptional ? "[\(text)]" : text
}

private func row(_ argument: CommandHelp.Argument) -> String {
  let value = "<\(argument.valueName ?? "value")>"
  let names = (argument.names ?? []).map(spelled)
  let shown =
    switch argument.kind {
    case "positional": value
    case "flag": names.joined(separator: ", ")
    default: names.joined(separator: ", ") + " " + value
    }
  var help = argument.abstract ?? ""
  if let standard = argument.defaultValue, !standard.isEmpty { help += " Default: \(standard)." }
  let cell = help.split(separator: "\n").joined(separator: " ")
    .replacing("|", with: "\\|")
  return "| `\(shown)` | \(cell) |\n"
}
