import ArgumentParser
import EaselKit
import EaselTerminal
import Glibc

/// Where everything starts. Reads the command line, runs the command, and turns whatever it throws
/// into words on stderr and the exit status of the contract.
@main
enum Main {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      try checkCommandNames(arguments, in: EaselCommand.self)
      var command = try EaselCommand.parsed(arguments)
      guard command is any AsyncParsableCommand else {
        // The studio, help and version: the studio must split off its guard before any thread.
        try command.run()
        exit(0)
      }
      if let training = command as? TrainCommand, training.isLive { TerminalGuard.enter() }
      // Detached: the main thread, which `main` belongs to, only waits from here on.
      Interrupts.watch(Task.detached { await finish(arguments) })
      // Everything else happens on other threads; `finish` ends the process.
      dispatchForever()
    } catch {
      report(error)
    }
  }

  /// Parsed once more: a command is a value of the thread that made it.
  private static func finish(_ arguments: [String]) async {
    do {
      if var command = try EaselCommand.parsed(arguments) as? any AsyncParsableCommand {
        try await command.run()
      }
      ProgressLine.clear()
      exit(0)
    } catch {
      report(error)
    }
  }

  /// Says what went wrong and ends the process.
  static func report(_ error: any Error) -> Never {
    ProgressLine.clear()
    if let signal = Interrupts.caught {
      // What a shell expects of a program ended by a signal: 130 for Ctrl-C.
      exit(128 + signal)
    }
    if error is CancellationError { exit(130) }
    if let failure = error as? Failure {
      if failure.code == .cancelled { exit(130) }
      Console.complain(failure)
      exit(failure.exitCode)
    }
    let message = EaselCommand.fullMessage(for: error)
    if EaselCommand.exitCode(for: error) == .success {
      Console.out(message)
      exit(0)
    }
    if error is ExitCode {
      exit(EaselCommand.exitCode(for: error).rawValue)
    }
    if isUsageError(error) {
      Console.err(
        message.hasPrefix("Error: ") ? "easel: " + message.dropFirst("Error: ".count) : message)
      exit(2)
    }
    let failure = Failure(error)
    Console.complain(failure)
    exit(failure.exitCode)
  }

  private static func isUsageError(_ error: any Error) -> Bool {
    EaselCommand.exitCode(for: error) == .validationFailure
  }

  /// Names the nearest command where the first word is none, which the parser would not.
  private static func checkCommandNames(
    _ arguments: [String], in root: any ParsableCommand.Type
  ) throws {
    var known = root.configuration.subcommands
    var parents: [String] = []
    for argument in arguments {
      if argument.hasPrefix("-") || known.isEmpty { return }
      if argument == "help" { return }
      guard let found = known.first(where: { $0.configuration.commandName == argument }) else {
        let kind = parents.isEmpty ? "command" : "\(parents.joined(separator: " ")) command"
        throw Failure.unknown(
          kind, argument, known: known.compactMap { $0.configuration.commandName })
      }
      parents.append(argument)
      known = found.configuration.subcommands
    }
  }
}

/// Lets the other threads work until one of them ends the process.
private func dispatchForever() -> Never {
  while true { pause() }
}
