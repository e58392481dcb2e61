import EaselImaging
import EaselKit
import EaselMuse
import EaselTensor
import Foundation

/// Steps of training on all cores: what a day of it amounts to, beside PyTorch where it is installed; what
/// a run costs in memory, and how soon one that stopped goes on.
func measureTraining(_ report: Report) throws {
  let scenes = SceneSource(sprites: try SceneSprites(decode: { try decodeDrawing($0) }))
  // As a run of training does.
  TensorMemory.keep(atMost: 6 << 30)
  defer {
    TensorMemory.keep(atMost: 192 << 20)
    TensorMemory.trimAll()
  }
  measureDrawing(report, scenes)
  // Before larger steps leave memory behind.
  try measureMemory(report, scenes)
  try measureResuming(report)

  let folder = FileManager.default.currentDirectoryPath + "/.build/bench-train"
  for job in TrainingCase.all { try job.write(to: folder) }
  let peer = TrainingPeer(folder: folder)
  defer { peer?.close() }
  for job in TrainingCase.all {
    try compare(job, peer, scenes, report)
    TensorMemory.trim()
  }
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

/// Pictures a second: medians of rounds in which each side takes one step after the other, so that what
/// else the machine does is in both. One figure a side with fp32, and one with what each does fastest.
private func compare(
  _ job: TrainingCase, _ peer: TrainingPeer?, _ scenes: SceneSource, _ report: Report
) throws {
  let clock = ContinuousClock()
  let own = try job.precisions.map { ($0, try job.stepper($0, scenes)) }
  var ownRates = [ProductPrecision: [Double]]()
  var peerRates = [TrainingPeer.Precision: [Double]]()
  var peerNames = [TrainingPeer.Precision: String]()
  // The first round fills pools and caches.
  for round in 0..<6 {
    for (i, precision) in TrainingPeer.Precision.allCases.enumerated() {
      if i < own.count {
        let seconds = clock.measure(own[i].1) / .seconds(1)
        if round > 0 { ownRates[own[i].0, default: []].append(Double(job.batch) / seconds) }
      }
      if let answer = peer?.train(job.name, precision) {
        peerNames[precision] = answer.name
        if round > 0 { peerRates[precision, default: []].append(answer.imagesPerS) }
      }
    }
  }
  func peers(_ precisions: [TrainingPeer.Precision]) -> (name: String, value: Double)? {
    precisions.compactMap { precision in
      guard let rates = peerRates[precision], let name = peerNames[precision] else { return nil }
      return (name, median(rates))
    }.max { $0.value < $1.value }
  }
  report.add(
    "\(job.name)_fp32.per_s", median(ownRates[.fp32] ?? []), "pictures/s", better: .higher,
    peer: peers([.fp32]))
  report.add(
    "\(job.name)_fastest.per_s", ownRates.values.map(median).max() ?? 0, "pictures/s",
    better: .higher, peer: peers(TrainingPeer.Precision.allCases))
}
