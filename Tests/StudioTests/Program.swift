import EaselScreen
import EaselTestSupport
import Foundation
import Testing

/// The built program with a home of its own.
struct Program {
  /// The program that was built together with these tests.
  static let path: String = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    #if DEBUG
      return root + "/.build/debug/easel"
    #else
      return root + "/.build/release/easel"
    #endif
  }()

  let home: String
  /// What the program finds in its environment besides its home.
  var environment: [String: String] = [:]

  init() throws {
    home = NSTemporaryDirectory() + "easel-studio-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: home) }

  func write(_ text: String, to name: String) throws {
    let path = URL(filePath: "\(home)/\(name)")
    try FileManager.default.createDirectory(
      at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: path)
  }

  /// Discs of 64×64 pixels with a caption each: to train with them the program need not read its sprites.
  func drawPictures(_ count: Int, in folder: String, caption: (Int) -> String) throws {
    for i in 0..<count {
      var file = Array("P6 64 64 255\n".utf8)
      for y in 0..<64 {
        for x in 0..<64 {
          let isInside = (x - 20 - i) * (x - 20 - i) + (y - 32) * (y - 32) < 200 + 20 * i
          file += isInside ? [UInt8(120 + 8 * i), 40, 90] : [230, UInt8(240 - 9 * i), 200]
        }
      }
      try write(caption(i) + "\n", to: "\(folder)/\(i).txt")
      try Data(file).write(to: URL(filePath: "\(home)/\(folder)/\(i).ppm"))
    }
  }

  struct Result {
    var status: Int32
    var output: Data
    var errors: String
    var text: String { String(decoding: output, as: UTF8.self) }
    /// One object a line.
    var objects: [[String: Any]] {
      text.split(separator: "\n").compactMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
    }
  }

  /// Runs the program to its end, away from any terminal.
  func run(_ arguments: String...) throws -> Result { try run(arguments) }

  /// `input`: what it reads; nothing where nil.
  func run(_ arguments: [String], input: String? = nil) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: Self.path)
    process.arguments = arguments
    process.environment = [
      "EASEL_HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": home,
    ].merging(environment) { $1 }
    let files = (out: home + "/stdout", err: home + "/stderr")
    for file in [files.out, files.err] {
      _ = FileManager.default.createFile(atPath: file, contents: nil)
    }
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: files.out))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: files.err))
    if let input {
      try Data(input.utf8).write(to: URL(filePath: home + "/stdin"))
      process.standardInput = try FileHandle(forReadingFrom: URL(filePath: home + "/stdin"))
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: try Data(contentsOf: URL(filePath: files.out)),
      errors: String(decoding: try Data(contentsOf: URL(filePath: files.err)), as: UTF8.self))
  }

  /// Waits until the history has so many pictures.
  func waitForPictures(_ count: Int, while terminal: PseudoTerminal) throws {
    try terminal.read(until: "\(count) pictures in the history", polling: true) { _ in
      (try? run("history", "--json").objects.count) == count
    }
  }

  /// Opens the studio on a pseudo-terminal.
  func studio(
    columns: Int = 100, rows: Int = 30, profile: TerminalProfile = .full, _ arguments: String...
  ) throws -> PseudoTerminal {
    try PseudoTerminal(
      running: Self.path, arguments,
      environment: ["EASEL_HOME": home, "HOME": home].merging(environment) { $1 },
      size: .init(columns: columns, rows: rows), profile: profile)
  }
}

extension PseudoTerminal {
  /// The studio itself, which runs below its guard.
  func studio() throws -> pid_t {
    let children = try String(
      contentsOf: URL(filePath: "/proc/\(child)/task/\(child)/children"), encoding: .utf8)
    return try #require(children.split(separator: " ").compactMap { pid_t($0) }.first)
  }
}
