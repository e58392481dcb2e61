import Foundation

/// How quick a step was.
struct TrainingPace: Sendable {
  /// Pictures a second of a clock.
  var perSecond: Double
  /// Time of all threads together for a picture, which other work on the machine changes less.
  var cpuMilliseconds: Double
}

/// PyTorch, which trains the same models beside Easel: `Tests/Golden/time_training.py` in a process that
/// waits between the steps that are asked of it.
final class TrainingPeer {
  enum Precision: String, CaseIterable { case fp32, bfloat16 }
  struct Answer: Decodable {
    var name: String
    var pace: TrainingPace
    enum CodingKeys: String, CodingKey {
      case name
      case perSecond = "images_per_s"
      case cpuMilliseconds = "cpu_ms_an_image"
    }
    init(from decoder: any Decoder) throws {
      let c = try decoder.container(keyedBy: CodingKeys.self)
      name = try c.decode(String.self, forKey: .name)
      pace = TrainingPace(
        perSecond: try c.decode(Double.self, forKey: .perSecond),
        cpuMilliseconds: try c.decode(Double.self, forKey: .cpuMilliseconds))
    }
  }

  private let process = Process()
  private let questions = Pipe(), answers = Pipe()
  private var rest = Data()

  /// - Parameter folder: where `TrainingCase.write` put the cases.
  /// nil where the Python in `EASEL_PYTHON` (or `python3`) does not have what the script needs.
  init?(folder: String) {
    let python = ProcessInfo.processInfo.environment["EASEL_PYTHON"] ?? "python3"
    let probe = Process()
    probe.executableURL = URL(filePath: "/usr/bin/env")
    probe.arguments = [python, "-c", "import torch, diffusers, transformers"]
    probe.standardOutput = FileHandle.nullDevice
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return nil }
    probe.waitUntilExit()
    guard probe.terminationStatus == 0 else { return nil }
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, "Tests/Golden/time_training.py", folder]
    process.standardInput = questions
    process.standardOutput = answers
    guard (try? process.run()) != nil else { return nil }
  }

  /// Takes steps of a case; nil once the process is gone, whose own words are on the terminal then.
  func train(_ name: String, _ precision: Precision, steps: Int = 1) -> Answer? {
    guard process.isRunning else { return nil }
    let question = Data("\(name) \(precision.rawValue) \(steps)\n".utf8)
    guard (try? questions.fileHandleForWriting.write(contentsOf: question)) != nil,
      let line = nextLine()
    else { return nil }
    return try? JSONDecoder().decode(Answer.self, from: line)
  }

  private func nextLine() -> Data? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        defer { rest = Data(rest[(end + 1)...]) }
        return rest[..<end]
      }
      let more = answers.fileHandleForReading.availableData
      guard !more.isEmpty else { return nil }
      rest += more
    }
  }

  /// The end of its input ends it.
  func close() {
    try? questions.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
