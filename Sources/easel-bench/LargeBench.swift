import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Glibc

/// A model of aMUSEd's published 256-pixel size, painted with by the program itself: seconds, memory, and how
/// long it takes to open. Beside it diffusers, where the Python in `EASEL_PYTHON` (or `python3`) has it.
func measureLargeModel(_ report: Report) throws {
  let home = FileManager.default.currentDirectoryPath + "/.build/bench-large"
  let models = home + "/data/models"
  if !FileManager.default.fileExists(atPath: "\(models)/\(LargeModel.name)") {
    print("  making a model of aMUSEd's size in \(models): 1.8 GB, once")
  }
  let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path
  // Of its own process, so that its memory is not counted here.
  _ = try run([CommandLine.arguments[0], "--make-large-model", models], home: home)

  for precision in ["bfloat16", "int8"] {
    let arguments = [
      program + "/easel", "paint", "a red fox in the snow", "--model", LargeModel.name,
      "--precision", precision, "--steps", "12", "--guidance", "10", "--seed", "1", "--no-save",
      "--json",
    ]
    // The first packs the weights.
    _ = try run(arguments, home: home)
    var best = try run(arguments, home: home)
    for _ in 0..<2 {
      let other = try run(arguments, home: home)
      if other.painting < best.painting { best = other }
    }
    let peer =
      precision == "bfloat16" ? diffusers(folder: "\(models)/\(LargeModel.name)") : nil
    report.add("amused256_\(precision)_12_steps.s", best.painting, "s", peer: peer?.seconds)
    report.add("amused256_\(precision)_open_and_exit.s", best.wall - best.painting, "s")
    report.add(
      "amused256_\(precision)_memory.mib", best.peakMiB, "MiB", peer: peer?.memory)
  }

  // From the signal to the end of the program, in the middle of a painting.
  let stops = try [2.0, 2.4, 2.9, 3.3, 3.8].map { seconds in
    try run(
      [
        program + "/easel", "paint", "a red fox", "--model", LargeModel.name, "--precision",
        "bfloat16", "--seed", "1", "--no-save", "--json",
      ], home: home, interruptedAfter: seconds
    ).stopping
  }
  report.add("amused256_stop.ms", (stops.max() ?? 0) * 1e3, "ms")

  let folder = "\(models)/\(LargeModel.name)/vqvae"
  let decoder = try VQModel(
    readConfiguration(path: folder + "/config.json"),
    ParameterSource(path: folder + "/diffusion_pytorch_model.safetensors"))
  let ids = (0..<256).map { Int32($0 * 31 % 8192) }
  let clock = ContinuousClock()
  var best = Double.infinity
  for _ in 0..<4 {
    best = min(
      best,
      clock.measure { Recording.off { _ = decoder.decode(ids: ids, batch: 1) } } / .seconds(1))
  }
  report.add("amused256_decode.s", best, "s")
}

private struct Run {
  var wall = 0.0, painting = 0.0, peakMiB = 0.0
  /// From the interrupt to the end.
  var stopping = 0.0
}

/// Runs a program to its end; what it took, and what its JSON says of the painting.
private func run(
  _ arguments: [String], home: String, interruptedAfter seconds: Double? = nil
) throws -> Run {
  let output = NSTemporaryDirectory() + "easel-bench-\(getpid()).json"
  defer { unlink(output) }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(
    &actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  let environment = ProcessInfo.processInfo.environment.merging(["EASEL_HOME": home]) { $1 }
  var argv = arguments.map { strdup($0) } + [nil]
  var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for text in argv + envp { free(text) } }
  var pid = pid_t()
  let clock = ContinuousClock(), start = clock.now
  guard posix_spawnp(&pid, arguments[0], &actions, nil, &argv, &envp) == 0 else {
    throw Failure(.notFound, "\(arguments[0]) cannot be run")
  }
  var signalled = start
  if let seconds {
    // The point is to interrupt at any moment of a painting; nothing announces one.
    Thread.sleep(forTimeInterval: seconds)
    signalled = clock.now
    kill(pid, SIGINT)
  }
  var status: Int32 = 0
  var usage = rusage()
  let isEnded = wait4(pid, &status, 0, &usage) == pid
  guard isEnded, status == 0 || (seconds != nil && status >> 8 & 0xFF == 130) else {
    throw Failure(.internalError, "\(arguments.prefix(2).joined(separator: " ")) failed")
  }
  var run = Run(wall: (clock.now - start) / .seconds(1))
  run.stopping = (clock.now - signalled) / .seconds(1)
  run.peakMiB = Double(usage.ru_maxrss) / 1024
  let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
  if let data = text.split(separator: "\n").first?.data(using: .utf8),
    let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
  {
    run.painting = object["seconds"] as? Double ?? 0
  }
  return run
}

/// Seconds and memory of diffusers for the same picture in bfloat16; nil where it is not installed.
private func diffusers(
  folder: String
) -> (seconds: (name: String, value: Double), memory: (name: String, value: Double))? {
  let python = ProcessInfo.processInfo.environment["EASEL_PYTHON"] ?? "python3"
  let process = Process(), pipe = Pipe()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [python, "Tests/Golden/time_amused.py", folder]
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0,
    let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
    let name = object["name"] as? String, let seconds = object["seconds"] as? Double,
    let memory = object["mib"] as? Double
  else { return nil }
  return ((name, seconds), (name, memory))
}
