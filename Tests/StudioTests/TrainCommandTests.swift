import EaselScreen
import EaselTestSupport
import Foundation
import Testing

@Suite("Training from the command line", .serialized)
struct TrainCommandTests {
  /// A process that trains in the background, and the folder it trains in.
  private func start(_ program: Program, steps: Int, in folder: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: Program.path)
    process.arguments = [
      "train", "vqgan", "--out", folder, "--steps", "\(steps)", "--batch", "1", "--plain",
    ]
    process.environment = ["EASEL_HOME": program.home, "HOME": program.home, "LANG": "C.UTF-8"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private func state(_ program: Program, _ folder: String) throws -> String? {
    try program.run("train", "status", "--out", folder, "--json").objects.first?["state"] as? String
  }

  /// Asks until the run is in `wanted`; false after a minute.
  private func comes(_ wanted: String, _ program: Program, _ folder: String) throws -> Bool {
    for _ in 0..<600 {
      if FileManager.default.fileExists(atPath: folder), try state(program, folder) == wanted {
        return true
      }
      usleep(100_000)
    }
    return false
  }

  @Test(
    "A run is paused, goes on, is stopped with a checkpoint, and is started again by its folder")
  func control() throws {
    let program = try Program()
    defer { program.remove() }
    let folder = program.home + "/run"
    let process = try start(program, steps: 100_000, in: folder)
    defer { if process.isRunning { process.terminate() } }
    try #require(try comes("running", program, folder))
    // The latest run is meant where none is named.
    #expect(try program.run("train", "pause").status == 0)
    try #require(try comes("paused", program, folder))
    // A second trainer in the same folder would ruin the first one's checkpoint.
    let second = try program.run(
      "train", "vqgan", "--out", folder, "--steps", "2", "--batch", "1", "--resume")
    #expect(second.status != 0 && second.errors.contains("is training"), "\(second.errors)")
    #expect(try program.run("train", "resume").status == 0)
    try #require(try comes("running", program, folder))
    #expect(try program.run("train", "stop").status == 0)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try state(program, folder) == "stopped")
    #expect(FileManager.default.fileExists(atPath: folder + "/vqgan.safetensors"))
    // What was typed for one sitting does not make the folder forget the rest.
    let typed = try program.run(
      "train", "--out", folder, "--resume", "--seed", "7", "--minutes", "0.001")
    #expect(typed.status == 0, "\(typed.errors)")
    let stored = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder + "/run.json")))
        as? [String: Any])
    #expect(stored["stage"] as? String == "vqgan" && stored["batch"] as? Int == 1)
    #expect(stored["steps"] as? Int == 100_000 && stored["seed"] as? Int == 7)
    // What is stored says how to go on; what is typed beats it: one step is behind us, so that this
    // ends at once.
    let again = try program.run("train", "resume", "--out", folder, "--steps", "1", "--plain")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try state(program, folder) == "finished")
    let dead = try program.run("train", "pause", "--out", folder)
    #expect(dead.status == 4 && dead.errors.contains("easel train resume"), "\(dead.errors)")
  }

  @Test("A run that was killed is known to be dead, even when its number lives on")
  func stale() throws {
    let program = try Program()
    defer { program.remove() }
    let folder = program.home + "/run"
    let process = try start(program, steps: 100_000, in: folder)
    try #require(try comes("running", program, folder))
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(try state(program, folder) == "killed")
    // The number of a process that lives, with the birth of the one that died.
    let file = folder + "/process"
    var lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    lines[0] = "\(getpid())"
    try lines.joined(separator: "\n").appending("\n")
      .write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try state(program, folder) == "killed")
    #expect(try program.run("train", "stop", "--out", folder).status == 4)
  }

  @Test("Nothing to act on is said, with what to do")
  func nothing() throws {
    let program = try Program()
    defer { program.remove() }
    for word in ["pause", "resume", "stop", "status"] {
      let result = try program.run("train", word)
      #expect(result.status == 4 && result.errors.contains("--out"), "\(word): \(result.errors)")
    }
    let folder = program.home + "/empty"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let result = try program.run("train", "resume", "--out", folder)
    #expect(result.status == 4 && result.errors.contains("--resume"), "\(result.errors)")
    #expect(try program.run("train", "vqgan").status == 2)
  }

  @Test(
    "--resume where no run is begins none",
    arguments: [
      [], ["bpe"], ["vqgan"], ["transformer"], ["upscaler"], ["clip"], ["export"], ["all"],
      ["referee"], ["judge"], ["tune", "--data", "set", "--name", "mine"],
    ])
  func nothingToResume(_ stage: [String]) throws {
    let program = try Program()
    defer { program.remove() }
    // One that is not there, and one that holds something else.
    let other = program.home + "/other"
    try program.write("mine", to: "other/notes.txt")
    for folder in [program.home + "/none", other] {
      let result = try program.run(["train"] + stage + ["--resume", "--out", folder])
      #expect(result.status == 4, "\(result.errors)")
      #expect(
        result.errors.contains(folder) && result.errors.contains("without --resume"),
        "\(result.errors)")
    }
    let files = FileManager.default
    #expect(!files.fileExists(atPath: program.home + "/none"))
    #expect(try files.contentsOfDirectory(atPath: other) == ["notes.txt"])
  }

  @Test("A stage that there is not is said before anything else, with those that there are")
  func unknownStage() throws {
    let program = try Program()
    defer { program.remove() }
    for arguments in [["nonsense"], ["nonsense", "--resume", "--out", program.home + "/run"]] {
      let result = try program.run(["train"] + arguments)
      #expect(result.status == 2 && result.errors.contains("'nonsense'"), "\(result.errors)")
      #expect(result.errors.contains("vqgan") && result.errors.contains("transformer"))
    }
    #expect(try program.run("train", "vqgn").errors.contains("did you mean 'vqgan'?"))
  }

  @Test("A run that ends with all its steps done says that it is trained")
  func whole() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try PseudoTerminal(
      running: Program.path,
      ["train", "vqgan", "--out", program.home + "/run", "--steps", "2", "--batch", "1"],
      environment: ["EASEL_HOME": program.home, "HOME": program.home],
      size: .init(columns: 100, rows: 30), profile: .full)
    try terminal.read(until: "trained; ")
    #expect(try terminal.waitForExit() == .status(0))
    #expect(try state(program, program.home + "/run") == "finished")
  }

  @Test(
    "A terminal shows the run as pictures and is given back when q stops it",
    arguments: ["vqgan", "referee"])
  func live(_ stage: String) throws {
    let program = try Program()
    defer { program.remove() }
    let folder = program.home + "/run"
    let terminal = try PseudoTerminal(
      running: Program.path,
      ["train", stage, "--out", folder, "--steps", "100000", "--batch", "1"],
      environment: ["EASEL_HOME": program.home, "HOME": program.home],
      size: .init(columns: 100, rows: 30), profile: .full)
    try terminal.read(until: "p pause")
    try terminal.read(until: "a picture in sixel") { $0.sixels > 0 }
    terminal.send("p")
    try terminal.read(until: "paused; p goes on")
    terminal.send("pq")
    try terminal.read(until: "easel train resume")
    #expect(try terminal.waitForExit() == .status(0))
    #expect(terminal.isRestored && terminal.isCooked)
    #expect(try state(program, folder) == "stopped")
    // The folder knows what was trained.
    let again = try program.run("train", "resume", "--out", folder, "--steps", "1", "--plain")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try state(program, folder) == "finished")
  }
}
