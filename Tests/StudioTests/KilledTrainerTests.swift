import Foundation
import Testing

@Suite("A trainer that is killed", .serialized)
struct KilledTrainerTests {
  private static let steps = 40

  @Test(
    "Killed between checkpoints and while it writes one, a run ends with the very same tensors")
  func kill() throws {
    let program = try Program()
    defer { program.remove() }
    try program.drawPictures(16, in: "discs") { "a disc, number \($0)" }
    let whole = program.home + "/whole", killed = program.home + "/killed"
    let undisturbed = try start(program, whole)
    undisturbed.waitUntilExit()
    #expect(undisturbed.terminationStatus == 0)

    let first = try start(program, killed)
    defer { if first.isRunning { Foundation.kill(first.processIdentifier, SIGKILL) } }
    let checkpoint = killed + "/vqgan.safetensors"
    // Two steps at least, so that a run that began anew would show itself.
    try comes("a checkpoint of two steps") {
      askToSave(killed)
      return (step(of: checkpoint) ?? 0) >= 2
    }
    // Some steps more, which are lost.
    usleep(60_000)
    Foundation.kill(first.processIdentifier, SIGKILL)
    first.waitUntilExit()
    let kept = try #require(step(of: checkpoint))
    try #require(kept < Self.steps, "the run was over before it could be killed")

    let second = try start(program, killed, "--resume")
    defer { if second.isRunning { Foundation.kill(second.processIdentifier, SIGKILL) } }
    try stopWhileWriting(second, killed, checkpoint)
    Foundation.kill(second.processIdentifier, SIGKILL)
    second.waitUntilExit()
    let begun = try #require(step(of: checkpoint + ".partial"), "nothing half written was left")
    #expect(begun > kept, "the run went on from step \(begun), not from \(kept)")
    #expect(try #require(step(of: checkpoint)) >= kept, "the checkpoint before is not intact")

    let third = try start(program, killed, "--resume")
    third.waitUntilExit()
    #expect(third.terminationStatus == 0)
    #expect(!FileManager.default.fileExists(atPath: checkpoint + ".partial"))
    let a = try Tensors(whole + "/vqgan.safetensors"), b = try Tensors(checkpoint)
    #expect(a.step == Self.steps && b.step == Self.steps)
    #expect(a.named.count > 100 && Set(a.named.keys) == Set(b.named.keys))
    let different = a.named.keys.filter { a.named[$0] != b.named[$0] }.sorted()
    #expect(
      different.isEmpty, "\(different.count) tensors differ, the first is \(different.first ?? "")")
  }

  /// A process that trains, for the last steps against the critic too.
  private func start(_ program: Program, _ folder: String, _ more: String...) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: Program.path)
    process.arguments =
      [
        "train", "vqgan", "--data", program.home + "/discs", "--out", folder, "--steps",
        "\(Self.steps)", "--batch", "1", "--plain",
      ] + more
    process.environment = ["EASEL_HOME": program.home, "HOME": program.home, "LANG": "C.UTF-8"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// The word for it in the run's folder; it is taken away when it is done.
  private func askToSave(_ folder: String) {
    let word = folder + "/ask-save"
    if FileManager.default.fileExists(atPath: folder),
      !FileManager.default.fileExists(atPath: word)
    {
      _ = FileManager.default.createFile(atPath: word, contents: nil)
    }
  }

  private func comes(_ what: String, _ condition: () -> Bool) throws {
    let end = Date(timeIntervalSinceNow: 120)
    while !condition() {
      try #require(Date() < end, "\(what) never came")
      usleep(1000)
    }
  }

  /// Stops the process in the middle of a checkpoint: part of it is written, and it is not yet in its
  /// place. One that got away lets the run go on to the next.
  private func stopWhileWriting(
    _ process: Process, _ folder: String, _ checkpoint: String
  ) throws {
    let partial = checkpoint + ".partial", id = process.processIdentifier
    try comes("a checkpoint half written") {
      guard process.isRunning else { return true }
      askToSave(folder)
      // Looked for without a rest: the whole file takes some milliseconds.
      let end = Date(timeIntervalSinceNow: 0.05)
      while Date() < end {
        guard size(of: partial) > 100_000 else { continue }
        Foundation.kill(id, SIGSTOP)
        while state(of: id) != "T", process.isRunning { usleep(100) }
        if size(of: partial) > 100_000 { return true }
        Foundation.kill(id, SIGCONT)
      }
      return false
    }
    try #require(process.isRunning, "the run was over before it could be killed")
  }

  private func size(of path: String) -> Int {
    var found = stat()
    return stat(path, &found) == 0 ? Int(found.st_size) : 0
  }

  /// The letter by which the system tells what a process does.
  private func state(of process: Int32) -> Character? {
    let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return text?.split(separator: ") ").last?.first
  }

  /// Of a checkpoint that need not be whole.
  private func step(of path: String) -> Int? { (try? Tensors(path, isWhole: false))?.step }
}

/// The tensors of a safetensors file as bytes, read without the program's own reader: eight bytes with
/// the length of a JSON object, that object, the values.
private struct Tensors {
  var step: Int
  var named: [String: Data] = [:]

  init(_ path: String, isWhole: Bool = true) throws {
    let data = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard data.count > 8 + length,
      let header = try JSONSerialization.jsonObject(with: data[8..<8 + length])
        as? [String: [String: Any]],
      let step = (header["__metadata__"]?["step"] as? String).flatMap({ Int($0) })
    else { throw CocoaError(.fileReadCorruptFile) }
    self.step = step
    guard isWhole else { return }
    for (name, entry) in header where name != "__metadata__" {
      let offsets = try #require(entry["data_offsets"] as? [Int])
      named[name] = data[8 + length + offsets[0]..<8 + length + offsets[1]]
    }
  }
}
