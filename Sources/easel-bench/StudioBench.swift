import EaselKit
import EaselScreen
import EaselTestSupport
import Foundation

/// The whole program on a pseudo-terminal: what a user waits for.
func measureStudio(_ report: Report) throws {
  let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/easel"
  let clock = ContinuousClock()
  func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    try clock.measure(body) / .milliseconds(1)
  }
  let home = NSTemporaryDirectory() + "easel-bench-" + UUID().uuidString
  try FileManager.default.createDirectory(
    atPath: home + "/config", withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: home) }
  func studio() throws -> PseudoTerminal {
    try PseudoTerminal(
      running: program, environment: ["EASEL_HOME": home],
      size: CellSize(columns: 120, rows: 40))
  }
  func leave(_ terminal: PseudoTerminal) throws {
    terminal.send("\u{3}\u{3}\u{3}")
    _ = try terminal.waitForExit()
  }

  var starts: [Double] = []
  for _ in 0..<7 {
    var terminal: PseudoTerminal?
    starts.append(
      try milliseconds {
        terminal = try studio()
        try terminal?.read(until: "Prompt")
      })
    if let terminal { try leave(terminal) }
  }
  report.add("start_to_first_frame.ms", median(starts), "ms")

  // One painting with the settings of a fresh installation.
  let one = try studio()
  try one.read(until: "Prompt")
  /// From Enter to a picture, whatever stood in the prompt and on the canvas.
  func firstPreview(_ prompt: String) throws -> Double {
    one.send("\u{15}" + prompt)
    try one.read(until: String(prompt.suffix(10)))
    // What was painted before may be sent once more, in another size: that is no preview. Its end is not announced, and
    // the wait lies before what is measured.
    var seen = 0
    repeat {
      seen = one.screen.bytes
      Thread.sleep(forTimeInterval: 0.3)
      one.drain()
    } while one.screen.bytes > seen
    let shown = one.screen.sixels
    one.send("\r")
    return try milliseconds { try one.read(until: "a preview") { $0.sixels > shown } }
  }
  let before = one.screen.sixelBytes
  report.add("first_preview.ms", try firstPreview("a red heart on a white background"), "ms")
  let rest = try milliseconds {
    try one.read(until: "the picture in the history") { $0.contains("#1") }
  }
  report.add("preview_to_stored.ms", rest, "ms")
  // Once more, as after a look at the picture: the model is in memory.
  report.add("first_preview_warm.ms", try firstPreview("a blue boat on a beach"), "ms")
  try one.read(until: "the second picture in the history") { $0.contains("#2") }
  report.add(
    "sixel_bytes_a_picture.bytes",
    Double(one.screen.sixelBytes - before) / Double(max(1, one.screen.sixels)), "bytes")
  if let studio = child(of: one.child) {
    // What a start and a stored picture leave for later says nothing when it is done: it is given time, so that it is
    // not measured as idling. The second wait is the time that is measured.
    Thread.sleep(forTimeInterval: 4)
    let start = cpuTicks(studio)
    Thread.sleep(forTimeInterval: 5)
    report.add("idle_cpu.percent", Double(cpuTicks(studio) - start) / 5, "%")
  }
  try leave(one)

  // Keys while every core paints.
  try Data("steps = 256\ncount = 32\n".utf8).write(to: URL(filePath: home + "/config/config.toml"))
  let busy = try studio()
  try busy.read(until: "Prompt")
  busy.send("a fox\r")
  try busy.read(until: "a preview") { $0.sixels > 1 }
  let arrivals = Arrivals(busy)
  var keys: [Double] = []
  let letters = Array("abcdefghijklmnopqrstuvwxyz")
  for i in 0..<200 {
    // One key, behind letters that make a word of its own each time: what is waited for was not there before.
    let letter = letters[i % 26]
    _ = try arrivals.send("\u{15}") { !$0.contains("zq") }
    _ = try arrivals.send("zq") { $0.contains("zq") }
    keys.append(try arrivals.send("\(letter)") { $0.contains("zq\(letter)") })
  }
  try arrivals.end()
  report.add("key_to_repaint_painting_median.ms", median(keys), "ms")
  report.add("key_to_repaint_painting_p99.ms", keys.sorted()[keys.count * 99 / 100], "ms")
  if let studio = child(of: busy.child), let peak = peakMemory(studio) {
    report.add("memory_painting.mib", peak, "MiB")
  }
  try leave(busy)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// The studio below the guard that was started.
func child(of guardian: Int32) -> Int32? {
  let path = "/proc/\(guardian)/task/\(guardian)/children"
  let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8)
  return text?.split(separator: " ").compactMap { Int32($0) }.first
}

/// User and system time, in hundredths of a second.
func cpuTicks(_ process: Int32) -> Int {
  let text =
    (try? String(contentsOf: URL(filePath: "/proc/\(process)/stat"), encoding: .utf8)) ?? ""
  let fields = text.drop { $0 != ")" }.split(separator: " ")
  guard fields.count > 13 else { return 0 }
  return (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0)
}

/// Largest resident size so far, in MiB.
private func peakMemory(_ process: Int32) -> Double? {
  let path = "/proc/\(process)/status"
  let text = (try? String(contentsOf: URL(filePath: path), encoding: .utf8)) ?? ""
  let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return line?.split(separator: " ").compactMap { Double($0) }.first.map { $0 / 1024 }
}
