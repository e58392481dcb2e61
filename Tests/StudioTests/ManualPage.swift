import EaselTestSupport
import Foundation
import Testing

private let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
  .joined(separator: "/")

/// `docs/easel.1`, made from what the program itself says about its commands.
@Test func manualPageIsFresh() throws {
  let program = try Program()
  defer { program.remove() }
  let dump = try program.run("--experimental-dump-help")
  let help = try JSONDecoder().decode(CommandHelp.self, from: dump.output)
  expectStored(manual(help.command), at: "\(root)/docs/easel.1")
}

/// What the shells complete, made by the program itself; `make install` puts it where they look.
@Test(arguments: ["bash", "zsh", "fish"])
func completionsAreFresh(shell: String) throws {
  let program = try Program()
  defer { program.remove() }
  let made = try program.run("--generate-completion-script", shell)
  let text = String(decoding: made.output, as: UTF8.self)
  #expect(text.contains("paint") && text.contains("guidance"))
  expectStored(text, at: "\(root)/docs/completions/easel.\(shell)")
}

/// In the language of man(7).
private func manual(_ root: CommandHelp.Command) -> String {
  var text = """
    .\\" Made from the commands in Sources/easel/Commands; do not edit by hand.
    .TH EASEL 1 "" "Easel" "User Commands"
    .SH NAME
    easel \\- an image studio in the terminal
    .SH SYNOPSIS
    .B easel
    [\\fIcommand\\fR] [\\fIarguments\\fR]
    .SH DESCRIPTION

    """
  text += paragraphs(root.discussion)
  text += """
    .PP
    In the studio F1 names every key that works where one is; all of them can be changed in config.toml.

    """
  text += options(root)
  func add(_ command: CommandHelp.Command, _ path: String) {
    guard command.shouldDisplay != false, command.commandName != "help" else { return }
    let shown = (command.arguments ?? []).filter(isShown)
    text += ".SH \"\(escaped(path.uppercased()))\"\n"
    text += ".B \(escaped(([path] + shown.map(usage)).joined(separator: " ")))\n"
    text += ".PP\n" + paragraphs(command.abstract) + paragraphs(command.discussion)
    text += options(command)
    for sub in command.subcommands ?? [] { add(sub, "\(path) \(sub.commandName)") }
  }
  for sub in root.subcommands ?? [] { add(sub, "easel \(sub.commandName)") }
  text += """
    .SH FILES
    .TP
    .I $XDG_CONFIG_HOME/easel/config.toml
    Settings and keys; beside it styles.toml, themes/ and wildcards/.
    .TP
    .I $XDG_DATA_HOME/easel
    The library of pictures, and models.
    .TP
    .I $XDG_CACHE_HOME/easel
    May be deleted at any time.
    .SH ENVIRONMENT
    .TP
    .B HF_ENDPOINT
    The hub that easel models install asks in place of https://huggingface.co.
    .TP
    .B EASEL_HOME
    A folder that takes the place of all of them.
    .TP
    .B NO_COLOR
    No colours.
    .TP
    .B VISUAL, EDITOR
    Who edits a long prompt.

    """
  return text
}

private func isShown(_ argument: CommandHelp.Argument) -> Bool {
  argument.shouldDisplay && !["help", "version"].contains(argument.names?.last?.name ?? "")
}

private func options(_ command: CommandHelp.Command) -> String {
  (command.arguments ?? []).filter(isShown).map { argument in
    let value = "<\(argument.valueName ?? "value")>"
    let names = (argument.names ?? []).map(spelled).joined(separator: ", ")
    let head =
      switch argument.kind {
      case "positional": value
      case "flag": names
      default: "\(names) \(value)"
      }
    return ".TP\n.B \(escaped(head))\n\(escaped(argument.abstract ?? ""))\n"
  }.joined()
}

private func paragraphs(_ text: String?) -> String {
  (text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    .map { $0.isEmpty ? ".PP\n" : escaped(String($0)) + "\n" }.joined()
}

/// Backslashes and hyphens as they are, and no line that a formatter takes for a command.
private func escaped(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    let line = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : String(line)
  }.joined(separator: "\n")
}
