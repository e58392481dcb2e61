import EaselKit
import EaselMuse

/// The shipped upscaler on all cores: a painting of the shipped model, and a picture of many tiles.
func measureUpscaling(_ report: Report, _ catalog: ModelCatalog, model: String) throws {
  let upscaler = try catalog.loadUpscaler(model)
  let clock = ContinuousClock()
  var random = SplitMix64(seed: 1)
  for (side, runs) in [(64, 9), (512, 2)] {
    var picture = Picture(width: side, height: side)
    for i in picture.pixels.indices { picture.pixels[i] = UInt8(random.nextInt(256)) }
    var best = Double.infinity
    for _ in 0..<runs {
      let time = try clock.measure { _ = try upscaler.enlarge(picture) }
      best = min(best, time / .seconds(1))
    }
    report.add("upscale_\(side)_to_\(4 * side).ms", best * 1e3, "ms")
  }
}
