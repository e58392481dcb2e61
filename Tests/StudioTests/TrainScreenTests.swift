import EaselTestSupport
import Foundation
import Testing

@Suite("Training from the studio", .serialized)
struct TrainScreenTests {
  /// Ends the process that trains in `folder`, should it still be there.
  private func end(_ folder: String) {
    guard let text = try? String(contentsOfFile: folder + "/process", encoding: .utf8),
      let number = text.split(separator: "\n").first.flatMap({ Int32($0) }), number > 1
    else { return }
    kill(number, SIGKILL)
  }

  /// Twenty small pictures with captions, which are read in a moment.
  private func writePictures(_ program: Program, to folder: String) throws {
    for n in 0..<20 {
      let colour = [UInt8(n * 12), UInt8(255 - n * 12), UInt8(n % 3 * 120)]
      let pixels = (0..<64 * 64).flatMap { i in i / 64 < n * 3 ? colour : [240, 240, 240] }
      try program.write("a bird of colour \(n)\n", to: "\(folder)/\(n).txt")
      try (Data("P6 64 64 255\n".utf8) + Data(pixels))
        .write(to: URL(filePath: "\(program.home)/\(folder)/\(n).ppm"))
    }
  }

  private func leave(_ terminal: PseudoTerminal) throws {
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
    #expect(terminal.isRestored && terminal.isCooked)
  }

  private func state(_ program: Program, _ folder: String) throws -> String? {
    try program.run("train", "status", "--out", folder, "--json").objects.first?["state"] as? String
  }

  @Test(
    "A run is started, seen, paused, outlives the studio, is stopped with a checkpoint and taken up again"
  )
  func wholeRun() throws {
    let program = try Program()
    defer { program.remove() }
    let folder = program.home + "/state/runs/vqgan"
    defer { end(folder) }
    try writePictures(program, to: "birds")
    var terminal = try program.studio()
    terminal.patience = 120
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}4")
    try terminal.read(until: "tune with my own")
    // To the picture tokenizer, its data, and past the folder to steps and batch.
    terminal.send("ll\t\(program.home)/birds")
    try terminal.read(until: "20 pictures")
    try terminal.read(until: "state/runs/vqgan")
    terminal.send("\t\t100000\t1\r")
    try terminal.read(until: "Running: vqgan")
    try terminal.read(until: "its curves as a picture") { $0.sixels > 0 }
    #expect(terminal.screen.contains("/100000"))
    terminal.send("p")
    try terminal.read(until: "paused, with a checkpoint")
    #expect(FileManager.default.fileExists(atPath: folder + "/vqgan.safetensors"))
    terminal.send("p")
    try terminal.read(until: "Running: vqgan")
    try leave(terminal)

    #expect(try state(program, folder) == "running")
    terminal = try program.studio()
    terminal.patience = 120
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}4")
    try terminal.read(until: "Running: vqgan")
    terminal.send("x")
    try terminal.read(until: "Stopped: vqgan")
    #expect(try state(program, folder) == "stopped")
    terminal.send("r")
    try terminal.read(until: "Running: vqgan")
    terminal.send("x")
    try terminal.read(until: "Stopped: vqgan")
    try leave(terminal)
    let stored = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder + "/run.json")))
        as? [String: Any])
    #expect(stored["steps"] as? Int == 100_000 && stored["batch"] as? Int == 1)
  }

  @Test("What is wrong with the data is said: a path at once, pictures in the words of the process")
  func refused() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try program.studio(columns: 80, rows: 24, profile: .plain)
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}4")
    try terminal.read(until: "tune with my own")
    terminal.send("\t\(program.home)/birds")
    try terminal.read(until: "nothing is there")
    // A picture that is none, without a caption.
    try program.write("nothing", to: "birds/wren.png")
    terminal.send("\u{7F}s")
    try terminal.read(until: "1 picture")
    terminal.send("\r")
    let words = try program.run(
      "train", "tune", "--data", program.home + "/birds", "--out", program.home + "/run", "--plain")
    let what = try #require(
      words.errors.split(separator: "\n").last { $0.hasPrefix("easel: ") }?.dropFirst(7))
    try terminal.read(until: String(what.prefix(60)))
    try leave(terminal)
  }
}
