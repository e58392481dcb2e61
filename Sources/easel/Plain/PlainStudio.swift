import ArgumentParser
import EaselApp
import EaselConfig
import EaselKit
import EaselScreen
import EaselStore
import Foundation
import Glibc
import Synchronization

/// The studio without a screen, for screen readers, slow lines and dumb terminals: lines in, lines out, and
/// nothing is ever drawn over.
///
/// A line is painted; a line that begins with `/` is one of the words of `PlainWord`, or a command of `easel`.
/// Everything is done by the same commands that scripts use.
final class PlainStudio: Sendable {
  private let running = Mutex<Task<Void, Never>?>(nil)

  /// Reads lines until the end of input or `/quit`.
  func run() -> Never {
    ProgressLine.speak()
    Interrupts.watch(forgiving: { self.stop() })
    Task.detached {
      await self.talk()
      exit(0)
    }
    while true { pause() }
  }

  /// Ctrl-C: what is being painted. True when there was something.
  private func stop() -> Bool {
    let task = running.withLock { $0 }
    task?.cancel()
    if task == nil { Console.err("\nnothing is being painted; /quit leaves") }
    return true
  }

  private func talk() async {
    var desk = PlainDesk(ConfigFile(path: Paths.current.configFile).read().settings)
    Console.out("Easel \(easelVersion). Type what you want to see; /help says what else there is.")
    while true {
      if isatty(STDIN_FILENO) == 1 { Console.write("> ", STDOUT_FILENO) }
      guard let line = readLine() else { return }
      let text = line.trimmingCharacters(in: .whitespaces)
      guard !text.isEmpty else { continue }
      do {
        switch try desk.take(text) {
        case .quit: return
        case .say(let lines): for line in lines { Console.out(line) }
        case .run(let arguments): await perform(arguments)
        case .describe(let id): try await describe(id)
        }
      } catch {
        Console.complain(Failure(error))
      }
    }
  }

  /// Runs a command as if it stood on the command line; whatever goes wrong is said, and the next line is read.
  private func perform(_ arguments: [String]) async {
    let task = Task {
      do {
        guard var command = try EaselCommand.parsed(arguments) as? any AsyncParsableCommand
        else {
          throw Failure(.badInput, "that is no command here", hint: "/help lists them")
        }
        if let show = command as? ShowCommand { try check(show) }
        try await command.run()
      } catch is CancellationError {
        ProgressLine.clear()
        Console.out("stopped")
      } catch let failure as Failure {
        if failure.code == .cancelled { Console.out("stopped") } else { Console.complain(failure) }
      } catch {
        Console.err(EaselCommand.fullMessage(for: error))
      }
    }
    running.withLock { $0 = task }
    await task.value
    running.withLock { $0 = nil }
  }

  /// Pixels are for a terminal: whoever reads lines through a pipe reads no sixels.
  private func check(_ show: ShowCommand) throws {
    guard !show.format.json, !Console.isOutputTerminal else { return }
    throw Failure(
      .unsupported, "a picture cannot be drawn here: the output is no terminal",
      hint: "/info tells how it was made; `easel show` draws into pipes, too")
  }

  private func describe(_ id: ImageID) async throws {
    let library = try await Desk().openForReading()
    defer { Task { await library.close() } }
    let item = try await library.item(id)
    for line in PlainDesk.words(for: item, file: library.file(of: item)) { Console.out(line) }
  }
}
