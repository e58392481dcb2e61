import EaselImaging
import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Glibc

/// Steps of training on all cores: what a day of it amounts to, beside PyTorch where it is installed.
func measureTraining(_ report: Report) throws {
  let scenes = SceneSource(sprites: try SceneSprites(decode: { try decodeDrawing($0) }))
  try withMemoryOfTraining {
    measureDrawing(report, scenes)
    let folder = FileManager.default.currentDirectoryPath + "/.build/bench-train"
    for job in TrainingCase.all { try job.write(to: folder) }
    let peer = TrainingPeer(folder: folder)
    defer { peer?.close() }
    for job in TrainingCase.all {
      try compare(job, peer, scenes, report)
      TensorMemory.trim()
    }
  }
}

/// What a run costs in memory, and how soon one that stopped goes on.
func measureSitting(_ report: Report) throws {
  let scenes = SceneSource(sprites: try SceneSprites(decode: { try decodeDrawing($0) }))
  try withMemoryOfTraining {
    try measureMemory(report, scenes)
    try measureResuming(report)
  }
}

/// Keeps as much freed memory at hand as a run of training does.
private func withMemoryOfTraining(_ body: () throws -> Void) rethrows {
  TensorMemory.keep(atMost: 6 << 30)
  defer {
    TensorMemory.keep(atMost: 192 << 20)
    TensorMemory.trimAll()
  }
  try body()
}

private func measureDrawing(_ report: Report, _ scenes: SceneSource) {
  let count = 256
  let seconds = (0..<4).map { round in
    ContinuousClock().measure {
      for i in 0..<count {
        _ = scenes.picture(index: round * count + i, size: TrainingRecipe.scenes.pixels)
      }
    } / .seconds(1)
  }
  report.add(
    "scenes_one_core.per_s", Double(count) / median(seconds), "pictures/s", better: .higher)
}

/// Pictures a second and CPU time for one: medians of rounds in which each side takes one step after the
/// other, so that what else the machine does is in both. One figure with fp32 on both sides, and one with what
/// Easel trains with, beside PyTorch's best.
private func compare(
  _ job: TrainingCase, _ peer: TrainingPeer?, _ scenes: SceneSource, _ report: Report
) throws {
  let steppers = try job.precisions.map { try job.stepper($0, scenes) }
  let precisions = TrainingPeer.Precision.allCases
  var own = [[TrainingPace]](repeating: [], count: steppers.count)
  var others = [[TrainingPace]](repeating: [], count: precisions.count)
  var names = [String](repeating: "", count: precisions.count)
  // The first round fills pools and caches.
  for round in 0..<6 {
    for (i, precision) in precisions.enumerated() {
      if i < steppers.count {
        let pace = pace(of: job.batch, steppers[i])
        if round > 0 { own[i].append(pace) }
      }
      // What is far slower is not asked for again.
      if round > 1, let best = others[0].last, let own = others[i].last,
        own.perSecond < 0.7 * best.perSecond
      {
        continue
      }
      if let answer = peer?.train(job.name, precision) {
        names[i] = answer.name
        if round > 0 { others[i].append(answer.pace) }
      }
    }
  }
  let ours = own.map(middle)
  let theirs = zip(names, others).compactMap { name, paces in
    paces.isEmpty ? nil : (name: name, pace: middle(paces))
  }
  // Both list fp32 first.
  add("\(job.name)_fp32", ours.first, theirs.first, to: report)
  add(
    "\(job.name)_fastest", ours.last,
    theirs.max { $0.pace.perSecond < $1.pace.perSecond }, to: report)
}

private func pace(of pictures: Int, _ step: () -> Void) -> TrainingPace {
  let cpu = processSeconds()
  let seconds = ContinuousClock().measure(step) / .seconds(1)
  return TrainingPace(
    perSecond: Double(pictures) / seconds,
    cpuMilliseconds: (processSeconds() - cpu) * 1000 / Double(pictures))
}

/// CPU time of all threads of this process.
private func processSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

private func middle(_ paces: [TrainingPace]) -> TrainingPace {
  TrainingPace(
    perSecond: median(paces.map(\.perSecond)),
    cpuMilliseconds: median(paces.map(\.cpuMilliseconds)))
}

private func add(
  _ name: String, _ own: TrainingPace?, _ peer: (name: String, pace: TrainingPace)?,
  to report: Report
) {
  guard let own else { return }
  report.add(
    "\(name).per_s", own.perSecond, "pictures/s", better: .higher,
    peer: peer.map { ($0.name, $0.pace.perSecond) })
  report.add(
    "\(name).cpu_ms", own.cpuMilliseconds, "ms of CPU a picture",
    peer: peer.map { ($0.name, $0.pace.cpuMilliseconds) })
}
