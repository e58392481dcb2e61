import EaselTestSupport
import Foundation
import Testing

/// A hub on this machine whose repository is a copy of the model that came with Easel.
private struct HubStage {
  let server = FileServer()
  let repository: String
  /// The largest file, and where it is asked for.
  private(set) var largest = ""
  private(set) var largestBytes = 0

  static let shipped = URL(filePath: Program.path).deletingLastPathComponent()
    .appending(path: "easel_EaselMuse.resources/Models/scenes").path

  init(_ repository: String) throws {
    self.repository = repository
    let paths = try #require(FileManager.default.enumerator(atPath: Self.shipped)?.allObjects)
    var tree: [String] = []
    for case let path as String in paths {
      var isFolder: ObjCBool = false
      let full = "\(Self.shipped)/\(path)"
      guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      let bytes = Array(try Data(contentsOf: URL(filePath: full)))
      let place = "/\(repository)/resolve/f00d/\(path)"
      server[place] = .init(bytes, etag: "\"\(bytes.count)\"")
      var entry = "{\"type\": \"file\", \"path\": \"\(path)\", \"size\": \(bytes.count)"
      if path.hasSuffix(".safetensors") {
        entry += ", \"lfs\": {\"oid\": \"\(try Self.sha256(full))\", \"size\": \(bytes.count)}"
        if bytes.count > largestBytes { (largest, largestBytes) = (place, bytes.count) }
      }
      tree.append(entry + "}")
    }
    server["/api/models/\(repository)"] = .init(Array("{\"sha\": \"f00d\"}".utf8))
    server["/api/models/\(repository)/tree/f00d"] = .init(
      Array("[\(tree.joined(separator: ","))]".utf8))
  }

  private static func sha256(_ path: String) throws -> String {
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/sha256sum")
    process.arguments = [path]
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output.prefix(64), as: UTF8.self)
  }

  func slow(_ milliseconds: UInt32) { server[largest]?.pauseMilliseconds = milliseconds }

  /// Bytes of the largest file that have arrived.
  func arrived(_ program: Program) -> Int {
    let folder = program.home + "/data/models/.installing"
    let paths = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
    let name = (largest as NSString).lastPathComponent + ".part"
    let below = ((largest as NSString).deletingLastPathComponent as NSString).lastPathComponent
    return paths.filter { $0.hasSuffix("\(below)/\(name)") }.map { path in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
      return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }.max() ?? 0
  }
}

@Suite("Installing models", .serialized)
struct ModelsTests {
  @Test(
    "A killed installation leaves no model, goes on where it stopped, and what is there is checked")
  func killed() throws {
    var program = try Program()
    defer { program.remove() }
    let hub = try HubStage("painters/small")
    program.environment["HF_ENDPOINT"] = hub.server.address
    hub.slow(20)
    let process = Process()
    process.executableURL = URL(filePath: Program.path)
    process.arguments = ["models", "install", "painters/small"]
    process.environment = [
      "EASEL_HOME": program.home, "HOME": program.home, "LANG": "C.UTF-8",
      "HF_ENDPOINT": hub.server.address,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while hub.arrived(program) < 1 << 20, process.isRunning { usleep(5_000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    let part = hub.arrived(program)
    #expect(part >= 1 << 20 && part < hub.largestBytes)
    #expect(
      try program.run("models", "--json").objects.map { $0["model"] as? String } == ["scenes"])

    hub.slow(0)
    hub.server.forgetRequests()
    let installed = try program.run("models", "install", "painters/small", "--json")
    #expect(installed.status == 0, "\(installed.errors)")
    let object = try #require(installed.objects.first)
    #expect(object["model"] as? String == "small")
    #expect(object["resumed_bytes"] as? Int ?? 0 >= part)
    #expect(object["checked_files"] as? Int ?? 0 >= 3)
    let asked = hub.server.requests(of: hub.largest)
    #expect(asked.map { $0.headers["range"] } == ["bytes=\(part)-"])
    #expect(asked.map(\.sent) == [hub.largestBytes - part])

    let names = try program.run("models", "--json").objects.map { $0["model"] as? String ?? "" }
    #expect(Set(names) == ["scenes", "small"])
    let sound = try program.run("models", "verify", "small", "--json").objects.first
    #expect(sound?["sound"] as? Bool == true && sound?["digests"] as? Bool == true)
    let painted = try program.run(
      "paint", "a red heart", "--model", "small", "--size", "64x64", "--steps", "2", "--no-save",
      "-o", program.home + "/heart.png")
    #expect(painted.status == 0, "\(painted.errors)")

    // One bit.
    let file = program.home + "/data/models/small/transformer/diffusion_pytorch_model.safetensors"
    var bytes = try Data(contentsOf: URL(filePath: file))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(filePath: file))
    let damaged = try program.run("models", "verify", "small")
    #expect(damaged.status == 1 && damaged.text.contains("transformer/"))
    #expect(try program.run("models", "verify", "scenes").status == 0)

    #expect(try program.run("models", "install", "painters/small").status == 2)
    #expect(try program.run("models", "remove", "small").status == 0)
    #expect(try program.run("models", "verify", "small").status == 4)
    #expect(try program.run("models", "restore", "small").status == 0)
    #expect(try program.run("models", "verify", "small").status == 1)
    let shipped = try program.run("models", "remove", "scenes")
    #expect(shipped.status == 2 && shipped.errors.contains("came with Easel"))
  }

  @Test("Archives and single files are installed; what is none, and who does not answer, is said")
  func sources() throws {
    var program = try Program()
    defer { program.remove() }
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = [
      "tar", "cf", program.home + "/drawn.tar", "-C",
      URL(filePath: HubStage.shipped).deletingLastPathComponent().path, "./scenes",
    ]
    try tar.run()
    tar.waitUntilExit()
    #expect(try program.run("models", "install", program.home + "/drawn.tar").status == 0)
    let one = program.home + "/one.safetensors"
    #expect(try program.run("models", "export", "drawn", "--to", one).status == 0)
    let server = FileServer()
    server["/files/one.safetensors"] = .init(Array(try Data(contentsOf: URL(filePath: one))))
    let address = server.address + "/files/one.safetensors"
    let installed = try program.run("models", "install", address + "?key=1", "--name", "single")
    #expect(installed.status == 0 && installed.errors.contains("contacts 127.0.0.1"))
    let all = try program.run("models", "verify", "--json").objects
    #expect(Set(all.compactMap { $0["model"] as? String }) == ["drawn", "single", "scenes"])
    #expect(all.allSatisfy { $0["sound"] as? Bool == true })
    #expect(try program.run("models", "remove", "single").status == 0)
    #expect(try program.run("models", "restore", "single").status == 0)
    #expect(try program.run("models", "verify", "single").status == 0)

    #expect(try program.run("models", "install", "nothing-here").status == 4)
    #expect(try program.run("models", "install", server.address + "/x.tar").status == 4)
    program.environment["HF_ENDPOINT"] = "http://127.0.0.1:1"
    #expect(try program.run("models", "install", "amused-256").status == 3)
    program.environment["HF_ENDPOINT"] = "nonsense"
    #expect(try program.run("models", "install", "amused-256").status == 2)
  }

  @Test(
    "In the studio: asked before a server is, stopped, gone on with, checked, painted with, removed, back"
  )
  func screen() throws {
    var program = try Program()
    defer { program.remove() }
    let hub = try HubStage("amused/amused-256")
    program.environment["HF_ENDPOINT"] = hub.server.address
    hub.slow(40)
    let terminal = try program.studio(columns: 110, rows: 34)
    terminal.patience = 120
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}3")
    try terminal.read(until: "not installed")
    terminal.send("j")
    try terminal.read(until: "873 M parameters")
    try terminal.read(until: "Enter install")
    terminal.send("\r")
    try terminal.read(until: "Easel contacts 127.0.0.1")
    #expect(hub.server.requests.isEmpty)
    try terminal.read(until: "Esc not now")
    terminal.send("\u{1B}")
    try terminal.read(until: "nothing was asked of anybody")
    #expect(hub.server.requests.isEmpty)
    terminal.send("\r")
    try terminal.read(until: "Easel contacts 127.0.0.1")
    terminal.send("\r")
    try terminal.read(until: "a part of the largest file", polling: true) { _ in
      hub.arrived(program) > 1 << 20
    }
    try terminal.read(until: "x stop")
    terminal.send("x")
    try terminal.read(until: "are here; i goes on")
    #expect(!FileManager.default.fileExists(atPath: program.home + "/data/models/amused-256"))
    hub.slow(0)
    hub.server.forgetRequests()
    terminal.send("i")
    try terminal.read(until: "Easel contacts 127.0.0.1")
    terminal.send("i")
    try terminal.read(until: "amused-256 is installed")
    #expect(
      hub.server.requests(of: hub.largest).first?.headers["range"]?.hasPrefix("bytes=") == true)
    try terminal.read(until: "d remove")
    terminal.send("v")
    try terminal.read(until: "amused-256 is sound")
    terminal.send("d")
    try terminal.read(until: "amused-256 is in the trash")
    try terminal.read(until: "↓ amused-256")
    terminal.send("u")
    try terminal.read(until: "amused-256 is back")
    // The cursor goes to it with the new list; until then Enter would take the other one.
    try terminal.read(until: "the list with it") { !$0.contains("↓ amused-256") }
    try terminal.read(until: "Enter paint with it")
    terminal.send("\r")
    try terminal.read(until: "painting with built-in · amused-256")
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
    #expect(terminal.isRestored && terminal.isCooked)
    #expect(terminal.screen.unknown.isEmpty)
  }

  @Test("A folder that is typed is installed at once; one that is no model says so")
  func typed() throws {
    let program = try Program()
    defer { program.remove() }
    let terminal = try program.studio(columns: 80, rows: 24, profile: .plain)
    terminal.patience = 60
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}3")
    try terminal.read(until: "not installed")
    terminal.send("+/nowhere/at/all\r")
    try terminal.read(until: "there is no file or folder")
    terminal.send("\u{1B}")
    try FileManager.default.copyItem(atPath: HubStage.shipped, toPath: program.home + "/twin")
    try terminal.read(until: "Esc cancel")
    terminal.send("\u{15}\(program.home)/twin\r")
    try terminal.read(until: "twin is installed")
    terminal.send("\u{3}\u{3}")
    #expect(try terminal.waitForExit() == .status(0))
  }
}
