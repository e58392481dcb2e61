public import EaselKit
import Glibc

/// Scaling as Pillow does it: filters that widen where a picture becomes smaller, whole numbers with
/// 22 bits behind the point, and bytes between the two passes.
///
/// Source: Pillow's documentation of its filters; raw values are its codes, as configuration files
/// have them.
public enum PillowFilter: Int, Sendable, Hashable {
  case nearest = 0
  case lanczos = 1
  case bilinear = 2
  case bicubic = 3

  public func scaled(_ picture: Picture, width: Int, height: Int) -> Picture {
    if picture.width == width && picture.height == height { return picture }
    var picture = picture
    if self == .nearest {
      var out = Picture(width: width, height: height)
      for y in 0..<height {
        let fromY = min(
          picture.height - 1,
          Int((Double(y) + 0.5) * Double(picture.height) / Double(height)))
        for x in 0..<width {
          let fromX = min(
            picture.width - 1, Int((Double(x) + 0.5) * Double(picture.width) / Double(width)))
          for c in 0..<3 {
            out.pixels[(y * width + x) * 3 + c] =
              picture.pixels[(fromY * picture.width + fromX) * 3 + c]
          }
        }
      }
      return out
    }
    if picture.width != width {
      picture = pass(
        picture, weights(from: picture.width, to: width), isAcross: true)
    }
    if picture.height != height {
      picture = pass(
        picture, weights(from: picture.height, to: height), isAcross: false)
    }
    return picture
  }

  private static let bits = 22

  /// What one pixel of the result is made of: the first of the old pixels, and their shares.
  private struct Mix {
    var first: Int
    var shares: [Int]
  }

  private var support: Double {
    switch self {
    case .nearest: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  private func value(_ x: Double) -> Double {
    let x = abs(x)
    switch self {
    case .nearest: return x <= 0.5 ? 1 : 0
    case .bilinear: return x < 1 ? 1 - x : 0
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    case .lanczos:
      func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
      return x < 3 ? sinc(x) * sinc(x / 3) : 0
    }
  }

  private func weights(from: Int, to: Int) -> [Mix] {
    let scale = Double(from) / Double(to), filterScale = max(1, scale)
    let reach = support * filterScale
    return (0..<to).map { i in
      let centre = (Double(i) + 0.5) * scale
      let first = max(0, Int(centre - reach + 0.5))
      let end = min(from, Int(centre + reach + 0.5))
      var shares = (first..<max(first + 1, end)).map {
        value((Double($0) - centre + 0.5) / filterScale)
      }
      let sum = shares.reduce(0, +)
      if sum != 0 { shares = shares.map { $0 / sum } }
      let one = Double(1 << Self.bits)
      return Mix(
        first: first, shares: shares.map { Int($0 < 0 ? $0 * one - 0.5 : $0 * one + 0.5) })
    }
  }

  private func pass(_ picture: Picture, _ mixes: [Mix], isAcross: Bool) -> Picture {
    let width = isAcross ? mixes.count : picture.width
    let height = isAcross ? picture.height : mixes.count
    var out = Picture(width: width, height: height)
    let step = isAcross ? 3 : picture.width * 3
    for y in 0..<height {
      for x in 0..<width {
        let mix = mixes[isAcross ? x : y]
        var from =
          isAcross ? (y * picture.width + mix.first) * 3 : (mix.first * picture.width + x) * 3
        var sum = SIMD4<Int>(repeating: 1 << (Self.bits - 1))
        for share in mix.shares {
          for c in 0..<3 { sum[c] += Int(picture.pixels[from + c]) * share }
          from += step
        }
        let to = (y * width + x) * 3
        for c in 0..<3 { out.pixels[to + c] = UInt8(max(0, min(255, sum[c] >> Self.bits))) }
      }
    }
    return out
  }
}
