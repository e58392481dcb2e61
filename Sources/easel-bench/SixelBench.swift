import EaselImaging
import EaselKit

/// Measures what a picture costs on its way to the terminal and to the disk.
///
/// Calls `report` once for each figure: name, value, unit (`ms` or `bytes`). Times are the best of
/// seven runs on one core. The pictures come from a seed: smooth noise of several octaves with a
/// disc on it, which compresses like a photograph.
func sixelBench(_ report: (_ name: String, _ value: Double, _ unit: String) -> Void) throws {
  let small = cloudsAndDisc(side: 64, seed: 1)
  let large = cloudsAndDisc(side: 512, seed: 1)
  let canvas = PixelSize(width: 640, height: 640)

  func measure(_ name: String, _ work: () throws -> [UInt8]) rethrows {
    let clock = ContinuousClock()
    var best = Duration.seconds(3600)
    var bytes = 0
    for _ in 0..<7 { best = min(best, try clock.measure { bytes = try work().count }) }
    report(name, best / .milliseconds(1), "ms")
    report(name, Double(bytes), "bytes")
  }
  try measure("sixel: preview 64x64 as blocks on 640x640") {
    try encodeSixel(small.indexed(.preview).scaledNearest(to: canvas))
  }
  try measure("sixel: preview 64x64 smoothed to 640x640") {
    try encodeSixel(small.scaled(to: canvas, by: .bicubic).indexed(.preview))
  }
  try measure("sixel: finished 64x64 smoothed to 640x640") {
    try encodeSixel(small.scaled(to: canvas, by: .bicubic).indexed(.standard))
  }
  try measure("sixel: 512x512, preview quality") { try encodeSixel(large.indexed(.preview)) }
  try measure("sixel: 512x512, standard quality") { try encodeSixel(large.indexed(.standard)) }
  let indexed = large.indexed(.standard)
  try measure("sixel: bands of 512x512") { try encodeSixel(indexed) }
  try measure("sixel: bands of 512x512 by libsixel") {
    try encodeSixel(indexed, encoder: .libsixel)
  }
  try measure("PNG: encode 64x64") { try encodePNG(small) }
  try measure("PNG: encode 512x512") { try encodePNG(large) }
  try measure("JPEG: encode 512x512, quality 92") { try encodeJPEG(large) }
}

/// A square picture of `side` pixels: five octaves of smooth noise a channel, and a disc.
func cloudsAndDisc(side: Int, seed: UInt64) -> Picture {
  var random = SplitMix64(seed: seed)
  var sums = [Double](repeating: 0, count: side * side * 3)
  for octave in 0..<5 {
    let grid = 4 << octave
    var noise = Picture(width: grid, height: grid)
    for i in noise.pixels.indices { noise.pixels[i] = UInt8(random.nextInt(256)) }
    let smooth = noise.scaled(to: PixelSize(width: side, height: side), by: .bicubic)
    for i in sums.indices { sums[i] += Double(smooth.pixels[i]) / Double(2 << octave) }
  }
  var picture = Picture(width: side, height: side)
  for y in 0..<side {
    for x in 0..<side {
      let dx = 3 * x - side, dy = 2 * y - side
      let isInside = dx * dx + dy * dy < side * side / 4
      for c in 0..<3 {
        let i = (y * side + x) * 3 + c
        picture.pixels[i] = UInt8(min(255, isInside ? sums[i] / 2 + Double(120 - 50 * c) : sums[i]))
      }
    }
  }
  return picture
}
