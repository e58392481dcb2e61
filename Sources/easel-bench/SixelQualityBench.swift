import EaselImaging
import EaselKit
import Foundation

/// What sixels in standard and high quality weigh, and how near they come to the picture.
///
/// `EASEL_PHOTOGRAPH` names a file (published figures: scikit-image's astronaut, 512 × 512); without it, a drawn
/// picture. High quality is cut as for cells 20 pixels high.
func measureSixelQuality(_ report: Report) throws {
  let name = ProcessInfo.processInfo.environment["EASEL_PHOTOGRAPH"]
  let picture =
    try name.map { try readPicture([UInt8](Data(contentsOf: URL(filePath: $0)))).picture }
    ?? cloudsAndDisc(side: 512, seed: 1)
  let subject = name == nil ? "drawn" : "photograph"
  for (quality, make) in [
    ("standard", { picture.indexed(.standard) }),
    ("high", { picture.indexed(.high, bandHeight: 60) }),
  ] {
    var best = Double.infinity, bytes = 0
    for _ in 0..<9 {
      let start = threadMilliseconds()
      bytes = try encodeSixelStrips(make(), cellHeight: 20, pixels: .max / 2)
        .reduce(0) { $0 + $1.bytes.count }
      best = min(best, threadMilliseconds() - start)
    }
    let seen = make().picture
    let blurred = (Planes(picture).blurred(), Planes(seen).blurred())
    let row = "\(subject)_\(quality)"
    report.add("\(row).cpu_ms", best, "ms")
    report.add("\(row).bytes", Double(bytes), "bytes")
    report.add(
      "\(row).psnr", Planes(picture).psnr(Planes(seen)), "dB", better: .higher)
    report.add("\(row).psnr_blurred", blurred.0.psnr(blurred.1), "dB", better: .higher)
    report.add("\(row).delta_e", blurred.0.deltaE(blurred.1), "")
  }
}

/// Processor time of this thread: on a busy machine the clock says nothing.
private func threadMilliseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}

/// A picture in floating point: code values 0...255, red, green, blue of each pixel.
private struct Planes {
  var width: Int
  var height: Int
  var values: [Double]

  init(_ picture: Picture) {
    width = picture.width
    height = picture.height
    values = picture.pixels.map(Double.init)
  }

  /// Through a Gaussian of σ 1.2 pixels, about what the eye does with dither; mirrored at the edges.
  func blurred(sigma: Double = 1.2) -> Planes {
    let radius = Int(4 * sigma + 0.5)
    var kernel = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = kernel.reduce(0, +)
    kernel = kernel.map { $0 / sum }
    var out = self
    for isAcross in [true, false] {
      let source = out.values, count = isAcross ? width : height
      for y in 0..<height {
        for x in 0..<width {
          for c in 0..<3 {
            var value = 0.0
            for k in -radius...radius {
              var at = (isAcross ? x : y) + k
              if at < 0 { at = -at - 1 }
              if at >= count { at = 2 * count - 1 - at }
              let i = isAcross ? y * width + at : at * width + x
              value += kernel[k + radius] * source[i * 3 + c]
            }
            out.values[(y * width + x) * 3 + c] = value
          }
        }
      }
    }
    return out
  }

  /// Peak signal to noise, in decibels.
  func psnr(_ other: Planes) -> Double {
    let sum = zip(values, other.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return 10 * log10(255 * 255 * Double(values.count) / sum)
  }

  /// Mean distance in CIE Lab (1976) of sRGB under D65.
  func deltaE(_ other: Planes) -> Double {
    var sum = 0.0
    for i in stride(from: 0, to: values.count, by: 3) {
      let a = lab(i), b = other.lab(i)
      let d = a - b
      sum += (d * d).sum().squareRoot()
    }
    return sum / Double(values.count / 3)
  }

  private func lab(_ i: Int) -> SIMD3<Double> {
    func linear(_ value: Double) -> Double {
      let v = max(0, value) / 255
      return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
    }
    func root(_ t: Double) -> Double { t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116 }
    let r = linear(values[i]), g = linear(values[i + 1]), b = linear(values[i + 2])
    let x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
    let y = root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b)
    let z = root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
  }
}
