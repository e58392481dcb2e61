import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Glibc

/// Memory of the process after 20 and after 200 small steps, with other data in each: a run of days must
/// not grow.
func measureMemory(_ report: Report, _ scenes: SceneSource) throws {
  var random = SplitMix64(seed: 9)
  let small = TrainingCase(name: "painter", stage: .transformer, recipe: .scenes, batch: 4)
  let painter = try small.painterTrainer(.fastest), codes = TrainingRecipe.scenes.codes
  try measureGrowth("painter", report) { _ in
    // Masks differ from step to step, and with them the sizes of the largest tensors.
    var batch = small.painterBatch()
    for i in batch.codes.indices { batch.codes[i] = Int32(random.nextInt(codes)) }
    _ = painter.train(batch)
  }
  let tokenizer = try TrainingCase(
    name: "vqgan", stage: .vqgan, recipe: .scenes, batch: 2
  ).tokenizerTrainer()
  try measureGrowth("vqgan_with_critic", report) { step in
    _ = tokenizer.train(
      (0..<2).map { scenes.picture(index: step * 2 + $0, size: TrainingRecipe.scenes.pixels) })
  }
}

private func measureGrowth(
  _ name: String, _ report: Report, _ step: (Int) -> Void
) throws {
  var resident: [Double] = []
  for i in 1...200 {
    step(i)
    if i == 20 || i == 200 { resident.append(try residentMiB()) }
  }
  report.add("\(name)_after_200_steps.mib", resident[1], "MiB")
  report.add("\(name)_memory_growth.ratio", resident[1] / resident[0], "of 20 steps'")
}

/// Pages of this process in memory (`/proc/self/statm`, field 2).
private func residentMiB() throws -> Double {
  let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
  guard fields.count > 1, let pages = Double(fields[1]) else {
    throw Failure(.unsupported, "/proc/self/statm does not tell the memory")
  }
  return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
}

/// What going on costs: from `easel train resume` to the end of the first step, with the painter that Easel's
/// recipe trains, less what a later step takes. The program starts, reads both checkpoints, judges nothing and takes
/// a step, which is the first to touch its memory.
func measureResuming(_ report: Report) throws {
  let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/easel"
  let home = NSTemporaryDirectory() + "easel-bench-" + UUID().uuidString
  let run = home + "/run"
  try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: home) }

  func train(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = ["train"] + arguments + ["--out", run, "--plain"]
    process.environment = ProcessInfo.processInfo.environment.merging(["EASEL_HOME": home]) { $1 }
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    return (process, output)
  }
  // A line is printed at every twentieth step, so one step is missing.
  let stages = [
    ["bpe"], ["vqgan", "--resume", "--steps", "1", "--batch", "1"],
    ["transformer", "--resume", "--steps", "19", "--batch", "1", "--pool", "64"],
  ]
  for stage in stages {
    let (process, output) = try train(stage)
    _ = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(.internalError, "easel train \(stage[0]) failed")
    }
  }
  var seconds: [Double] = [], cpu: [Double] = []
  for _ in 0..<3 {
    let clock = ContinuousClock(), start = clock.now
    let (process, output) = try train(["resume", "--steps", "100", "--batch", "16"])
    let line = output.fileHandleForReading.availableData
    let first = ((clock.now - start) / .seconds(1), Double(cpuTicks(process.processIdentifier)))
    _ = output.fileHandleForReading.availableData
    let later = ((clock.now - start) / .seconds(1), Double(cpuTicks(process.processIdentifier)))
    // Twenty steps lie between the two lines.
    seconds.append(first.0 - (later.0 - first.0) / 20)
    cpu.append((first.1 - (later.1 - first.1) / 20) / 100)
    // Nothing was saved since: the next try begins at the same step.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    guard String(decoding: line, as: UTF8.self).contains("20/100") else {
      throw Failure(.internalError, "easel train resume did not go on at step 19")
    }
  }
  report.add("painter_resume.s", median(seconds), "s")
  report.add("painter_resume.cpu_s", median(cpu), "s of CPU")
}
